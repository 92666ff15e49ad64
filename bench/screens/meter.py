"""One page, asked again and again: statements, time in the database, processor time, time on the wall, bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection
from django.http import HttpResponse

WARM = 6
"""PostgreSQL keeps a plan for all values when it has tried five, as a connection in use has long done."""
SLOW = 2000
"""Milliseconds from which on once is enough."""
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
    """Milliseconds are medians; `slowest` are the dearest statements of the last round.

    `engine` is the processor time of the database for it. On a machine that others use as well, `alone` says better
    than the wall what the page costs.
    """

    statements: int
    database: float
    engine: float
    processor: float
    wall: float
    kilobytes: float
    slowest: list[tuple[float, str]]

    @property
    def alone(self) -> float:
        return self.processor + self.engine


def measure(ask: Ask, *, rounds: int) -> Reading:
    """Medians; a page that is slow is slow enough to be asked once."""
    first = [once(ask) for _ in range(WARM)][-1]
    found = [first] if first.wall > SLOW else [once(ask) for _ in range(rounds)]
    return Reading(
        statements=found[-1].statements,
        database=median(each.database for each in found),
        engine=median(each.engine for each in found),
        processor=median(each.processor for each in found),
        wall=median(each.wall for each in found),
        kilobytes=found[-1].kilobytes,
        slowest=found[-1].slowest,
    )


def once(ask: Ask) -> Reading:
    watch, clock = Watch(), engine_clock()
    with connection.execute_wrapper(watch):
        engine, wall, processor = clock(), time.perf_counter(), time.process_time()
        response = ask()
        processor, wall, engine = time.process_time() - processor, time.perf_counter() - wall, clock() - engine
    checked(response)
    return Reading(
        statements=len(watch.texts),
        database=1000 * watch.seconds,
        engine=1000 * engine,
        processor=1000 * processor,
        wall=1000 * wall,
        kilobytes=len(response.content) / 1024,
        slowest=sorted(watch.texts, reverse=True)[:3],
    )


@cache
def engine_clock() -> Callable[[], float]:
    """The processor seconds of the database process behind our connection; always 0 when it is on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        path = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    if not path.exists():
        return lambda: 0.0
    return lambda: int(path.read_text().split()[0]) / 1e9


def checked(response: HttpResponse) -> None:
    if response.status_code not in (200, 201, 302):
        raise SystemExit(f"Answered {response.status_code}: {response.content[:300]!r}")


def bare(statements: Sequence[Statement], *, rounds: int) -> tuple[float, float]:
    """The bare SQL in milliseconds: medians of the time on the wall, and of the processor time of both sides."""
    if not statements:
        return 0.0, 0.0
    first = _bare_once(statements)
    found = [first] if first[0] > SLOW else [_bare_once(statements) for _ in range(WARM + rounds)][WARM:]
    return median(wall for wall, _ in found), median(alone for _, alone in found)


def _bare_once(statements: Sequence[Statement]) -> tuple[float, float]:
    clock = engine_clock()
    started, spent = time.perf_counter(), time.process_time() + clock()
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql, params)
            cursor.fetchall()
    return 1000 * (time.perf_counter() - started), 1000 * (time.process_time() + clock() - spent)
