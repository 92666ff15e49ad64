"""When which campaign runs, and where they come together: the same customers, and the week of a rep.

How many customers two campaigns both mean is counted in `together`, and told to 10,000.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from accounts.queries.facts import day_of
from campaigns.models import CampaignRevision
from campaigns.queries import together
from campaigns.queries.policies import policies_in_force
from campaigns.queries.together import Counts
from crm.lists.asking import CAP
from crm.organisation import Organisation
from crm.people import User
from crm.workdays import is_working_day

State = CampaignRevision.State

PLANNED, RUNNING, OVER = "planned", "running", "over"
STATES: Mapping[str, tuple[str, ...]] = {
    PLANNED: together.PLANNED,
    RUNNING: together.RUNNING,
    OVER: (State.ENDED, State.SUPERSEDED),
}
MOST = 100
"""Bars of one view."""
MOST_TOGETHER = 20
"""Revisions whose customers are compared; the ones that begin first."""
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    first: date
    last: date

    def meets(self, other: Span) -> bool:
        return self.first <= other.last and other.first <= self.last

    def shared_with(self, other: Span) -> Span:
        return Span(max(self.first, other.first), min(self.last, other.last))

    @property
    def weeks(self) -> list[date]:
        """The Mondays of the weeks it touches."""
        monday = self.first - timedelta(days=self.first.weekday())
        return [monday + WEEK * place for place in range((self.last - monday).days // 7 + 1)]


def month_of(day: date) -> Span:
    first = day.replace(day=1)
    return Span(first, (first + timedelta(days=31)).replace(day=1) - DAY)


def quarter_of(day: date) -> Span:
    first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return Span(first, month_of(first + timedelta(days=70)).last)


@dataclass(frozen=True, slots=True)
class Wanted:
    owner: int | None = None
    state: str = ""

    def __bool__(self) -> bool:
        return bool(self.owner or self.state)


@dataclass(frozen=True, slots=True)
class Bar:
    """One revision from its first to its last day; `is_open` has no last day and goes on to the end of the view."""

    revision: CampaignRevision
    span: Span
    is_open: bool = False

    @property
    def kind(self) -> str:
        return next(kind for kind, states in STATES.items() if self.revision.state in states)

    @property
    def is_ahead(self) -> bool:
        """Is anything of it still to come?"""
        return self.kind != OVER


@dataclass(frozen=True, slots=True)
class Schedule:
    """`undated` are plans without a last day: they stand nowhere yet."""

    bars: Sequence[Bar]
    undated: Sequence[CampaignRevision]
    is_cut: bool


def schedule(user: User, span: Span, wanted: Wanted, *, on: date) -> Schedule:
    """What a reader may see of a span, the one that begins first at the top."""
    rows = matching(user, wanted)
    still = Q(over__gte=span.first) | Q(over=None) | Q(state__in=STATES[RUNNING])
    met = rows.filter(still, Q(begun__lte=span.last) | Q(begun=None))
    found = list(met.exclude(over=None, state__in=STATES[PLANNED])[: MOST + 1])
    bars = [bar for row in found[:MOST] if (bar := bar_of(row, on=on, until=span.last)).span.meets(span)]
    undated = list(rows.filter(over=None, state__in=STATES[PLANNED])[:MOST])
    return Schedule(bars, undated, len(found) > MOST)


def matching(user: User, wanted: Wanted) -> QuerySet[Any]:
    """Templates have no days."""
    rows = CampaignRevision.objects.visible_to(user).filter(campaign__is_template=False)
    if wanted.owner:
        rows = rows.filter(campaign__owner=wanted.owner)
    if wanted.state in STATES:
        rows = rows.filter(state__in=STATES[wanted.state])
    return with_days(rows).order_by(F("begun").asc(nulls_first=True), "pk")


def with_days(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("campaign__owner").annotate(
        begun=Coalesce(TruncDate("launched_at"), "starts_on", TruncDate("launch_at")),
        over=Coalesce(TruncDate("ended_at"), "ends_on"),
    )


def bar_of(revision: Any, *, on: date, until: date) -> Bar:
    """Of a row with its days. A plan without a first day begins today, and nothing that runs ends before today."""
    first = revision.begun or min(on, revision.over or on)
    last = revision.over or max(until, first)
    if revision.state in STATES[RUNNING]:
        last = max(last, on)
    return Bar(revision, Span(first, max(first, last)), is_open=revision.over is None)


def owners(user: User) -> list[User]:
    rows = CampaignRevision.objects.visible_to(user).order_by().values("campaign__owner")
    return list(User.objects.filter(pk__in=rows).order_by("reading", "name", "pk"))


# ---------------------------------------------------------------------------- the same customers


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two campaigns that mean the same customers in the same days; `customers` is counted to 10,000."""

    one: Bar
    other: Bar
    shared: Span
    customers: int


def pairs_of(bars: Sequence[Bar], *, on: date, of: int | None = None) -> list[tuple[Bar, Bar]]:
    """Different campaigns with days in common that are still to come; only those of one revision if it is named."""
    ahead = [bar for bar in bars if bar.is_ahead and bar.span.last >= on]
    return [
        (one, other)
        for one, other in combinations(ahead, 2)
        if one.span.meets(other.span)
        and one.span.shared_with(other.span).last >= on
        and one.revision.campaign_id != other.revision.campaign_id
        and (of is None or of in (one.revision.pk, other.revision.pk))
    ]


def overlaps(pairs: Sequence[tuple[Bar, Bar]], counts: Counts) -> list[Overlap]:
    """The pairs that have customers in common, most of them first."""
    found = []
    for one, other in pairs:
        low, high = sorted((one.revision.pk, other.revision.pk))
        if many := counts.pairs.get((low, high), 0):
            found.append(Overlap(one, other, one.span.shared_with(other.span), min(many, CAP + 1)))
    return sorted(found, key=lambda overlap: (-overlap.customers, overlap.shared.first))


# ------------------------------------------------------------------------------ the week of a rep


@dataclass(frozen=True, slots=True)
class Budget:
    """What a customer and a rep are asked to bear: offers a customer in days, touches in days, suggestions a rep and day."""

    offer_days: int
    touches: int
    touch_days: int
    a_day: int


def budget() -> Budget:
    policies = policies_in_force()
    touched = policies.rule("OVER_BUDGET", lane="", action="").thresholds
    offered = policies.rule("RECENT_OFFER", lane="", action="").thresholds
    a_day = Organisation.current().suggestions_per_day
    return Budget(int(offered["days"]), int(touched["touches"]), int(touched["days"]), a_day)


@dataclass(frozen=True, slots=True)
class Week:
    """What comes to reps in a week if each campaign spreads its customers evenly over its days, before the guard.

    `most` is the share of the rep who gets most, `capacity` what fits on a rep's list that week.
    """

    monday: date
    campaigns: int
    most: int
    over: int
    capacity: int

    @property
    def is_over(self) -> bool:
        return self.over > 0


def weeks(bars: Sequence[Bar], counts: Counts, *, on: date, span: Span) -> list[Week]:
    """From this week on, those in which a campaign runs."""
    a_day = Organisation.current().suggestions_per_day
    shown = Span(max(span.first, on), span.last)
    return [
        _week(monday, running, counts, a_day)
        for monday in shown.weeks
        if shown.first <= shown.last and (running := [bar for bar in bars if monday in bar.span.weeks])
    ]


def _week(monday: date, running: Sequence[Bar], counts: Counts, a_day: int) -> Week:
    load: dict[int, float] = defaultdict(float)
    for bar in running:
        for rep, customers in counts.reps[bar.revision.pk].items():
            load[rep] += _a_week(bar, customers)
    days = sum(is_working_day(monday + DAY * place) for place in range(7))
    capacity = a_day * days
    over = sum(each > capacity for each in load.values())
    return Week(monday, len(running), round(max(load.values(), default=0.0)), over, capacity)


def _a_week(bar: Bar, customers: int) -> float:
    """A rep's customers of one campaign that fall to one of its weeks; its pace is never passed."""
    revision = bar.revision
    share = 1.0 if revision.launched_at else 1 - float(revision.holdout_share)
    even = customers * share / len(bar.span.weeks)
    return min(even, revision.pace * 5) if revision.pace else even


# ------------------------------------------------------------------------------------- together


@dataclass(frozen=True, slots=True)
class Warnings:
    overlaps: Sequence[Overlap]
    weeks: Sequence[Week]
    budget: Budget
    is_cut: bool
    """More revisions share these days than are compared."""
    as_of: datetime | None = None
    """When customers were counted; None: just now."""
    uncounted: int = 0
    """Campaigns whose customers are being counted: their audience is new, or has changed since."""

    @property
    def over(self) -> list[Week]:
        return [week for week in self.weeks if week.is_over]

    def __bool__(self) -> bool:
        return bool(self.overlaps or self.over)


def warnings(bars: Sequence[Bar], user: User, *, on: date, span: Span, of: int | None = None) -> Warnings:
    ahead = [bar for bar in bars if bar.is_ahead and bar.span.last >= on]
    looked_at = ahead[:MOST_TOGETHER]
    counts = together.counts([bar.revision for bar in looked_at], user, on=on)
    return Warnings(
        overlaps=overlaps(pairs_of(looked_at, on=on, of=of), counts),
        weeks=weeks(looked_at, counts, on=on, span=span),
        budget=budget(),
        is_cut=len(ahead) > MOST_TOGETHER,
        as_of=counts.as_of,
        uncounted=len(counts.uncounted),
    )


def warnings_of(revision: CampaignRevision, user: User, *, as_of: datetime) -> Warnings:
    """Of one plan among everything that runs or is planned in its days, of whoever it is."""
    on = day_of(as_of).on
    row = with_days(CampaignRevision.objects.filter(pk=revision.pk)).get()
    until = row.over or on + timedelta(days=30)
    own = bar_of(row, on=on, until=until)
    bars = schedule(user, own.span, Wanted(), on=on).bars
    others = (bar for bar in bars if bar.is_ahead and bar.revision.campaign_id != revision.campaign_id)
    return warnings([own, *others], user, on=on, span=own.span, of=revision.pk)
