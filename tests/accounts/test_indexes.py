"""A large table pays for every index with each row that is written; none is kept twice."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.models import ScoreSnapshot
from campaigns.models import Decision
from demo.load import MODELS

pytestmark = pytest.mark.django_db

LARGE = [model._meta.db_table for model in (*MODELS.values(), ScoreSnapshot, Decision)]
COVERED = """
    SELECT less.indexrelid::regclass::text, more.indexrelid::regclass::text
    FROM pg_index less JOIN pg_index more ON more.indrelid = less.indrelid AND more.indexrelid <> less.indexrelid
    JOIN pg_class one ON one.oid = less.indexrelid JOIN pg_class other ON other.oid = more.indexrelid
    WHERE less.indrelid = ANY(%s::regclass[]) AND one.relam = other.relam AND NOT less.indisunique
      AND less.indpred IS NULL AND more.indpred IS NULL AND less.indexprs IS NULL
      AND more.indkey::text LIKE less.indkey::text || ' %%'"""


def covered() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(COVERED, [LARGE])
        return cursor.fetchall()


def test_no_index_of_a_large_table_is_the_beginning_of_another() -> None:
    assert covered() == []


def test_one_that_is_would_be_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX twice ON accounts_orderline (order_id)")

    assert covered() == [("twice", "one_line_per_number")]
