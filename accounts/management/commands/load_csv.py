"""./sodate manage load_csv KIND FILE: see docs/how-to/load-data.md."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.actions import imports
from accounts.queries.imports import LAYOUTS, as_table, explain
from crm.people import Team, User

PROBLEMS_SHOWN = 20


class Command(BaseCommand):
    help = "Load customers, products, orders and other facts from a CSV file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(LAYOUTS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Check and count, change nothing.")
        parser.add_argument("--skip-refused", action="store_true", help="Load the good rows although others are not.")
        parser.add_argument("--errors", type=Path, metavar="FILE", help="Write the refused lines with reasons here.")
        parser.add_argument("--language", choices=["ja", "en"], default="ja")
        add_owner_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            self._load(**options)

    def _load(
        self, kind: str, file: Path, dry_run: bool, skip_refused: bool, errors: Path | None, **options: Any
    ) -> None:
        started = perf_counter()
        try:
            with file.open("rb") as opened:
                loaded = imports.load(
                    file=opened,
                    layout=LAYOUTS[kind],
                    by=None,
                    at=timezone.now(),
                    file_name=file.name,
                    is_rehearsal=dry_run,
                    skips_refused=skip_refused,
                    **owner_and_team(options),
                )
        except OSError as error:
            raise CommandError(_("%(file)s cannot be read.") % {"file": file}) from error
        except imports.Unreadable as refusal:
            raise CommandError(f"{file.name}: {explain(refusal.problem)}") from refusal
        except imports.RowsRefused as refusal:
            self._show_problems(refusal.loaded, errors)
            raise CommandError(_("Nothing was loaded.") + " " + summary(refusal.loaded)) from refusal
        self._show_problems(loaded, errors)
        self.stdout.write(summary(loaded, seconds=perf_counter() - started))

    def _show_problems(self, loaded: imports.Loaded, errors: Path | None) -> None:
        for problem in loaded.problems[:PROBLEMS_SHOWN]:
            self.stderr.write(explain(problem))
        if len(loaded.problems) > PROBLEMS_SHOWN:
            self.stderr.write(_("… and more; --errors FILE writes all of them."))
        if errors and loaded.problems:
            write_problems(loaded, errors)


def write_problems(loaded: imports.Loaded, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow([_("Line"), _("Column"), _("Code"), _("Reason")])
        writer.writerows(as_table(loaded.problems))


def summary(loaded: imports.Loaded, *, seconds: float | None = None) -> str:
    counts = _("%(rows)s rows: %(created)s new, %(updated)s changed, %(unchanged)s unchanged, %(refused)s refused.") % {
        "rows": f"{loaded.rows:,}",
        "created": f"{loaded.created:,}",
        "updated": f"{loaded.updated:,}",
        "unchanged": f"{loaded.unchanged:,}",
        "refused": f"{loaded.refused:,}",
    }
    pace = f" {seconds:.1f} s, {loaded.rows / seconds:,.0f} rows/s." if seconds else ""
    return f"{loaded.layout.name}: {counts}{pace}"


def add_owner_arguments(parser: CommandParser | argparse.ArgumentParser) -> None:
    parser.add_argument("--team", metavar="CODE", help="The team of new accounts; without it planners see them.")
    parser.add_argument("--owner", metavar="EMAIL", help="The rep answerable for new accounts.")


def owner_and_team(options: dict[str, Any]) -> dict[str, Any]:
    """Raises CommandError when one of them is not known."""
    owner = User.objects.filter(email__iexact=options["owner"] or "").first()
    team = Team.objects.filter(code=options["team"] or "").first()
    if options["owner"] and owner is None:
        raise CommandError(_("There is no user %(email)s.") % {"email": options["owner"]})
    if options["team"] and team is None:
        raise CommandError(_("There is no team %(code)s.") % {"code": options["team"]})
    return {"owner": owner, "team": team}
