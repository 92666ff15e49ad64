"""While a revision is launched and runs: how far it is; pause it and let it go on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from campaigns.actions import announcements, keeping
from campaigns.actions import running as actions
from campaigns.actions.campaigns import NotPossible
from campaigns.forms.campaigns import ResumeForm
from campaigns.models import Announcement
from campaigns.queries import launches
from campaigns.views.campaigns import changed_meanwhile, revision_or_404
from campaigns.views.roles import PLANNERS, PLANNERS_AND_MANAGERS, only_for
from crm.http import ReaderRequest


@only_for(*PLANNERS_AND_MANAGERS)
def progress(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """How far a launch is, for the board to ask again and again until it is through."""
    revision = revision_or_404(request, revision_id)
    data = {"revision": revision, "progress": launches.progress(revision)}
    return render(request, "campaigns/_launching.html", data)


@require_POST
@only_for(*PLANNERS_AND_MANAGERS)
def refresh(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """Have the sums of a large revision worked out again."""
    revision = revision_or_404(request, revision_id)
    keeping.ask_for(revision=revision, at=timezone.now())
    messages.success(request, _("The figures are worked out again. They are here in a moment."))
    return redirect("campaign-board", revision_id)


@require_POST
@only_for(*PLANNERS)
def pause(request: ReaderRequest, revision_id: int) -> HttpResponse:
    revision = revision_or_404(request, revision_id)
    try:
        actions.pause(revision=revision, by=request.user, at=timezone.now())
    except NotPossible:
        messages.error(request, changed_meanwhile())
    return redirect("campaign-board", revision_id)


@require_POST
@only_for(*PLANNERS)
def resume(request: ReaderRequest, revision_id: int) -> HttpResponse:
    revision, form = revision_or_404(request, revision_id), ResumeForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        actions.resume(revision=revision, by=request.user, at=timezone.now(), reason=reason)
    except actions.ReasonMissing:
        messages.error(request, _("A guardrail stopped it. Write why it may go on."))
    except NotPossible:
        messages.error(request, changed_meanwhile())
    return redirect("campaign-board", revision_id)


@require_POST
@only_for(*PLANNERS)
def remind(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """Those who have not reacted to the announcement."""
    revision = revision_or_404(request, revision_id)
    announcement = get_object_or_404(Announcement, revision=revision)
    try:
        many = announcements.remind(announcement=announcement, by=request.user, at=timezone.now())
    except announcements.NotNow:
        messages.error(request, _("At most two reminders, a day apart, and only to those who have not reacted."))
    except NotPossible:
        messages.error(request, changed_meanwhile())
    else:
        told = ngettext("%(many)s rep was reminded.", "%(many)s reps were reminded.", many) % {"many": many}
        messages.success(request, told)
    return redirect("campaign-board", revision_id)
