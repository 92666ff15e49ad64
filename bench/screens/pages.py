"""The pages that are measured, with their budgets and their bare SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, Activity
from bench.screens import bare
from bench.screens.meter import Ask, Statement
from bench.screens.world import DEEP, World, row
from crm.lists.keyset import KNOWN, Place
from crm.people import User


@dataclass(frozen=True, slots=True)
class Budget:
    """Milliseconds on the wall with 100,000 customers and with a million; statements and kilobytes in both."""

    small: int
    large: int
    statements: int | None = None
    kilobytes: int | None = None


LIST = Budget(40, 50, 10, 60)
SEARCH = Budget(50, 80, 8)
RECORD = Budget(50, 60, 15)
LOG = Budget(20, 25, 10)
HOME = Budget(60, 80, 12)


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    reader: User
    ask: Ask
    budget: Budget
    bare: list[Statement] = field(default_factory=list)


def pages(world: World) -> Iterator[Page]:
    for reader in (world.rep, world.admin):
        yield from lists(reader)
        yield from searches(reader)
    yield from records(world)
    yield from logs(world)
    for reader in (world.rep, world.manager):
        yield Page("Today", reader, get(reader, reverse("home")), HOME, bare.day_of(reader))
    for reader in (world.rep, world.admin):
        yield from api(world, reader)


def client_of(user: User) -> Client:
    """Signed in, without looking up anything about the address."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def get(user: User, path: str, **query: object) -> Ask:
    client, address = client_of(user), f"{path}?{urlencode(query)}" if query else path
    return lambda: client.get(address)


# -- Lists and search ------------------------------------------------------------------------------


SORTS = {
    "-health": "s.health DESC NULLS LAST, s.account_id DESC",
    "-ltv": "s.ltv DESC NULLS LAST, s.account_id DESC",
    "city": "a.city, a.id",
    "renews_on": "(SELECT min(c.renews_on) FROM accounts_subscription c WHERE c.account_id = a.id AND c.ended_on IS NULL)",
    "-usage": "(SELECT r.value / r.allowance FROM accounts_usagereading r WHERE r.account_id = a.id AND r.allowance > 0 "
    "AND r.meter_id = (SELECT id FROM accounts_meter WHERE code = 'storage') ORDER BY r.read_on DESC LIMIT 1) "
    "DESC NULLS LAST, a.id DESC",
    "last_contact": "(SELECT max(v.at) FROM accounts_activity v WHERE v.account_id = a.id), a.id",
}
"""Orders of the list, and the same by hand."""

CONDITIONS = (
    (
        "filtered by health",
        [{"field": "health", "op": "at_most", "value": 40}],
        "s.health <= 40",
    ),
    (
        "filtered by renewal and stage",
        [
            {"field": "renews_on", "op": "within", "value": 30},
            {"field": "stage", "op": "any_of", "value": ["bloom", "tree"]},
        ],
        "s.stage IN ('bloom', 'tree') AND EXISTS (SELECT FROM accounts_subscription c WHERE c.account_id = a.id "
        "AND c.ended_on IS NULL AND c.renews_on BETWEEN current_date AND current_date + 30)",
    ),
    (
        "filtered by use",
        [{"field": "usage", "op": "at_least", "value": 90}],
        "EXISTS (SELECT FROM accounts_usagereading r WHERE r.account_id = a.id AND r.value >= 0.9 * r.allowance "
        "AND r.meter_id = (SELECT id FROM accounts_meter WHERE code = 'storage') AND r.read_on > current_date - 10)",
    ),
)


def lists(reader: User) -> Iterator[Page]:
    path = reverse("customers")
    everybody: dict[str, object] = {"view": "all", "sort": "reading"}
    yield Page("Customers, first page", reader, get(reader, path, **everybody), LIST, bare.customers(reader))
    reading, pk = deep_place(reader, "a.reading", "a.reading, a.id")
    behind = bare.customers(reader, where="(a.reading, a.id) > (%s, %s)", params=[reading, pk])
    ask = get(reader, path, **everybody, after=Place(KNOWN, reading, pk).write())
    yield Page("Customers, deep page", reader, ask, LIST, behind)
    if reader.is_rep:
        own = bare.customers(reader, where="a.owner_id = %s", params=[reader.pk])
        yield Page("Customers, one's own", reader, get(reader, path, view="mine"), LIST, own)
    for label, conditions, where in CONDITIONS:
        ask = get(reader, path, **everybody, filter=json.dumps(conditions))
        yield Page(f"Customers, {label}", reader, ask, LIST, bare.customers(reader, where=where))
    for sort, order in SORTS.items():
        ask = get(reader, path, view="all", sort=sort)
        yield Page(f"Customers, sorted by {sort}", reader, ask, LIST, bare.customers(reader, order=order))
    health, pk = deep_place(reader, "s.health", SORTS["-health"])
    behind = bare.customers(
        reader, where="(s.health, s.account_id) < (%s, %s)", params=[health, pk], order=SORTS["-health"]
    )
    ask = get(reader, path, view="all", sort="-health", after=Place(KNOWN, health, pk).write())
    yield Page("Customers, sorted by -health, deep", reader, ask, LIST, behind)
    yield Page("Customers, figures of the foot", reader, get(reader, path, **everybody, figures=1), LIST)


def deep_place(reader: User, value: str, order: str) -> tuple[Any, Any]:
    """Value and id nine tenths down the list, found the slow way before anything is measured."""
    seen, who = bare.sight(reader)
    known = f"accounts_account a JOIN accounts_scoresnapshot s ON s.account_id = a.id AND s.run_id = {bare.RUN}"
    [count] = row(f"SELECT count(*) FROM {known} WHERE {seen} AND {value} IS NOT NULL", *who)
    found = f"SELECT {value}, a.id FROM {known} WHERE {seen} AND {value} IS NOT NULL ORDER BY {order}"
    return row(f"{found} LIMIT 1 OFFSET {int(DEEP * count)}", *who)


COMMON = {"Japanese": "工業", "Latin": "Clinic"}


def searches(reader: User) -> Iterator[Page]:
    seen, who = bare.sight(reader)
    key, latin = row(
        f"SELECT a.matching_key, a.name_en FROM accounts_account a WHERE {seen} AND a.name_en <> '' "
        "ORDER BY a.id DESC LIMIT 1",
        *who,
    )
    rare = {"Japanese": str(key), "Latin": str(latin)}
    for often, words in (("common", COMMON), ("rare", rare)):
        for script, text in words.items():
            ask = get(reader, reverse("search"), q=text)
            yield Page(f"Search, {often}, {script}", reader, ask, SEARCH, bare.found(reader, text))


# -- One customer ----------------------------------------------------------------------------------


def records(world: World) -> Iterator[Page]:
    for label, account in histories(world):
        path = reverse("customer", args=[account.pk])
        yield Page(f"Customer 360, {label}", world.rep, get(world.rep, path), RECORD, bare.record(account))
        rows = bare.entries_of(account, 26)
        yield Page(f"Timeline, {label}", world.rep, get(world.rep, path, tab="activity"), RECORD, rows)
    path = reverse("customer", args=[world.many.pk])
    yield Page("Timeline, deep page", world.rep, deep_timeline(world, path), RECORD, bare.entries_of(world.many, 26))
    path = reverse("customer", args=[world.few.pk])
    yield Page("Customer 360", world.admin, get(world.admin, path), RECORD, bare.record(world.few))


def histories(world: World) -> list[tuple[str, Account]]:
    return [("10 activities", world.few), ("10,000 activities", world.many)]


def deep_timeline(world: World, path: str) -> Ask:
    old = Activity.objects.filter(account=world.many).order_by("at")[500]
    client = client_of(world.rep)
    address = f"{path}?{urlencode({'tab': 'activity', 'before': old.at.isoformat(), 'key': f'activity:{old.pk}'})}"
    return lambda: client.get(address, headers={"HX-Request": "true"})


def logs(world: World) -> Iterator[Page]:
    for label, account in histories(world):
        path = reverse("log", args=[account.pk])
        yield Page(f"Log, form, {label}", world.rep, get(world.rep, path), LOG, bare.for_a_log(account))
        written = bare.written_log(account, world.rep)
        yield Page(f"Log, saved, {label}", world.rep, write_a_log(world.rep, path), LOG, written)


def write_a_log(user: User, path: str) -> Ask:
    client = client_of(user)

    def post() -> Any:
        body = {"client_id": str(uuid4()), "kind": "call", "result": "talked", "reaction": "", "note": "", "step": ""}
        return client.post(path, {**body, "at": timezone.now().isoformat()})

    return post


# -- The API ---------------------------------------------------------------------------------------


def api(world: World, reader: User) -> Iterator[Page]:
    rows = bare.listed_by_number(reader)
    yield Page("API, customers", reader, get(reader, reverse("api-account-list")), LIST, rows)
    path = reverse("api-account-detail", args=[world.few.pk])
    yield Page("API, one customer", reader, get(reader, path), RECORD, bare.record(world.few)[:2])
