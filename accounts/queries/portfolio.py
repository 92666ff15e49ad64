"""Customers as a list shows them: one query a fact for the whole page, never one a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, DateField, OuterRef, QuerySet, Subquery

from accounts.models import (
    Account,
    Activity,
    FollowUp,
    Product,
    ScoreSnapshot,
    Subscription,
    UsageReading,
)
from accounts.queries.search import matching
from accounts.queries.standing import current_snapshots
from crm import slots
from crm.people import User
from crm.statements import Given, is_any
from crm.tallies import Tally
from crm.written import planned

STORAGE = "storage"
SPARK_DAYS = 100
LISTED = ("account", "stage", "loyalty", "health", "health_change", "nps", "ltv")


def find(user: User, *, text: str = "", owned_only: bool = False) -> QuerySet[Account]:
    """The customers a user may see in which `text` is found."""
    accounts = Account.objects.visible_to(user).active()
    if owned_only:
        accounts = accounts.filter(owner=user)
    return matching(accounts, text, reader=user)


def own_tally(user: User) -> Tally | None:
    """A rep's own customers; for those who see everything the list's own counter is enough."""
    rows = Account.objects.visible_to(user).active().filter(owner=user).order_by("reading", "pk")
    return Tally([rows.values("pk")]) if user.is_rep else None


def at_hand(user: User, *, on: date, at_most: int = 12) -> list[Account]:
    """Customers of the user's follow-ups due by that day, then those they talked to last, each once."""
    seen = Account.objects.visible_to(user).active()
    due = FollowUp.objects.open().filter(owner=user, due_on__lte=on, account__in=seen)
    talked = Activity.objects.filter(by=user, account__in=seen)
    ids = [*due.order_by("due_on", "due_time").values_list("account_id", flat=True)[:at_most]]
    ids += talked.order_by("-at").values_list("account_id", flat=True)[: at_most * 3]
    wanted = list(dict.fromkeys(ids))[:at_most]
    accounts = seen.in_bulk(wanted)
    return [accounts[pk] for pk in wanted]


def current_standings(ids: Iterable[int]) -> dict[int, ScoreSnapshot]:
    return {row.account_id: row for row in current_snapshots().filter(account_id__in=ids)}


def listed_standings(ids: Iterable[int], *, as_of: date) -> dict[int, ScoreSnapshot]:
    """What lists show of the standings, each with its `series`: health over some 90 days, oldest first."""
    rows = _listed_standings(accounts=list(ids), since=as_of - timedelta(days=SPARK_DAYS), on=as_of)
    return {row.account_id: row for row in rows}


@planned(accounts=ArrayField(BigIntegerField()), since=DateField(), on=DateField())
def _listed_standings(accounts: Given, since: Given, on: Given) -> QuerySet[ScoreSnapshot]:
    past = ScoreSnapshot.objects.filter(
        account=OuterRef("account"),
        as_of__gt=since,
        as_of__lte=on,
        run__finished_at__isnull=False,
        health__isnull=False,
    )
    days = past.order_by("as_of", "-run").distinct("as_of").values("health")
    return current_snapshots().filter(is_any("account_id", accounts)).only(*LISTED).annotate(series=ArraySubquery(days))


def current_plans(ids: Iterable[int], *, as_of: date) -> dict[int, Subscription]:
    """The running plan of the highest tier."""
    rows = (
        Subscription.objects.running(as_of)
        .filter(account_id__in=ids, product__kind=Product.Kind.PLAN)
        .order_by("account_id", "-product__tier__rank", "-starts_on")
        .distinct("account_id")
        .select_related("product__tier")
    )
    return {row.account_id: row for row in rows}


def newest_usage(ids: Iterable[int], meter: str, *, as_of: date) -> dict[int, UsageReading]:
    readings = UsageReading.objects.filter(meter__code=meter, read_on__lte=as_of).order_by("-read_on")
    return _newest_per_account(readings, ids)


def newest_activities(ids: Iterable[int]) -> dict[int, Activity]:
    return _newest_per_account(Activity.objects.order_by("-at", "-pk"), ids)


def _newest_per_account(rows: QuerySet[Any], ids: Iterable[int]) -> dict[int, Any]:
    """The first row of each account by one short index walk each, however long the history is."""
    first = rows.filter(account_id=OuterRef("pk")).values("pk")[:1]
    newest = Account.objects.filter(pk__in=ids).annotate(newest=Subquery(first)).values("newest")
    return {row.account_id: row for row in rows.model.objects.filter(pk__in=newest)}


def guards_of(ids: Sequence[int], *, as_of: date) -> dict[int, Any]:
    """What the app above answers to "may this customer be offered something now?"."""
    found: dict[int, Any] = {}
    for guards_for in slots.account_guards:
        found.update(guards_for(ids, as_of))
    return found
