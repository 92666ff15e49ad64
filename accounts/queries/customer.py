"""One customer in full, for the page that prepares a conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import groupby, pairwise
from statistics import median, quantiles
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.models import (
    Account,
    AccountFile,
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
from accounts.queries.standing import current_snapshots
from crm import slots
from crm.people import User
from crm.readers import Reader
from crm.slots import GuardBadge
from crm.statements import Given, Statement
from crm.together import Parts, Rows, Together, prepared

USAGE_DAYS = 190
ANSWERS = 40
SURVEYS = 7
FAR = timedelta(days=365)
MONTHS = 12
COUNTED = 1000
"""Further than this nothing is counted on a tab."""
LISTED = 200
"""So many needs, contracts and contacts at most stand on the page."""
SPARK_POINTS = 13
ACCOUNT, READING = Given("account", BigIntegerField()), Given("reading", TextField())
T = TypeVar("T")


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
    full_between: tuple[date, date | None] | None = None
    """Earliest and latest day by the quick and the slow weeks; None as the end: perhaps never."""

    @property
    def newest(self) -> UsageReading:
        return self.readings[-1]

    @property
    def percent(self) -> int | None:
        allowance = self.newest.allowance
        return round(100 * self.newest.value / allowance) if allowance else None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The customers before and after by reading; place, from 1, and number only among a rep's own."""

    place: int | None
    of: int | None
    before: int | None
    after: int | None


def in_full(user: User, account_id: int) -> Account | None:
    """A customer in sight with what the head of the page shows: the tabs are counted in the same statement."""
    found: Account | None = next(iter(_in_full(Reader.of(user)).rows(account=account_id)["accounts"]), None)
    return found


@lru_cache(maxsize=256)
def _in_full(reader: Reader) -> Together:
    many = {f"many_{key}": expression for key, expression in counted().items()}
    rows = Account.objects.visible_to(reader.user).select_related("owner", "team", "industry")
    return Together({"accounts": rows.annotate(tag_names=ArraySubquery(TAG_NAMES), **many).filter(pk=ACCOUNT)})


def counted() -> dict[str, Any]:
    """What the tabs count, by their keys."""
    ours = {
        "activity": number_of(Activity.objects.all()),
        "needs": number_of(Need.objects.all()),
        "files": number_of(AccountFile.objects.filter(deleted_at=None)),
    }
    return ours | {one.key: one.many for one in slots.account_tabs if one.many is not None}


def number_of(rows: QuerySet[Any]) -> Func:
    """How many rows hang on an account, up to a limit: ten thousand cost what a thousand cost."""
    few = rows.filter(account=OuterRef("pk")).order_by().values("pk")[: COUNTED + 1]
    return Func(ArraySubquery(few), function="CARDINALITY", output_field=IntegerField())


TAG_NAMES = Account.tags.through.objects.filter(account=OuterRef("pk")).order_by("tag__name").values("tag__name")


def survivor_of(account_id: int, user: User) -> int | None:
    """Where a customer that was merged lives on, if the user may see it; merges may have followed each other."""
    merged = Account.objects.exclude(merged_into=None)
    survivor = account_id
    while further := merged.filter(pk=survivor).values_list("merged_into", flat=True).first():
        survivor = further
    is_seen = survivor != account_id and Account.objects.visible_to(user).filter(pk=survivor).exists()
    return survivor if is_seen else None


class Record:
    """Read as the page asks for it, whatever the length of the history; what most of the page needs by one statement.

    `account` comes from `in_full`.
    """

    def __init__(self, account: Account, reader: User, today: date) -> None:
        self.account = account
        self.reader = reader
        self.today = today
        self._asked: dict[Callable[..., Any], Any] = {}

    def once(self, ask: Callable[[Record], T]) -> T:
        """What several parts of the page need is asked once."""
        if ask not in self._asked:
            self._asked[ask] = ask(self)
        answer: T = self._asked[ask]
        return answer

    def many(self, tab: str) -> int | None:
        return getattr(self.account, f"many_{tab}", None)

    @cached_property
    def rows(self) -> Rows:
        return hanging_on(account=self.account.pk, today=self.today)

    @property
    def standing(self) -> ScoreSnapshot | None:
        """With `series`: health over some 90 days, oldest first."""
        return next(iter(self.rows["standings"]), None)

    @property
    def health_series(self) -> list[int | None]:
        """Few enough points to draw, evenly spread and ending today."""
        series: list[int | None] = self.standing.series if self.standing else []  # type: ignore[attr-defined]
        step = -(-len(series) // SPARK_POINTS) or 1
        return series[::-1][::step][::-1]

    @cached_property
    def guard(self) -> GuardBadge | None:
        found: GuardBadge | None = portfolio.guards_of([self.account.pk], as_of=self.today).get(self.account.pk)
        return found

    @property
    def contracts(self) -> list[Subscription]:
        return self.rows["contracts"]

    @property
    def needs(self) -> list[Need]:
        return self.rows["needs"]

    @property
    def open_needs(self) -> int:
        return sum(need.solved_on is None for need in self.needs)

    @cached_property
    def answers(self) -> list[NpsResponse]:
        """The newest answers, oldest first."""
        return self.rows["answers"][::-1]

    @property
    def surveys(self) -> list[tuple[date, list[NpsResponse]]]:
        """The answers of each month that has some, oldest first."""
        months = groupby(self.answers, key=lambda answer: timezone.localdate(answer.answered_at).replace(day=1))
        return [(month, list(answers)) for month, answers in months][-SURVEYS:]

    @property
    def quote(self) -> NpsResponse | None:
        return next((answer for answer in reversed(self.answers) if answer.comment), None)

    @property
    def unheard(self) -> NpsResponse | None:
        """The newest unhappy answer to which nobody has listened yet."""
        unhappy = (a for a in reversed(self.answers) if a.band == a.Band.DETRACTOR and a.loop_closed_at is None)
        return next(unhappy, None)

    @property
    def open_cases(self) -> list[Case]:
        return self.rows["cases"]

    @cached_property
    def people(self) -> list[Person]:
        contacts = sorted(self.rows["contacts"], key=lambda contact: PARTS.index(contact.part))
        scores = {answer.contact_id: answer.score for answer in self.answers}
        return [Person(contact, scores.get(contact.pk), refused_by(contact)) for contact in contacts]

    @cached_property
    def usage(self) -> Usage | None:
        readings = self.rows["readings"]
        return usage_of(readings, self.today) if readings else None

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


@prepared(account=BigIntegerField(), today=DateField())
def hanging_on(account: Given, today: Given) -> Parts:
    """What is shown on most of the page of a customer."""
    contracts = Subscription.objects.running(today).filter(account=account).select_related("product")
    needs = Need.objects.filter(account=account).select_related("contact", "topic", "by")
    answers = NpsResponse.objects.filter(account=account).select_related("contact")
    return {
        "standings": current_snapshots().filter(account=account).annotate(series=ArraySubquery(_series(today))),
        "contracts": contracts.order_by("product__kind", "-monthly_amount", "pk")[:LISTED],
        "needs": needs.order_by(F("solved_on").desc(nulls_first=True), "-heard_on", "-pk")[:LISTED],
        "answers": answers.order_by("-answered_at", "-pk")[:ANSWERS],
        "cases": Case.objects.filter(account=account).open().order_by("opened_at", "pk"),
        "contacts": contacts_of(account).filter(left_on=None).order_by("part", "pk")[:LISTED],
        "readings": _readings(account, today),
    }


def _series(today: Given) -> QuerySet[Any]:
    """Health over some 90 days."""
    days = ScoreSnapshot.objects.filter(
        account=OuterRef("account"),
        as_of__gt=today - timedelta(days=portfolio.SPARK_DAYS),
        as_of__lte=today,
        run__finished_at__isnull=False,
    )
    return days.order_by("as_of", "-run_id").distinct("as_of").values("health")


def _readings(account: Given, today: Given) -> QuerySet[UsageReading]:
    rows = UsageReading.objects.filter(
        account=account,
        meter__code=portfolio.STORAGE,
        read_on__gt=today - timedelta(days=USAGE_DAYS),
        read_on__lte=today,
    )
    return rows.select_related("meter").order_by("read_on")


def contacts_of(account: Account | Given) -> QuerySet[Contact]:
    """With `consent`: what they said last on each channel, and what was said for the whole customer."""
    said_here = Consent.objects.filter(Q(contact=OuterRef("pk")) | Q(contact=None), account=OuterRef("account"))
    newest = said_here.order_by("contact", "channel", "-at", "-pk").distinct("contact", "channel")
    said = newest.values(said=JSONObject(channel="channel", is_granted="is_granted"))
    return Contact.objects.filter(account=account).annotate(consent=ArraySubquery(said))


def refused_by(contact: Contact) -> list[str]:
    """The channels that are closed for a contact of `contacts_of`, by themselves or for the whole customer."""
    return [said["channel"] for said in contact.consent if not said["is_granted"]]  # type: ignore[attr-defined]


PARTS = tuple(Contact.Part.values)
SALES = Channel.SALES


def usage_of(readings: Sequence[UsageReading], today: date) -> Usage:
    """When the allowance is reached at the median pace between readings, and at a quick and a slow one."""
    paces = [_pace(one, two) for one, two in pairwise(readings[-7:])]
    day = full_on(readings[-1], median(paces or [Decimal(0)]), today)
    if day is None or len(paces) < FEWEST_PACES:
        return Usage(readings, day)
    slow, _middle, quick = quantiles(paces, n=4, method="inclusive")
    return Usage(readings, day, (full_on(readings[-1], quick, today) or day, full_on(readings[-1], slow, today)))


FEWEST_PACES = 3
"""With fewer weeks than this nothing is said about how sure the day is."""


def full_on(newest: UsageReading, pace: Decimal, today: date) -> date | None:
    """The day the allowance is reached at this pace a day; None if not within a year."""
    if newest.allowance is None:
        return None
    room = newest.allowance - newest.value
    if room <= 0:
        return today
    if pace <= 0 or room / pace > FAR.days:
        return None
    return max(today, newest.read_on + timedelta(days=round(room / pace)))


def _pace(one: UsageReading, two: UsageReading) -> Decimal:
    return (two.value - one.value) / (two.read_on - one.read_on).days


def neighbours(account: Account, reader: User) -> Neighbours:
    """Among a rep's own customers; for everybody else among all in sight. More than COUNTED are not counted."""
    is_own = reader.is_rep and account.owner_id == reader.pk
    question = _beside(Reader.of(reader), is_own)
    [(before, after, place, of)] = question.ask(account=account.pk, reading=account.reading)
    is_counted = is_own and of <= COUNTED
    return Neighbours(place + 1 if is_counted else None, of if is_counted else None, before, after)


COUNTED = 1_000


@lru_cache(maxsize=256)
def _beside(reader: Reader, is_own: bool) -> Statement:
    rows = portfolio.find(reader.user, owned_only=is_own).order_by("reading", "pk").values("pk")
    # The outer condition is a range of the index; without it the planner walks the index from its end.
    earlier = rows.filter(Q(reading__lt=READING) | Q(pk__lt=ACCOUNT), reading__lte=READING).reverse()
    later = rows.filter(Q(reading__gt=READING) | Q(pk__gt=ACCOUNT), reading__gte=READING)
    unknown = Value(None, output_field=IntegerField())
    counts = [_size(earlier), _size(rows)] if is_own else [unknown, unknown]
    here = Account.objects.filter(pk=ACCOUNT).values_list(Subquery(earlier[:1]), Subquery(later[:1]), *counts)
    return Statement(*here.query.sql_with_params())


def _size(rows: QuerySet[Any]) -> Func:
    return Func(ArraySubquery(rows[: COUNTED + 1]), function="CARDINALITY", output_field=IntegerField())


def topics_for(account: Account, today: date) -> list[Topic]:
    """What may be heard: topics of open needs first, then of campaigns for them, then of every step open to them."""
    return heard_of(account=account.pk, today=today)["topics"]


@prepared(account=BigIntegerField(), today=DateField())
def heard_of(account: Given, today: Given) -> Parts:
    held = Subscription.objects.running(today).filter(account=account).values("product")
    steps = UpgradePath.objects.filter(Q(from_product=None) | Q(from_product__in=held), is_open=True)
    needed = Need.objects.filter(account=account, topic=OuterRef("pk")).open()
    talked_about = Q(pk__in=[])
    for topics in slots.account_topics:
        talked_about |= Q(pk__in=topics(account, today))
    said = ExpressionWrapper(talked_about, output_field=BooleanField())
    rows = Topic.objects.annotate(is_needed=Exists(needed), is_talked_about=said)
    rows = rows.filter(Q(is_needed=True) | Q(paths__in=steps) | talked_about).distinct()
    return {"topics": rows.order_by("-is_needed", "-is_talked_about", "pk")}
