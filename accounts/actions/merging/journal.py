"""What a merge did, as it does it: enough to take every step back, and no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Field, JSONField, Model

from accounts.models import Account
from crm.people import User

Change = list[Any]
"""Model, id, column, value before, value after: of one row, in the order in which it was done."""


@dataclass(slots=True)
class Journal:
    survivor: Account
    gone: Account
    by: User
    at: datetime
    moved: dict[str, list[int]] = field(default_factory=dict)
    added: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    changes: list[Change] = field(default_factory=list)

    def change(self, rows: Iterable[Model], **values: Any) -> None:
        """Set the columns of rows and write down what stood there; rows that stay as they are do not count."""
        for column, value in values.items():
            self._set([row for row in rows if getattr(row, column) != value], column, value)

    def _set(self, rows: list[Any], column: str, value: Any) -> None:
        if not rows:
            return
        model = type(rows[0])
        held = model._meta.get_field(column)
        self.changes += [
            [model._meta.label, row.pk, column, stored(held, getattr(row, column)), stored(held, value)] for row in rows
        ]
        model._base_manager.filter(pk__in=[row.pk for row in rows]).update(**{column: value})
        for row in rows:
            setattr(row, column, value)

    def add(self, row: Model) -> None:
        row.save(force_insert=True)
        self.added[row._meta.label].append(row.pk)


def stored(column: Field[Any, Any], value: Any) -> Any:
    """As JSON keeps it."""
    return value if value is None or isinstance(value, bool | int) or isinstance(column, JSONField) else str(value)


def read(label: str, column: str, value: Any) -> Any:
    """What `stored` made, as the model takes it."""
    held = apps.get_model(label)._meta.get_field(column)
    return value if value is None or isinstance(held, JSONField) else held.to_python(value)
