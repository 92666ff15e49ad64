"""./sodate manage renew_figures: work out anew what the lists of customers are sorted and narrowed by."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand

from accounts.actions import figures


class Command(BaseCommand):
    help = "Work out the figures of all customers anew, after rows were loaded with triggers switched off."

    def handle(self, *args: Any, **options: Any) -> None:
        started = perf_counter()
        self.stdout.write(f"{figures.renew():,} customers, {perf_counter() - started:.1f} s")
