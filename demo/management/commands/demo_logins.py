"""The public logins of the demo company, one a line: role, user, password."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from demo.cast import PASSWORD, SHOWN


class Command(BaseCommand):
    help = "Print one login of the demo company per role."

    def handle(self, *args: Any, **options: Any) -> None:
        for person in SHOWN:
            self.stdout.write(f"{person.role} {person.email} {PASSWORD}")
