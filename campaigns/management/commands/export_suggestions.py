"""Whom to call about what: the best candidates of every account as a file.

At `candidates` it is what affinity finds, before anybody asked whether it is welcome: the file to judge a ranking
by. At `allowed` the guard has spoken: a planner's call list.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.queries.facts import newest_day
from campaigns.models.suggestions import Lane
from campaigns.queries import exports


class Command(BaseCommand):
    help = (
        "Writes account_id,rank,category (or product) for every account; the account id is your own (external) id "
        "where there is one. As of today, or for a database whose facts ended more than 90 days ago as of the day "
        "of its newest fact."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--top", type=int, default=20, help="At most so many for each account.")
        parser.add_argument("--stage", choices=exports.STAGES, default="allowed")
        parser.add_argument("--lane", choices=Lane.values, default=Lane.CROSS_SELL)
        parser.add_argument("--level", choices=exports.LEVELS, default="category")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(self, *, out: Path, as_of: date | None, **options: Any) -> None:
        wanted = exports.Wanted(**{name: options[name] for name in ("top", "stage", "lane", "level")})
        day = as_of or newest_day(timezone.now())
        with out.open("w", newline="", encoding="utf-8") as file:
            written = _write(file, wanted.level, exports.rows(wanted, day))
        self.stdout.write(f"as of {day}: {written} rows in {out}")


def _write(file: Any, level: str, rows: Iterator[tuple[str, int, str]]) -> int:
    writer, written = csv.writer(file), 0
    writer.writerow(("account_id", "rank", level))
    for row in rows:
        writer.writerow(row)
        written += 1
    return written
