"""The PDCA board: is it used, does it work, does it hurt, what does the field say."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from campaigns.actions import feedback as actions
from campaigns.forms.campaigns import EndForm
from campaigns.forms.voices import AnswerForm, FeedbackForm, ThemeForm
from campaigns.measure.adoption import Funnel
from campaigns.models import CampaignRevision, Feedback, Theme
from campaigns.models.suggestions import LostReason
from campaigns.queries import campaigns as queries
from campaigns.queries import effects
from campaigns.views import checking
from campaigns.views.campaigns import BADGE_WORDS, fall_out_rows, revision_or_404
from campaigns.views.roles import PLANNERS, PLANNERS_AND_MANAGERS, only_for
from crm.http import ReaderRequest

TABS = ("plan", "do", "check", "act")
STEP_WORDS = {
    "announced": pgettext_lazy("funnel", "Announced"),
    "read": pgettext_lazy("funnel", "Read"),
    "accepted": pgettext_lazy("funnel", "Accepted"),
    "proposed": pgettext_lazy("funnel", "Proposed"),
    "won": pgettext_lazy("funnel", "Won"),
}


@only_for(*PLANNERS_AND_MANAGERS)
def board(request: ReaderRequest, revision_id: int) -> HttpResponse:
    revision = revision_or_404(request, revision_id)
    if revision.launched_at is None:
        return redirect("campaign-builder", revision_id)
    tab = request.GET.get("tab", "check")
    return render(request, "campaigns/board.html", context_of(request, revision, tab if tab in TABS else "check"))


def context_of(request: ReaderRequest, revision: CampaignRevision, tab: str) -> dict[str, Any]:
    now = timezone.now()
    found = queries.adoption(revision)
    voices = queries.voices(revision, request.user)
    teams = queries.read_by_team(revision)
    whole = effects.measured(revision, as_of=now)
    draft = queries.draft_after(revision, request.user)
    previous = queries.previous_of(revision)
    return {
        "revision": revision,
        "tab": tab,
        "now": now,
        "days": day_numbers(revision, now),
        "funnel": [(str(STEP_WORDS[step.code]), step.count) for step in found.steps],
        "drop": drop_of(found, revision),
        "measured": checking.told(whole[0], revision, now) if whole else None,
        "voices": voices,
        "teams": teams,
        "addressed": sum(team.addressed for team in teams),
        "read_share": share_of(teams),
        "log": [log_row(entry) for entry in queries.measure_log(revision.campaign, request.user, as_of=now)],
        "draft": draft,
        "previous": previous,
        "changes": changes_of(revision, draft, previous),
        "fall_out": fall_out_rows(revision.fall_out.get("excluded", {})),
        "badge_words": BADGE_WORDS,
        "feedback_form": FeedbackForm(),
        "answer_form": AnswerForm(),
        "end_form": EndForm(),
        "audience_lines": queries.audience_lines(revision),
        "is_planner": request.user.plans_campaigns,
        **(checking.context_of(request, revision, whole, now) if tab == "check" else {}),
    }


def share_of(teams: list[queries.TeamReading]) -> int | None:
    addressed = sum(team.addressed for team in teams)
    return round(100 * sum(team.read for team in teams) / addressed) if addressed else None


def day_numbers(revision: CampaignRevision, now: Any) -> tuple[int, int] | None:
    """Day 18 of 25."""
    if revision.launched_at is None or revision.ends_on is None:
        return None
    first = timezone.localdate(revision.launched_at)
    return (timezone.localdate(now) - first).days + 1, (revision.ends_on - first).days + 1


def drop_of(found: Funnel, revision: CampaignRevision) -> dict[str, Any] | None:
    if found.biggest_drop is None:
        return None
    losses = queries.losses(revision) if found.biggest_drop.code == "won" else None
    return {
        "step": STEP_WORDS[found.biggest_drop.code],
        "lost": found.biggest_drop.lost,
        "losses": losses,
        "reason": LostReason(losses.reason).label if losses else "",
    }


def log_row(entry: queries.LogEntry) -> dict[str, Any]:
    sales = entry.sales
    points = None if sales is None or sales.difference is None else sales.difference * 100
    return {
        "revision": entry.revision,
        "points": points,
        "is_clear": sales is not None and sales.is_effect,
        "tone": "pos" if points and points > 0 else "neg",
    }


def changes_of(
    revision: CampaignRevision, draft: CampaignRevision | None, previous: CampaignRevision | None
) -> dict[str, Any] | None:
    """What the next revision will change, else what this one changed."""
    if draft is not None:
        return {"number": draft.number, "before": revision.number, "lines": queries.differences(revision, draft)}
    if previous is not None:
        return {"number": revision.number, "before": previous.number, "lines": queries.differences(previous, revision)}
    return None


# --------------------------------------------------------------------------- the field's words


@require_POST
@login_required
def give_feedback(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """Whoever may read the revision may say what they saw."""
    revision, form = revision_or_404(request, revision_id), FeedbackForm(request.POST)
    if form.is_valid():
        actions.write(revision=revision, words=form.cleaned_data["words"], by=request.user, at=timezone.now())
        messages.success(request, _("Thank you. Your words are with head office."))
    else:
        messages.error(request, _("Write a word or two first."))
    return back(request, revision)


def back(request: ReaderRequest, revision: CampaignRevision) -> HttpResponse:
    """Reps came from an announcement, everybody else from the board."""
    if request.user.role in PLANNERS_AND_MANAGERS:
        return redirect("campaign-board", revision.pk)
    announcement = getattr(revision, "announcement", None)
    return redirect("announcement", announcement.pk) if announcement else redirect("announcements")


@require_POST
@only_for(*PLANNERS)
def name_theme(request: ReaderRequest, revision_id: int) -> HttpResponse:
    revision = revision_or_404(request, revision_id)
    readable = Feedback.objects.visible_to(request.user).filter(revision=revision)
    form = ThemeForm(request.POST, notes=list(readable.values_list("pk", flat=True)))
    if form.is_valid():
        notes = list(readable.filter(pk__in=form.cleaned_data["notes"]))
        title = form.cleaned_data["title_ja"]
        actions.name_theme(revision=revision, title_ja=title, notes=notes, by=request.user, at=timezone.now())
    else:
        messages.error(request, _("Give the theme a name."))
    return redirect("campaign-board", revision_id)


@require_POST
@only_for(*PLANNERS)
def answer_theme(request: ReaderRequest, theme_id: int) -> HttpResponse:
    theme = Theme.objects.visible_to(request.user).select_related("revision").filter(pk=theme_id).first()
    if theme is None:
        raise Http404
    form = AnswerForm(request.POST)
    try:
        if form.is_valid():
            actions.answer(theme=theme, by=request.user, at=timezone.now(), **form.cleaned_data)
    except actions.AnswerMissing:
        messages.error(request, _("Whoever declines says why: the reason goes back to those who wrote."))
    return redirect("campaign-board", theme.revision_id)
