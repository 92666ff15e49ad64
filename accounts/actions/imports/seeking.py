"""Whose row it is, when the file names a customer otherwise than by its code: by name, telephone or web address.

The first way that finds anybody decides, and only when it finds one. Several are told by row, to be chosen from.
"""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper
from psycopg.sql import SQL, Composable, Identifier, Literal

from accounts.actions.imports.reading import raw
from accounts.actions.imports.staging import create
from accounts.queries.imports import Column

CHOICES = 5
WAYS = (
    "q.text ~ '^#[0-9]{1,18}$' AND a.id = CASE WHEN q.text ~ '^#[0-9]{1,18}$' THEN substr(q.text, 2)::bigint END",
    "a.matching_key = sodate_matching_key(q.text)",
    "a.phone <> '' AND sodate_phone(q.text) <> '' AND sodate_phone(a.phone) = sodate_phone(q.text)",
    "a.domain <> '' AND strpos(q.text, '.') > 0 AND sodate_domain(a.domain) = sodate_domain(q.text)",
)
"""`#` with the id is what the buttons write for a customer without a code."""


def seek(cursor: CursorWrapper, column: Column, sight: str) -> None:
    """Fills the column of `readable` where its text leads to one customer in `sight`, which is SQL over `a`."""
    given = Identifier(f"given_{column.name}")
    create(
        cursor,
        "sought",
        SQL("AS SELECT DISTINCT {0} AS text FROM readable WHERE {1} IS NULL AND {0} IS NOT NULL").format(
            given, Identifier(column.name)
        ),
    )
    create(cursor, "candidates", SQL("(text text, account_id bigint)"))
    for way in WAYS:
        cursor.execute(_found(raw(way), raw(sight)))
    cursor.execute(
        SQL(
            "UPDATE readable r SET {} = c.account_id FROM"
            " (SELECT text, min(account_id) AS account_id FROM candidates GROUP BY text HAVING count(*) = 1) c"
            " WHERE r.{} = c.text AND r.{} IS NULL"
        ).format(Identifier(column.name), given, Identifier(column.name))
    )


def _found(way: Composable, sight: Composable) -> Composable:
    return SQL(
        "INSERT INTO candidates SELECT q.text, a.id FROM sought q JOIN accounts_account a ON {}"
        " WHERE a.merged_into_id IS NULL AND {} AND NOT EXISTS (SELECT FROM candidates c WHERE c.text = q.text)"
    ).format(way, sight)


def tell_several(cursor: CursorWrapper, column: Column) -> None:
    """What was noted as unknown, but is only not certain, says between whom."""
    cursor.execute(
        SQL(
            "UPDATE problems p SET code = 'SEVERAL', figures = p.figures || jsonb_build_object('accounts', c.accounts)"
            " FROM readable r, LATERAL (SELECT jsonb_agg(o.account_id) AS accounts FROM (SELECT account_id"
            " FROM candidates WHERE text = r.{} ORDER BY account_id LIMIT {}) o) c"
            " WHERE p.row = r.row AND p.name = {} AND p.code = 'UNKNOWN' AND c.accounts IS NOT NULL"
        ).format(Identifier(f"given_{column.name}"), Literal(CHOICES), Literal(column.name))
    )
