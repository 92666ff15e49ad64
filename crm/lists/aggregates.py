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
from django.db.models import F, QuerySet
from psycopg.errors import QueryCanceled

from crm.lists.asking import CAP, Asked
from crm.lists.fields import Field
from crm.lists.spec import related

FUNCTIONS = {
    "average": "avg({0})",
    "sum": "sum({0})",
    "net": "100 * avg(CASE WHEN {0} >= 9 THEN 1 WHEN {0} <= 6 THEN -1 WHEN {0} IS NOT NULL THEN 0 END)",
}
"""By `total` of a field. "net" is the share of promoters less that of detractors, of scores from 0 to 10."""

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
    return overview(asked, [])[0]


def overview(asked: Asked, others: Sequence[QuerySet[Any]]) -> tuple[Totals, list[int]]:
    """The totals of a list and the capped counts of others, in one statement."""
    fields = [each for each in asked.columns if each.total and each.source]
    counts = [_counted(rows) for rows in (asked.countable, *others)]
    figures = [FUNCTIONS[each.total].format(f"figures.figure_{place}") for place, each in enumerate(fields)]
    source, given = _within_cap(asked, fields)
    sql = f"SELECT {', '.join([*(sql for sql, _ in counts), *figures])}{source}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(each for _, values in counts for each in values), *given])
        number, *found = cursor.fetchone()
    values = zip(fields, found[len(others) :], strict=True) if number else ()
    return Totals(number, tuple(Total(*each) for each in values)), found[: len(others)]


def _counted(rows: QuerySet[Any]) -> tuple[str, Sequence[Any]]:
    sql, given = _sql(rows.order_by().values("pk")[: CAP + 1])
    return f"(SELECT count(*) FROM ({sql}) AS counted)", given  # noqa: S608 - the SQL of our own query set


def _within_cap(asked: Asked, fields: Sequence[Field]) -> tuple[str, Sequence[Any]]:
    """The figures of the rows that are counted, as what the statement reads."""
    if not fields:
        return "", ()
    rows = related(asked.spec, asked.rows, asked.asker, fields)
    sources = [F(each.source) if isinstance(each.source, str) else each.source(asked.asker) for each in fields]
    named = {f"figure_{place}": source for place, source in enumerate(sources)}
    sql, given = _sql(rows.order_by().annotate(**named).values(*named)[:CAP], columns=len(fields))
    return f" FROM ({sql}) AS figures({', '.join(named)})", given


def _sql(rows: QuerySet[Any], *, columns: int = 1) -> tuple[str, Sequence[Any]]:
    try:
        sql, given = rows.query.sql_with_params()
    except EmptyResultSet:
        return f"SELECT {', '.join(['NULL::integer'] * columns)} WHERE false", ()
    return sql, given
