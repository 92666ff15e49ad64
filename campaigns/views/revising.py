"""What follows from a revision: judgements on figures, changes of the next one, the lesson."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.actions import playbook
from campaigns.actions import revising as actions
from campaigns.actions.campaigns import NotPossible
from campaigns.forms.campaigns import EndForm
from campaigns.forms.revising import ChangeForm, JudgeForm
from campaigns.models import CampaignRevision, Change
from campaigns.queries import campaigns, revising
from campaigns.views.campaigns import changed_meanwhile, revision_or_404
from campaigns.views.roles import PLANNERS, only_for
from campaigns.views.voices import numbers, to_act
from crm.http import ReaderRequest


@require_POST
@only_for(*PLANNERS)
def judge(request: ReaderRequest, revision_id: int) -> HttpResponse:
    revision, form = revision_or_404(request, revision_id), JudgeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what follows from the figure."))
        return to_act(revision_id)
    try:
        actions.judge(revision=revision, by=request.user, at=timezone.now(), **form.cleaned_data)
    except NotPossible:
        messages.error(request, changed_meanwhile())
    return to_act(revision_id)


@require_POST
@only_for(*PLANNERS)
def add_change(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """To a draft; the themes behind it are chosen among those of its campaign."""
    draft, form = revision_or_404(request, revision_id), ChangeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write what changes."))
        return back(draft)
    wanted = numbers(request, "themes")
    themes = [theme for theme in revising.themes_to_cause(draft) if theme.pk in wanted]
    try:
        actions.add_change(revision=draft, themes=themes, by=request.user, at=timezone.now(), **form.cleaned_data)
    except NotPossible:
        messages.error(request, changed_meanwhile())
    return back(draft)


@require_POST
@only_for(*PLANNERS)
def drop_change(request: ReaderRequest, change_id: int) -> HttpResponse:
    seen = CampaignRevision.objects.visible_to(request.user)
    change = Change.objects.filter(pk=change_id, revision__in=seen).select_related("revision").first()
    if change is None:
        raise Http404
    try:
        actions.drop_change(change=change, by=request.user, at=timezone.now())
    except NotPossible:
        messages.error(request, changed_meanwhile())
    return back(change.revision)


def back(draft: CampaignRevision) -> HttpResponse:
    """The board on which the draft is prepared: that of the revision before it."""
    previous = campaigns.previous_of(draft)
    return to_act(previous.pk if previous else draft.pk)


@require_POST
@only_for(*PLANNERS)
def learn(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """What a revision that is over has taught."""
    revision, form = revision_or_404(request, revision_id), EndForm(request.POST)
    if revision.state not in (CampaignRevision.State.ENDED, CampaignRevision.State.SUPERSEDED):
        messages.error(request, changed_meanwhile())
    elif form.is_valid():
        said = form.cleaned_data
        playbook.learn(
            revision=revision,
            lesson_ja=said["reason"],
            lesson_en=said["lesson_en"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("The lesson stands in the playbook."))
    else:
        messages.error(request, _("Write what we learned; the next campaign begins with it."))
    return to_act(revision_id)
