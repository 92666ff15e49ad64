"""The figures of the menu: all of them in one statement, and none counted far.

They stand on every page, so that none may cost more the more customers there are, and so that the statement of a reader is
written once and kept.
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
BADGE = 99
"""Whoever owes more than that need not know how much more."""


def the_sum(*numbers: int) -> int:
    return sum(numbers)


@dataclass(frozen=True, slots=True)
class Tally:
    """`rows` are counted, each up to one more than `most` (else CAP); `figure` makes one figure of the numbers."""

    rows: Sequence[QuerySet[Any]]
    figure: Callable[..., int] = the_sum
    most: int | None = None

    @property
    def cap(self) -> int:
        return self.most or CAP


def figures(tallies: Sequence[Tally]) -> list[int]:
    """In the order of the tallies, by one statement."""
    return Question(tallies).asked()


class Question:
    """The statement that counts some tallies, written once and asked as often as wanted."""

    def __init__(self, tallies: Sequence[Tally]) -> None:
        self.figures = [(tally.figure, len(tally.rows)) for tally in tallies]
        parts = [_part(rows, tally.cap) for tally in tallies for rows in tally.rows]
        self.statement = "SELECT " + ", ".join(text for text, _ in parts) if parts else ""
        self.values = [value for _, values in parts for value in values]

    def asked(self) -> list[int]:
        numbers = iter(self._numbers())
        return [figure(*islice(numbers, width)) for figure, width in self.figures]

    def _numbers(self) -> Sequence[int]:
        if not self.statement:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self.statement, self.values)
            found: Sequence[int] = cursor.fetchone()
        return found


def _part(rows: QuerySet[Any], cap: int) -> tuple[str, tuple[Any, ...]]:
    try:
        text, values = rows[: cap + 1].query.sql_with_params()
    except EmptyResultSet:
        return "0", ()
    return f"(SELECT count(*) FROM ({text}) AS few)", values  # noqa: S608 (written by the ORM, values apart)
