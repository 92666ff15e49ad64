"""Loading many rows into tables that had none: without indexes and foreign keys, which are built once at the end.

An index that is kept up to date row by row costs more than the row; built in one go it costs a sort. A foreign key
is checked by one join instead of one look-up a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, models

BUILDING_MEMORY = "512MB"

KEYS = """
    SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid)
    FROM pg_constraint c WHERE c.contype IN ('u', 'f') AND c.conrelid = ANY(%s::regclass[])
    ORDER BY c.contype DESC, c.conrelid, c.conname"""
"""Unique constraints first: a foreign key may lean on one."""

INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index i WHERE NOT i.indisprimary AND i.indrelid = ANY(%s::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.contype = 'u' AND c.conindid = i.indexrelid)
    ORDER BY 1"""


@dataclass(frozen=True, slots=True)
class Statements:
    drop: list[str]
    build: list[str]


@contextmanager
def without_indexes(tables: Sequence[type[models.Model]]) -> Iterator[None]:
    """Inside a transaction that holds the tables alone; primary keys stay."""
    plan = statements(tables)
    with connection.cursor() as cursor:
        for statement in plan.drop:
            cursor.execute(statement)
        yield
        cursor.execute("SELECT set_config('maintenance_work_mem', %s, true)", [BUILDING_MEMORY])
        for statement in plan.build:
            cursor.execute(statement)


def statements(tables: Sequence[type[models.Model]]) -> Statements:
    names = [[connection.ops.quote_name(table._meta.db_table) for table in tables]]
    with connection.cursor() as cursor:
        keys = cursor.execute(KEYS, names).fetchall()
        indexes = cursor.execute(INDEXES, names).fetchall()
    return Statements(
        drop=[f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _ in reversed(keys)]
        + [f"DROP INDEX {name}" for name, _ in indexes],
        build=[definition for _, definition in indexes]
        + [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for table, name, definition in keys],
    )
