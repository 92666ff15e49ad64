"""Load one CSV file: staged by COPY, read and checked by sets, merged in one transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

import psycopg
from django.db import DataError, IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.sql import SQL, Composable, Identifier, Literal

from accounts.actions.imports import reading
from accounts.actions.imports.bulk import ROWS as BULK_ROWS
from accounts.actions.imports.bulk import without_indexes
from accounts.actions.imports.careful import find_problems, look_up, named, read, take_the_good
from accounts.actions.imports.files import Sheet, Unreadable, inspect
from accounts.actions.imports.merging import fixed_values, insert, update, values_of
from accounts.actions.imports.reading import raw
from accounts.actions.imports.staging import count_rows, create, settings, table_of
from accounts.queries.imports import Column, Known, Layout, Problem
from crm import audit
from crm.organisation import Organisation
from crm.people import Team, User

EXPRESS_BYTES = 4 << 20
PROBLEMS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """Counts are rows of the file; `beside` counts what else was written, such as families and prices.

    At most 10,000 problems are kept, in the order of the lines; `refused` counts every refused row.
    """

    layout: Layout
    rows: int = 0
    created: int = 0
    updated: int = 0
    refused: int = 0
    problems: tuple[Problem, ...] = ()
    beside: dict[str, int] = field(default_factory=dict)

    @property
    def unchanged(self) -> int:
        return self.rows - self.created - self.updated - self.refused


class RowsRefused(Exception):
    """Some rows cannot be loaded; nothing was. `loaded` says which lines, and why."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__(f"{loaded.refused} of {loaded.rows} rows were refused.")
        self.loaded = loaded


class _NotAllWell(Exception):
    """The express lane met something that the careful lane should look at."""


def load(
    *,
    file: IO[bytes],
    layout: Layout,
    by: User | None,
    at: datetime,
    file_name: str = "",
    owner: User | None = None,
    team: Team | None = None,
    is_rehearsal: bool = False,
    skips_refused: bool = False,
) -> Loaded:
    """Insert what is new and update what changed, found by the key of the layout; all of the file or nothing.

    `file` is binary and seekable. Owner and team go to accounts that the file itself does not give any. With
    `skips_refused` the good rows are loaded although others are not; a rehearsal reports and changes nothing.
    Raises Unreadable for a file that is no table, RowsRefused otherwise.
    """
    sheet = inspect(file, layout)
    wishes = _wishes(layout, owner, team)
    with transaction.atomic(), connection.cursor() as cursor, settings(cursor):
        loaded = _express(cursor, sheet, layout, at) if _suits_express(sheet, layout) else None
        loaded = loaded or _careful(cursor, sheet, layout, at, wishes)
        is_kept = not is_rehearsal and (skips_refused or not loaded.refused)
        if is_kept:
            _record(loaded, file_name, by, at)
        transaction.set_rollback(not is_kept)
    if loaded.refused and not (is_kept or is_rehearsal):
        raise RowsRefused(loaded)
    if is_kept:
        _analyze(layout)
    return loaded


def _wishes(layout: Layout, owner: User | None, team: Team | None) -> dict[str, int]:
    if layout.name != "accounts":
        return {}
    team_id = team.pk if team else (owner.team_id if owner else None)
    wishes = {"owner_id": owner.pk if owner else None, "team_id": team_id}
    return {column: pk for column, pk in wishes.items() if pk is not None}


def _record(loaded: Loaded, file_name: str, by: User | None, at: datetime) -> None:
    audit.record(
        verb="import.loaded",
        subject=Organisation.current(),
        by=by,
        at=at,
        layout=loaded.layout.name,
        file=file_name[:200],
        rows=loaded.rows,
        created=loaded.created,
        updated=loaded.updated,
        refused=loaded.refused,
        beside=loaded.beside,
    )


def _analyze(layout: Layout) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SQL("ANALYZE {}").format(table_of(layout)))


# -- Staging ---------------------------------------------------------------------------------------


def _stage(cursor: CursorWrapper, sheet: Sheet, *, is_express: bool) -> int:
    """The cells in a temporary table; the careful lane numbers the rows. Answers how many there are."""
    columns: list[Composable] = [SQL("{} text").format(Identifier(column.name)) for column in sheet.columns]
    number = [] if is_express else [SQL("row bigint GENERATED ALWAYS AS IDENTITY (CACHE 1000)")]
    create(cursor, "staged", SQL("({})").format(SQL(", ").join(columns + number)))
    names = SQL(", ").join(Identifier(column.name) for column in sheet.columns)
    with cursor.copy(SQL("COPY staged ({}) FROM STDIN (FORMAT csv, HEADER true)").format(names)) as copy:
        for block in sheet.blocks():
            copy.write(block)
    return int(cursor.rowcount)


def _stage_carefully(cursor: CursorWrapper, sheet: Sheet) -> int:
    try:
        with transaction.atomic():
            return _stage(cursor, sheet, is_express=False)
    except psycopg.errors.BadCopyFileFormat as error:
        raise Unreadable("COLUMN_COUNT", line=_line_of(error), expected=len(sheet.columns)) from error


def _line_of(error: psycopg.Error) -> int | None:
    found = re.search(r"[0-9]+", error.diag.context or "")
    return int(found.group()) if found else None


# -- The express lane ------------------------------------------------------------------------------


def _suits_express(sheet: Sheet, layout: Layout) -> bool:
    return sheet.size >= EXPRESS_BYTES and not (layout.rules or layout.before or layout.after or layout.derived)


def _express(cursor: CursorWrapper, sheet: Sheet, layout: Layout, at: datetime) -> Loaded | None:
    """None when not everything is well."""
    try:
        with transaction.atomic():
            return _go_express(cursor, sheet, layout, at)
    except (_NotAllWell, psycopg.DataError, DataError, IntegrityError):
        return None


def _go_express(cursor: CursorWrapper, sheet: Sheet, layout: Layout, at: datetime) -> Loaded:
    rows = _stage(cursor, sheet, is_express=True)
    cursor.execute("ANALYZE staged")
    _see_through(cursor, sheet, layout, at)
    known = count_rows(cursor, layout.model._meta.db_table)
    if known:
        _expect(cursor, layout, rows)
    loaded = _merge(cursor, sheet, layout, at, {}, rows=rows, is_new=not known, is_bulk=rows > max(BULK_ROWS, known))
    if not known and loaded.created != rows:
        raise _NotAllWell
    return loaded


def _see_through(cursor: CursorWrapper, sheet: Sheet, layout: Layout, at: datetime) -> None:
    """A view `incoming` of the staged rows that are well."""
    texts = {column.name: _express_text(column) for column in sheet.columns}
    values = [named(column, _express_value(column, texts[column.name])) for column in sheet.columns]
    givens = [
        SQL("{} AS {}").format(texts[column.name], Identifier(f"given_{column.name}")) for column in sheet.columns
    ]
    joins = [
        reading.join(column, texts[column.name], inner=column.is_required)
        for column in sheet.columns
        if isinstance(column.cell, Known)
    ]
    wells = [well for column in sheet.columns for well in reading.all_well(column, at)]
    cursor.execute(
        SQL("CREATE TEMPORARY VIEW incoming AS SELECT * FROM (SELECT {} FROM staged s {}) r WHERE {}").format(
            SQL(", ").join(values + givens), SQL(" ").join(joins), SQL(" AND ").join(wells)
        )
    )


def _express_text(column: Column) -> Composable:
    """Codes of known rows are compared as they stand; one with blanks around it is left to the careful lane."""
    is_plain = reading.plain_form(column.cell) or isinstance(column.cell, Known)
    return SQL("s.{}").format(Identifier(column.name)) if is_plain else reading.given(column)


def _express_value(column: Column, text: Composable) -> Composable:
    if not reading.plain_form(column.cell):
        return reading.value(column, text)
    return SQL("{}::{}").format(text, reading.value_type(column.cell))


def _expect(cursor: CursorWrapper, layout: Layout, rows: int) -> None:
    key = SQL(", ").join(Identifier(name) for name in layout.key)
    cursor.execute(
        SQL("SELECT coalesce(sum(n), 0), count(*) FROM (SELECT count(*) n FROM incoming GROUP BY {}) k").format(key)
    )
    total, keys = cursor.fetchone()
    if not total == keys == rows:
        raise _NotAllWell


# -- The careful lane ------------------------------------------------------------------------------


def _careful(cursor: CursorWrapper, sheet: Sheet, layout: Layout, at: datetime, wishes: dict[str, int]) -> Loaded:
    _stage_carefully(cursor, sheet)
    cursor.execute("ANALYZE staged")
    read(cursor, sheet.columns, layout)
    look_up(cursor, sheet.columns)
    find_problems(cursor, sheet.columns, layout, at)
    rows = count_rows(cursor, "readable")
    take_the_good(cursor, layout)
    refused = rows - count_rows(cursor, "incoming")
    beside = _run(cursor, layout.before)
    is_bulk = rows - refused > max(BULK_ROWS, count_rows(cursor, layout.model._meta.db_table))
    merged = _merge(cursor, sheet, layout, at, wishes, rows=rows, is_new=False, is_bulk=is_bulk)
    return Loaded(
        layout=layout,
        rows=rows,
        created=merged.created,
        updated=merged.updated,
        refused=refused,
        problems=_problems(cursor, sheet, layout) if refused else (),
        beside=beside | _run(cursor, layout.after),
    )


def _run(cursor: CursorWrapper, steps: Sequence) -> dict[str, int]:
    counts = {}
    for step in steps:
        cursor.execute(raw(step.sql))
        counts[step.name] = cursor.rowcount
    return counts


def _problems(cursor: CursorWrapper, sheet: Sheet, layout: Layout) -> tuple[Problem, ...]:
    cursor.execute(
        SQL("SELECT row + 1 + {}, name, code, figures::text FROM problems p ORDER BY row, name, code LIMIT {}").format(
            _lines_within_cells(sheet), Literal(PROBLEMS_KEPT)
        )
    )
    return tuple(
        Problem(code, line=int(line), column=layout.column(name), figures=json.loads(figures))
        for line, name, code, figures in cursor.fetchall()
    )


def _lines_within_cells(sheet: Sheet) -> Composable:
    """How many line feeds stand in the cells of the rows before the one of `p`."""
    if not sheet.has_quotes:
        return SQL("0")
    cells = SQL(", ").join(SQL("s.{}").format(Identifier(column.name)) for column in sheet.columns)
    feeds = SQL("length(c) - length(replace(c, E'\\n', ''))")
    return SQL("(SELECT coalesce(sum({}), 0)::bigint FROM staged s, concat({}) c WHERE s.row < p.row)").format(
        feeds, cells
    )


# -- The merge -------------------------------------------------------------------------------------


def _merge(
    cursor: CursorWrapper,
    sheet: Sheet,
    layout: Layout,
    at: datetime,
    wishes: dict[str, int],
    *,
    rows: int,
    is_new: bool,
    is_bulk: bool,
) -> Loaded:
    """Bring the rows of `incoming` into the table; with `is_new` none of them is there yet."""
    values = values_of(sheet.columns, layout, at)
    updated = 0 if is_new else update(cursor, layout, values)
    with without_indexes(cursor, layout.model._meta.db_table) if is_bulk else nullcontext():
        created = insert(cursor, layout, {**fixed_values(layout, values, at, wishes), **values}, is_new=is_new)
    return Loaded(layout=layout, rows=rows, created=created, updated=updated)
