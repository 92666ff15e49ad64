"""One look at an uploaded file, and its import: staged, read, checked and merged in one transaction.

The import is one transaction, so it is there whole or not at all: a worker that is killed leaves nothing behind, and the
outbox begins anew. What the check read of a large file is kept for it; whatever looks at what we have is asked anew. How far it is stands in the batch, written beside by a connection of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.sql import SQL, Composable, Identifier, Literal

from accounts.actions.imports import kept, ledger
from accounts.actions.imports.careful import Make, find_problems, look_up, read, take_the_good
from accounts.actions.imports.cut import Cut
from accounts.actions.imports.ledger import Part, Values
from accounts.actions.imports.merging import fixed_values, same_key, values_of
from accounts.actions.imports.seeking import seek, tell_several
from accounts.actions.imports.staging import count_rows, create, settings, table_of
from accounts.models import Account, Case, ImportBatch, ImportProblem
from accounts.queries.import_guard import MOST
from accounts.queries.imports import Known, Layout, Rule
from crm.organisation import Organisation

PROBLEMS_KEPT = 10_000
CELL_KEPT = 300
SLICE = 50_000
GLIMPSE = 50
WORDS_LATER = 20_000
EXTRAS = ("faults", "custom")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person chose: `existing` is overwrite, fill or skip; `doubles` is new or skip, apart from `accepted` rows;
    `sight` is SQL over a customer `a` that may be named."""

    existing: str = "overwrite"
    doubles: str = "new"
    accepted: tuple[int, ...] = ()
    owner_and_team: tuple[tuple[str, int], ...] = ()
    rules: tuple[Rule, ...] = ()
    sight: str = "true"


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of rows; `doubles` of those that look like a customer we have, `left_out` of those skipped for it."""

    rows: int
    created: int
    updated: int
    refused: int
    doubles: int
    left_out: int

    @property
    def unchanged(self) -> int:
        return self.rows - self.created - self.updated - self.refused - self.left_out

    def figures(self) -> dict[str, Any]:
        return {**asdict(self), "unchanged": self.unchanged}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a check tells: the counts, customers that the file speaks of and we have (one more than are looked at), and
    how many of them get an open complaint by it."""

    tally: Tally
    customers: tuple[int, ...]
    complaining: int


def look(*, batch: ImportBatch, cut: Cut, wish: Wish, at: datetime, is_kept: bool) -> Outlook:
    """What the import would do; nothing is changed but the problems of the batch. What was read may be kept for it."""
    with transaction.atomic(), connection.cursor() as cursor, settings(cursor):
        kept.drop(cursor, batch.pk)
        _read(cursor, batch, cut, is_kept=is_kept)
        layout = _prepare(cursor, cut, wish, at)
        tally = _foresee(cursor, cut, layout, wish, at)
        _write_problems(cursor, batch, cut)
        _write_glimpses(cursor, batch, cut, tally, layout, _values(cut, layout, at), wish)
        return Outlook(tally, _spoken_of(cursor, cut, layout, at), _complaining(cursor, cut, layout, at))


def merge(*, batch: ImportBatch, cut: Cut, wish: Wish, at: datetime, with_refused: bool) -> Tally:
    """The import, in the caller's transaction. Unless `with_refused`, a refused row keeps all from going in; the answer
    then counts them and nothing was merged."""
    with connection.cursor() as cursor, settings(cursor):
        if not kept.found(cursor, batch.pk, _fingerprint(cut)):
            _read(cursor, batch, cut, is_kept=False)
        layout = _prepare(cursor, cut, wish, at)
        tally = _foresee(cursor, cut, layout, wish, at)
        _write_problems(cursor, batch, cut)
        if tally.refused and not with_refused:
            return tally
        values = _values(cut, layout, at)
        changed = _changed(values, cut, layout, wish)
        if changed:
            ledger.find_changing(cursor, layout, values, changed)
        inserted = {**fixed_values(layout, values, at, dict(wish.owner_and_team)), **values}
        ledger.find_fresh(cursor, layout, values)
        with progress(batch) as done, _words_later(cursor, tally.created >= WORDS_LATER):
            for part in _parts(cursor):
                if changed:
                    ledger.change(cursor, batch, layout, changed, part)
                ledger.make(cursor, batch, layout, inserted, part)
                done(part.last)
        kept.drop(cursor, batch.pk)
    return tally


@contextmanager
def _words_later(cursor: CursorWrapper, is_large: bool) -> Iterator[None]:
    """The words of many new customers are left to a task, so that lists have them long before the search does."""
    cursor.execute("SELECT set_config('sodate.words', %s, true)", ["later" if is_large else ""])
    yield
    cursor.execute("SELECT set_config('sodate.words', '', true)")


# -- Reading and checking --------------------------------------------------------------------------


def _prepare(cursor: CursorWrapper, cut: Cut, wish: Wish, at: datetime) -> Layout:
    layout = replace(cut.layout, rules=cut.layout.rules + wish.rules)
    look_up(cursor, cut.columns)
    sought = [column for column in cut.columns if isinstance(column.cell, Known) and column.cell.is_sought]
    for column in sought:
        seek(cursor, column, wish.sight)
    find_problems(cursor, cut.columns, layout, at)
    for column in sought:
        tell_several(cursor, column)
    cursor.execute(
        "INSERT INTO problems SELECT r.row, f ->> 'name', f ->> 'code', f -> 'figures'"
        " FROM readable r, jsonb_array_elements(r.faults) f"
    )
    take_the_good(cursor, layout, extras=("custom",))
    _find_doubles(cursor, layout)
    return layout


def _read(cursor: CursorWrapper, batch: ImportBatch, cut: Cut, *, is_kept: bool) -> None:
    """`staged` and `cells` out of the file; kept, where the import will come back to them."""
    make: Make = partial(kept.create, batch_id=batch.pk) if is_kept else create
    staged = Identifier(kept.table(batch.pk, "staged") if is_kept else "staged")
    cells = [SQL("{} text").format(Identifier(target)) for target in cut.targets]
    make(cursor, "staged", SQL("(row bigint, faults jsonb, custom jsonb, {})").format(SQL(", ").join(cells)))
    with cursor.copy(SQL("COPY {} FROM STDIN (FORMAT csv)").format(staged)) as copy:
        for block in cut.blocks():
            copy.write(block)
    cursor.execute(SQL("ANALYZE {}").format(staged))
    read(cursor, cut.columns, cut.layout, extras=EXTRAS, make=make)
    if is_kept:
        kept.sign(cursor, batch.pk, _fingerprint(cut))


def _fingerprint(cut: Cut) -> str:
    return f"{cut.fingerprint} {Organisation.current().time_zone}"


def _find_doubles(cursor: CursorWrapper, layout: Layout) -> None:
    """New customers with the name of one we have, however it is spelled."""
    create(cursor, "doubles", SQL("(row bigint PRIMARY KEY, account_id bigint)"))
    if layout.name == "accounts":
        cursor.execute(
            "INSERT INTO doubles SELECT DISTINCT ON (r.row) r.row, a.id FROM good r"
            " JOIN accounts_account a ON a.matching_key = r.matching_key AND a.merged_into_id IS NULL"
            " WHERE NOT EXISTS (SELECT FROM accounts_account k WHERE k.external_id = r.external_id) ORDER BY r.row, a.id"
        )


def _foresee(cursor: CursorWrapper, cut: Cut, layout: Layout, wish: Wish, at: datetime) -> Tally:
    """Counts, and takes what is to be left out from the good rows."""
    rows, good = count_rows(cursor, "readable"), count_rows(cursor, "good")
    left_out = 0
    if wish.doubles == "skip":
        cursor.execute(
            "DELETE FROM good g USING doubles d WHERE d.row = g.row AND g.row <> ALL(%s)", [list(wish.accepted)]
        )
        left_out = cursor.rowcount
    values = _values(cut, layout, at)
    differs = _differs(_changed(values, cut, layout, wish))
    cursor.execute(
        SQL(
            "SELECT count(*) FILTER (WHERE t.id IS NULL), count(*) FILTER (WHERE t.id IS NOT NULL AND {})"
            " FROM good r LEFT JOIN {} t ON {}"
        ).format(differs, table_of(layout), same_key(layout, values))
    )
    created, updated = cursor.fetchone()
    return Tally(rows, created, updated, rows - good, count_rows(cursor, "doubles"), left_out)


def _differs(changed: Values) -> Composable:
    """Whether the row `t` is not as the file has it."""
    if not changed:
        return SQL("false")
    now = SQL(", ").join(SQL("t.{}").format(Identifier(target)) for target in changed)
    return SQL("({}) IS DISTINCT FROM ({})").format(now, SQL(", ").join(changed.values()))


def _write_problems(cursor: CursorWrapper, batch: ImportBatch, cut: Cut) -> None:
    """The first 10,000 in place of those that were found before."""
    ImportProblem.objects.filter(batch=batch).delete()
    found = SQL(
        "SELECT * FROM problems UNION ALL"
        " SELECT row, 'name', 'DOUBLE', jsonb_build_object('account', account_id) FROM doubles"
        " ORDER BY 1, 2, 3 LIMIT {}"
    )
    _keep(cursor, batch, cut, found.format(Literal(PROBLEMS_KEPT)))


def _write_glimpses(
    cursor: CursorWrapper, batch: ImportBatch, cut: Cut, tally: Tally, layout: Layout, values: Values, wish: Wish
) -> None:
    """Some rows of each kind that is in order, and which of their cells would change something."""
    changed = _changed(values, cut, layout, wish)
    kinds = {
        "created": SQL("t.id IS NULL"),
        "updated": SQL("t.id IS NOT NULL AND {}").format(_differs(changed)),
        "unchanged": SQL("t.id IS NOT NULL AND NOT {}").format(_differs(changed)),
    }
    some = SQL(
        "(SELECT r.row, '' AS name, {} AS code, jsonb_build_object('changed', {}) AS figures"
        " FROM good r LEFT JOIN {} t ON {} WHERE {} LIMIT {})"
    )
    parts = [
        some.format(
            Literal(ImportProblem.GLIMPSES[kind]),
            _changing_columns(layout, changed) if kind == "updated" else SQL("'[]'::jsonb"),
            table_of(layout),
            same_key(layout, values),
            condition,
            Literal(GLIMPSE),
        )
        for kind, condition in kinds.items()
        if getattr(tally, kind)
    ]
    if parts:
        _keep(cursor, batch, cut, SQL(" UNION ALL ").join(parts))


def _changing_columns(layout: Layout, changed: Values) -> Composable:
    names = {column.target: column.name for column in layout.columns}
    ones = [
        SQL("CASE WHEN t.{} IS DISTINCT FROM {} THEN {} END").format(Identifier(target), sql, Literal(names[target]))
        for target, sql in changed.items()
        if target in names
    ]
    return SQL("to_jsonb(array_remove(ARRAY[{}]::text[], NULL))").format(SQL(", ").join(ones))


def _keep(cursor: CursorWrapper, batch: ImportBatch, cut: Cut, rows: Composable) -> None:
    """Problems or glimpses, with the cells of their rows."""
    pairs = [
        SQL("{}, left(s.{}, {})").format(Literal(target), Identifier(target), Literal(CELL_KEPT))
        for target in cut.targets
    ]
    cells = SQL(" || ").join(
        SQL("jsonb_build_object({})").format(SQL(", ").join(pairs[at : at + 40])) for at in range(0, len(pairs), 40)
    )
    cursor.execute(
        SQL(
            'INSERT INTO accounts_importproblem (batch_id, line, "column", code, figures, cells)'
            " SELECT {}, p.row, p.name, p.code, p.figures, {} FROM ({}) p JOIN staged s ON s.row = p.row"
        ).format(Literal(batch.pk), cells, rows)
    )


def _spoken_of(cursor: CursorWrapper, cut: Cut, layout: Layout, at: datetime) -> tuple[int, ...]:
    """Customers of good rows: the row itself, or the one that it hangs on."""
    if layout.model is Account:
        source: Composable = SQL("SELECT t.id FROM good r JOIN {} t ON {}").format(
            table_of(layout), same_key(layout, _values(cut, layout, at))
        )
    elif "account" in cut.targets:
        source = SQL("SELECT DISTINCT r.account FROM good r WHERE r.account IS NOT NULL")
    else:
        return ()
    cursor.execute(SQL("{} LIMIT {}").format(source, Literal(MOST + 1)))
    return tuple(pk for (pk,) in cursor.fetchall())


def _complaining(cursor: CursorWrapper, cut: Cut, layout: Layout, at: datetime) -> int:
    """Customers of whom the file brings a complaint that is open, and was not with us."""
    if layout.model is not Case:
        return 0
    solved = SQL("r.solved_at IS NULL") if "solved_at" in cut.targets else SQL("true")
    cursor.execute(
        SQL(
            "SELECT count(DISTINCT r.account) FROM good r LEFT JOIN {} t ON {}"
            " WHERE r.kind = 'complaint' AND {} AND (t.id IS NULL OR t.solved_at IS NOT NULL)"
        ).format(table_of(layout), same_key(layout, _values(cut, layout, at)), solved)
    )
    return int(cursor.fetchone()[0])


# -- Values ----------------------------------------------------------------------------------------


def _values(cut: Cut, layout: Layout, at: datetime) -> Values:
    values = values_of(cut.columns, layout, at)
    if cut.custom_keys:
        values["custom"] = SQL("coalesce(r.custom, '{}'::jsonb)")
    return values


def _changed(values: Values, cut: Cut, layout: Layout, wish: Wish) -> Values:
    """What an existing row is given: all that differs, only what it lacks, or nothing."""
    keys = {layout.column(name).target for name in layout.key}
    changing = {target: sql for target, sql in values.items() if target not in keys}
    if wish.existing == "skip":
        return {}
    if wish.existing == "fill":
        return {
            target: _filled(layout, target, sql) for target, sql in changing.items() if target not in layout.derived
        }
    if "custom" in changing:
        changing["custom"] = SQL("(t.custom - {}::text[]) || {}").format(Literal(cut.custom_keys), changing["custom"])
    return changing


def _filled(layout: Layout, target: str, sql: Composable) -> Composable:
    if target == "custom":
        return SQL("{} || t.custom").format(sql)
    one = next(one for one in layout.model._meta.concrete_fields if one.column == target)
    empty = SQL("nullif(t.{}, '')") if one.empty_strings_allowed and not one.is_relation else SQL("t.{}")
    return SQL("coalesce({}, {})").format(empty.format(Identifier(target)), sql)


# -- Step by step ----------------------------------------------------------------------------------


def _parts(cursor: CursorWrapper) -> Iterator[Part]:
    cursor.execute("CREATE INDEX ON good (row)")
    cursor.execute("SELECT min(row), max(row) FROM good")
    first, last = cursor.fetchone()
    for start in range(first or 0, (last or -1) + 1, SLICE):
        yield Part(start, start + SLICE - 1)


@contextmanager
def progress(batch: ImportBatch) -> Iterator[Any]:
    """Writes `rows_done` beside the transaction, for those who watch. It holds nothing that the transaction waits for."""
    aside = connection.copy()

    def done(row: int) -> None:
        with aside.cursor() as cursor:
            cursor.execute("UPDATE accounts_importbatch SET rows_done = %s WHERE id = %s", [row, batch.pk])

    try:
        yield done
    finally:
        aside.close()
