"""Load one CSV file: staged by COPY, read and checked by sets, merged in one transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

import psycopg
from django.db import DataError, IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.sql import SQL, Composable, Identifier, Literal

from accounts.actions.imports import reading
from accounts.actions.imports.bulk import ROWS as BULK_ROWS
from accounts.actions.imports.bulk import without_indexes
from accounts.actions.imports.files import Sheet, Unreadable, inspect
from accounts.actions.imports.reading import raw
from accounts.queries.imports import Column, Known, Layout, Number, Problem
from crm import audit
from crm.organisation import Organisation
from crm.people import Team, User

EXPRESS_BYTES = 4 << 20
PROBLEMS_KEPT = 10_000
MEMORY = {"work_mem": "96MB", "maintenance_work_mem": "192MB", "jit": "off", "datestyle": "ISO, YMD"}


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
    file: BinaryIO,
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
    with transaction.atomic(), connection.cursor() as cursor, _settings(cursor):
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


@contextmanager
def _settings(cursor: CursorWrapper) -> Iterator[None]:
    """More memory for sorting, and the zone in which a time without offset is meant; given back at the end."""
    wanted = {**MEMORY, "timezone": Organisation.current().time_zone}
    cursor.execute(
        "SELECT name, setting || coalesce(unit, '') FROM pg_settings WHERE lower(name) = ANY(%s)", [list(wanted)]
    )
    before = dict(cursor.fetchall())
    _set(cursor, wanted)
    _forget(cursor)
    yield
    if not connection.needs_rollback:
        _forget(cursor)
        _set(cursor, before)


def _set(cursor: CursorWrapper, settings: dict[str, str]) -> None:
    for name, setting in settings.items():
        cursor.execute("SELECT set_config(%s, %s, true)", [name, setting])


def _forget(cursor: CursorWrapper) -> None:
    cursor.execute("DROP VIEW IF EXISTS pg_temp.incoming")
    cursor.execute("DROP TABLE IF EXISTS pg_temp.good, pg_temp.readable, pg_temp.problems, pg_temp.staged")


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
        cursor.execute(SQL("ANALYZE {}").format(_table(layout)))


# -- Staging ---------------------------------------------------------------------------------------


def _stage(cursor: CursorWrapper, sheet: Sheet, *, is_express: bool) -> int:
    """The cells in a temporary table; the careful lane numbers the rows. Answers how many there are."""
    columns: list[Composable] = [SQL("{} text").format(Identifier(column.name)) for column in sheet.columns]
    number = [] if is_express else [SQL("row bigint GENERATED ALWAYS AS IDENTITY (CACHE 1000)")]
    _create(cursor, "staged", SQL("({})").format(SQL(", ").join(columns + number)))
    names = SQL(", ").join(Identifier(column.name) for column in sheet.columns)
    with cursor.copy(SQL("COPY staged ({}) FROM STDIN (FORMAT csv, HEADER true)").format(names)) as copy:
        for block in sheet.blocks():
            copy.write(block)
    return int(cursor.rowcount)


def _create(cursor: CursorWrapper, name: str, body: Composable) -> None:
    cursor.execute(SQL("CREATE TEMPORARY TABLE {} {}").format(Identifier(name), body))


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
    return sheet.size >= EXPRESS_BYTES and not (layout.rules or layout.before or layout.after)


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
    known = _count(cursor, layout.model._meta.db_table)
    if known:
        _expect(cursor, layout, rows)
    loaded = _merge(cursor, sheet, layout, at, {}, rows=rows, is_new=not known, is_bulk=rows > max(BULK_ROWS, known))
    if not known and loaded.created != rows:
        raise _NotAllWell
    return loaded


def _see_through(cursor: CursorWrapper, sheet: Sheet, layout: Layout, at: datetime) -> None:
    """A view `incoming` of the staged rows that are well."""
    texts = {column.name: _express_text(column) for column in sheet.columns}
    values = [_named(column, _express_value(column, texts[column.name])) for column in sheet.columns]
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
    _read(cursor, sheet, layout)
    _find_problems(cursor, layout, at)
    rows = _count(cursor, "readable")
    _take_the_good(cursor, layout)
    refused = rows - _count(cursor, "incoming")
    beside = _run(cursor, layout.before)
    is_bulk = rows - refused > max(BULK_ROWS, _count(cursor, layout.model._meta.db_table))
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


def _read(cursor: CursorWrapper, sheet: Sheet, layout: Layout) -> None:
    """Every column of the layout as value and as text; columns that the file lacks are null. Empty rows drop out."""
    givens = [
        SQL("{} AS {}").format(reading.given(column), Identifier(f"given_{column.name}")) for column in sheet.columns
    ]
    absent = [column for column in layout.columns if column not in sheet.columns]
    values = [_named(column, reading.value(column, _text(column))) for column in sheet.columns]
    blanks = [_named(column, SQL("NULL::{}").format(reading.value_type(column.cell))) for column in absent]
    blanks += [SQL("NULL::text AS {}").format(Identifier(f"given_{column.name}")) for column in absent]
    joins = [reading.join(column, _text(column)) for column in sheet.columns if isinstance(column.cell, Known)]
    anything = SQL("num_nonnulls({}) > 0").format(SQL(", ").join(_text(column) for column in sheet.columns))
    cursor.execute("ANALYZE staged")
    _create(
        cursor,
        "readable",
        SQL("AS SELECT g.*, {} FROM (SELECT s.row, {} FROM staged s) g {} WHERE {}").format(
            SQL(", ").join(values + blanks), SQL(", ").join(givens), SQL(" ").join(joins), anything
        ),
    )


def _text(column: Column) -> Composable:
    return SQL("g.{}").format(Identifier(f"given_{column.name}"))


def _named(column: Column, value: Composable) -> Composable:
    return SQL("{} AS {}").format(value, Identifier(column.name))


def _find_problems(cursor: CursorWrapper, layout: Layout, at: datetime) -> None:
    _create(cursor, "problems", SQL("(row bigint, name text, code text, figures jsonb)"))
    for column in layout.columns:
        for code, wrong, figures in reading.checks(column, at):
            _note(cursor, column.name, code, wrong, figures)
    key = SQL(", ").join(SQL("r.{}").format(Identifier(name)) for name in layout.key)
    twice = SQL("count(*) OVER (PARTITION BY {0}) > 1 AND num_nulls({0}) = 0").format(key)
    _note(cursor, layout.key[-1], "DUPLICATE", twice, reading.figures_of(layout.column(layout.key[-1])))
    for rule in layout.rules:
        _note(cursor, rule.column, rule.code, raw(rule.broken), reading.figures_of(layout.column(rule.column)))


def _note(cursor: CursorWrapper, name: str, code: str, wrong: Composable, figures: Composable) -> None:
    cursor.execute(
        SQL(
            "INSERT INTO problems SELECT row, {}, {}, figures FROM"
            " (SELECT r.row, {} AS figures, {} AS is_wrong FROM readable r) c WHERE is_wrong"
        ).format(Literal(name), Literal(code), figures, wrong)
    )


def _take_the_good(cursor: CursorWrapper, layout: Layout) -> None:
    columns = [_named(column, _cast(column)) for column in layout.columns]
    _create(
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
    values = _values(sheet, layout, at)
    updated = 0 if is_new else _update(cursor, layout, values)
    with without_indexes(cursor, layout.model._meta.db_table) if is_bulk else nullcontext():
        created = _insert(cursor, layout, {**_fixed(layout, values, at, wishes), **values}, is_new=is_new)
    return Loaded(layout=layout, rows=rows, created=created, updated=updated)


def _values(sheet: Sheet, layout: Layout, at: datetime) -> dict[str, Composable]:
    """Stored columns with the SQL of their values; an empty cell stores the default of the model."""
    values: dict[str, Composable] = {}
    for column in sheet.columns:
        if column.target is not None:
            stored = raw(column.stored) if column.stored else SQL("r.{}").format(Identifier(column.name))
            default = reading.fallback(layout.model, column.target, at)
            values[column.target] = (
                stored if default is None else SQL("coalesce({}, {})").format(stored, Literal(default))
            )
    names = {column.name for column in sheet.columns}
    values.update({target: raw(sql) for target, (source, sql) in layout.derived.items() if source in names})
    return values


def _fixed(
    layout: Layout, values: dict[str, Composable], at: datetime, wishes: dict[str, int]
) -> dict[str, Composable]:
    columns = [str(one.column) for one in layout.model._meta.concrete_fields if not one.primary_key]
    absent = [column for column in columns if column not in values]
    defaults: dict[str, object] = {column: reading.fallback(layout.model, column, at) for column in absent}
    return {column: Literal(value) for column, value in {**defaults, **wishes}.items() if value is not None}


def _key(layout: Layout, values: dict[str, Composable]) -> Composable:
    targets = [layout.column(name).target or name for name in layout.key]
    return SQL(" AND ").join(SQL("t.{} = {}").format(Identifier(target), values[target]) for target in targets)


def _update(cursor: CursorWrapper, layout: Layout, values: dict[str, Composable]) -> int:
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
            _table(layout), SQL(", ").join(assignments), _key(layout, values), now, SQL(", ").join(changing.values())
        )
    )
    return int(cursor.rowcount)


def _insert(cursor: CursorWrapper, layout: Layout, values: dict[str, Composable], *, is_new: bool) -> int:
    unknown = SQL("NOT EXISTS (SELECT FROM {} t WHERE {})").format(_table(layout), _key(layout, values))
    cursor.execute(
        SQL("INSERT INTO {} ({}) SELECT {} FROM incoming r WHERE {}").format(
            _table(layout),
            SQL(", ").join(map(Identifier, values)),
            SQL(", ").join(values.values()),
            SQL("true") if is_new else unknown,
        )
    )
    return int(cursor.rowcount)


def _table(layout: Layout) -> Identifier:
    return Identifier(layout.model._meta.db_table)


def _count(cursor: CursorWrapper, table: str) -> int:
    cursor.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table)))
    return int(cursor.fetchone()[0])
