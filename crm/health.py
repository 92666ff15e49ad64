"""Is everything running? Asked by `./sodate up`, load balancers and people."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.exceptions import NodeNotFoundError
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.jobs import Heartbeat

PARTS = ("worker", "beat")
SILENCE = timedelta(seconds=20)
OK, MISSING = "ok", "missing"


class HalfMigrated(SystemExit):
    """The database lacks migrations of this code: starting anyway would end in broken pages."""


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 once database, migrations, worker and beat are there; else 503, naming what is missing."""
    parts = state_of_parts()
    missing = [name for name, state in parts.items() if state != OK]
    return JsonResponse({"missing": missing, **parts}, status=503 if missing else 200)


def state_of_parts() -> dict[str, str]:
    """Every part with `ok` or `missing`; without a database nothing else can be known."""
    try:
        migrations = MISSING if pending_migrations() else OK
        beating = beating_parts() if migrations == OK else set()
    except DatabaseError:
        return dict.fromkeys(("database", "migrations", *PARTS), MISSING)
    except HalfMigrated:
        migrations, beating = MISSING, set()
    return {
        "database": OK,
        "migrations": migrations,
        **{part: OK if part in beating else MISSING for part in PARTS},
    }


def beating_parts() -> set[str]:
    """Parts heard of lately, by the database's clock alone: hosts may disagree about the time."""
    lately = Heartbeat.objects.filter(at__gt=Now() - SILENCE, at__lte=Now() + SILENCE)
    return set(lately.values_list("part", flat=True))


def sign(part: str) -> None:
    """Note that `part` is alive now."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(part=part, at=Now())], update_conflicts=True, unique_fields=["part"], update_fields=["at"]
    )


@contextmanager
def signing(part: str) -> Iterator[None]:
    """Sign for `part` while it is at work on something long: busy is not missing."""
    over = threading.Event()

    def keep_signing() -> None:
        while not over.wait(SILENCE.total_seconds() / 4):
            sign(part)
        connection.close()

    threading.Thread(target=keep_signing, daemon=True).start()
    try:
        yield
    finally:
        over.set()


def pending_migrations() -> list[str]:
    """Raises HalfMigrated where the database stopped among migrations that have since been made one: it cannot go on."""
    try:
        executor = MigrationExecutor(connection)
    except NodeNotFoundError as missing:
        raise HalfMigrated(
            f"The database stopped among migrations that this version no longer has. {missing} "
            "Bring it to their end with the version that made it, or begin with an empty one."
        ) from missing
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def require_migrated() -> None:
    """For the start of every long-running program. Raises HalfMigrated with what to do."""
    pending = pending_migrations()
    if pending:
        raise HalfMigrated(
            f"The database lacks {len(pending)} migration(s), first {pending[0]}: "
            "run ./sodate manage migrate, or start with ./sodate up."
        )
