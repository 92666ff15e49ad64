"""Which rows an import made and changed, written by sets within the merge, and the way back.

A change knows what it replaced (`before`, null for a row that it made) and what it left (`after`); a row that is not as
the import left it was edited by somebody since and stays as it is. Where a row counts its versions, the count tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper
from django.db.models import ForeignObjectRel
from pghistory.models import Event
from psycopg.sql import SQL, Composable, Identifier, Literal

from accounts.actions.imports import history
from accounts.actions.imports.merging import same_key
from accounts.actions.imports.staging import create, table_of
from accounts.models import ImportBatch
from accounts.queries.imports import Layout
from crm import slots

Values = dict[str, Composable]
DELETED_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of the file from one number to another."""

    first: int
    last: int

    def of(self, alias: str) -> Composable:
        return SQL("{}.row BETWEEN {} AND {}").format(Identifier(alias), Literal(self.first), Literal(self.last))


def _has_version(layout: Layout) -> bool:
    return any(one.column == "version" for one in layout.model._meta.concrete_fields)


def _as_json(columns: Values) -> Composable:
    """What stands in these columns of `t`."""
    pairs = [SQL("{}, t.{}").format(Literal(column), Identifier(column)) for column in columns]
    return SQL("jsonb_build_object({})").format(SQL(", ").join(pairs))


# -- Writing ---------------------------------------------------------------------------------------


def find_changing(cursor: CursorWrapper, layout: Layout, values: Values, changed: Values) -> int:
    """Fills the table `changing`: which row of the file changes which of ours, and what stands there; those are held."""
    now = SQL(", ").join(SQL("t.{}").format(Identifier(target)) for target in changed)
    create(
        cursor,
        "changing",
        SQL(
            "AS SELECT r.row, t.id, {} AS before FROM incoming r JOIN {} t ON {} WHERE ({}) IS DISTINCT FROM ({})"
            " FOR UPDATE OF t"
        ).format(_as_json(changed), table_of(layout), same_key(layout, values), now, SQL(", ").join(changed.values())),
    )
    cursor.execute("ANALYZE changing")
    return int(cursor.rowcount) if cursor.rowcount > 0 else _count_changing(cursor)


def _count_changing(cursor: CursorWrapper) -> int:
    cursor.execute("SELECT count(*) FROM changing")
    return int(cursor.fetchone()[0])


def change(cursor: CursorWrapper, batch: ImportBatch, layout: Layout, changed: Values, part: Part) -> None:
    """Updates a part of `changing` and writes down both sides of what differs."""
    assignments: list[Composable] = [SQL("{} = {}").format(Identifier(column), sql) for column, sql in changed.items()]
    version: Composable = SQL("'{}'::jsonb")
    if _has_version(layout):
        assignments.append(SQL("version = t.version + 1"))
        version = SQL("jsonb_build_object('version', t.version)")
    cursor.execute(
        SQL("UPDATE {} t SET {} FROM changing c JOIN incoming r ON r.row = c.row WHERE t.id = c.id AND {}").format(
            table_of(layout), SQL(", ").join(assignments), part.of("c")
        )
    )
    cursor.execute(
        SQL(
            'INSERT INTO accounts_importchange (batch_id, "table", row_id, before, after)'
            " SELECT {}, {}, t.id, d.before, d.after || {} FROM changing c JOIN {} t ON t.id = c.id,"
            " LATERAL (SELECT {} AS now) n,"
            " LATERAL (SELECT jsonb_object_agg(b.key, b.value) AS before, jsonb_object_agg(b.key, n.now -> b.key) AS after"
            " FROM jsonb_each(c.before) b WHERE b.value IS DISTINCT FROM n.now -> b.key) d WHERE {}"
        ).format(
            Literal(batch.pk),
            Literal(layout.model._meta.db_table),
            version,
            table_of(layout),
            _as_json(changed),
            part.of("c"),
        )
    )


def find_fresh(cursor: CursorWrapper, layout: Layout, values: Values) -> None:
    """Fills the table `fresh`: rows of the file that nobody has yet. Once, before any is in: a table that was empty when
    PostgreSQL last looked is read through for every single row, which costs nothing only while it is empty."""
    unknown = SQL("NOT EXISTS (SELECT FROM {} t WHERE {})").format(table_of(layout), same_key(layout, values))
    create(cursor, "fresh", SQL("AS SELECT r.row FROM incoming r WHERE {}").format(unknown))
    cursor.execute("CREATE INDEX ON fresh (row)")
    cursor.execute("ANALYZE fresh")


def make(cursor: CursorWrapper, batch: ImportBatch, layout: Layout, inserted: Values, part: Part) -> int:
    """Inserts the fresh rows of a part, and writes down that they were made."""
    after = SQL("jsonb_build_object('version', t.version)") if _has_version(layout) else SQL("to_jsonb(t)")
    cursor.execute(
        SQL(
            "WITH made AS (INSERT INTO {} AS t ({}) SELECT {} FROM incoming r JOIN fresh USING (row) WHERE {} RETURNING t.id, {} AS after)"
            ' INSERT INTO accounts_importchange (batch_id, "table", row_id, before, after)'
            " SELECT {}, {}, id, NULL, after FROM made"
        ).format(
            table_of(layout),
            SQL(", ").join(map(Identifier, inserted)),
            SQL(", ").join(inserted.values()),
            part.of("r"),
            after,
            Literal(batch.pk),
            Literal(layout.model._meta.db_table),
        )
    )
    return int(cursor.rowcount)


# -- Taking back -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Counts of rows: `edited` and `in_use` were left as they are, `gone` is not there any more."""

    removed: int
    restored: int
    edited: int
    in_use: int
    gone: int


def take_back(
    cursor: CursorWrapper, batch: ImportBatch, layout: Layout, *, kept_at_most: int, done: Callable[[int], None]
) -> TakenBack:
    """In the caller's transaction; what stays is written down as problems of the batch. `done` is told how far it is."""
    _find_undoing(cursor, batch, layout)
    for table, column in _whatever_hangs_on(layout):
        cursor.execute(
            SQL(
                "UPDATE undoing u SET fate = 'in_use' WHERE fate = 'removed'"
                " AND EXISTS (SELECT FROM {} h WHERE h.{} = u.row_id)"
            ).format(Identifier(table), Identifier(column))
        )
    _report(cursor, batch, kept_at_most)
    _restore(cursor, batch, layout)
    _remove(cursor, layout, done)
    cursor.execute("SELECT fate, count(*) FROM undoing GROUP BY fate")
    return TakenBack(**{"removed": 0, "restored": 0, "edited": 0, "in_use": 0, "gone": 0, **dict(cursor.fetchall())})


def _find_undoing(cursor: CursorWrapper, batch: ImportBatch, layout: Layout) -> None:
    table = layout.model._meta.db_table
    of_batch = SQL('c.batch_id = {} AND c."table" = {}').format(Literal(batch.pk), Literal(table))
    cursor.execute(
        SQL(
            "SELECT count(*) FROM (SELECT 1 FROM accounts_importchange c JOIN {} t ON t.id = c.row_id WHERE {}"
            " ORDER BY t.id FOR UPDATE OF t) held"
        ).format(table_of(layout), of_batch)
    )
    create(
        cursor,
        "undoing",
        SQL(
            "AS SELECT row_number() OVER () AS number, c.row_id, c.before, coalesce(to_jsonb(t) ->> 'name', c.row_id::text) AS name,"
            " CASE WHEN t.id IS NULL THEN 'gone' WHEN NOT to_jsonb(t) @> c.after THEN 'edited'"
            " WHEN c.before IS NULL THEN 'removed' ELSE 'restored' END AS fate"
            " FROM accounts_importchange c LEFT JOIN {} t ON t.id = c.row_id WHERE {}"
        ).format(table_of(layout), of_batch),
    )
    cursor.execute("ANALYZE undoing")


def _whatever_hangs_on(layout: Layout) -> Iterator[tuple[str, str]]:
    """Tables that point at the rows, without the history and without what the product works out by itself."""
    by_machine = {table for table, _ in _leftovers(layout)}
    for relation in layout.model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and not relation.many_to_many:
            table = relation.related_model._meta.db_table
            if not issubclass(relation.related_model, Event) and table not in by_machine:
                yield table, str(relation.field.column)


def _leftovers(layout: Layout) -> list[tuple[str, str]]:
    return [
        (model._meta.db_table, str(model._meta.get_field(field).column))
        for model, field in slots.worked_out
        if model._meta.get_field(field).related_model is layout.model
    ]


def _report(cursor: CursorWrapper, batch: ImportBatch, kept_at_most: int) -> None:
    cursor.execute(
        SQL(
            'INSERT INTO accounts_importproblem (batch_id, line, "column", code, figures, cells)'
            " SELECT {}, 0, '', CASE fate WHEN 'edited' THEN 'EDITED_SINCE' ELSE 'IN_USE' END,"
            " jsonb_build_object('id', row_id, 'name', name), '{{}}' FROM undoing WHERE fate IN ('edited', 'in_use')"
            " ORDER BY row_id LIMIT {}"
        ).format(Literal(batch.pk), Literal(kept_at_most))
    )


def _restore(cursor: CursorWrapper, batch: ImportBatch, layout: Layout) -> None:
    """Columns that were not changed keep what they hold. An earlier import that left the row as it is again may still be
    taken back, so it learns the new count of versions."""
    columns = [str(one.column) for one in layout.model._meta.concrete_fields if not one.primary_key]
    restored: list[Composable] = [
        SQL("{0} = p.{0}").format(Identifier(column)) for column in columns if column != "version"
    ]
    if _has_version(layout):
        restored.append(SQL("version = t.version + 1"))
    cursor.execute(
        SQL(
            "UPDATE {0} t SET {1} FROM undoing u JOIN {0} o ON o.id = u.row_id,"
            " LATERAL jsonb_populate_record(o, u.before) p WHERE t.id = o.id AND u.fate = 'restored'"
        ).format(table_of(layout), SQL(", ").join(restored))
    )
    if _has_version(layout):
        cursor.execute(
            SQL(
                "UPDATE accounts_importchange e SET after = e.after || jsonb_build_object('version', t.version)"
                " FROM undoing u JOIN {} t ON t.id = u.row_id WHERE u.fate = 'restored' AND e.row_id = u.row_id"
                ' AND e."table" = {} AND e.batch_id IN (SELECT id FROM accounts_importbatch WHERE layout = {}'
                " AND id < {} AND state = 'done') AND (e.after ->> 'version')::int = t.version - 2"
            ).format(table_of(layout), Literal(layout.model._meta.db_table), Literal(layout.name), Literal(batch.pk))
        )


def _remove(cursor: CursorWrapper, layout: Layout, done: Callable[[int], None]) -> None:
    """In slices, each with its foreign keys checked at once. Put off to the end, the checks of all rows so far would be
    gone through whenever a trigger catches an error of its own."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS figures_settle DEFERRED")
    for table, column in _leftovers(layout):
        _delete(cursor, table, column, SQL("true"))
    cursor.execute("SELECT max(number) FROM undoing")
    last = cursor.fetchone()[0] or 0
    with history.written_by_sets(cursor, layout.model), _planned_once(cursor):
        for start in range(1, last + 1, DELETED_AT_ONCE):
            part = SQL("u.number BETWEEN {} AND {}").format(Literal(start), Literal(start + DELETED_AT_ONCE - 1))
            going = SQL("JOIN undoing u ON d.id = u.row_id WHERE u.fate = 'removed' AND {}").format(part)
            history.keep(cursor, layout.model, going)
            _delete(cursor, layout.model._meta.db_table, "id", part)
            done(start + DELETED_AT_ONCE - 1)


PLANS = {"enable_seqscan": "off", "enable_bitmapscan": "off", "plan_cache_mode": "force_generic_plan"}
"""For the foreign keys: whatever points at a row is asked for by its index, also where a table was small when PostgreSQL
last looked, and the question is not planned anew for every row, as it would be of large tables."""


@contextmanager
def _planned_once(cursor: CursorWrapper) -> Iterator[None]:
    cursor.execute("; ".join(f"SET LOCAL {name} = {value}" for name, value in PLANS.items()))
    yield
    cursor.execute("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in PLANS))


def _delete(cursor: CursorWrapper, table: str, column: str, part: Composable) -> None:
    cursor.execute(
        SQL("DELETE FROM {} d USING undoing u WHERE d.{} = u.row_id AND u.fate = 'removed' AND {}").format(
            Identifier(table), Identifier(column), part
        )
    )
