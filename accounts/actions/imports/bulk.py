"""Large inserts: indexes and foreign keys are taken off and put back within the same transaction.

Checking a foreign key row by row and keeping four indexes in step costs several times the insert itself. Put back in
one go, each key is checked by one join and each index is sorted once; should a check fail, the whole load fails. While
it runs, others cannot read the table. See docs/adr/0010.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.utils import CursorWrapper
from psycopg.sql import SQL, Identifier

from accounts.actions.imports.reading import raw

ROWS = 20_000

# A unique constraint that another table points at has to stay: the primary key of most tables.
CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint c
 WHERE conrelid = %s::regclass AND contype IN ('f', 'u', 'p')
   AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.confrelid = c.conrelid
                      AND f.conindid = c.conindid AND f.oid <> c.oid AND c.contype <> 'f')
 ORDER BY contype DESC, conname
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
 WHERE indrelid = %s::regclass
   AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = i.indrelid)
 ORDER BY 1
"""


@contextmanager
def without_indexes(cursor: CursorWrapper, table: str) -> Iterator[None]:
    """Needs no more than the ownership of the table."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(CONSTRAINTS, [table])
    constraints = cursor.fetchall()
    cursor.execute(INDEXES, [table])
    indexes = cursor.fetchall()
    for name, _definition in constraints:
        cursor.execute(SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(Identifier(table), Identifier(name)))
    for name, _definition in indexes:
        cursor.execute(SQL("DROP INDEX {}").format(raw(name)))
    yield
    for _name, definition in indexes:
        cursor.execute(raw(definition))
    for name, definition in constraints:
        cursor.execute(
            SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(Identifier(table), Identifier(name), raw(definition))
        )
