"""Why now: the named moments at which a customer may be glad to hear from us.

Every trigger has a code, its day, its figures and where they come from. The strength (0 to 1)
says how pressing the moment is; the table below holds what a planner may want to discuss.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from campaigns.deciding.facts import AccountFacts, Reading, Signal, Usage
from campaigns.deciding.offers import Evidence, Figure, Trigger

UP = frozenset({"upgrade", "seats", "bundle", "option", "trial"})
PLANS = frozenset({"upgrade", "trial", "bundle"})
SEATS = frozenset({"seats", "upgrade"})
DOWN = frozenset({"right_size"})
ANY_PLAN = UP | DOWN


@dataclass(frozen=True, slots=True)
class Moments:
    """When a moment counts. Shares of an allowance, days, and growth as a share."""

    near_limit: float = 0.8
    low_use: float = 0.4
    renewal_days: int = 60
    growth: float = 0.1
    growth_days: int = 120
    signal_days: int = 60
    views: int = 2
    need_days: int = 180
    sliding: float = -3.0


DEFAULT_MOMENTS = Moments()


def triggers(facts: AccountFacts, today: date, moments: Moments = DEFAULT_MOMENTS) -> tuple[Trigger, ...]:
    """Every trigger that speaks today, strongest first."""
    found = [
        *near_limits(facts, today, moments),
        *renewals(facts, today, moments),
        *head_count_grew(facts, today, moments),
        *signals(facts, today, moments),
        *low_use(facts, moments),
        *stated_needs(facts, today, moments),
    ]
    return tuple(sorted(found, key=lambda trigger: -trigger.strength))


def near_limits(facts: AccountFacts, today: date, moments: Moments) -> Iterator[Trigger]:
    """A meter at 80 % or more, with the day on which it will be full at the present pace."""
    for usage in facts.usage:
        share = usage.share
        if share is None or share < moments.near_limit:
            continue
        newest = usage.readings[-1]
        yield Trigger(
            "USAGE_NEAR_LIMIT",
            strength=min(1.0, 0.5 + (share - moments.near_limit) / (1 - moments.near_limit) / 2),
            evidence=Evidence("usage", newest.on, usage.subscription_id),
            figures={
                "meter": usage.meter,
                "value": newest.value,
                "allowance": usage.allowance,
                "percent": round(share * 100),
                "full_on": full_on(usage, today),
            },
            speaks_for=SEATS if usage.meter == "seats" else UP,
            subscription_id=usage.subscription_id,
            meter=usage.meter,
        )


def full_on(usage: Usage, today: date) -> date | None:
    """The day on which the allowance is reached, at the median daily pace between readings.

    The median lets one odd reading pass. None without growth, without two readings, or when the
    limit lies more than a year ahead; today when it is reached already.
    """
    pace = _daily_pace(usage.readings)
    if not usage.readings or usage.allowance is None:
        return None
    newest = usage.readings[-1]
    room = usage.allowance - newest.value
    if room <= 0:
        return today
    if pace is None or pace <= 0 or room / pace > 365:
        return None
    return max(today, newest.on + timedelta(days=round(room / pace)))


def _daily_pace(readings: tuple[Reading, ...]) -> float | None:
    paces = [(b.value - a.value) / (b.on - a.on).days for a, b in pairwise(readings[-7:]) if b.on > a.on]
    return median(paces) if paces else None


def renewals(facts: AccountFacts, today: date, moments: Moments) -> Iterator[Trigger]:
    for held in facts.holdings:
        if held.renews_on is None or not 0 <= (held.renews_on - today).days <= moments.renewal_days:
            continue
        yield Trigger(
            "RENEWAL_NEAR",
            strength=0.5,
            evidence=Evidence("subscription", held.renews_on, held.id),
            figures={"days": (held.renews_on - today).days, "renews_on": held.renews_on},
            speaks_for=ANY_PLAN,
            subscription_id=held.id,
        )


def head_count_grew(facts: AccountFacts, today: date, moments: Moments) -> Iterator[Trigger]:
    """The customer has clearly more people than at the beginning of the window."""
    counts = sorted(facts.head_counts, key=lambda count: count.on)
    window = [c for c in counts if c.on > today - timedelta(days=moments.growth_days)]
    before = [c for c in counts if c not in window]
    if not window or not (before or len(window) > 1):
        return
    old, new = (before or window)[-1 if before else 0], window[-1]
    added = new.employees - old.employees
    if old.employees <= 0 or added < moments.growth * old.employees:
        return
    yield Trigger(
        "HEADCOUNT_GREW",
        strength=min(0.9, 0.5 + added / old.employees),
        evidence=Evidence("headcount", new.on),
        figures={"before": old.employees, "after": new.employees, "added": added},
        speaks_for=SEATS,
    )


_SIGNALS: dict[str, tuple[str, float, frozenset[str]]] = {
    "plan_viewed": ("PLAN_VIEWED", 0.6, PLANS),
    "feature_tried": ("FEATURE_TRIED", 0.7, PLANS | {"option"}),
    "milestone": ("MILESTONE", 0.4, UP | {"cross_sell"}),
    "price_pressure": ("PRICE_PRESSURE", 0.7, DOWN),
    "cancellation_asked": ("CANCELLATION_ASKED", 1.0, DOWN),
}


def signals(facts: AccountFacts, today: date, moments: Moments) -> Iterator[Trigger]:
    """What the customer did of their own accord; one trigger per kind and product, the newest."""
    since = today - timedelta(days=moments.signal_days)
    newest: dict[tuple[str, str, str], Signal] = {}
    for signal in sorted(facts.signals, key=lambda signal: signal.on):
        if since < signal.on <= today and signal.kind in _SIGNALS:
            newest[signal.kind, signal.product, signal.detail] = signal
    for signal in newest.values():
        if signal.kind == "plan_viewed" and signal.count < moments.views:
            continue
        code, strength, speaks_for = _SIGNALS[signal.kind]
        figures: dict[str, Figure] = {"count": signal.count, "product": signal.product, "detail": signal.detail}
        yield Trigger(
            code,
            strength,
            Evidence("signal", signal.on, signal.id),
            figures,
            speaks_for,
            product=signal.product,
        )


def low_use(facts: AccountFacts, moments: Moments) -> Iterator[Trigger]:
    """They pay for more than they use: every meter of the contract runs far below its allowance."""
    for held in facts.holdings:
        metered = [u for u in facts.usage if u.subscription_id == held.id and u.share is not None]
        if not metered or not _is_far_under(metered, moments):
            continue
        fullest = max(metered, key=lambda usage: usage.share or 0)
        yield Trigger(
            "LOW_USE",
            strength=0.8 if facts.health_trend <= moments.sliding else 0.5,
            evidence=Evidence("usage", fullest.readings[-1].on, held.id),
            figures={"meter": fullest.meter, "percent": round((fullest.share or 0) * 100)},
            speaks_for=DOWN,
            subscription_id=held.id,
            meter=fullest.meter,
        )


def _is_far_under(metered: list[Usage], moments: Moments) -> bool:
    return all((usage.share or 0) < moments.low_use for usage in metered)


def stated_needs(facts: AccountFacts, today: date, moments: Moments) -> Iterator[Trigger]:
    """A need said lately is a moment too; it fades as the conversation recedes."""
    for need in facts.open_needs(today - timedelta(days=moments.need_days)):
        age = (today - need.heard_on).days
        yield Trigger(
            "NEED_STATED",
            strength=round(0.7 * (1 - age / (2 * moments.need_days)), 3),
            evidence=Evidence("need", need.heard_on, need.id),
            figures={"words": need.words, "contact": need.contact_id},
        )
