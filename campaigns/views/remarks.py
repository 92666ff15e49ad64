"""Remarks on a plan: begun, answered, settled and opened again, each leading back to where it stands."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.actions import remarks as actions
from campaigns.actions.campaigns import NotPossible
from campaigns.forms.remarks import PLACES, RemarkForm, ReplyForm
from campaigns.models import Remark
from campaigns.views.campaigns import changed_meanwhile, revision_or_404
from campaigns.views.roles import PLANNERS, only_for
from crm.http import ReaderRequest


@require_POST
@only_for(*PLANNERS)
def write(request: ReaderRequest, revision_id: int) -> HttpResponse:
    revision = revision_or_404(request, revision_id)
    asked = request.POST.get("step", "")
    step = asked if asked in PLACES else "approval"
    form = RemarkForm(request.POST, step=step)
    if not form.is_valid():
        messages.error(request, _("Write a word or two first."))
        return to_place(revision.pk, step, "remarks")
    try:
        said = actions.write(revision=revision, by=request.user, at=timezone.now(), **form.cleaned_data)
    except NotPossible:
        messages.error(request, changed_meanwhile())
        return to_place(revision.pk, step, "remarks")
    return to_place(revision.pk, step, f"remark-{said.pk}")


@require_POST
@only_for(*PLANNERS)
def answer(request: ReaderRequest, remark_id: int) -> HttpResponse:
    remark, form = remark_or_404(request, remark_id), ReplyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write a word or two first."))
        return back_to(remark)
    try:
        actions.answer(remark=remark, by=request.user, at=timezone.now(), **form.cleaned_data)
    except actions.AlreadySettled:
        messages.error(request, _("Somebody settled this in the meantime. Open it again to go on."))
    return back_to(remark)


@require_POST
@only_for(*PLANNERS)
def settle(request: ReaderRequest, remark_id: int) -> HttpResponse:
    return back_to(actions.settle(remark=remark_or_404(request, remark_id), by=request.user, at=timezone.now()))


@require_POST
@only_for(*PLANNERS)
def reopen(request: ReaderRequest, remark_id: int) -> HttpResponse:
    return back_to(actions.reopen(remark=remark_or_404(request, remark_id), by=request.user, at=timezone.now()))


def remark_or_404(request: ReaderRequest, remark_id: int) -> Remark:
    return get_object_or_404(Remark.objects.visible_to(request.user), pk=remark_id)


def back_to(remark: Remark) -> HttpResponse:
    return to_place(remark.revision_id, remark.step or "approval", f"remark-{remark.answers_id or remark.pk}")


def to_place(revision_id: int, step: str, anchor: str) -> HttpResponse:
    return redirect(f"{reverse('campaign-builder', args=[revision_id])}?step={step}#{anchor}")
