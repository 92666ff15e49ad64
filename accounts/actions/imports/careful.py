"""The careful lane: every staged cell is read, and each that is wrong is noted with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.backends.utils import CursorWrapper
from psycopg.sql import SQL, Composable, Identifier, Literal

from accounts.actions.imports import reading
from accounts.actions.imports.reading import raw
from accounts.actions.imports.staging import create
from accounts.queries.imports import Column, Known, Layout, Number

Make = Callable[[CursorWrapper, str, Composable], None]


def read(
    cursor: CursorWrapper,
    columns: Sequence[Column],
    layout: Layout,
    *,
    extras: Sequence[str] = (),
    make: Make = create,
) -> None:
    """`cells`: every column of the layout as value and as text; columns that the file lacks are null. Empty rows drop out.

    What is named in other tables is not looked up here: that is the only thing which may be another answer later.
    `extras` are columns of the staged rows that come along as they are.
    """
    givens = [SQL("{} AS {}").format(reading.given(column), Identifier(f"given_{column.name}")) for column in columns]
    absent = [column for column in layout.columns if column not in columns]
    values = [named(column, reading.value(column, _text(column))) for column in columns if not _is_known(column)]
    blanks = [named(column, SQL("NULL::{}").format(reading.value_type(column.cell))) for column in absent]
    blanks += [SQL("NULL::text AS {}").format(Identifier(f"given_{column.name}")) for column in absent]
    derived = [
        SQL("{} AS {}").format(
            raw(sql) if source in {column.name for column in columns} else SQL("NULL::text"), Identifier(target)
        )
        for target, (source, sql) in layout.derived.items()
    ]
    anything = SQL("num_nonnulls({}) > 0").format(SQL(", ").join(_text(column) for column in columns))
    along: list[Composable] = [SQL("s.{}").format(Identifier(name)) for name in ["row", *extras]]
    make(
        cursor,
        "cells",
        SQL("AS SELECT {} FROM (SELECT g.*{} FROM (SELECT {} FROM staged s) g WHERE {}) r").format(
            SQL(", ").join([SQL("r.*"), *derived]),
            SQL("").join(SQL(", {}").format(one) for one in values + blanks),
            SQL(", ").join(along + givens),
            anything,
        ),
    )


def look_up(cursor: CursorWrapper, columns: Sequence[Column]) -> None:
    """`readable`: the cells with what they name in other tables, as it is now."""
    known = [column for column in columns if _is_known(column)]
    values = [SQL(", {}").format(named(column, reading.value(column, _text(column)))) for column in known]
    joins = [reading.join(column, _text(column)) for column in known]
    cursor.execute(
        SQL("CREATE TEMPORARY {} readable AS SELECT g.*{} FROM cells g {}").format(
            SQL("TABLE" if known else "VIEW"), SQL("").join(values), SQL(" ").join(joins)
        )
    )


def _is_known(column: Column) -> bool:
    return isinstance(column.cell, Known)


def _text(column: Column) -> Composable:
    return SQL("g.{}").format(Identifier(f"given_{column.name}"))


def named(column: Column, value: Composable) -> Composable:
    return SQL("{} AS {}").format(value, Identifier(column.name))


def find_problems(cursor: CursorWrapper, columns: Sequence[Column], layout: Layout, at: datetime) -> None:
    """One look at all rows for the few in which any cell is wrong, and at those for what it is."""
    create(cursor, "problems", SQL("(row bigint, name text, code text, figures jsonb)"))
    checks = [(column.name, *check) for column in columns for check in reading.checks(column, at)]
    anything = SQL(" OR ").join(SQL("coalesce({}, false)").format(wrong) for _name, _code, wrong, _figures in checks)
    create(cursor, "suspects", SQL("AS SELECT r.* FROM readable r WHERE {}").format(anything))
    for name, code, wrong, figures in checks:
        note(cursor, name, code, wrong, figures, among="suspects")
    key = SQL(", ").join(SQL("r.{}").format(Identifier(name)) for name in layout.key)
    twice = SQL("count(*) OVER (PARTITION BY {0}) > 1 AND num_nulls({0}) = 0").format(key)
    note(cursor, layout.key[-1], "DUPLICATE", twice, reading.figures_of(layout.column(layout.key[-1])))
    for rule in layout.rules:
        note(cursor, rule.column, rule.code, raw(rule.broken), reading.figures_of(layout.column(rule.column)))


def note(
    cursor: CursorWrapper, name: str, code: str, wrong: Composable, figures: Composable, *, among: str = "readable"
) -> None:
    cursor.execute(
        SQL(
            "INSERT INTO problems SELECT row, {}, {}, figures FROM"
            " (SELECT r.row, {} AS figures, {} AS is_wrong FROM {} r) c WHERE is_wrong"
        ).format(Literal(name), Literal(code), figures, wrong, Identifier(among))
    )


def take_the_good(cursor: CursorWrapper, layout: Layout, *, extras: Sequence[str] = ()) -> None:
    """The rows without a problem, with what is derived from their values."""
    columns: list[Composable] = [named(column, _cast(column)) for column in layout.columns]
    columns += [SQL("r.{}").format(Identifier(target)) for target in layout.derived]
    columns += [SQL("r.{}").format(Identifier(name)) for name in extras]
    create(
        cursor,
        "good",
        SQL("AS SELECT r.row, {} FROM readable r WHERE NOT EXISTS (SELECT FROM problems p WHERE p.row = r.row)").format(
            SQL(", ").join(columns)
        ),
    )
    cursor.execute("ANALYZE good")
    cursor.execute("CREATE TEMPORARY VIEW incoming AS SELECT * FROM good")


def _cast(column: Column) -> Composable:
    name = SQL("r.{}").format(Identifier(column.name))
    return SQL("{}::integer").format(name) if isinstance(column.cell, Number) and not column.cell.places else name
