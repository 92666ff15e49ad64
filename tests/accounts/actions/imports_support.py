"""What the tests of the loader share: files in memory, and the state of every table of customers' facts."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from django.apps import apps
from django.db import connection

from accounts.actions import imports
from accounts.queries.imports import LAYOUTS
from crm.audit import AuditEvent

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def load(kind: str, text: str | bytes, **options) -> imports.Loaded:
    content = text if isinstance(text, bytes) else text.encode()
    return imports.load(file=BytesIO(content), layout=LAYOUTS[kind], **{"by": None, "at": NOW, **options})


def counts(loaded: imports.Loaded) -> tuple[int, int, int, int]:
    return loaded.created, loaded.updated, loaded.unchanged, loaded.refused


def found(refusal: imports.RowsRefused) -> list[tuple[int | None, str, str]]:
    return [
        (problem.line, problem.column.name if problem.column else "", problem.code)
        for problem in refusal.loaded.problems
    ]


def everything() -> dict[str, str]:
    """A hash of the rows of each table of the accounts app, and of the audit trail."""
    tables = [model._meta.db_table for model in [*apps.get_app_config("accounts").get_models(), AuditEvent]]
    with connection.cursor() as cursor:
        return {table: _hash(cursor, table) for table in tables}


def _hash(cursor, table: str) -> str:
    cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t")
    return cursor.fetchone()[0]
