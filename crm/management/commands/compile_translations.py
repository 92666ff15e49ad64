from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from crm.translations import catalogues, compile_catalogue


class Command(BaseCommand):
    help = "Write the .mo files from the .po files; needs no gettext programs."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for file in catalogues(settings.LOCALE_PATHS):
            if compile_catalogue(file):
                self.stderr.write(f"compiled {file.relative_to(settings.BASE_DIR)}")
