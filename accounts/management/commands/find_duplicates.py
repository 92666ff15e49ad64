"""./sodate manage find_duplicates: the nightly search, now and here. See docs/duplicates.md."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.actions import duplicates


class Command(BaseCommand):
    help = "Look for customers that are in the books twice; nothing is merged."

    def handle(self, *args: Any, **options: Any) -> None:
        for step in duplicates.STEPS:
            started = perf_counter()
            found = duplicates.search(step=step, at=timezone.now())
            self.stdout.write(
                f"{step:<14} {found.compared:>10,} compared {found.offered:>8,} new"
                f" {found.too_large:>7,} too common {perf_counter() - started:>7.1f} s"
            )
