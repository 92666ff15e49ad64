"""Days as the database reads them."""

from datetime import date
from itertools import product

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

ALL = "SELECT sodate_read_day(cell) FROM unnest(%s::text[]) WITH ORDINALITY AS told (cell, place) ORDER BY place"
TOGETHER = "SET LOCAL max_parallel_workers_per_gather = 2; SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0"
DAYS = "CREATE TABLE days AS SELECT sodate_read_day(cell) AS day FROM cells"


def day_of(year, month, day):
    try:
        return date(year, month, day)
    except ValueError:
        return None


def test_every_day_of_the_calendar_is_read_and_no_other():
    parts = list(product((0, 1, 1900, 2000, 2023, 2024, 9999), range(14), range(33)))

    with connection.cursor() as cursor:
        cursor.execute(ALL, [[f"{year:04}-{month:02}-{day}" for year, month, day in parts]])
        read = [row[0] for row in cursor.fetchall()]

    assert read == [day_of(*each) for each in parts]


def test_days_are_read_by_several_processes_into_a_table():
    """What begins anew within a function, as one does that catches an error, fails there."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE cells AS SELECT '2026-02-28'::text AS cell FROM generate_series(1, 300000)")
        cursor.execute("ANALYZE cells")
        cursor.execute(TOGETHER)
        cursor.execute(f"EXPLAIN {DAYS}")
        assert "Gather" in "".join(row[0] for row in cursor.fetchall())
        cursor.execute(DAYS)
        cursor.execute("SELECT count(*), count(day) FROM days")

        assert cursor.fetchone() == (300_000, 300_000)
