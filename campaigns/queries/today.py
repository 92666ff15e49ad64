"""A rep's day: whom to talk to and why, what was promised, whom to leave alone, and what renews.

Every part is a fixed number of statements for the whole page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Exists, F, OuterRef, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from accounts.models import Account, FollowUp, NpsResponse, ScoreSnapshot, Subscription
from accounts.queries.portfolio import current_standings
from campaigns.models import Announcement, Proposal, Suggestion
from campaigns.phrases import CheckWords, ReasonWords, badge_of, four_checks, reasons_of, what_words, why_words
from campaigns.queries import announcements
from campaigns.queries.decisions import guards_for
from campaigns.queries.wording import names_of
from crm.organisation import Organisation
from crm.people import User
from crm.slots import GuardBadge

State = Suggestion.State
REASONS_IN_ROW = 3
NOT_NOW = 6
RENEWAL_DAYS = 45
AFTER_A_WIN = (timedelta(days=30), timedelta(days=120))
"""An answer this long after a win speaks about the win: the survey goes out some 60 days after it."""
SERIOUS = ("unhappy", "open_case", "opted_out", "recent", "other", "no_need")
"""Guarded customers in the order in which somebody can help them."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A suggestion ready to read."""

    suggestion: Suggestion
    what: str
    reasons: list[ReasonWords]
    standing: ScoreSnapshot | None = None

    @property
    def account(self) -> Account:
        return self.suggestion.account

    @property
    def row_reasons(self) -> list[ReasonWords]:
        """The strongest of each sort: three things said differ more than three needs alike."""
        by_sort = {reason.code: reason for reason in reversed(self.reasons)}
        first = [reason for reason in self.reasons if by_sort[reason.code] is reason]
        return first[:REASONS_IN_ROW]


@dataclass(frozen=True, slots=True)
class Renewal:
    subscription: Subscription
    tone: str


@dataclass(frozen=True, slots=True)
class Strip:
    """`nps_after` is the mean of this month's answers after a win, `nps_change` against the month before."""

    due: int
    overdue: int
    nps_after: float | None
    nps_change: float | None
    renewals: list[Renewal] = field(default_factory=list)

    @property
    def yearly(self) -> int:
        return 12 * sum(renewal.subscription.monthly_amount for renewal in self.renewals)


@dataclass(frozen=True, slots=True)
class NotNow:
    """A customer to leave alone: what the guard saw, and what helps instead (in the badge)."""

    account: Account
    badge: GuardBadge
    why: str


@dataclass(frozen=True, slots=True)
class Today:
    strip: Strip
    announcement: Announcement | None
    targets: int
    picks: list[Pick]
    decided: int
    follow_ups: list[FollowUp]
    not_now: list[NotNow]
    guarded: int

    @property
    def is_all_done(self) -> bool:
        return not self.picks and self.decided > 0


# -- The queue -------------------------------------------------------------------------------------


def open_for(user: User) -> QuerySet[Suggestion]:
    """Open suggestions of the user's own customers, for a manager those of the teams; the best of each customer."""
    rows = Suggestion.objects.visible_to(user).open().filter(account__closed_on=None)
    rows = rows.filter(owner=user) if user.is_rep else rows
    best = rows.order_by("account_id", "rank", "-priority", "pk").distinct("account_id").values("pk")
    return (
        Suggestion.objects.filter(pk__in=best)
        .select_related("account__industry", *OFFERED)
        .order_by(F("snoozed_at").asc(nulls_last=True), "-score", "-priority", "pk")
    )


OFFERED = ("path__from_product", "path__to_product", "path__alternative__to_product", "product", "family")


def decided_today(user: User, today: date) -> int:
    """How many of today's suggestions the user has dealt with; the queue is finite, so they are not replaced."""
    return (
        Suggestion.objects.visible_to(user)
        .filter(decided_by=user, decided_at__date=today)
        .exclude(state__in=(State.WON, State.LOST))
        .count()
    )


def queue(user: User, today: date) -> tuple[list[Suggestion], int]:
    """What is left of today's suggestions, and how many were dealt with."""
    decided = decided_today(user, today)
    room = max(Organisation.current().suggestions_per_day - decided, 0)
    return list(open_for(user)[:room]), decided


def waiting(user: User) -> int:
    """The figure beside Today in the menu: suggestions left and announcements unread."""
    left, _decided = queue_size(user, timezone.localdate())
    return left + announcements.unread_count(user)


def queue_size(user: User, today: date) -> tuple[int, int]:
    decided = decided_today(user, today)
    room = max(Organisation.current().suggestions_per_day - decided, 0)
    return open_for(user).order_by()[:room].count(), decided


def picks_of(suggestions: Sequence[Suggestion], today: date) -> list[Pick]:
    names = names_of(suggestions)
    standings = current_standings([suggestion.account_id for suggestion in suggestions])
    return [
        Pick(one, what_of(one), reasons_of(one.reasons, names, today), standings.get(one.account_id))
        for one in suggestions
    ]


def what_of(suggestion: Suggestion) -> str:
    path = suggestion.path
    target = path.to_product.label if path else (suggestion.product or suggestion.family).label
    before = path.from_product.label if path and path.from_product else ""
    return what_words(suggestion.kind, target, before, suggestion.seats, path.trial_days if path else None)


# -- One suggestion in full ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Detail:
    """All that stands behind one suggestion. `checks` are the guard's questions of this moment."""

    pick: Pick
    checks: list[CheckWords]
    contracts: list[Subscription]

    @property
    def alternative(self) -> str:
        path = self.suggestion.path
        return path.alternative.to_product.label if path and path.alternative else ""

    @property
    def suggestion(self) -> Suggestion:
        return self.pick.suggestion

    @property
    def opening(self) -> str:
        return self.suggestion.path.opening if self.suggestion.path else ""

    @property
    def is_clear(self) -> bool:
        return all(check.passed for check in self.checks)

    @property
    def seat_change(self) -> int | None:
        """Yen a month for one person, where the whole changes by the number of people."""
        change, seats = self.suggestion.price_change, self.suggestion.seats
        is_by_seat = self.suggestion.kind in ("upgrade", "right_size") and seats and change
        return change // seats if is_by_seat and change and seats else None


def detail_of(suggestion: Suggestion, today: date) -> Detail:
    [pick] = picks_of([suggestion], today)
    result = guards_for([suggestion.account_id], today)[suggestion.account_id]
    contracts = Subscription.objects.running(today).filter(account=suggestion.account_id).select_related("product")
    return Detail(pick, four_checks(result, today), list(contracts.order_by("-monthly_amount", "pk")))


# -- The rest of the day ---------------------------------------------------------------------------


def follow_ups_of(user: User, today: date) -> list[FollowUp]:
    rows = FollowUp.objects.visible_to(user).open().filter(owner=user, due_on__lte=today)
    return list(rows.select_related("account").order_by("due_on", F("due_time").asc(nulls_last=True), "pk"))


def portfolio_of(user: User) -> QuerySet[Account]:
    rows = Account.objects.visible_to(user).active()
    return rows.filter(owner=user) if user.is_rep else rows


def guarded(accounts: Iterable[Account], guards: dict[int, Any], today: date) -> list[NotNow]:
    """Customers to leave alone now, those first whom somebody can help."""
    rows = [
        NotNow(account, badge_of(result, today), why_words(result.first, today).rstrip(".。"))
        for account in accounts
        if (result := guards.get(account.pk)) is not None and result.first
    ]
    return sorted(rows, key=lambda row: (SERIOUS.index(row.badge.state), row.account.reading))


def renewals_of(user: User, today: date) -> QuerySet[Subscription]:
    rows = Subscription.objects.running(today).filter(account__in=portfolio_of(user).values("pk"))
    return (
        rows.filter(renews_on__gte=today, renews_on__lte=today + timedelta(days=RENEWAL_DAYS))
        .select_related("account")
        .order_by("renews_on", "pk")
    )


def nps_after(user: User, today: date) -> tuple[float | None, float | None]:
    """Mean score of this month's answers after a win of this user, and of the month before."""
    won = Proposal.objects.filter(
        account=OuterRef("account"),
        state=Proposal.State.WON,
        decided_at__lte=OuterRef("answered_at") - AFTER_A_WIN[0],
        decided_at__gte=OuterRef("answered_at") - AFTER_A_WIN[1],
    )
    won = won.filter(owner=user) if user.is_rep else won
    first = today.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    rows = NpsResponse.objects.visible_to(user).filter(Exists(won), answered_at__date__gte=before)
    months = rows.annotate(month=TruncMonth("answered_at")).values("month").annotate(mean=Avg("score"))
    means = {row["month"].date(): row["mean"] for row in months.order_by("month")}
    return means.get(first), means.get(before)


def strip_of(user: User, today: date, follow_ups: Sequence[FollowUp], tones: dict[int, str]) -> Strip:
    now, before = nps_after(user, today)
    return Strip(
        due=len(follow_ups),
        overdue=sum(follow_up.due_on < today for follow_up in follow_ups),
        nps_after=now,
        nps_change=None if now is None or before is None else now - before,
        renewals=[Renewal(row, tones.get(row.account_id, "")) for row in renewals_of(user, today)],
    )


FAMILY_TONES = {"right_size": "down", "cross_sell": "", "trial": "", "reorder": ""}


def _tones(suggestions: Iterable[Suggestion], not_now: Iterable[NotNow]) -> dict[int, str]:
    """What a renewal dot says: a better step waits, a smaller one, or somebody should listen first."""
    careful = {row.account.pk: "warn" for row in not_now if row.badge.state in ("unhappy", "open_case")}
    return careful | {one.account_id: FAMILY_TONES.get(one.kind, "up") for one in suggestions}


def _unread(user: User) -> Announcement | None:
    """Unread ones come first, so the first that is read ends the search."""
    first = announcements.current(user).first()
    return first if first is not None and first.is_unread else None  # type: ignore[attr-defined]


def today_of(user: User, today: date) -> Today:
    suggestions, decided = queue(user, today)
    accounts = list(portfolio_of(user))
    not_now = guarded(accounts, guards_for([account.pk for account in accounts], today), today)
    follow_ups = follow_ups_of(user, today)
    announcement = _unread(user)
    return Today(
        strip=strip_of(user, today, follow_ups, _tones(open_for(user), not_now)),
        announcement=announcement,
        targets=announcements.my_targets(announcement, user, on=today).count() if announcement else 0,
        picks=picks_of(suggestions, today),
        decided=decided,
        follow_ups=follow_ups,
        not_now=not_now[:NOT_NOW],
        guarded=len(not_now),
    )
