"""The Check tab: effects in words, how they got clearer, money, and whom the field has reached."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Tier
from campaigns.actions.suggestions import PAUSED
from campaigns.measure.uplift import Banner, Uplift, Verdict
from campaigns.models import CampaignRevision, Look, Variant
from campaigns.notices import CROSSED
from campaigns.queries import costs, effects, looks, reach
from campaigns.queries.fall_out import BADGES
from campaigns.views.campaigns import BADGE_WORDS, revision_or_404
from campaigns.views.roles import PLANNERS_AND_MANAGERS, only_for
from crm.http import ReaderRequest
from crm.models import Team
from crm.people import User
from crm.templatetags.charts import Effect, Point

VERDICTS = {
    Verdict.EFFECT_UP: gettext_lazy("Higher than in the holdout"),
    Verdict.EFFECT_DOWN: gettext_lazy("Lower than in the holdout"),
    Verdict.TOO_EARLY: gettext_lazy("Too early to tell"),
    Verdict.NO_HOLDOUT: gettext_lazy("No holdout: this is a trend, not an effect"),
    Verdict.MISMATCH: gettext_lazy("The groups no longer compare"),
}
BANNERS = {
    Banner.SALES_UP_LOYALTY_DOWN: gettext_lazy("Sales rose, and customers are less happy for it."),
    Banner.HARM: gettext_lazy("Customers are less happy than those left alone."),
    Banner.HARM_NOT_RULED_OUT: gettext_lazy("Sales rose. It is too early to rule out a loss of goodwill."),
}
FATES = {
    reach.REFUSED: pgettext_lazy("reach", "No suggestion was made: %(rule)s"),
    reach.WITHDRAWN: pgettext_lazy("reach", "Withdrawn by the guard: %(rule)s"),
    reach.WAITING: pgettext_lazy("reach", "Still to be handed to the rep"),
    reach.NO_MOMENT: pgettext_lazy("reach", "No good moment for this offer"),
    reach.NOT_LOOKED: pgettext_lazy("reach", "The rep has not looked yet"),
    reach.LOOKED: pgettext_lazy("reach", "Looked at, not spoken with yet"),
    reach.SNOOZED: pgettext_lazy("reach", "Put off by the rep"),
    reach.DISMISSED: pgettext_lazy("reach", "Dismissed by the rep"),
    reach.EXPIRED: pgettext_lazy("reach", "Ran out before anybody acted"),
    reach.ACCEPTED: pgettext_lazy("reach", "Accepted, not spoken with yet"),
}
RULES = {
    "NO_CONSENT": pgettext_lazy("rule", "No consent"),
    "NOT_ON_SALE": pgettext_lazy("rule", "Not on sale"),
    "ALREADY_OWNS": pgettext_lazy("rule", "Has it already"),
    "NO_PATH": pgettext_lazy("rule", "No step leads there from what they hold"),
    "JUST_RENEWED": pgettext_lazy("rule", "Renewed a short time ago"),
    "WOULD_NOT_USE": pgettext_lazy("rule", "Would not use it"),
    "OVER_BUDGET": pgettext_lazy("rule", "Contacted often enough"),
    "QUIET_AFTER_NO": pgettext_lazy("rule", "Said no a short time ago"),
    "SAME_DISMISSED": pgettext_lazy("rule", "The same offer was dismissed"),
    "ANSWER_PENDING": pgettext_lazy("rule", "An answer is awaited"),
    "DO_NOTHING": pgettext_lazy("rule", "Doing nothing is better for now"),
    "IN_HAND": pgettext_lazy("rule", "The same offer is in hand already"),
    PAUSED: pgettext_lazy("rule", "The campaign is paused"),
    "GIVEN_THIS_PERIOD": pgettext_lazy("rule", "The same offer was made this quarter"),
}
"""Where the badge of a rule says too little."""
LOOK_WORDS = {
    Look.Row.SALES: gettext_lazy("Upgrade rate"),
    Look.Row.LOYALTY: gettext_lazy("NPS answers"),
    Look.Row.HARM: gettext_lazy("Complaint rate"),
}
PAGE = 50
MOST_REPS = 8


def context_of(
    request: ReaderRequest, revision: CampaignRevision, whole: list[effects.Measured], now: datetime
) -> dict[str, Any]:
    """What only this tab shows."""
    spent = costs.costs(revision, as_of=now)
    margin = whole[0].margin if whole else None
    return {
        "cut": cut_of(request),
        "parts": parts_of(request, revision, now),
        "has_variants": Variant.objects.filter(revision=revision).exists(),
        "looks": looks_of(revision),
        "costs": spent,
        "margin_rows": [margin_row(margin)] if margin else [],
        "returned": costs.returned(margin, spent),
        "reach": reach_of(revision, request.user, now),
    }


# ------------------------------------------------------------------------------- saying effects


def told(measured: effects.Measured, revision: CampaignRevision, now: datetime, label: str = "") -> dict[str, Any]:
    """The three rows in words, always together."""
    part, found = measured.outcome, measured.effects
    rows = [
        row(_("Upgrade rate"), found.sales, counts(part.treated.won, part.holdout.won), 100),
        row(_("NPS answers"), found.loyalty, counts(part.treated.answers, part.holdout.answers), 1),
        row(
            _("Complaint rate"),
            found.complaints,
            counts(part.treated.complained, part.holdout.complained),
            100,
            rise_is_good=False,
        ),
    ]
    return {
        "label": label,
        "reached": part.treated.customers,
        "held": part.holdout.customers,
        "is_between_variants": ":" in measured.key,
        "rows": rows,
        "part": part,
        "treated_share": found.sales.treated.value,
        "holdout_share": found.sales.holdout.value,
        "banner": BANNERS.get(found.banner) if found.banner else None,
        "is_mismatch": found.ratio.is_mismatch,
        "has_no_holdout": not part.holdout.customers,
        "crossed": [CROSSED[code] for code in measured.crossed],
        "is_working": found.sales.verdict is Verdict.EFFECT_UP,
        "is_open": any(not each.is_clear for each in rows),
        "is_too_early": found.sales.verdict is Verdict.TOO_EARLY,
        "days_to_know": days_to_know(found.sales, revision, now),
        "among": measured.among,
        "confidence": found.sales.confidence,
    }


def days_to_know(sales: Uplift, revision: CampaignRevision, now: datetime) -> int | None:
    if revision.launched_at is None or sales.is_effect:
        return None
    return sales.days_to_know(max((effects.until(revision, now) - revision.launched_at).days, 1))


def counts(treated: int, holdout: int) -> str:
    return _("%(treated)s v %(holdout)s") % {"treated": treated, "holdout": holdout}


def row(label: str, uplift: Uplift, note: str, scale: int, rise_is_good: bool = True) -> Effect:
    """One of the three rows; without anything sound to draw, the verdict says why."""
    known = None not in (uplift.difference, uplift.low, uplift.high)
    figures = (uplift.difference or 0, uplift.low or 0, uplift.high or 0)
    estimate, low, high = (figure * scale for figure in figures)
    return Effect(
        label,
        estimate if known else None,
        low,
        high,
        note=note,
        in_points=scale == 100,
        rise_is_good=rise_is_good,
        verdict=str(VERDICTS[uplift.verdict]),
    )


def margin_row(margin: Uplift) -> Effect:
    return row(_("Margin a customer and year"), margin, "", 1)._replace(in_yen=True)


def cut_of(request: ReaderRequest) -> str:
    cut = request.GET.get("cut", "all")
    return cut if cut in effects.CUTS else "all"


def parts_of(request: ReaderRequest, revision: CampaignRevision, now: datetime) -> list[dict[str, Any]]:
    """The effects by tier, team or variant, when asked for."""
    cut = cut_of(request)
    if cut == "all":
        return []
    names = {} if cut == "variant" else names_of(revision, cut)
    parts = effects.measured(revision, as_of=now, cut=cut)
    return [told(part, revision, now, names.get(part.key) or variant_words(part.key, cut)) for part in parts]


def variant_words(key: str, cut: str) -> str:
    if cut != "variant":
        return "—"
    letter, _against, other = key.partition(":")
    if other:
        return _("Variant %(letter)s against variant %(other)s") % {"letter": letter, "other": other}
    return _("Variant %(letter)s against the holdout") % {"letter": letter}


def names_of(revision: CampaignRevision, cut: str) -> dict[str, str]:
    if cut == "team":
        return {str(team.pk): team.label for team in Team.objects.all()}
    family = revision.path.to_product.family_id if revision.path else None
    return {str(tier.rank): tier.label for tier in Tier.objects.filter(family=family)}


# ------------------------------------------------------------------------------- the looks so far


def looks_of(revision: CampaignRevision) -> dict[str, Any]:
    """A row is drawn from its second interval on."""
    found = looks.history(revision)
    rows = [look_row(history) for history in found.rows if len(history.drawn) > 1]
    return {"taken": found.taken, "planned": found.planned, "rows": rows}


def look_row(history: looks.History) -> dict[str, Any]:
    is_score = history.row == Look.Row.LOYALTY
    return {
        "label": LOOK_WORDS[Look.Row(history.row)],
        "points": [look_point(look, 1 if is_score else 100) for look in history.drawn],
        "in_points": not is_score,
        "common": history.common,
    }


def look_point(look: Look, scale: int) -> Point:
    value, low, high = ((each or 0) * scale for each in (look.difference, look.low, look.high))
    return Point(f"{look.on.month}/{look.on.day}", value, look.treated, low, high)


# ------------------------------------------------------------------------------- whom we reached


class Bar(NamedTuple):
    label: str
    share: reach.Share

    @property
    def percent(self) -> float:
        return 100 * (self.share.rate or 0)


class Missed(NamedTuple):
    code: str
    label: str
    many: int


def reach_of(revision: CampaignRevision, reader: User, now: datetime) -> dict[str, Any]:
    found = reach.reach(revision, reader, as_of=now)
    behind = found.reps[:MOST_REPS]
    teams = {team.pk: team.label for team in Team.objects.all()}
    people = {person.pk: person.label for person in User.objects.filter(pk__in=[share.key for share in behind])}
    nobody = _("Nobody in charge")
    return {
        "found": found,
        "percent": 100 * (found.rate or 0),
        "teams": [Bar(teams.get(share.key or 0, nobody), share) for share in found.teams],
        "reps": [Bar(people.get(share.key or 0, nobody), share) for share in behind if share.reached < share.planned],
        "missed": [Missed(code, fate_words(code), many) for code, many in found.missed.items()],
        "left": found.planned - found.reached,
    }


def fate_words(fate: str) -> str:
    code, _colon, rule = fate.partition(":")
    words = str(FATES[code])
    return words % {"rule": RULES.get(rule) or BADGE_WORDS[BADGES.get(rule, "other")][0]} if rule else words


@only_for(*PLANNERS_AND_MANAGERS)
def missed(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """The customers behind one reason, those this reader may see."""
    revision = revision_or_404(request, revision_id)
    fate, after = request.GET.get("why") or reach.NOT_LOOKED, request.GET.get("after", "")
    if revision.launched_at is None:
        return redirect("campaign-builder", revision_id)
    if fate.partition(":")[0] not in FATES:
        raise Http404
    start = int(after) if after.isdecimal() and len(after) <= 18 else 0
    rows = reach.missed(revision, request.user, fate=fate, as_of=timezone.now(), after=start, limit=PAGE)
    page = rows[:PAGE]
    return render(
        request,
        "campaigns/missed.html",
        {
            "revision": revision,
            "fate": fate,
            "words": fate_words(fate),
            "rows": page,
            "after": page[-1].account_id if len(rows) > PAGE else None,
            "is_first": not start,
        },
    )
