"""The words for codes of the engine: reasons, guard and what helps instead, as whole sentences for people.

Nothing here asks the database; names behind ids and codes come in as `Names`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from campaigns.deciding.guard import GuardCheck, GuardResult
from crm.slots import GuardBadge
from crm.templatetags import formats

MISSING = {
    "WHY": gettext_lazy("Write why we do this."),
    "CUSTOMER_BENEFIT": gettext_lazy("Write what the customer gains."),
    "REP_BENEFIT": gettext_lazy("Write what the rep gains."),
    "PATH": gettext_lazy("Choose what is offered."),
    "PATH_CLOSED": gettext_lazy("What is offered is no longer sold. Choose something else."),
    "STEPS": gettext_lazy("Write how the rep should do it, one step a line."),
    "PERIOD": gettext_lazy("Give the last day of the campaign; it must not be over yet."),
    "OFFER_OVER": gettext_lazy("The extra is not valid on the last day of the campaign."),
    "AUDIENCE_INVALID": gettext_lazy("A condition of the audience can no longer be understood. Remove it."),
    "TEMPLATE": gettext_lazy("This is a template. Begin a campaign with it, and launch that."),
    "AUDIENCE_EMPTY": gettext_lazy("No customer is left to reach. Widen the conditions."),
}
"""What a revision lacks before anybody may see it."""

SEATS = ("seats", "seats_used")
CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Said:
    """A need as it was told: the words, and by whom if that is known."""

    words: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """Labels in the reader's language for what reasons refer to."""

    meters: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Label and unit by the meter's code."""
    things: Mapping[str, str] = field(default_factory=dict)
    """Products and families by code."""
    campaigns: Mapping[int, str] = field(default_factory=dict)
    needs: Mapping[int, Said] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """`short` stands in a row, `full` in the detail, `source` says where from and when."""

    code: str
    icon: str
    short: str
    full: str
    source: str


@dataclass(frozen=True, slots=True)
class Told:
    """One stored reason while it is put into words."""

    figures: Mapping[str, Any]
    id: int | None
    on: date | None
    today: date
    names: Names

    def meter(self) -> tuple[str, str]:
        """Label and unit of the meter that this is about."""
        code = self.figures["meter"]
        return (pgettext("meter", "Seats"), "") if code in SEATS else self.names.meters.get(code, (code, ""))

    def day(self, name: str) -> date | None:
        value = self.figures.get(name)
        return date.fromisoformat(value) if value else None

    def short_date(self, day: date | None) -> str:
        return formats.date_short(day, self.today)


def reasons_of(stored: Iterable[Mapping[str, Any]], names: Names, today: date) -> list[ReasonWords]:
    """Stored reasons in words, in their order."""
    return [reason_words(one, names, today) for one in stored]


def reason_words(stored: Mapping[str, Any], names: Names, today: date) -> ReasonWords:
    on = stored.get("on")
    day = date.fromisoformat(on) if on else None
    told = Told(stored.get("figures", {}), stored.get("id"), day, today, names)
    icon, write = REASONS[stored["code"]]
    short, full = write(told)
    return ReasonWords(stored["code"], icon, short, full, _source(stored.get("source", ""), told))


def _source(source: str, told: Told) -> str:
    words = {
        "usage": _("Usage"),
        "need": _("Hearing"),
        "nps": _("Survey"),
        "health": _("Health"),
        "subscription": _("Contract"),
        "signal": _("Observed"),
        "headcount": _("Company data"),
        "order": _("Orders"),
        "affinity": _("Similar customers"),
        "campaign": _("Campaign"),
    }.get(source, "")
    is_dated = told.on is not None and source not in ("subscription", "campaign", "affinity")
    return f"{words} {told.short_date(told.on)}" if is_dated else words


def _near_limit(told: Told) -> tuple[str, str]:
    label, unit = told.meter()
    full_on = told.day("full_on")
    said = {
        "meter": label,
        "percent": formats.percent(told.figures["percent"]),
        "value": formats.number(told.figures["value"]),
        "allowance": formats.number(told.figures["allowance"]),
        "unit": unit,
        "day": told.short_date(full_on),
    }
    if told.figures["meter"] in SEATS:
        full = short = _("%(value)s of %(allowance)s seats in use") % said
        return short, full
    if full_on is None:
        return _("%(meter)s %(percent)s") % said, _(
            "%(meter)s %(percent)s (%(value)s of %(allowance)s %(unit)s)"
        ) % said
    if full_on <= told.today:
        short = _("%(meter)s %(percent)s, full") % said
        return short, _("%(meter)s %(percent)s (%(value)s of %(allowance)s %(unit)s). The limit is reached") % said
    short = _("%(meter)s %(percent)s, full by %(day)s") % said
    return short, _("%(meter)s %(percent)s (%(value)s of %(allowance)s %(unit)s). Full around %(day)s") % said


def _renewal(told: Told) -> tuple[str, str]:
    day = told.day("renews_on")
    short = formats.renews_in(day, told.today)
    return short, _("%(remaining)s (%(day)s)") % {"remaining": short, "day": told.short_date(day)}


def _head_count(told: Told) -> tuple[str, str]:
    said = {name: formats.number(told.figures[name]) for name in ("added", "before", "after")}
    return _("Staff +%(added)s") % said, _("Staff grew from %(before)s to %(after)s") % said


def _plan_viewed(told: Told) -> tuple[str, str]:
    many = told.figures["count"]
    words = ngettext("Looked at a higher plan once", "Looked at a higher plan %(many)s times", many) % {"many": many}
    return words, words


def _feature_tried(told: Told) -> tuple[str, str]:
    words = _("Tried a feature of a higher plan")
    return words, words


def _milestone(told: Told) -> tuple[str, str]:
    words = _("Reached a milestone of use")
    return words, words


def _price_pressure(told: Told) -> tuple[str, str]:
    words = _("Asked to review the cost")
    return words, words


def _cancellation(told: Told) -> tuple[str, str]:
    words = _("Asked about cancelling")
    return words, words


def _low_use(told: Told) -> tuple[str, str]:
    label, _unit = told.meter()
    said = {"meter": label, "percent": formats.percent(told.figures["percent"])}
    return _("%(meter)s: %(percent)s used") % said, _("Use is low: %(meter)s at %(percent)s") % said


def _need(told: Told) -> tuple[str, str]:
    said = told.names.needs.get(told.id or 0, Said(told.figures.get("words") or ""))
    quote = formats.quoted(said.words)
    who = formats.customer_name(said.who) if said.who else ""
    return f"{quote} {told.short_date(told.on)}", f"{quote} {who}".strip()


def _together(told: Told) -> tuple[str, str]:
    figures = told.figures
    said = {
        "share": formats.share(figures["share"]),
        "also": formats.number(figures["also"]),
        "having": formats.number(figures["having"]),
        "given": told.names.things.get(figures["given"], figures["given"]),
        "overall": formats.share(figures["overall"]),
    }
    full = _("%(also)s of %(having)s customers with %(given)s have it as well (%(overall)s of all)") % said
    return _("%(share)s of similar customers have it") % said, full


def _campaign(told: Told) -> tuple[str, str]:
    name = told.names.campaigns.get(told.figures.get("campaign") or 0, _("Campaign"))
    until = told.day("until")
    if until is None:
        return name, name
    return name, _("%(campaign)s, until %(day)s") % {"campaign": name, "day": told.short_date(until)}


def _nps(told: Told) -> tuple[str, str]:
    words = _("NPS %(score)s") % {"score": told.figures["score"]}
    return words, words


def _health(told: Told) -> tuple[str, str]:
    words = _("Health %(score)s") % {"score": told.figures["health"]}
    return words, words


def _reorder(told: Told) -> tuple[str, str]:
    said = {"usual": told.figures["usual_days"], "days": told.figures["days"]}
    short = _("Last ordered %(days)s days ago") % said
    return short, _("Usually ordered every %(usual)s days; the last time was %(days)s days ago") % said


REASONS: dict[str, tuple[str, Callable[[Told], tuple[str, str]]]] = {
    "USAGE_NEAR_LIMIT": ("box", _near_limit),
    "RENEWAL_NEAR": ("calendar", _renewal),
    "HEADCOUNT_GREW": ("users", _head_count),
    "PLAN_VIEWED": ("eye", _plan_viewed),
    "FEATURE_TRIED": ("zap", _feature_tried),
    "MILESTONE": ("flag", _milestone),
    "PRICE_PRESSURE": ("scale", _price_pressure),
    "CANCELLATION_ASKED": ("triangle-alert", _cancellation),
    "LOW_USE": ("activity", _low_use),
    "NEED_STATED": ("message-square", _need),
    "OFTEN_TOGETHER": ("arrow-left-right", _together),
    "CAMPAIGN": ("megaphone", _campaign),
    "NPS": ("gauge", _nps),
    "HEALTH": ("activity", _health),
    "REORDER_DUE": ("repeat", _reorder),
}


# -- What is suggested -----------------------------------------------------------------------------


def what_words(kind: str, product: str, from_product: str, seats: int | None, trial_days: int | None) -> str:
    """The offer in a few words: "Premium for 80 people", "Premium → Standard", "Audit log, 30-day trial"."""
    said = {"product": product, "before": from_product, "seats": formats.number(seats or 0), "days": trial_days}
    if kind == "upgrade" and seats:
        return _("%(product)s for %(seats)s people") % said
    if kind == "seats" and seats:
        return _("%(product)s with %(seats)s seats") % said
    if kind == "right_size" and from_product:
        return _("%(before)s → %(product)s") % said
    if kind == "trial" and trial_days:
        return _("%(product)s, %(days)s-day trial") % said
    return product


# -- Guard -----------------------------------------------------------------------------------------


def badge_of(result: GuardResult, today: date) -> GuardBadge:
    """The guard of a customer as lists show it: the first rule that blocks, and what helps instead."""
    first = result.first
    if first is None:
        return GuardBadge(CLEAR, detail=result)
    return GuardBadge(first.badge, _badge_words(first, today), helps_words(first, today), result)


def _badge_words(check: GuardCheck, today: date) -> str:
    if check.rule == "OPEN_CASE":
        many = int(str(check.value or 1))
        return ngettext("%(many)s open case", "%(many)s open cases", many) % {"many": many}
    if check.rule in ("RECENT_OFFER", "OVER_BUDGET", "QUIET_AFTER_NO") and check.until:
        return pgettext("guard", "From %(day)s") % {"day": formats.date_short(check.until, today)}
    return str(BADGES.get(check.rule, ""))


BADGES: Mapping[str, Any] = {
    "ANSWER_PENDING": pgettext_lazy("guard", "Answer pending"),
    "NO_CONSENT": pgettext_lazy("guard", "No consent"),
    "NEVER_ASKED": pgettext_lazy("guard", "Never asked"),
}


def why_words(check: GuardCheck, today: date) -> str:
    """What the rule saw, with its figure and day."""
    day = formats.date_short(check.since or (check.evidence and check.evidence.on), today)
    said = {"value": check.value, "day": day}
    write = WHY.get(check.rule)
    return write(said) if write else _("The rules of the company speak against it now.")


WHY: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "OPTED_OUT": lambda said: _("They asked for no sales contact (%(day)s).") % said,
    "DETRACTOR": lambda said: _("NPS %(value)s (%(day)s).") % said,
    "LOW_HEALTH": lambda said: _("Health is down to %(value)s.") % said,
    "UPSET": lambda said: _("The last conversation upset them (%(day)s).") % said,
    "OPEN_CASE": lambda said: _("A case is open since %(day)s.") % said,
    "RECENT_OFFER": lambda said: _("Something was offered on %(day)s.") % said,
    "NO_NEED": lambda said: _("Nobody has heard a need that this would meet."),
    "NEVER_ASKED": lambda said: _("Nobody has asked yet how they are doing."),
    "NO_CONSENT": lambda said: _("They have not agreed to any way of contact."),
    "NOT_ON_SALE": lambda said: _("It is no longer sold."),
    "ALREADY_OWNS": lambda said: _("They have it already."),
    "NO_PATH": lambda said: _("The catalogue has no step from what they hold now."),
    "JUST_RENEWED": lambda said: _("The contract was signed on %(day)s.") % said,
    "WOULD_NOT_USE": lambda said: _("They use little of what they have."),
    "OVER_BUDGET": lambda said: _("They have heard from us often enough lately."),
    "QUIET_AFTER_NO": lambda said: _("They said no on %(day)s.") % said,
    "SAME_DISMISSED": lambda said: _("The same was set aside on %(day)s.") % said,
    "ANSWER_PENDING": lambda said: _("A proposal is with them since %(day)s.") % said,
    "CAMPAIGN_HOLDOUT": lambda said: _("This customer is kept for comparison."),
}


def helps_words(check: GuardCheck, today: date) -> str:
    """What helps instead of an offer."""
    if check.instead in ("answer_if_asked", "wait") and check.until:
        return _("Can be offered again from %(day)s") % {"day": formats.date_short(check.until, today)}
    return str(HELPS.get(check.instead, gettext_lazy("Leave it for now")))


HELPS: Mapping[str, Any] = {
    "service_only": gettext_lazy("Service contact only"),
    "listen": gettext_lazy("Call to listen first"),
    "report_fix": gettext_lazy("Report the fix first"),
    "answer_if_asked": gettext_lazy("Answer if they ask"),
    "ask_need": gettext_lazy("Ask about one pain point"),
    "ask_first": gettext_lazy("Ask how they are doing first"),
    "ask_consent": gettext_lazy("Ask how they would like to be reached"),
    "help_use": gettext_lazy("Help them use what they have"),
    "wait": gettext_lazy("Leave some time"),
    "wait_answer": gettext_lazy("Wait for their answer"),
}
"""Put into words only where one is said: a list says fifty of them."""


TALK: Mapping[str, tuple[Promise, ...]] = {
    "unhappy": (
        gettext_lazy("Thank them for telling us, and apologise for what went wrong."),
        gettext_lazy("Ask what happened and what would put it right. Listen to the end."),
        gettext_lazy("Say what you will do and by when. Offer nothing today."),
    ),
    "open_case": (
        gettext_lazy("Say where the case stands now and who is working on it."),
        gettext_lazy("Ask whether anything else is in their way."),
        gettext_lazy("Agree on when they will hear from us again."),
    ),
    "opted_out": (
        gettext_lazy("This is a service call: sell nothing."),
        gettext_lazy("Ask whether everything works, and end the call."),
    ),
    "recent": (
        gettext_lazy("Answer what they ask about the last offer. Do not repeat it."),
        gettext_lazy("Ask how they are doing with what they have."),
    ),
    "no_need": (
        gettext_lazy("Ask about one thing that costs them time."),
        gettext_lazy("Write it down in their own words."),
    ),
}
"""How to speak with somebody to whom nothing is offered, by the badge of the guard."""


def repair_talk(check: GuardCheck | None) -> tuple[Promise, ...]:
    """Without a check for somebody who could be offered something, if there were a suggestion."""
    return TALK.get(check.badge if check else "no_need", TALK["recent"][1:] + TALK["no_need"][1:])


def refusal_words(checks: Iterable[GuardCheck], today: date) -> str:
    """Why the guard said no in the last moment, and what to do; nothing was sent."""
    first = next(iter(checks))
    return _("Not now: %(why)s %(helps)s. Nothing was sent.") % {
        "why": why_words(first, today),
        "helps": helps_words(first, today),
    }


@dataclass(frozen=True, slots=True)
class CheckWords:
    """One of the questions of the guard with its answer: passed, in words, with the figure behind it."""

    words: str
    passed: bool
    detail: str


FOUR = (
    ("unhappy", ("DETRACTOR", "LOW_HEALTH", "UPSET")),
    ("open_case", ("OPEN_CASE",)),
    ("recent", ("RECENT_OFFER",)),
    ("no_need", ("NO_NEED", "NEVER_ASKED")),
)


def four_checks(result: GuardResult, today: date) -> list[CheckWords]:
    """The four questions everybody knows; any other rule that blocks is added behind them."""
    by_rule = {check.rule: check for check in result.checks}
    shown = [_group(badge, [by_rule[rule] for rule in rules if rule in by_rule], today) for badge, rules in FOUR]
    known = {rule for _badge, rules in FOUR for rule in rules}
    others = [check for check in result.blockers if check.rule not in known]
    return shown + [CheckWords(why_words(check, today), False, helps_words(check, today)) for check in others]


def _group(badge: str, checks: list[GuardCheck], today: date) -> CheckWords:
    failed = next((check for check in checks if not check.passed), None)
    words = {
        "unhappy": _("No dissatisfaction"),
        "open_case": _("No open case"),
        "recent": _("No offer in 30 days"),
        "no_need": _("Need known"),
    }[badge]
    if failed:
        return CheckWords(words, False, why_words(failed, today))
    return CheckWords(words, True, _evidence(checks, today))


def _evidence(checks: list[GuardCheck], today: date) -> str:
    """The figure or the day of the first check that has one."""
    for check in checks:
        if check.rule == "DETRACTOR" and check.value is not None:
            return _("NPS %(score)s") % {"score": check.value}
        if check.rule == "LOW_HEALTH" and check.value is not None:
            return _("Health %(score)s") % {"score": check.value}
        if check.evidence and check.evidence.on:
            return formats.date_short(check.evidence.on, today)
    return ""


MOMENTS: Mapping[str, Any] = {
    "USAGE_NEAR_LIMIT": pgettext_lazy("moment", "A limit is near"),
    "RENEWAL_NEAR": pgettext_lazy("moment", "The renewal is near"),
    "HEADCOUNT_GREW": pgettext_lazy("moment", "More people work there"),
    "PLAN_VIEWED": pgettext_lazy("moment", "They looked at a higher plan"),
    "FEATURE_TRIED": pgettext_lazy("moment", "They tried a feature"),
    "MILESTONE": pgettext_lazy("moment", "Something was achieved"),
    "NEED_STATED": pgettext_lazy("moment", "They told us of a need"),
    "OFTEN_TOGETHER": pgettext_lazy("moment", "Often bought together"),
    "CAMPAIGN": pgettext_lazy("moment", "A campaign addresses them"),
    "REORDER_DUE": pgettext_lazy("moment", "Time to reorder"),
    "PRICE_PRESSURE": pgettext_lazy("moment", "Another company is cheaper"),
    "CANCELLATION_ASKED": pgettext_lazy("moment", "They asked how to cancel"),
    "LOW_USE": pgettext_lazy("moment", "Little is used"),
}
"""The triggers by name, for whoever chooses or files by them."""
