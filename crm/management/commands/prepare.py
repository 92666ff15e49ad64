"""What must be true before the programs start; asked for by `./sodate up`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import connection, transaction
from psycopg import sql

from crm.health import pending_migrations
from crm.jobs import Heartbeat
from crm.organisation import Organisation
from crm.webhooks import managing


class Command(BaseCommand):
    help = "Migrate, load the demo company once (in demo mode), free interrupted tasks, print the demo logins."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if pending_migrations():
            call_command("migrate", verbosity=0)
        if settings.STATIC_ROOT:
            call_command("collectstatic", verbosity=0, interactive=False)
        call_command("compile_translations")
        if settings.DEMO:
            load_demo_once(tell=self.stderr)
        refuse_known_logins()
        put_secrets_under_the_present_key(tell=self.stderr)
        free_interrupted_tasks()
        Heartbeat.objects.all().delete()  # signs of the last run say nothing about this one
        if settings.DEMO and Organisation.current().is_demo:
            call_command("demo_logins", stdout=self.stdout)


def load_demo_once(*, tell: OutputWrapper) -> None:
    """The organisation's row, written in the same transaction, is the mark that it was loaded."""
    with transaction.atomic():
        if not Organisation.objects.exists():
            call_command("seed_demo", verbosity=0, stdout=tell)


def refuse_known_logins() -> None:
    """The demo passwords stand in the documentation: such data is for demo mode on this machine alone."""
    if Organisation.current().is_demo and not settings.DEMO:
        raise CommandError(
            "This database holds the demo company with its public passwords. Start with SODATE_DEMO=1 "
            "for this machine alone, or name an empty data folder with SODATE_HOME."
        )


def put_secrets_under_the_present_key(*, tell: OutputWrapper) -> None:
    """After a change of SODATE_SECRET_KEY the one before is needed for this start alone."""
    if lost := managing.seal_again():
        tell.write(
            f"{lost} webhooks have secrets that cannot be read with SODATE_SECRET_KEY. Make new ones in their settings."
        )


def free_interrupted_tasks() -> None:
    """Give back what a killed worker held: nothing works yet, so nobody else can be holding it."""
    if "conn_string" not in settings.CELERY_BROKER_TRANSPORT_OPTIONS:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_name FROM pgmq.list_queues()")
        for (queue,) in cursor.fetchall():
            table = sql.Identifier("pgmq", f"q_{queue}")
            cursor.execute(sql.SQL("UPDATE {} SET vt = now() WHERE vt > now()").format(table))
