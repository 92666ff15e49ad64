"""The figures of the menu: all of them in one statement, and none counted far.

They stand on every page, so that none may cost more the more customers there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

CAP = 1_000


def the_sum(*numbers: int) -> int:
    return sum(numbers)


@dataclass(frozen=True, slots=True)
class Tally:
    """`rows` are counted, each up to one more than CAP; `figure` makes one figure of the numbers."""

    rows: Sequence[QuerySet[Any]]
    figure: Callable[..., int] = the_sum


def figures(tallies: Sequence[Tally]) -> list[int]:
    """In the order of the tallies, by one statement."""
    numbers = iter(_counted([rows for tally in tallies for rows in tally.rows]))
    return [tally.figure(*islice(numbers, len(tally.rows))) for tally in tallies]


def _counted(every: Sequence[QuerySet[Any]]) -> Sequence[int]:
    parts = [_part(rows) for rows in every]
    if not parts:
        return []
    statement = "SELECT " + ", ".join(text for text, _ in parts)
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for _, values in parts for value in values])
        found: Sequence[int] = cursor.fetchone()
    return found


def _part(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    try:
        text, values = rows[: CAP + 1].query.sql_with_params()
    except EmptyResultSet:
        return "0", ()
    return f"(SELECT count(*) FROM ({text}) AS few)", values  # noqa: S608 (written by the ORM, values apart)
