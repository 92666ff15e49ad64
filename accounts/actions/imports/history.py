"""The history of rows that go in large numbers: written by one statement, where the trigger would write it row by row.

The trigger asks twice for every row for a setting that is not there, and catches the error each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pgtrigger
from django.db import models
from django.db.backends.utils import CursorWrapper
from pghistory.trigger import Event
from psycopg.sql import SQL, Composable, Identifier, Literal

IGNORED = "pgtrigger.ignore"


def of_deleted(model: type[models.Model]) -> list[tuple[str, Any]]:
    """Name in the database and event of each trigger that keeps what is deleted."""
    return [
        (trigger.get_pgid(owner), trigger)
        for owner, trigger in pgtrigger.registered()
        if owner is model and isinstance(trigger, Event) and str(trigger.operation) == "DELETE"
    ]


@contextmanager
def written_by_sets(cursor: CursorWrapper, model: type[models.Model]) -> Iterator[None]:
    """Whoever deletes meanwhile owes `keep` the rows first."""
    names = [name for name, _event in of_deleted(model)]
    cursor.execute("SELECT set_config(%s, %s, true)", [IGNORED, f"{{{','.join(names)}}}"])
    yield
    cursor.execute("SELECT set_config(%s, '{}', true)", [IGNORED])


def keep(cursor: CursorWrapper, model: type[models.Model], rows: Composable) -> None:
    """What the triggers would write of these rows; `rows` is all that follows the table `d` in the statement."""
    for _name, event in of_deleted(model):
        kept = event.event_model._meta
        fields = kept.concrete_fields
        columns = [Identifier(str(one.column)) for one in fields if not one.name.startswith("pgh_")]
        cursor.execute(
            SQL(
                "INSERT INTO {} ({}, pgh_context_id, pgh_created_at, pgh_label, pgh_obj_id)"
                " SELECT {}, (SELECT _pgh_attach_context()), now(), {}, d.id FROM {} d {}"
            ).format(
                Identifier(kept.db_table),
                SQL(", ").join(columns),
                SQL(", ").join(SQL("d.{}").format(column) for column in columns),
                Literal(event.label),
                Identifier(model._meta.db_table),
                rows,
            )
        )
