"""The words for codes of scores: each code with its figures becomes one whole sentence in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from accounts.queries.cases import Step
from crm.bilingual import pick
from crm.templatetags import formats

Figures = Mapping[str, Any]
BASE = "BASE"


def base_of(parts: Iterable[Mapping[str, Any]]) -> int:
    """The points everybody starts from, as stored with the score."""
    return sum(part["points"] for part in parts if part["code"] == BASE)


def follow_up_due(figures: Figures) -> str:
    return _("%(time)s %(customer)s: %(text)s") % {"time": _when(figures), **_named(figures)}


def case_overdue(figures: Figures) -> str:
    day = formats.date_short(date.fromisoformat(figures["due_on"]))
    return _("An answer was due on %(day)s. %(customer)s: %(text)s") % {"day": day, **_named(figures)}


def case_assigned(figures: Figures) -> str:
    return _("A case was handed to you. %(customer)s: %(text)s") % _named(figures)


def _named(figures: Figures) -> dict[str, str]:
    return {name: pick(figures[name], figures[f"{name}_en"]) for name in ("customer", "text")}


def _when(figures: Figures) -> str:
    return f"{formats.date_short(date.fromisoformat(figures['due_on']))} {figures['due_time'] or ''}".strip()


def case_step(step: Step) -> str:
    """What happened to a case, as its history tells it."""
    if step.verb == "case.assigned":
        return _("Handed to %(name)s") % {"name": step.owner}
    return str(CASE_STEPS[step.verb])


CASE_STEPS = {
    "case.opened": pgettext_lazy("case", "Opened"),
    "case.edited": pgettext_lazy("case", "Changed"),
    "case.solved": pgettext_lazy("case", "Solved"),
    "case.reported": pgettext_lazy("case", "Customer told"),
}


def health_drivers(parts: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """The lines of a health score in words with their points; with the base they add up to the score."""
    return [(health_words(part["code"], part["figures"]), part["points"]) for part in parts if part["code"] != BASE]


def health_words(code: str, figures: Figures) -> str:
    return HEALTH[code](figures)


def _breadth(figures: Figures) -> str:
    used, seats, days = (figures.get(name) for name in ("seats_used", "seats", "days_per_week"))
    told = {"used": formats.number(used), "seats": formats.number(seats), "days": formats.trimmed(days or 0, 1)}
    if seats and used is not None and days is not None:
        return _("Breadth of use: %(used)s of %(seats)s seats, %(days)s days a week") % told
    if seats and used is not None:
        return _("Breadth of use: %(used)s of %(seats)s seats") % told
    return _("Breadth of use: %(days)s days a week") % told


def _nps(figures: Figures) -> str:
    return _("NPS %(score)s") % {"score": formats.number(figures["nps_latest"])}


def _hearing(figures: Figures) -> str:
    days = int(figures["days_since_heard"])
    return ngettext("Last heard %(days)s day ago", "Last heard %(days)s days ago", days) % {"days": days}


def _payment(figures: Figures) -> str:
    late = int(figures["late_payments_365d"])
    if not late:
        return _("Payments on time")
    return ngettext("%(times)s late payment in a year", "%(times)s late payments in a year", late) % {"times": late}


def _headroom(figures: Figures) -> str:
    return _("Capacity used: %(share)s") % {"share": formats.share(figures["capacity_share"])}


def _complaints(figures: Figures) -> str:
    many = int(figures["open_complaints"])
    return ngettext("%(many)s open complaint", "%(many)s open complaints", many) % {"many": many}


def _trend(figures: Figures) -> str:
    change = figures["usage_trend"] * 100
    return _("Use over 90 days: %(change)s%%") % {"change": formats.signed(change)}


HEALTH: dict[str, Callable[[Figures], str]] = {
    "USAGE_BREADTH": _breadth,
    "NPS": _nps,
    "HEARING": _hearing,
    "PAYMENT": _payment,
    "HEADROOM": _headroom,
    "COMPLAINTS": _complaints,
    "USAGE_TREND": _trend,
}


def health_band(score: int) -> str:
    """One word for a health score; below 40 nothing is offered."""
    if score >= 70:
        return pgettext("health", "Good")
    return pgettext("health", "Fair") if score >= 40 else pgettext("health", "At risk")


def ltv_source(code: str) -> str:
    """Where a factor of the lifetime value comes from."""
    return {
        "CONTRACTS": _("from the contracts"),
        "ORDER_PATTERN": _("from the pattern of orders"),
        "RENEWAL_HAZARD": _("from renewals of similar customers"),
        "CATALOGUE_MARGIN": _("from the catalogue"),
        "ASSUMED_MARGIN": _("assumed for the whole company"),
    }.get(code, "")
