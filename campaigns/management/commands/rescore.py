"""Scores for everybody and new suggestions, as the nightly run makes them, here and now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from time import perf_counter
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.actions import standing
from accounts.queries.facts import newest_day
from campaigns.actions import suggestions
from campaigns.models import Suggestion

Result = TypeVar("Result")


class Command(BaseCommand):
    help = (
        "Scores every account and makes suggestions, as of a day: today, or for a database whose facts ended "
        "more than 90 days ago the day of its newest fact."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(self, *, as_of: date | None, **_: Any) -> None:
        at = timezone.now()
        day = as_of or newest_day(at)
        self.stdout.write(f"as of {day}")
        scored = self._timed("scores", lambda: standing.rescore(as_of=day, at=at))
        run = self._timed("learning", lambda: suggestions.start(as_of=day, at=at))
        self._timed("suggestions", lambda: suggestions.run_chunks(run=run, at=at))
        found = Suggestion.objects.open().filter(run=run).count()
        self.stdout.write(f"{scored.accounts} accounts, {found} suggestions; affinity by {run.model_version}")

    def _timed(self, step: str, work: Callable[[], Result]) -> Result:
        started = perf_counter()
        result = work()
        self.stdout.write(f"{step:12}{perf_counter() - started:7.1f} s")
        return result
