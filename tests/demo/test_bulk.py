"""A large company goes into tables without indexes; afterwards they are as the migrations made them."""

from __future__ import annotations

import re
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import Account, Order, OrderLine
from demo import company
from demo.bulk import statements
from demo.load import MODELS
from tests.factories.accounts import AccountFactory

AS_OF = date(2026, 11, 24)
TABLES = list(MODELS.values())

pytestmark = pytest.mark.django_db


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(company, "LARGE", 100)
    out = StringIO()
    call_command("seed_demo", as_of=AS_OF, accounts=120, verbosity=2, stdout=out)
    return out.getvalue()


def indexes() -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        return {(table, name, plain(definition)) for table, name, definition in cursor.fetchall()}


def plain(definition: str) -> str:
    """Without casts: PostgreSQL writes those of a list one by one when it reads its own words again."""
    return re.sub(r"::character varying|::text(\[\])?|[()]", "", definition)


def constraints() -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint"
        )
        return set(cursor.fetchall())


def test_every_index_and_constraint_stands_as_before(request: pytest.FixtureRequest) -> None:
    before = indexes(), constraints()

    request.getfixturevalue("large")

    assert (indexes(), constraints()) == before
    assert Account.objects.count() == 120


def test_primary_keys_stay_and_everything_else_goes_for_the_while() -> None:
    plan = statements(TABLES)

    with transaction.atomic(), connection.cursor() as cursor:
        for statement in plan.drop:
            cursor.execute(statement)
        left = {name for table, name, _ in indexes() if table == OrderLine._meta.db_table}
        transaction.set_rollback(True)

    assert left == {"accounts_orderline_pkey"}


def test_what_was_built_again_refuses_what_must_not_be(large: str) -> None:
    order = Order.objects.latest("pk")

    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.create(account=order.account, external_id=order.external_id, ordered_at=order.ordered_at)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("UPDATE accounts_order SET account_id = 0 WHERE id = %s", [order.pk])


def test_the_next_row_counts_on(large: str) -> None:
    last = Account.objects.latest("pk").pk

    AccountFactory()

    assert Account.objects.latest("pk").pk == last + 1


def test_the_loader_says_what_it_cost(large: str) -> None:
    assert "rows/s with indexes" in large
    assert "MB of memory at most" in large
