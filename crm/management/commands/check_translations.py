from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crm.translations import catalogues, problems, read_po, source_strings

FOLDERS = ("crm", "accounts", "campaigns", "demo", "templates")


class Command(BaseCommand):
    help = "Fail unless every string of the source is translated in every catalogue."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        source = source_strings(settings.BASE_DIR, FOLDERS)
        files = catalogues(settings.LOCALE_PATHS)
        found = [
            f"{file.relative_to(settings.BASE_DIR)}: {problem}"
            for file in files
            for problem in problems(read_po(file.read_text(encoding="utf-8")), source)
        ]
        if found or not files:
            raise CommandError("\n".join(found) or "There is no catalogue.")
        self.stdout.write(f"{len(source)} strings, all translated.")
