"""A rep's day: whom to talk to and why, what was promised, whom to leave alone, and what renews.

Every part is a fixed number of statements for the whole page.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import (
    Avg,
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber, TruncMonth
from django.utils import timezone

from accounts.models import Account, AccountFigures, Case, Consent, FollowUp, NpsResponse, ScoreSnapshot, Subscription
from accounts.queries.portfolio import current_standings
from accounts.queries.standing import current_snapshots
from campaigns.deciding.guard import GuardResult
from campaigns.models import Announcement, CampaignRevision, Proposal, Suggestion, Target
from campaigns.phrases import CheckWords, ReasonWords, badge_of, four_checks, reasons_of, what_words, why_words
from campaigns.queries import announcements
from campaigns.queries.decisions import guards_for
from campaigns.queries.wording import names_of
from crm.organisation import Organisation
from crm.people import User
from crm.readers import Reader
from crm.sight import of_teams
from crm.slots import GuardBadge
from crm.statements import Statement
from crm.tallies import BADGE, Question, Tally
from crm.together import Together

State = Suggestion.State
REASONS_IN_ROW = 3
NOT_NOW = 6
RENEWAL_DAYS = 45
FOLLOW_UPS, RENEWALS = 30, 40
"""At most so many are shown; a strip and a day hold no more."""
NEAREST, ASKED, FIRST = 300, 60, 20
"""The guard is asked for everybody in a portfolio that one person can look after, up to ASKED customers. Of a larger one
it is asked for the FIRST alone: those among the NEAREST in whom something is known that keeps from offering."""
WINS = 500
"""The mean after a win looks at so many, the newest of those that an answer can speak about."""
AFTER_A_WIN = (timedelta(days=30), timedelta(days=120))
"""An answer this long after a win speaks about the win: the survey goes out some 60 days after it."""
NAMED = ("name", "name_en", "reading")
"""What a row says of its customer; there are a hundred rows."""
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
    has_more_renewals: bool = False

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
    is_guarded_in_part: bool
    chosen: Detail | None

    @property
    def guarded_text(self) -> str:
        return f"{self.guarded}+" if self.is_guarded_in_part else str(self.guarded)

    @property
    def is_all_done(self) -> bool:
        return not self.picks and self.decided > 0


# -- The queue -------------------------------------------------------------------------------------


def open_for(user: User) -> QuerySet[Suggestion]:
    """Open suggestions of the user's own customers, for a manager those of the teams; the best of each customer.

    In the order of an index, so that the first few cost the same among a hundred and among a million.
    """
    return best_for(user).select_related("account__industry", *OFFERED).order_by(*QUEUE)


QUEUE = (F("snoozed_at").asc(nulls_last=True), "-score", "-priority", "pk")
OFFERED = ("path__from_product", "path__to_product", "path__alternative__to_product", "product", "family")


def best_for(user: User) -> QuerySet[Suggestion]:
    rows = Suggestion.objects.visible_to(user).open().filter(account__closed_on=None)
    others = Suggestion.objects.open().filter(account=OuterRef("account"))
    if user.is_rep:
        rows, others = rows.filter(owner=user), others.filter(owner=user)
        rows = rows.exclude(pk__in=beyond_pace(user))
    level = Q(rank=OuterRef("rank"))
    better = Q(rank__lt=OuterRef("rank")) | level & Q(priority__gt=OuterRef("priority"))
    return rows.filter(~Exists(others.filter(better | level & Q(priority=OuterRef("priority"), pk__lt=OuterRef("pk")))))


def beyond_pace(user: User) -> QuerySet[Any, Any]:
    """Suggestions for which a rep's day has no room, because their campaign has a pace.

    A day takes at most so many of a revision: those decided on today and the first that are open. The others wait their turn.
    """
    today = decided_on(user, timezone.localdate()).filter(revision=OuterRef("revision")).order_by()
    spent = today.values("revision").annotate(many=Count("pk")).values("many")
    turn = Window(RowNumber(), partition_by="revision", order_by=(F("score").desc(), F("priority").desc(), "pk"))
    paced = CampaignRevision.objects.running().filter(pace__isnull=False)
    rows = Suggestion.objects.open().filter(owner=user, account__closed_on=None, revision__in=paced)
    rows = rows.annotate(turn=turn, room=F("revision__pace") - Coalesce(Subquery(spent), 0))
    return rows.filter(turn__gt=F("room")).values("pk")


def decided_on(user: User, today: date) -> QuerySet[Suggestion]:
    """Those of today's suggestions the user has dealt with; the queue is finite, so they are not replaced."""
    first = timezone.make_aware(datetime.combine(today, time()))
    rows = Suggestion.objects.visible_to(user).filter(
        decided_by=user, decided_at__gte=first, decided_at__lt=first + timedelta(days=1)
    )
    return rows.exclude(state__in=(State.WON, State.LOST))


def room_for(decided: int) -> int:
    """How many suggestions the day still holds."""
    return max(Organisation.current().suggestions_per_day - decided, 0)


def queue(user: User, today: date) -> tuple[list[Suggestion], int]:
    """What is left of today's suggestions, and how many were dealt with."""
    decided = decided_on(user, today).count()
    return left_of(user, decided), decided


def left_of(user: User, decided: int) -> list[Suggestion]:
    return list(open_for(user)[: room_for(decided)])


def waiting_tally(user: User) -> Tally:
    """The figure beside Today in the menu: suggestions left and announcements unread."""
    waiting = best_for(user).order_by(*QUEUE).values("pk")[: Organisation.current().suggestions_per_day]
    decided = decided_on(user, timezone.localdate()).values("pk")
    unread = announcements.unread(user).values("pk")
    return Tally([waiting, decided, unread], lambda waiting, decided, unread: min(waiting, room_for(decided)) + unread)


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
    """All that stands behind one suggestion. `checks` are the guard's questions of this moment, `opening` how to begin:
    as the customer's variant has it, else as the campaign has it, else as the step has it."""

    pick: Pick
    checks: list[CheckWords]
    contracts: list[Subscription]
    opening: str

    @property
    def alternative(self) -> str:
        path = self.suggestion.path
        return path.alternative.to_product.label if path and path.alternative else ""

    @property
    def suggestion(self) -> Suggestion:
        return self.pick.suggestion

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
    return detail_with(pick, guards_for([suggestion.account_id], today)[suggestion.account_id], today)


def detail_with(pick: Pick, result: GuardResult, today: date) -> Detail:
    """From a suggestion that was read already and the guard's word on its customer."""
    suggestion = pick.suggestion
    contracts = Subscription.objects.running(today).filter(account=suggestion.account_id).select_related("product")
    held = list(contracts.order_by("-monthly_amount", "pk"))
    return Detail(pick, four_checks(result, today), held, opening_of(suggestion))


def opening_of(suggestion: Suggestion) -> str:
    said = suggestion.path.opening if suggestion.path else ""
    drawn = Target.objects.filter(revision=suggestion.revision_id, account=suggestion.account_id)
    target = drawn.select_related("variant", "revision").first() if suggestion.revision_id else None
    if target is None:
        return said
    return (target.variant.opening if target.variant else "") or target.revision.opening or said


# -- The rest of the day ---------------------------------------------------------------------------


def promised(user: User, today: date) -> QuerySet[FollowUp]:
    return FollowUp.objects.visible_to(user).open().filter(owner=user, due_on__lte=today)


def follow_ups_of(user: User, today: date) -> QuerySet[FollowUp]:
    """The first of what is due."""
    rows = promised(user, today).select_related("account")
    return rows.order_by("due_on", F("due_time").asc(nulls_last=True), "pk")[:FOLLOW_UPS]


def portfolio_of(user: User) -> QuerySet[Account]:
    rows = Account.objects.visible_to(user).active()
    return rows.filter(owner=user) if user.is_rep else rows


def nearest_of(user: User) -> QuerySet[Any, Any]:
    """The first of the portfolio by their reading. A rep's own have an index; those of teams are told apart in that of the order."""
    if user.is_rep:
        return portfolio_of(user).order_by("reading", "pk").values("pk")[:NEAREST]
    seen = AccountFigures.objects.filter(of_teams(user, team="team_id", owner="owner_id"), is_active=True)
    return seen.order_by("reading", "account").values("account")[:NEAREST]


def looked_at(user: User) -> QuerySet[Account]:
    """The customers for whom the guard may be asked, and one more where there are more."""
    unhappy = current_snapshots().filter(account=OuterRef("pk"), nps__lte=6)
    case = Case.objects.filter(account=OuterRef("pk"), kind=Case.Kind.COMPLAINT).open()
    refused = Consent.objects.filter(account=OuterRef("pk"), contact=None, is_granted=False)
    # One look-up a customer through an index each; as EXISTS the signs of everybody would be gathered first.
    sign = Coalesce(*(Subquery(rows.values("pk")[:1]) for rows in (case, unhappy, refused)))
    rows = portfolio_of(user).filter(pk__in=nearest_of(user)).alias(sign=sign)
    without = ExpressionWrapper(Q(sign__isnull=True), BooleanField())
    return rows.only(*NAMED).order_by(without, "reading", "pk")[: ASKED + 1]


def asked_of(accounts: Sequence[Account]) -> Sequence[Account]:
    """Those of the `looked_at` for whom the guard is asked."""
    return accounts if len(accounts) <= ASKED else accounts[:FIRST]


def guarded(accounts: Iterable[Account], guards: dict[int, Any], today: date) -> list[NotNow]:
    """Customers to leave alone now, those first whom somebody can help."""
    rows = [
        NotNow(account, badge_of(result, today), why_words(result.first, today).rstrip(".。"))
        for account in accounts
        if (result := guards.get(account.pk)) is not None and result.first
    ]
    return sorted(rows, key=lambda row: (SERIOUS.index(row.badge.state), row.account.reading))


def renewals_of(user: User, today: date) -> QuerySet[Subscription]:
    """The next renewals, and one more where there are more; each with the kind of the best open suggestion."""
    best = Suggestion.objects.open().filter(account=OuterRef("account")).order_by("rank", "-priority", "pk")
    best = best.filter(owner=user) if user.is_rep else best
    rows = Subscription.objects.visible_to(user).filter(starts_on__lte=today, ended_on=None, account__closed_on=None)
    rows = rows.filter(account__owner=user) if user.is_rep else rows
    rows = rows.filter(renews_on__gte=today, renews_on__lte=today + timedelta(days=RENEWAL_DAYS))
    # By their numbers first: of the customers that are passed by, indexes are looked at and not the rows.
    nearest = Subscription.objects.filter(pk__in=rows.order_by("renews_on", "pk").values("pk")[: RENEWALS + 1])
    suggested = nearest.annotate(suggested=Subquery(best.values("kind")[:1]))
    shown = suggested.select_related("account").only(
        "renews_on", "monthly_amount", *(f"account__{name}" for name in NAMED)
    )
    return shown.order_by("renews_on", "pk")


def nps_after(user: User, today: date) -> tuple[float | None, float | None]:
    """Mean score of this month's answers after a win of this user, and of the month before."""
    first = today.replace(day=1)
    means = {month.date(): float(mean) for month, mean in answers_after(Reader.of(user), today).ask()}
    return means.get(first), means.get((first - timedelta(days=1)).replace(day=1))


@lru_cache(maxsize=64)
def answers_after(reader: Reader, today: date) -> Statement:
    """The mean of each month since the one before."""
    user, before = reader.user, (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    since = timezone.make_aware(datetime.combine(before, time()))
    won = Proposal.objects.visible_to(user).filter(state=Proposal.State.WON)
    won = won.filter(owner=user) if user.is_rep else won
    spoken_of = (since - AFTER_A_WIN[1], timezone.make_aware(datetime.combine(today, time.max)) - AFTER_A_WIN[0])
    newest = won.filter(decided_at__range=spoken_of).order_by("-decided_at").values("pk")[:WINS]
    about_a_win = NpsResponse.objects.filter(
        answered_at__gte=since,
        account__proposals__in=newest,
        account__proposals__decided_at__lte=F("answered_at") - AFTER_A_WIN[0],
        account__proposals__decided_at__gte=F("answered_at") - AFTER_A_WIN[1],
    )
    rows = NpsResponse.objects.filter(pk__in=about_a_win.values("pk"))
    months = rows.annotate(month=TruncMonth("answered_at")).values("month").annotate(mean=Avg("score"))
    return Statement(*months.values_list("month", "mean").order_by("month").query.sql_with_params())


def strip_of(
    user: User, today: date, due: int, overdue: int, not_now: Iterable[NotNow], renewals: Sequence[Subscription]
) -> Strip:
    now, before = nps_after(user, today)
    careful = {row.account.pk for row in not_now if row.badge.state in ("unhappy", "open_case")}
    return Strip(
        due=due,
        overdue=overdue,
        nps_after=now,
        nps_change=None if now is None or before is None else now - before,
        renewals=[Renewal(row, tone_of(row, careful)) for row in renewals[:RENEWALS]],
        has_more_renewals=len(renewals) > RENEWALS,
    )


FAMILY_TONES = {"right_size": "down", "cross_sell": "", "trial": "", "reorder": ""}


def tone_of(renewal: Subscription, careful: Container[int]) -> str:
    """What a renewal dot says: a better step waits, a smaller one, or somebody should listen first."""
    kind = renewal.suggested  # type: ignore[attr-defined]
    if kind:
        return FAMILY_TONES.get(kind, "up")
    return "warn" if renewal.account_id in careful else ""


@lru_cache(maxsize=64)
def numbers_of(reader: Reader, today: date) -> Question:
    """How many suggestions were dealt with, and how many follow-ups are due and overdue."""
    due = promised(reader.user, today).order_by("due_on")
    late = due.filter(due_on__lt=today)
    decided = Tally([decided_on(reader.user, today).values("pk")])
    return Question([decided, *(Tally([rows.values("pk")], most=BADGE) for rows in (due, late))])


@lru_cache(maxsize=64)
def parts_of(reader: Reader, today: date, room: int) -> Together:
    """What stands on the page, in one statement."""
    user = reader.user
    return Together(
        {
            "open": open_for(user)[:room],
            "accounts": looked_at(user),
            "follow_ups": follow_ups_of(user, today),
            "renewals": renewals_of(user, today),
            "announcements": announcements.current(user)[:1],
        }
    )


def today_of(user: User, today: date, *, asked: int = 0) -> Today:
    """`asked` is the suggestion to show in full; else the first."""
    reader = Reader.of(user)
    decided, due, overdue = numbers_of(reader, today).asked()
    rows = parts_of(reader, today, room_for(decided)).rows()
    accounts = asked_of(rows["accounts"])
    announcement = next((one for one in rows["announcements"] if one.is_unread), None)
    picks = picks_of(rows["open"], today)
    chosen = next((pick for pick in picks if pick.suggestion.pk == asked), picks[0] if picks else None)
    guards = guards_for({account.pk for account in accounts} | ({chosen.account.pk} if chosen else set()), today)
    not_now = guarded(accounts, guards, today)
    return Today(
        strip=strip_of(user, today, due, overdue, not_now, rows["renewals"]),
        announcement=announcement,
        targets=announcements.my_targets(announcement, user, on=today).count() if announcement else 0,
        picks=picks,
        decided=decided,
        follow_ups=rows["follow_ups"],
        not_now=not_now[:NOT_NOW],
        guarded=len(not_now),
        is_guarded_in_part=len(rows["accounts"]) > ASKED,
        chosen=detail_with(chosen, guards[chosen.account.pk], today) if chosen else None,
    )
