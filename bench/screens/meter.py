"""One page, asked again and again: statements, time in the database, processor time, time on the wall, bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db import connection
from django.http import HttpResponse

WARM = 2
FRAME_OF_A_TRANSACTION = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
"""Inside the bench's own transaction these stand for BEGIN and COMMIT, which nobody counts as statements."""

Statement = tuple[str, Sequence[Any]]
Ask = Callable[[], Any]


@dataclass(slots=True)
class Watch:
    """Put around every statement by `connection.execute_wrapper`."""

    seconds: float = 0.0
    texts: list[tuple[float, str]] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            taken = time.perf_counter() - started
            if not str(sql).startswith(FRAME_OF_A_TRANSACTION):
                self.seconds += taken
                self.texts.append((taken, str(sql)))


@dataclass(frozen=True, slots=True)
class Reading:
    """Milliseconds are medians; `slowest` are the dearest statements of the last round."""

    statements: int
    database: float
    processor: float
    wall: float
    kilobytes: float
    slowest: list[tuple[float, str]]


def measure(ask: Ask, *, rounds: int) -> Reading:
    for _ in range(WARM):
        checked(ask())
    found = [once(ask) for _ in range(rounds)]
    return Reading(
        statements=found[-1].statements,
        database=median(each.database for each in found),
        processor=median(each.processor for each in found),
        wall=median(each.wall for each in found),
        kilobytes=found[-1].kilobytes,
        slowest=found[-1].slowest,
    )


def once(ask: Ask) -> Reading:
    watch = Watch()
    with connection.execute_wrapper(watch):
        wall, processor = time.perf_counter(), time.process_time()
        response = ask()
        processor, wall = time.process_time() - processor, time.perf_counter() - wall
    checked(response)
    return Reading(
        statements=len(watch.texts),
        database=1000 * watch.seconds,
        processor=1000 * processor,
        wall=1000 * wall,
        kilobytes=len(response.content) / 1024,
        slowest=sorted(watch.texts, reverse=True)[:3],
    )


def checked(response: HttpResponse) -> None:
    if response.status_code not in (200, 201, 302):
        raise SystemExit(f"Answered {response.status_code}: {response.content[:300]!r}")


def bare(statements: Sequence[Statement], *, rounds: int) -> float:
    """The median of the bare SQL in milliseconds."""
    return median([_bare_once(statements) for _ in range(WARM + rounds)][WARM:])


def _bare_once(statements: Sequence[Statement]) -> float:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql, params)
            cursor.fetchall()
    return 1000 * (time.perf_counter() - started)
