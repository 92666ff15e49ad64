"""Load the demo company Tsumugi Works into an empty database."""

from __future__ import annotations

from datetime import date, datetime
from resource import RUSAGE_SELF, getrusage
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from crm.organisation import Organisation
from demo import company
from demo.load import TOKYO, Report


class Command(BaseCommand):
    help = "Load the demo company, the same on every machine for the same day and seed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, help="The company's today; default: today in Tokyo.")
        parser.add_argument("--accounts", type=int, default=1200, help="How many customers (default: %(default)s).")
        parser.add_argument("--seed", type=int, default=company.SEED)
        parser.add_argument("--stage", choices=company.STAGES, default="check", help="Where the campaign stands.")

    def handle(self, *args: Any, **options: Any) -> None:
        if Organisation.current().is_demo:
            self.stdout.write(_("The demo company is loaded already."))
            return
        if Account.objects.exists():
            raise CommandError(_("This database already holds customers. Load the demo company into an empty one."))
        as_of = options["as_of"] or datetime.now(TOKYO).date()
        with transaction.atomic():
            report = company.load(
                as_of=as_of,
                accounts=options["accounts"],
                seed=options["seed"],
                stage=options["stage"],
                tell=self._teller(options["verbosity"]),
            )
        self.stdout.write(
            _("%(accounts)s customers of Tsumugi Works are ready, %(rows)s rows.")
            % {"accounts": f"{report.rows['account']:,}", "rows": f"{report.total:,}"}
        )
        if options["verbosity"] > 1:
            self.stdout.write(_cost(report))

    def _teller(self, verbosity: int) -> Any:
        return self.stdout.write if verbosity > 1 else lambda _line: None


def _cost(report: Report) -> str:
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0] / 2**20
    return (
        f"{report.seconds:,.0f} s, {report.total / report.seconds:,.0f} rows/s with indexes, "
        f"{peak:,.0f} MB of memory at most, database {size:,.0f} MB"
    )
