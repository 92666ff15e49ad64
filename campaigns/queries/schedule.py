"""When which campaign runs, and where they come together: the same customers, and the week of a rep.

A revision that was launched means the customers it addressed; one that is planned means whoever its audience means today.
Customers are compared in one pass in the database, and told to 10,000. Among more than 20,000 a sample of 10,000 is looked
at, always the same ones, so that the calendar costs no more the more customers there are; a rep is then called overloaded
only when the sample leaves little doubt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, TruncDate

from accounts.models import Account
from accounts.queries.facts import day_of
from campaigns.models import CampaignRevision, Target
from campaigns.queries import audience
from campaigns.queries.policies import policies_in_force
from crm.lists.asking import CAP
from crm.long_questions import over_many_rows
from crm.organisation import Organisation
from crm.people import User
from crm.workdays import is_working_day

State = CampaignRevision.State

PLANNED, RUNNING, OVER = "planned", "running", "over"
STATES: Mapping[str, tuple[str, ...]] = {
    PLANNED: (State.DRAFT, State.WAITING, State.APPROVED),
    RUNNING: (State.LAUNCHING, State.LAUNCHED, State.PAUSED),
    OVER: (State.ENDED, State.SUPERSEDED),
}
MOST = 100
"""Bars of one view."""
MOST_TOGETHER = 20
"""Revisions whose customers are compared; the ones that begin first."""
EXACT_UP_TO = 20_000
SAMPLE = 10_000
IDS = "SELECT generate_series(%s, (SELECT max(id) FROM accounts_account), %s)"
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


def overlaps(pairs: Sequence[tuple[Bar, Bar]], groups: Sequence[Group]) -> list[Overlap]:
    """The pairs that have customers in common, most of them first."""
    found = []
    for one, other in pairs:
        both = {one.revision.pk, other.revision.pk}
        many = sum(group.customers for group in groups if both <= group.members)
        if many:
            found.append(Overlap(one, other, one.span.shared_with(other.span), min(many, CAP + 1)))
    return sorted(found, key=lambda overlap: (-overlap.customers, overlap.shared.first))


# --------------------------------------------------------------------------- who is meant by whom


@dataclass(frozen=True, slots=True)
class Group:
    """Customers of one rep that are meant by the same revisions; each of the `seen` stands for `every`."""

    rep: int | None
    members: frozenset[int]
    seen: int
    every: int = 1

    @property
    def customers(self) -> int:
        return self.seen * self.every


def one_in() -> int:
    """How many customers each one of the sample stands for; 1 where everybody is looked at."""
    newest = Account.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return 1 if newest <= EXACT_UP_TO else -(-newest // SAMPLE)


def groups_of(bars: Sequence[Bar], user: User, *, on: date, every: int = 1) -> list[Group]:
    """The customers in sight by rep and by which of the bars mean them, in one statement."""
    conditions = {f"meant_by_{bar.revision.pk}": _condition(bar.revision, on) for bar in bars}
    if not conditions:
        return []
    answers: dict[str, Any] = {name: Case(When(meant, then=True), default=False) for name, meant in conditions.items()}
    rows: Any = sampled(audience.active().visible_to(user), every).annotate(**answers)
    with over_many_rows():
        found = list(rows.order_by().values("owner", *conditions).annotate(seen=Count("pk")))
    return [_group(row, every) for row in found]


def _condition(revision: CampaignRevision, on: date) -> Q:
    """Everybody by an audience without conditions, nobody by one that cannot be understood."""
    if revision.launched_at is not None:
        addressed = Target.objects.filter(revision=revision, account=OuterRef("pk"), arm=Target.Arm.TREATED)
        return Q(Exists(addressed))
    if audience.problems(revision.audience):
        return Q(pk__in=[])
    return audience.means(revision, on=on) or Q(pk__isnull=False)


def sampled(rows: Any, every: int) -> Any:
    """One in so many by their ids, which an index finds however many customers there are."""
    return rows if every == 1 else rows.filter(pk__in=RawSQL(IDS, [every, every]))  # noqa: S611 (a constant, values apart)


def _group(row: Mapping[str, Any], every: int) -> Group:
    names = (name for name, is_meant in row.items() if name.startswith("meant_by_") and is_meant)
    members = frozenset(int(name.removeprefix("meant_by_")) for name in names)
    return Group(row["owner"], members, row["seen"], every)


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


def weeks(bars: Sequence[Bar], groups: Sequence[Group], *, on: date, span: Span) -> list[Week]:
    """From this week on, those in which a campaign runs."""
    customers = {bar.revision.pk: _by_rep(bar.revision, groups) for bar in bars}
    a_day = Organisation.current().suggestions_per_day
    shown = Span(max(span.first, on), span.last)
    return [
        _week(monday, running, customers, a_day)
        for monday in shown.weeks
        if shown.first <= shown.last and (running := [bar for bar in bars if monday in bar.span.weeks])
    ]


@dataclass(frozen=True, slots=True)
class Share:
    """A rep's customers of one campaign; where they were sampled about so many, and at least so many."""

    about: float
    at_least: float


def _week(monday: date, running: Sequence[Bar], customers: Mapping[int, Mapping[int, Share]], a_day: int) -> Week:
    load: dict[int, float] = defaultdict(float)
    surely: dict[int, float] = defaultdict(float)
    for bar in running:
        for rep, share in customers[bar.revision.pk].items():
            load[rep] += _a_week(bar, share.about)
            surely[rep] += _a_week(bar, share.at_least)
    days = sum(is_working_day(monday + DAY * place) for place in range(7))
    capacity = a_day * days
    over = sum(each > capacity for each in surely.values())
    return Week(monday, len(running), round(max(load.values(), default=0.0)), over, capacity)


def _a_week(bar: Bar, customers: float) -> float:
    """A rep's customers of one campaign that fall to one of its weeks; its pace is never passed."""
    revision = bar.revision
    share = 1.0 if revision.launched_at else 1 - float(revision.holdout_share)
    even = customers * share / len(bar.span.weeks)
    return min(even, revision.pace * 5) if revision.pace else even


def _by_rep(revision: CampaignRevision, groups: Sequence[Group]) -> dict[int, Share]:
    seen: dict[int, int] = defaultdict(int)
    for group in groups:
        if group.rep is not None and revision.pk in group.members:
            seen[group.rep] += group.seen
    every = groups[0].every if groups else 1
    return {rep: share_of(many, every) for rep, many in seen.items()}


def share_of(seen: int, every: int) -> Share:
    """Two standard errors of a count lie between the sample and what is certain."""
    doubt = 0.0 if every == 1 else 2 * seen**0.5
    return Share(seen * every, max(seen - doubt, 0) * every)


# ------------------------------------------------------------------------------------- together


@dataclass(frozen=True, slots=True)
class Warnings:
    overlaps: Sequence[Overlap]
    weeks: Sequence[Week]
    budget: Budget
    is_cut: bool
    """More revisions share these days than are compared."""
    is_sampled: bool = False
    """Customers were counted in a sample."""

    @property
    def over(self) -> list[Week]:
        return [week for week in self.weeks if week.is_over]

    def __bool__(self) -> bool:
        return bool(self.overlaps or self.over)


def warnings(bars: Sequence[Bar], user: User, *, on: date, span: Span, of: int | None = None) -> Warnings:
    ahead = [bar for bar in bars if bar.is_ahead and bar.span.last >= on]
    looked_at, every = ahead[:MOST_TOGETHER], one_in()
    groups = groups_of(looked_at, user, on=on, every=every)
    return Warnings(
        overlaps=overlaps(pairs_of(looked_at, on=on, of=of), groups),
        weeks=weeks(looked_at, groups, on=on, span=span),
        budget=budget(),
        is_cut=len(ahead) > MOST_TOGETHER,
        is_sampled=every > 1,
    )


def warnings_of(revision: CampaignRevision, user: User, *, as_of: datetime) -> Warnings:
    """Of one plan among everything that runs or is planned in its days, of whoever it is."""
    on = day_of(as_of).on
    row = with_days(CampaignRevision.objects.filter(pk=revision.pk)).get()
    until = row.over or on + timedelta(days=30)
    own = bar_of(row, on=on, until=until)
    bars = schedule(user, own.span, Wanted(), on=on).bars
    together = [own, *(bar for bar in bars if bar.is_ahead and bar.revision.campaign_id != revision.campaign_id)]
    return warnings(together, user, on=on, span=own.span, of=revision.pk)
