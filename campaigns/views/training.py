"""Training of a campaign as planners write it, with how far each team is."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.actions import training as actions
from campaigns.actions.campaigns import NotPossible
from campaigns.forms.training import TrainingForm
from campaigns.models import TrainingItem
from campaigns.queries import training as queries
from campaigns.views.campaigns import changed_meanwhile, revision_or_404
from campaigns.views.roles import PLANNERS, PLANNERS_AND_MANAGERS, only_for
from crm.http import ReaderRequest


@only_for(*PLANNERS_AND_MANAGERS)
def items(request: ReaderRequest, revision_id: int) -> HttpResponse:
    revision = revision_or_404(request, revision_id)
    context = {
        "revision": revision,
        "items": queries.of_revision(revision),
        "may_write": request.user.role in PLANNERS and revision.state not in actions.OVER,
    }
    return render(request, "campaigns/training.html", context)


@only_for(*PLANNERS)
def new_item(request: ReaderRequest, revision_id: int) -> HttpResponse:
    revision = revision_or_404(request, revision_id)
    form = TrainingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write(revision=revision, by=request.user, at=timezone.now(), **form.arguments)
        except NotPossible:
            messages.error(request, changed_meanwhile())
        return redirect("campaign-training", revision.pk)
    context = {"revision": revision, "form": form}
    return render(request, "campaigns/training_edit.html", context, status=422 if form.errors else 200)


@only_for(*PLANNERS)
def edit_item(request: ReaderRequest, item_id: int) -> HttpResponse:
    item = item_or_404(request, item_id)
    form = TrainingForm(request.POST or None, item=item)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write(revision=item.revision, item=item, by=request.user, at=timezone.now(), **form.arguments)
        except NotPossible:
            messages.error(request, changed_meanwhile())
        return redirect("campaign-training", item.revision_id)
    context = {"revision": item.revision, "form": form, "item": item, "is_answered": item.results.exists()}
    return render(request, "campaigns/training_edit.html", context, status=422 if form.errors else 200)


@require_POST
@only_for(*PLANNERS)
def retire_item(request: ReaderRequest, item_id: int) -> HttpResponse:
    item = item_or_404(request, item_id)
    try:
        actions.retire(item=item, by=request.user, at=timezone.now())
    except NotPossible:
        messages.error(request, changed_meanwhile())
    return redirect("campaign-training", item.revision_id)


def item_or_404(request: ReaderRequest, item_id: int) -> TrainingItem:
    found = queries.visible_item(request.user, item_id)
    if found is None or found.retired_at:
        raise Http404
    return found
