"""Correcting what is written about a customer, a contact or a contract.

Every save says which version it started from. Whoever comes second learns of it with both versions and decides; a save
can be taken back as long as nobody saved after it, because the database keeps each row as it was before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F, Model

from accounts.models import Account, Contact, Subscription
from accounts.models.matching import matching_key
from accounts.queries import history
from crm import audit
from crm.people import User

Row = TypeVar("Row", Account, Contact, Subscription)

EDITABLE: Mapping[type[Any], frozenset[str]] = {
    Account: frozenset(
        {
            "name",
            "name_en",
            "reading",
            "corporate_number",
            "industry",
            "employees",
            "city",
            "city_en",
            "address",
            "phone",
            "domain",
            "custom",
        }
    ),
    Contact: frozenset(
        {
            "name",
            "name_en",
            "reading",
            "department",
            "department_en",
            "title",
            "part",
            "email",
            "phone",
            "wishes",
            "wishes_en",
            "left_on",
            "custom",
        }
    ),
    Subscription: frozenset({"renews_on", "is_auto_renewed", "custom"}),
}
"""What people may correct. Who is answerable, what was agreed and what we worked out have actions of their own."""


CUSTOM = "custom."


class Conflict(Exception):
    """Somebody saved since that version. `current` is what they left."""

    def __init__(self, current: Any) -> None:
        super().__init__(current.pk)
        self.current = current


class NumberTaken(Exception):
    """Another customer has this corporate number. `owner` is whom to ask; nothing else is told."""

    def __init__(self, owner: User | None) -> None:
        super().__init__()
        self.owner = owner


class NothingToUndo(Exception):
    """There is no such save, or its trace is gone."""


def edit(*, row: Row, version: int, by: User, at: datetime, verb: str = "edited", **changes: Any) -> Row:
    """Save only the named fields, if nobody saved since `version`. Raises `Conflict` or `NumberTaken` otherwise."""
    model = type(row)
    unknown = changes.keys() - EDITABLE[model]
    if unknown:
        raise ValueError(f"Not editable here: {sorted(unknown)}")
    with transaction.atomic():
        _write(row, version, {**changes, **_derived(model, changes)})
        audit.record(
            verb=f"{model._meta.model_name}.{verb}",
            subject=row,
            by=by,
            at=at,
            account_id=account_of(row),
            fields=sorted(changes),
        )
    row.refresh_from_db()
    return row


def _write(row: Row, version: int, values: Mapping[str, Any]) -> None:
    try:
        with transaction.atomic():
            changed = type(row)._default_manager.filter(pk=row.pk, version=version)
            if not changed.update(version=F("version") + 1, **values):
                raise Conflict(type(row)._default_manager.get(pk=row.pk))
    except IntegrityError as error:
        if "corporate_number_is_unique" not in str(error):
            raise
        taken = Account.objects.filter(corporate_number=values["corporate_number"]).select_related("owner").get()
        raise NumberTaken(taken.owner) from error


def _derived(model: type[Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {"matching_key": matching_key(changes["name"])} if model is Account and "name" in changes else {}


def account_of(row: Account | Contact | Subscription) -> int:
    return row.pk if isinstance(row, Account) else row.account_id


# -- Saving a form that was open for a while --------------------------------------------------------


class Clash(Exception):
    """Others saved the same fields meanwhile: their names, and the row as they left it. Nothing was written."""

    def __init__(self, fields: Sequence[str], current: Any) -> None:
        super().__init__(fields)
        self.fields = fields
        self.current = current


THEIRS = "theirs"


def save(
    *,
    row: Row,
    version: int,
    values: Mapping[str, Any],
    by: User,
    at: datetime,
    choices: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> Row:
    """Save what a form changed since `version`; fields that only others changed stay as they left them.

    `values` are all fields of the form, those of custom fields as `custom.` and the key. Raises `Clash` while fields
    that both changed are not decided: `choices` says "mine" or "theirs" for each, and counts for the version `seen`.
    """
    base = row if row.version == version else history.as_of_version(row, version)
    mine = {name: value for name, value in values.items() if base is None or not _same(base, name, value)}
    both = [name for name in mine if base is not row and _others_changed(row, base, name, mine[name])]
    decided = choices or {} if seen == row.version else {}
    if any(name not in decided for name in both):
        raise Clash(both, row)
    changes = {name: value for name, value in mine.items() if name not in both or decided[name] != THEIRS}
    if not any(not _same(row, name, value) for name, value in changes.items()):
        return row
    try:
        return edit(row=row, version=row.version, by=by, at=at, **_gathered(row, changes))
    except Conflict as conflict:
        return save(row=conflict.current, version=version, values=values, by=by, at=at, choices=choices, seen=seen)


def _others_changed(row: Any, base: Any | None, name: str, mine: Any) -> bool:
    return not _same(row, name, mine) and (base is None or not _same(base, name, value_of(row, name)))


def _same(row: Any, name: str, value: Any) -> bool:
    return bool(value_of(row, name) == (value.pk if isinstance(value, Model) else value))


def value_of(row: Any, name: str) -> Any:
    """A field of a row, or of the row as it was; a row it points to by its id."""
    if name.startswith(CUSTOM):
        return row.custom.get(name.removeprefix(CUSTOM))
    return getattr(row, row._meta.get_field(name).attname)


def _gathered(row: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    """As `edit` takes them: the values of custom fields in one."""
    own = {name: value for name, value in changes.items() if not name.startswith(CUSTOM)}
    given = {name.removeprefix(CUSTOM): value for name, value in changes.items() if name.startswith(CUSTOM)}
    if not given:
        return own
    return {**own, "custom": {key: value for key, value in {**row.custom, **given}.items() if value is not None}}


def undo(*, row: Row, version: int, by: User, at: datetime) -> Row:
    """Take back the save that led to `version`. Raises `Conflict` if somebody saved after it, `NothingToUndo` if none did."""
    before = history.as_of_version(row, version - 1)
    if before is None:
        raise NothingToUndo
    current = type(row)._default_manager.get(pk=row.pk)
    changed = [name for name in EDITABLE[type(row)] if getattr(before, name) != getattr(current, name)]
    values = {name: getattr(before, name) for name in changed}
    return edit(row=row, version=version, by=by, at=at, verb="undone", **values)


def add_contact(*, account: Account, by: User, at: datetime, **fields: Any) -> Contact:
    with transaction.atomic():
        contact = Contact.objects.create(account=account, **fields)
        audit.record(verb="contact.added", subject=contact, by=by, at=at, account_id=account.pk)
    return contact


def mark_left(*, contact: Contact, version: int, on: date | None, by: User, at: datetime) -> Contact:
    """They no longer work there; what they said and allowed is kept. Without a day they are back."""
    return edit(row=contact, version=version, by=by, at=at, verb="left" if on else "returned", left_on=on)
