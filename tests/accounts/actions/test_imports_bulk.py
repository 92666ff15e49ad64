"""Large files take other ways inside; what comes out is the same."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection

from accounts.actions.imports import loading
from accounts.models import OrderLine
from tests.accounts.actions.imports_support import counts, load

pytestmark = pytest.mark.django_db

LINES = "order,line_number,product,quantity,amount,discount\n" + "".join(
    f"O{order},{line},P{line},{line},{order}.{line:02},\n" for order in range(1, 41) for line in range(1, 26)
)


@pytest.fixture(params=["careful", "express"])
def lane(request, monkeypatch) -> str:
    monkeypatch.setattr(loading, "EXPRESS_BYTES", 0 if request.param == "express" else 1 << 40)
    monkeypatch.setattr(loading, "BULK_ROWS", 10)
    return request.param


@pytest.fixture
def world(lane):
    load("accounts", "external_id,name\nA1,青葉\n")
    load("products", "code,name_ja,family,kind\n" + "".join(f"P{n},物{n},f,good\n" for n in range(1, 26)))
    load(
        "orders", "external_id,account,ordered_at\n" + "".join(f"O{n},A1,2026-11-01 10:{n:02}\n" for n in range(1, 41))
    )


def stored() -> list[tuple]:
    return list(
        OrderLine.objects.order_by("order__external_id", "line_number").values_list(
            "order__external_id", "line_number", "product__code", "quantity", "amount", "discount"
        )
    )


def definitions(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname || ' ' || pg_get_constraintdef(oid) || convalidated FROM pg_constraint"
            " WHERE conrelid = %s::regclass UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = %s::regclass",
            [table, table],
        )
        return {definition for (definition,) in cursor.fetchall()}


def test_every_line_arrives(world):
    loaded = load("order_lines", LINES)

    assert counts(loaded) == (1000, 0, 0, 0)
    assert stored() == sorted(
        (f"O{order}", line, f"P{line}", line, Decimal(f"{order}.{line:02}"), 0)
        for order in range(1, 41)
        for line in range(1, 26)
    )


def test_indexes_and_constraints_are_back_afterwards(world):
    before = {table: definitions(table) for table in ("accounts_order", "accounts_orderline")}

    load("order_lines", LINES)

    assert {table: definitions(table) for table in before} == before


def test_lines_loaded_again_are_unchanged_and_changed_ones_updated(world):
    load("order_lines", LINES)

    again = load("order_lines", LINES)
    changed = load("order_lines", LINES.replace("O7,3,P3,3,7.03,", "O7,3,P3,3,7.04,0.50"))

    assert counts(again) == (0, 0, 1000, 0)
    assert counts(changed) == (0, 1, 999, 0)


def test_new_lines_beside_known_ones_are_inserted(world):
    head, *lines = LINES.splitlines(keepends=True)
    load("order_lines", head + "".join(lines[:600]))

    assert counts(load("order_lines", head + "".join(lines[400:]))) == (400, 0, 200, 0)
    assert OrderLine.objects.count() == 1000


def test_one_doubled_line_among_many_is_found(world):
    loaded = load("order_lines", LINES + "O7,3,P3,1,1,\n", is_rehearsal=True)

    assert [(problem.line, problem.code) for problem in loaded.problems] == [(154, "DUPLICATE"), (1002, "DUPLICATE")]


def test_the_express_lane_is_taken(world, lane, monkeypatch):
    lanes = []
    careful = loading._careful
    monkeypatch.setattr(loading, "_careful", lambda *arguments: lanes.append("careful") or careful(*arguments))

    load("order_lines", LINES)

    assert lanes == ([] if lane == "express" else ["careful"])
