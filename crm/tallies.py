"""The figures of the menu: all of them in one statement, and none counted far.

They stand on every page, so that none may cost more the more customers there are, and so that the statement of a reader is
written once and kept, and planned once by the connections that they come by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from crm.statements import Passing, Statement

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
    return Question(tallies, Statement).asked()


OF_A_READER = partial(Passing, "tallies")


class Question:
    """The statement that counts some tallies, written once and asked as often as wanted: of a reader, since it is kept."""

    def __init__(self, tallies: Sequence[Tally], kind: Callable[..., Statement] = OF_A_READER) -> None:
        self.figures = [(tally.figure, len(tally.rows)) for tally in tallies]
        parts = [_part(rows, tally.cap) for tally in tallies for rows in tally.rows]
        sql = "SELECT " + ", ".join(text for text, _ in parts)
        self.statement = kind(sql, [value for _, values in parts for value in values]) if parts else None

    def asked(self) -> list[int]:
        numbers = iter(self._numbers())
        return [figure(*islice(numbers, width)) for figure, width in self.figures]

    def _numbers(self) -> Sequence[int]:
        return self.statement.ask()[0] if self.statement else ()


def _part(rows: QuerySet[Any], cap: int) -> tuple[str, tuple[Any, ...]]:
    try:
        text, values = rows[: cap + 1].query.sql_with_params()
    except EmptyResultSet:
        return "0", ()
    return f"(SELECT count(*) FROM ({text}) AS few)", values  # noqa: S608 (written by the ORM, values apart)
