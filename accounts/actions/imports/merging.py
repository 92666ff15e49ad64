"""The merge: what is new is inserted, what differs is updated, found by the key of the layout."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.backends.utils import CursorWrapper
from psycopg.sql import SQL, Composable, Identifier, Literal

from accounts.actions.imports import reading
from accounts.actions.imports.reading import raw
from accounts.actions.imports.staging import table_of
from accounts.queries.imports import Column, Layout


def values_of(columns: Sequence[Column], layout: Layout, at: datetime) -> dict[str, Composable]:
    """Stored columns with the SQL of their values over `r`; an empty cell stores the default of the model."""
    values: dict[str, Composable] = {}
    for column in columns:
        if column.target is not None:
            stored = raw(column.stored) if column.stored else SQL("r.{}").format(Identifier(column.name))
            default = reading.fallback(layout.model, column.target, at)
            values[column.target] = (
                stored if default is None else SQL("coalesce({}, {})").format(stored, Literal(default))
            )
    names = {column.name for column in columns}
    derived = [target for target, (source, _) in layout.derived.items() if source in names]
    return values | {target: SQL("r.{}").format(Identifier(target)) for target in derived}


def fixed_values(
    layout: Layout, values: dict[str, Composable], at: datetime, wishes: dict[str, int]
) -> dict[str, Composable]:
    columns = [str(one.column) for one in layout.model._meta.concrete_fields if not one.primary_key]
    absent = [column for column in columns if column not in values]
    defaults: dict[str, object] = {column: reading.fallback(layout.model, column, at) for column in absent}
    return {column: Literal(value) for column, value in {**defaults, **wishes}.items() if value is not None}


def same_key(layout: Layout, values: dict[str, Composable]) -> Composable:
    targets = [layout.column(name).target or name for name in layout.key]
    return SQL(" AND ").join(SQL("t.{} = {}").format(Identifier(target), values[target]) for target in targets)


def update(cursor: CursorWrapper, layout: Layout, values: dict[str, Composable]) -> int:
    keys = {layout.column(name).target for name in layout.key}
    changing = {target: value for target, value in values.items() if target not in keys}
    assignments: list[Composable] = [
        SQL("{} = {}").format(Identifier(target), value) for target, value in changing.items()
    ]
    if any(one.column == "version" for one in layout.model._meta.concrete_fields):
        assignments.append(SQL("version = t.version + 1"))
    now = SQL(", ").join(SQL("t.{}").format(Identifier(target)) for target in changing)
    cursor.execute(
        SQL("UPDATE {} t SET {} FROM incoming r WHERE {} AND ({}) IS DISTINCT FROM ({})").format(
            table_of(layout),
            SQL(", ").join(assignments),
            same_key(layout, values),
            now,
            SQL(", ").join(changing.values()),
        )
    )
    return int(cursor.rowcount)


def insert(cursor: CursorWrapper, layout: Layout, values: dict[str, Composable], *, is_new: bool) -> int:
    unknown = SQL("NOT EXISTS (SELECT FROM {} t WHERE {})").format(table_of(layout), same_key(layout, values))
    cursor.execute(
        SQL("INSERT INTO {} ({}) SELECT {} FROM incoming r WHERE {}").format(
            table_of(layout),
            SQL(", ").join(map(Identifier, values)),
            SQL(", ").join(values.values()),
            SQL("true") if is_new else unknown,
        )
    )
    return int(cursor.rowcount)
