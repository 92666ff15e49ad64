"""The words for codes of scores: each code with its figures becomes one whole sentence in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from accounts.actions import merging
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


def cases_assigned(figures: Figures) -> str:
    many = figures["many"]
    return ngettext("%(many)s case was handed to you.", "%(many)s cases were handed to you.", many) % {"many": many}


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


FIELDS: Mapping[str, Any] = {
    "name": pgettext_lazy("field", "Name"),
    "name_en": gettext_lazy("Name in English"),
    "reading": gettext_lazy("Reading in kana"),
    "corporate_number": gettext_lazy("Corporate number"),
    "industry": gettext_lazy("Industry"),
    "employees": gettext_lazy("Staff"),
    "city": gettext_lazy("City"),
    "city_en": gettext_lazy("City in English"),
    "address": gettext_lazy("Address"),
    "phone": gettext_lazy("Phone"),
    "domain": gettext_lazy("Internet domain"),
    "kind": gettext_lazy("Kind"),
    "external_id": gettext_lazy("Number elsewhere"),
    "owner": gettext_lazy("Owner"),
    "team": gettext_lazy("Team"),
    "customer_since": gettext_lazy("Customer since"),
    "closed_on": gettext_lazy("Ended on"),
    "margin_rate": gettext_lazy("Margin"),
    "merged_into": gettext_lazy("Merged into"),
    "department": gettext_lazy("Department"),
    "department_en": gettext_lazy("Department in English"),
    "title": pgettext_lazy("of a person", "Title"),
    "part": gettext_lazy("Part in decisions"),
    "email": gettext_lazy("Mail address"),
    "wishes": gettext_lazy("Wishes for contact"),
    "wishes_en": gettext_lazy("Wishes in English"),
    "left_on": gettext_lazy("Left on"),
    "product": gettext_lazy("Product"),
    "seats": gettext_lazy("Seats"),
    "monthly_amount": gettext_lazy("Monthly amount"),
    "starts_on": gettext_lazy("Begins on"),
    "renews_on": gettext_lazy("Renews on"),
    "is_auto_renewed": gettext_lazy("Renews by itself"),
    "ended_on": gettext_lazy("Ended on"),
    "end_reason": gettext_lazy("Why it ended"),
    "contact": gettext_lazy("Contact"),
    "topic": gettext_lazy("About"),
    "words": gettext_lazy("In the customer's words"),
    "words_en": gettext_lazy("Their words in English"),
    "heard_on": gettext_lazy("Heard on"),
    "by": gettext_lazy("Heard by"),
    "solved_on": gettext_lazy("Solved on"),
    "solution": gettext_lazy("What solved it"),
    "solution_en": gettext_lazy("Solution in English"),
    "subject": gettext_lazy("What happened"),
    "subject_en": gettext_lazy("What happened, in English"),
    "severity": gettext_lazy("Severity"),
    "details": gettext_lazy("Details"),
    "due_on": gettext_lazy("Due on"),
    "opened_at": gettext_lazy("Opened"),
    "solved_at": gettext_lazy("Solved"),
    "reported_at": gettext_lazy("Customer told"),
}
"""What people call the fields of customers and of what hangs on them."""


def plain_words(value: Any) -> str:
    """A stored value as people read it."""
    if value is None or value == "":
        return formats.EMPTY
    if isinstance(value, bool):
        return pgettext("answer", "Yes") if value else pgettext("answer", "No")
    if isinstance(value, date):
        return str(formats.date_contract(value))
    return str(formats.number(value)) if isinstance(value, int) else str(value)


# ------------------------------------------------------------------------------- two that may be one


@dataclass(frozen=True, slots=True)
class PairReason:
    code: str
    words: str
    points: int

    @property
    def tone(self) -> str:
        return "neg" if self.points < 0 else "pos" if self.points else "warn"


PAIR_REASONS: Mapping[str, Any] = {
    "proposed": pgettext_lazy("duplicates", "A merge was proposed"),
    "picked": pgettext_lazy("duplicates", "Brought together by hand"),
    "corporate_number": pgettext_lazy("duplicates", "Same corporate number"),
    "name": pgettext_lazy("duplicates", "Same name"),
    "english": pgettext_lazy("duplicates", "Same name in English"),
    "trade_name": pgettext_lazy("duplicates", "Known by this name"),
    "spelling": pgettext_lazy("duplicates", "Same name, spelt otherwise in kana"),
    "word_order": pgettext_lazy("duplicates", "Same words in another order"),
    "near_name": pgettext_lazy("duplicates", "Name nearly the same"),
    "short_name": pgettext_lazy("duplicates", "Name cut short"),
    "reading": pgettext_lazy("duplicates", "Same reading"),
    "given_name": pgettext_lazy("duplicates", "Same given name"),
    "near_number": pgettext_lazy("duplicates", "Corporate number with a slip"),
    "phone": pgettext_lazy("duplicates", "Same phone number"),
    "domain": pgettext_lazy("duplicates", "Same internet domain"),
    "address": pgettext_lazy("duplicates", "Same address"),
    "other_corporate_number": pgettext_lazy("duplicates", "Another corporate number"),
    "other_kind": pgettext_lazy("duplicates", "A person and a company"),
    "branch": pgettext_lazy("duplicates", "A branch office"),
    "group": pgettext_lazy("duplicates", "A company of the same group"),
    "other_name": pgettext_lazy("duplicates", "Another name"),
    "other_form": pgettext_lazy("duplicates", "Another legal form"),
    "other_reading": pgettext_lazy("duplicates", "Another reading"),
    "other_domain": pgettext_lazy("duplicates", "Another internet domain"),
    "other_address": pgettext_lazy("duplicates", "Another address"),
}


def pair_reasons(reasons: Iterable[Figures]) -> list[PairReason]:
    return [PairReason(one["code"], str(PAIR_REASONS[one["code"]]), one["points"]) for one in reasons]


KEPT_WHYS: Mapping[str, Any] = {
    "edited": pgettext_lazy("undo", "was edited since and stays as it is"),
    "taken": pgettext_lazy("undo", "belongs to another customer by now"),
    "elsewhere": pgettext_lazy("undo", "went to another customer since and stays there"),
    "followed": pgettext_lazy("undo", "was added since and went back with what it belongs to"),
    "written_since": pgettext_lazy("undo", "was written since and stays with the customer that took over"),
}


def kept_parts(kept: Iterable[Any]) -> list[tuple[str, int, str]]:
    """What, how many, and why it was not put back."""
    return [(str(merging.label_of(one.part)), one.rows, str(KEPT_WHYS[one.why])) for one in kept]


def import_done(figures: Figures) -> str:
    return _("“%(file)s” is imported: %(created)s new, %(updated)s changed, %(refused)s not taken.") % {
        "file": figures["file"],
        **{name: f"{figures[name]:,}" for name in ("created", "updated", "refused")},
    }


def import_failed(figures: Figures) -> str:
    return _("The import of “%(file)s” stopped. Nothing was changed.") % {"file": figures["file"]}
