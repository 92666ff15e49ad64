"""The PDCA board: is it used, does it work, does it hurt, what does the field say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from campaigns.actions import announcements
from campaigns.forms.campaigns import EndForm, ResumeForm
from campaigns.forms.revising import ChangeForm
from campaigns.forms.voices import AnswerForm, FeedbackForm
from campaigns.measure.adoption import Funnel
from campaigns.models import Announcement, CampaignRevision, Judgement
from campaigns.models.suggestions import LostReason
from campaigns.notices import CROSSED
from campaigns.queries import announcements as voice
from campaigns.queries import campaigns as queries
from campaigns.queries import costs, diffs, effects, kept, launches, revising
from campaigns.views import checking
from campaigns.views.campaigns import BADGE_WORDS, fall_out_rows, revision_or_404
from campaigns.views.roles import PLANNERS_AND_MANAGERS, only_for
from crm.http import ReaderRequest
from crm.templatetags import formats
from crm.templatetags.charts import Effect

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
    measured = checking.told(whole[0], revision, now) if whole else None
    draft = queries.draft_after(revision, request.user)
    previous = queries.previous_of(revision)
    return {
        "revision": revision,
        "progress": launches.progress(revision),
        "kept_at": kept.as_of(revision),
        "tab": tab,
        "now": now,
        "days": day_numbers(revision, now),
        "funnel": [(str(STEP_WORDS[step.code]), step.count) for step in found.steps],
        "drop": drop_of(found, revision),
        "measured": measured,
        "voices": voices,
        "teams": teams,
        "addressed": sum(team.addressed for team in teams),
        "read_share": share_of(teams),
        "log": log_of(request, revision, whole, now),
        "draft": draft,
        "previous": previous,
        "changes": changes_of(request, revision, draft, previous),
        "figures": figures_of(revision, found, measured, now) if tab == "act" else [],
        "decisions": Judgement.Decision.choices,
        "change_form": ChangeForm(),
        "causes": revising.themes_to_cause(draft) if draft and tab == "act" else [],
        "fall_out": fall_out_rows(revision.fall_out.get("excluded", {})),
        "badge_words": BADGE_WORDS,
        "feedback_form": FeedbackForm(),
        "answer_form": AnswerForm(),
        "end_form": EndForm(),
        "silent": silent_of(revision, now),
        "resume_form": ResumeForm(),
        "pause_words": CROSSED.get(revision.pause_rule),
        "audience_lines": diffs.audience_lines(revision),
        "is_planner": request.user.plans_campaigns,
        "by_team": team_rows(revision) if tab == "do" else [],
        "step_words": STEP_WORDS,
        **(checking.context_of(request, revision, whole, now) if tab == "check" else {}),
    }


def log_of(
    request: ReaderRequest, revision: CampaignRevision, whole: list[effects.Measured], now: datetime
) -> list[dict[str, Any]]:
    """Every revision's gain; that of the one on the board is known already."""
    known = {revision.pk: whole[0].effects.sales} if whole else {}
    return [log_row(entry) for entry in queries.measure_log(revision.campaign, request.user, as_of=now, known=known)]


def silent_of(revision: CampaignRevision, now: Any) -> int:
    """How many people can be reminded now."""
    announcement = Announcement.objects.filter(revision=revision).first()
    if announcement is None or not revision.is_running or not announcements.may_remind(announcement, now):
        return 0
    return voice.silent(announcement).count()


def share_of(teams: list[queries.TeamReading]) -> int | None:
    addressed = sum(team.addressed for team in teams)
    return round(100 * sum(team.read for team in teams) / addressed) if addressed else None


def team_rows(revision: CampaignRevision) -> list[dict[str, Any]]:
    """How far each team came; the share is of all that were announced to it."""
    return [
        {
            "name": row.team.label if row.team else _("Without a team"),
            "steps": [(step.count, round(100 * row.funnel.share_of(step.code))) for step in row.funnel.steps],
        }
        for row in queries.adoption_by_team(revision)
    ]


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
    points = None if sales is None or sales.low is None or sales.difference is None else sales.difference * 100
    return {
        "revision": entry.revision,
        "points": points,
        "is_clear": sales is not None and sales.is_effect,
        "tone": "pos" if points and points > 0 else "neg",
    }


def changes_of(
    request: ReaderRequest,
    revision: CampaignRevision,
    draft: CampaignRevision | None,
    previous: CampaignRevision | None,
) -> dict[str, Any] | None:
    """What the next revision will change, else what this one changed, and because of whose words."""
    new, old = (draft, revision) if draft else (revision, previous)
    if old is None:
        return None
    lines = diffs.differences(old, new)
    is_full = request.GET.get("text") == "full"
    return {
        "number": new.number,
        "before": old.number,
        "lines": lines if is_full else diffs.changed(lines),
        "is_full": is_full,
        "is_same": all(line.kind == "same" for line in lines),
        "credited": revising.credited(new),
    }


# ------------------------------------------------------------------------ what follows from figures


def figures_of(
    revision: CampaignRevision, found: Funnel, whole: dict[str, Any] | None, now: datetime
) -> list[dict[str, Any]]:
    """Every figure of the check with what was decided about it."""
    said = revising.judgements(revision)
    values = {step.code: formats.number(step.count) for step in found.steps}
    values["cost"] = formats.money(costs.costs(revision, as_of=now).total)
    if whole:
        for code, effect in zip(("sales", "loyalty", "harm"), whole["rows"], strict=True):
            values[code] = value_of(effect)
    return [
        {"code": figure.value, "label": figure.label, "value": values.get(figure.value, ""), "said": said.get(figure)}
        for figure in Judgement.Figure
    ]


def value_of(effect: Effect) -> str:
    """The difference with its interval; else why there is none."""
    if effect.estimate is None:
        return effect.verdict
    shown = formats.points(effect.estimate) if effect.in_points else formats.signed(effect.estimate, 1)
    low, high = formats.signed(effect.low, 1), formats.signed(effect.high, 1)
    return _("%(estimate)s (%(low)s to %(high)s)") % {"estimate": shown, "low": low, "high": high}
