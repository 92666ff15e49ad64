"""What a load works in: temporary tables that end with its transaction, and the settings of the session meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg.sql import SQL, Composable, Identifier

from accounts.queries.imports import Layout
from crm.organisation import Organisation

WANTED = {
    "work_mem": "96MB",
    "maintenance_work_mem": "192MB",
    "jit": "off",
    "datestyle": "ISO, YMD",
    # A glance at 6,000 rows tells the planner enough of a table that is read three times.
    "default_statistics_target": "20",
    # Several processes read the cells: it is the reading that costs, not the handing over of rows.
    "max_parallel_workers_per_gather": "2",
    "parallel_tuple_cost": "0",
    "gin_pending_list_limit": "4MB",
}


@contextmanager
def settings(cursor: CursorWrapper) -> Iterator[None]:
    """More memory for sorting, and the zone in which a time without offset is meant; given back at the end."""
    wanted = {**WANTED, "timezone": Organisation.current().time_zone}
    cursor.execute(
        "SELECT name, setting || coalesce(unit, '') FROM pg_settings WHERE lower(name) = ANY(%s)", [list(wanted)]
    )
    before = dict(cursor.fetchall())
    _set(cursor, wanted)
    forget(cursor)
    yield
    if not connection.needs_rollback:
        forget(cursor)
        _set(cursor, before)


def _set(cursor: CursorWrapper, settings: dict[str, str]) -> None:
    for name, setting in settings.items():
        cursor.execute("SELECT set_config(%s, %s, true)", [name, setting])


def forget(cursor: CursorWrapper) -> None:
    cursor.execute("DISCARD TEMPORARY")


def create(cursor: CursorWrapper, name: str, body: Composable) -> None:
    cursor.execute(SQL("CREATE TEMPORARY TABLE {} {}").format(Identifier(name), body))


def table_of(layout: Layout) -> Identifier:
    return Identifier(layout.model._meta.db_table)


def count_rows(cursor: CursorWrapper, table: str) -> int:
    cursor.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table)))
    return int(cursor.fetchone()[0])
