"""What the foot of a list says about all rows that match: how many, and sums and means of some columns.

Both are taken from the first 10,000 matching rows at most, so that they cost the same on a list of a million; the
page says so when there are more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.db.models import Avg, F, QuerySet, Sum
from psycopg.errors import QueryCanceled

from crm.lists.asking import CAP, Asked
from crm.lists.fields import Field
from crm.lists.spec import related

FUNCTIONS = {"average": Avg, "sum": Sum}


PATIENCE = timedelta(seconds=2)


@contextmanager
def patience() -> Iterator[None]:
    """Figures are given up rather than waited for. Raises OutOfPatience."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [int(PATIENCE.total_seconds() * 1000)])
            yield
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise OutOfPatience from error
        raise


class OutOfPatience(Exception):
    """The list is too long for this figure."""


@dataclass(frozen=True, slots=True)
class Total:
    field: Field
    value: Any


@dataclass(frozen=True, slots=True)
class Totals:
    number: int | None
    """None if nobody waits for it. At most one above the cap, which `formats.counted_to` writes as 10,000+."""
    figures: tuple[Total, ...] = ()

    @property
    def is_capped(self) -> bool:
        return self.number is not None and self.number > CAP


def number(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: CAP + 1].count()


def totals(asked: Asked) -> Totals:
    """Two statements."""
    counted = number(asked.rows)
    fields = [each for each in asked.columns if each.total and each.source]
    if not counted or not fields:
        return Totals(counted)
    found = _within_cap(asked, fields).aggregate(
        **{f"total_{place}": FUNCTIONS[each.total](f"figure_{place}") for place, each in enumerate(fields)}
    )
    return Totals(counted, tuple(Total(each, found[f"total_{place}"]) for place, each in enumerate(fields)))


def _within_cap(asked: Asked, fields: Sequence[Field]) -> QuerySet[Any]:
    """The figures of the rows that are counted; the slice makes the database aggregate over a subquery."""
    rows = related(asked.spec, asked.rows, asked.asker, fields)
    sources = [F(each.source) if isinstance(each.source, str) else each.source(asked.asker) for each in fields]
    named = {f"figure_{place}": source for place, source in enumerate(sources)}
    return rows.order_by().annotate(**named).values(*named)[:CAP]


def numbers(lists: Sequence[QuerySet[Any]]) -> list[int]:
    """The capped counts of several lists in one statement."""
    statements: list[str] = []
    parameters: list[Any] = []
    for rows in lists:
        capped = rows.order_by().values("pk")[: CAP + 1]
        try:
            sql, given = capped.query.sql_with_params()
        except EmptyResultSet:
            sql, given = "SELECT 1 WHERE false", ()
        statements.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608 - the SQL of our own query set
        parameters += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(statements)}", parameters)
        return list(cursor.fetchone())
