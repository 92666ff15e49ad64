"""Values of custom fields on customers, contacts, activities, needs, cases and contracts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F

from accounts.models import Account, Activity, Case, Contact, Need, Subscription
from crm import audit, custom_fields
from crm.people import User

Row = Account | Contact | Activity | Need | Case | Subscription


class Conflict(Exception):
    """Somebody changed the row since the form was opened. `current` is what they left."""

    def __init__(self, current: models.Model) -> None:
        super().__init__(current.pk)
        self.current = current


def set_values(*, row: Row, version: int, by: User, at: datetime, values: Mapping[str, Any]) -> Row:
    """Write the given keys, None or empty to take a value away; the others stay.

    Raises `custom_fields.Invalid`, or `Conflict` if somebody saved since `version`.
    """
    on = row._meta.model_name or ""
    with transaction.atomic():
        current = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
        if current.version != version:
            raise Conflict(current)
        stored = current.custom
        cleaned = custom_fields.clean(on, values, before=stored, is_partial=True)
        custom = {**{key: value for key, value in stored.items() if key not in values}, **cleaned}
        changed = sorted(key for key in values if stored.get(key) != custom.get(key))
        if changed:
            type(row).objects.filter(pk=row.pk).update(custom=custom, version=F("version") + 1)
            audit.record(
                verb=f"{on}.custom_set", subject=row, by=by, at=at, account_id=_account_of(row), fields=changed
            )
    row.refresh_from_db()
    return row


def _account_of(row: Row) -> int:
    return row.pk if isinstance(row, Account) else row.account_id
