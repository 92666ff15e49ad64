"""One customer in full, for the page that prepares a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import groupby, pairwise
from statistics import mean, median

from django.db.models import F, Q
from django.utils import timezone

from accounts.models import (
    Account,
    Activity,
    Case,
    Contact,
    Need,
    NpsResponse,
    ScoreSnapshot,
    Subscription,
    Topic,
    UpgradePath,
    UsageReading,
)
from accounts.models.accounts import Channel, Consent
from accounts.queries import portfolio
from crm.people import User
from crm.slots import GuardBadge

USAGE_DAYS = 190
ANSWERS = 40
SURVEYS = 7
FAR = timedelta(days=365)
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Person:
    """A contact, their newest answer, and what they refused."""

    contact: Contact
    score: int | None
    refused: list[str]


@dataclass(frozen=True, slots=True)
class Usage:
    """Readings of one meter, oldest first. `full_on` is the day the allowance is reached at the present pace."""

    readings: Sequence[UsageReading]
    full_on: date | None

    @property
    def newest(self) -> UsageReading:
        return self.readings[-1]

    @property
    def percent(self) -> int | None:
        allowance = self.newest.allowance
        return round(100 * self.newest.value / allowance) if allowance else None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The place among the reader's customers by reading, from 1, and the customers before and after."""

    place: int
    of: int
    before: int | None
    after: int | None


class Record:
    """Read as the page asks for it; every part is a statement or two."""

    def __init__(self, account: Account, reader: User, today: date) -> None:
        self.account = account
        self.reader = reader
        self.today = today

    @cached_property
    def standing(self) -> ScoreSnapshot | None:
        return portfolio.current_standings([self.account.pk]).get(self.account.pk)

    @cached_property
    def guard(self) -> GuardBadge | None:
        found: GuardBadge | None = portfolio.guards_of([self.account.pk], as_of=self.today).get(self.account.pk)
        return found

    @cached_property
    def contracts(self) -> list[Subscription]:
        rows = Subscription.objects.running(self.today).filter(account=self.account)
        return list(rows.select_related("product").order_by("product__kind", "-monthly_amount", "pk"))

    @cached_property
    def needs(self) -> list[Need]:
        rows = Need.objects.filter(account=self.account).select_related("contact", "topic", "by")
        return list(rows.order_by(F("solved_on").desc(nulls_first=True), "-heard_on", "-pk"))

    @property
    def open_needs(self) -> int:
        return sum(need.solved_on is None for need in self.needs)

    @cached_property
    def answers(self) -> list[NpsResponse]:
        """The newest answers, oldest first."""
        rows = NpsResponse.objects.filter(account=self.account).select_related("contact")
        return list(rows.order_by("-answered_at", "-pk")[:ANSWERS])[::-1]

    @property
    def surveys(self) -> list[tuple[date, float]]:
        """The mean score of each month with answers, oldest first."""
        months = groupby(self.answers, key=lambda answer: timezone.localdate(answer.answered_at).replace(day=1))
        return [(month, mean(answer.score for answer in answers)) for month, answers in months][-SURVEYS:]

    @property
    def quote(self) -> NpsResponse | None:
        return next((answer for answer in reversed(self.answers) if answer.comment), None)

    @property
    def unheard(self) -> NpsResponse | None:
        """The newest unhappy answer to which nobody has listened yet."""
        unhappy = (a for a in reversed(self.answers) if a.band == a.Band.DETRACTOR and a.loop_closed_at is None)
        return next(unhappy, None)

    @cached_property
    def open_cases(self) -> list[Case]:
        rows = Case.objects.filter(account=self.account).open()
        return list(rows.order_by("opened_at", "pk"))

    @cached_property
    def people(self) -> list[Person]:
        contacts = list(Contact.objects.filter(account=self.account, left_on=None).order_by("part", "pk"))
        contacts.sort(key=lambda contact: PARTS.index(contact.part))
        scores = {answer.contact_id: answer.score for answer in self.answers}
        refused = self._refused()
        return [Person(contact, scores.get(contact.pk), refused.get(contact.pk, [])) for contact in contacts]

    def _refused(self) -> dict[int | None, list[str]]:
        newest = (
            Consent.objects.filter(account=self.account)
            .order_by("contact_id", "channel", "-at", "-pk")
            .distinct("contact_id", "channel")
        )
        found: dict[int | None, list[str]] = {}
        for row in newest:
            if not row.is_granted:
                found.setdefault(row.contact_id, []).append(row.channel)
        return found

    @cached_property
    def usage(self) -> Usage | None:
        rows = UsageReading.objects.filter(
            account=self.account,
            meter__code=portfolio.STORAGE,
            read_on__gt=self.today - timedelta(days=USAGE_DAYS),
            read_on__lte=self.today,
        )
        readings = list(rows.select_related("meter").order_by("read_on"))
        return Usage(readings, full_on(readings, self.today)) if readings else None

    @cached_property
    def number_of_activities(self) -> int:
        return Activity.objects.filter(account=self.account).count()

    @property
    def monthly(self) -> int:
        return sum(contract.monthly_amount for contract in self.contracts)

    @property
    def renews_on(self) -> date | None:
        return min((contract.renews_on for contract in self.contracts if contract.renews_on), default=None)

    def ltv_with(self, monthly_change: int) -> int | None:
        """The lifetime value if this much more came in each month."""
        known = self.standing
        if known is None or known.ltv is None or known.margin_rate is None or known.expected_years is None:
            return None
        return known.ltv + round(Decimal(monthly_change * MONTHS) * known.margin_rate * known.expected_years)

    @cached_property
    def neighbours(self) -> Neighbours:
        return neighbours(self.account, self.reader)


PARTS = tuple(Contact.Part.values)
SALES = Channel.SALES


def full_on(readings: Sequence[UsageReading], today: date) -> date | None:
    """The day the allowance is reached at the median pace between readings; None if not within a year."""
    newest = readings[-1]
    if newest.allowance is None:
        return None
    room = newest.allowance - newest.value
    if room <= 0:
        return today
    pace = median([_pace(one, two) for one, two in pairwise(readings[-7:])] or [Decimal(0)])
    if pace <= 0 or room / pace > FAR.days:
        return None
    return max(today, newest.read_on + timedelta(days=round(room / pace)))


def _pace(one: UsageReading, two: UsageReading) -> Decimal:
    return (two.value - one.value) / (two.read_on - one.read_on).days


def neighbours(account: Account, reader: User) -> Neighbours:
    """Among the reader's own customers; for whoever owns none, among all in sight."""
    rows = portfolio.find(reader, owned_only=reader.is_rep and account.owner_id == reader.pk)
    order = rows.order_by("reading", "pk").values_list("pk", flat=True)
    earlier = Q(reading__lt=account.reading) | Q(reading=account.reading, pk__lt=account.pk)
    later = Q(reading__gt=account.reading) | Q(reading=account.reading, pk__gt=account.pk)
    return Neighbours(
        place=rows.filter(earlier).count() + 1,
        of=rows.count(),
        before=order.filter(earlier).reverse().first(),
        after=order.filter(later).first(),
    )


def topics_for(account: Account, today: date) -> list[Topic]:
    """What may be heard: topics of open needs first, then of every step that is open to this customer."""
    held = Subscription.objects.running(today).filter(account=account).values("product")
    steps = UpgradePath.objects.filter(Q(from_product=None) | Q(from_product__in=held), is_open=True)
    needed = Need.objects.filter(account=account).open().values("topic")
    rows = Topic.objects.filter(Q(pk__in=needed) | Q(paths__in=steps)).distinct().order_by("pk")
    open_now = set(Need.objects.filter(account=account).open().values_list("topic_id", flat=True))
    return sorted(rows, key=lambda topic: topic.pk not in open_now)
