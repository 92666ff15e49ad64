"""What the check read of a large file stays until the import, so that the file is read once.

Two tables a batch, `staged` with the texts and `cells` with their values, which the load sees by these names as views.
They are not logged: after a crash of the server they are empty, and the file is read again.
"""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper
from psycopg.sql import SQL, Composable, Identifier, Literal

NAMES = ("staged", "cells")
OF_BATCHES = "^import_[0-9]+_(staged|cells)$"


def table(batch_id: int, name: str) -> str:
    return f"import_{batch_id}_{name}"


def create(cursor: CursorWrapper, name: str, body: Composable, *, batch_id: int) -> None:
    cursor.execute(SQL("CREATE UNLOGGED TABLE {} {}").format(Identifier(table(batch_id, name)), body))
    _show(cursor, name, batch_id)


def sign(cursor: CursorWrapper, batch_id: int, fingerprint: str) -> None:
    """Of which reading they are stands with the tables, so that nobody takes them for those of another one."""
    last = Identifier(table(batch_id, NAMES[-1]))
    cursor.execute(SQL("COMMENT ON TABLE {} IS {}").format(last, Literal(fingerprint)))


def found(cursor: CursorWrapper, batch_id: int, fingerprint: str) -> bool:
    """Whether what this reading would read is there; then it is seen under the short names."""
    last = table(batch_id, NAMES[-1])
    cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class') = %s", [last, fingerprint])
    if not cursor.fetchone()[0]:
        return False
    cursor.execute(SQL("SELECT EXISTS (SELECT FROM {})").format(Identifier(last)))
    if not cursor.fetchone()[0]:
        return False
    for name in NAMES:
        _show(cursor, name, batch_id)
    return True


def _show(cursor: CursorWrapper, name: str, batch_id: int) -> None:
    cursor.execute(
        SQL("CREATE TEMPORARY VIEW {} AS SELECT * FROM {}").format(Identifier(name), Identifier(table(batch_id, name)))
    )


def drop(cursor: CursorWrapper, batch_id: int) -> None:
    for name in NAMES:
        cursor.execute(SQL("DROP TABLE IF EXISTS {} CASCADE").format(Identifier(table(batch_id, name))))


def sweep(cursor: CursorWrapper, *, but_of: list[int]) -> None:
    """Those of all batches that nobody is at work on."""
    cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ %s", [OF_BATCHES])
    for batch_id in {int(name.split("_")[1]) for (name,) in cursor.fetchall()} - set(but_of):
        drop(cursor, batch_id)
