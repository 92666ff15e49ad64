"""What an administrator does to the fields of an object. Values are never touched: archiving hides them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.text import slugify

from crm import audit
from crm.custom_fields.models import CustomField, HasCustomFields
from crm.custom_fields.reading import Kind
from crm.custom_fields.sql import equals
from crm.people import User

MOST_FIELDS = 50
MOST_CHOICES = 200
KEY_LENGTH = 40
WITH_CHOICES = (Kind.CHOICE, Kind.MULTI)
EDITABLE = frozenset({"name_ja", "name_en", "help_ja", "help_en", "is_required", "lowest", "highest", "longest"})
LIMITS: dict[str, frozenset[str]] = {
    Kind.TEXT: frozenset({"longest"}),
    Kind.NUMBER: frozenset({"lowest", "highest"}),
    Kind.MONEY: frozenset({"lowest", "highest"}),
}


class Conflict(Exception):
    """Somebody changed the field since the form was opened."""


class TooMany(Exception):
    """The object has as many fields in use as forms and lists can bear."""


class HasValues(Exception):
    """The kind cannot change: values of the old kind stand in the records and would not fit the new one."""


class NoChoices(Exception):
    """A field to choose from needs at least one choice in use."""


class TooManyChoices(Exception):
    """More choices than anybody finds their way in."""


def add(
    *, on: str, kind: str, by: User, at: datetime, choices: Sequence[Mapping[str, Any]] = (), **texts: Any
) -> CustomField:
    """The field stands last. Its key comes from the English label and never changes."""
    _known(texts)
    with transaction.atomic():
        rows = CustomField.objects.select_for_update().filter(on=on)
        if sum(not row.is_archived for row in rows) >= MOST_FIELDS:
            raise TooMany
        field = CustomField.objects.create(
            on=on,
            kind=kind,
            key=free_key(texts.get("name_en", ""), {row.key for row in rows}, "field"),
            position=1 + max((row.position for row in rows), default=0),
            choices=_merged([], choices) if kind in WITH_CHOICES else [],
            **{name: value for name, value in texts.items() if _suits(kind, name)},
        )
        audit.record(verb="custom_field.added", subject=field, by=by, at=at, on=on, key=field.key, kind=kind)
    return field


def edit(
    *,
    field: CustomField,
    version: int,
    by: User,
    at: datetime,
    choices: Sequence[Mapping[str, Any]] | None = None,
    **texts: Any,
) -> CustomField:
    """Save labels, helps, limits and choices. A choice that is left out and in use is archived instead of removed."""
    _known(texts)
    changes = {name: value for name, value in texts.items() if _suits(field.kind, name)}
    if choices is not None and field.kind in WITH_CHOICES:
        kept = {choice.get("key") for choice in choices}
        gone = [choice["key"] for choice in field.choices if choice["key"] not in kept]
        changes["choices"] = _merged(field.choices, choices, used=choices_in_use(field, gone))
    return _save(field, version, by, at, "custom_field.edited", **changes)


def change_kind(*, field: CustomField, version: int, kind: str, by: User, at: datetime) -> CustomField:
    """Raises `HasValues`. Limits and choices of the old kind go, except choices that the new kind offers too."""
    if has_values(field):
        raise HasValues
    kept = field.choices if kind in WITH_CHOICES else []
    limits: dict[str, Any] = {"lowest": None, "highest": None, "longest": None}
    return _save(field, version, by, at, "custom_field.edited", kind=kind, choices=kept, **limits)


def archive(*, field: CustomField, by: User, at: datetime) -> CustomField:
    return _save(field, field.version, by, at, "custom_field.archived", is_archived=True)


def restore(*, field: CustomField, by: User, at: datetime) -> CustomField:
    """It stands last again. Raises `TooMany`."""
    with transaction.atomic():
        rows = CustomField.objects.select_for_update().filter(on=field.on)
        if sum(not row.is_archived for row in rows) >= MOST_FIELDS:
            raise TooMany
        last = rows.aggregate(last=Max("position"))["last"] or 0
        return _save(field, field.version, by, at, "custom_field.restored", is_archived=False, position=last + 1)


def move(*, field: CustomField, up: bool, by: User, at: datetime) -> None:
    """One place up or down among the fields in use; at the end of the row nothing happens."""
    with transaction.atomic():
        CustomField.objects.select_for_update().filter(on=field.on).first()
        order = list(CustomField.objects.of(field.on))
        here = order.index(field)
        there = here + (-1 if up else 1)
        if not 0 <= there < len(order):
            return
        order[here], order[there] = order[there], order[here]
        for position, one in enumerate(order, start=1):
            one.position = position
        CustomField.objects.bulk_update(order, ["position"])
        audit.record(verb="custom_field.moved", subject=field, by=by, at=at, to=there + 1)


def _known(texts: Mapping[str, Any]) -> None:
    if unknown := texts.keys() - EDITABLE:
        raise ValueError(f"Not editable here: {sorted(unknown)}")


def _suits(kind: str, name: str) -> bool:
    """A limit belongs to some kinds only."""
    return name not in {"lowest", "highest", "longest"} or name in LIMITS.get(kind, ())


def _save(field: CustomField, version: int, by: User, at: datetime, verb: str, **changes: Any) -> CustomField:
    with transaction.atomic():
        rows = CustomField.objects.filter(pk=field.pk, version=version)
        if not rows.update(version=F("version") + 1, **changes):
            raise Conflict
        audit.record(verb=verb, subject=field, by=by, at=at, on=field.on, key=field.key, fields=sorted(changes))
    field.refresh_from_db()
    return field


# -- Keys and choices ------------------------------------------------------------------------------


def free_key(label: str, taken: Iterable[str], otherwise: str) -> str:
    """ "Contract month" is contract_month; taken, contract_month_2. A label without Latin letters is `otherwise`."""
    stem = re.sub(r"[-_]+", "_", slugify(label)).strip("_")[: KEY_LENGTH - 4] or otherwise
    known = set(taken)
    numbered = (f"{stem}_{number}" for number in range(2, len(known) + 3))
    return stem if stem not in known else next(key for key in numbered if key not in known)


def _merged(
    before: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]], used: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """The wanted choices in their order, new ones with a key of their own; what is left out but used is archived."""
    known = {choice["key"] for choice in before}
    merged: list[dict[str, Any]] = []
    for choice in wanted:
        given = choice.get("key") or ""
        key = given if given in known else free_key(choice["en"], known | {one["key"] for one in merged}, "choice")
        row: dict[str, Any] = {"key": key, "ja": choice["ja"], "en": choice["en"]}
        merged.append({**row, "is_archived": True} if choice.get("is_archived") else row)
    merged += [{**choice, "is_archived": True} for choice in before if choice["key"] in used]
    if all(choice.get("is_archived") for choice in merged):
        raise NoChoices
    if len(merged) > MOST_CHOICES:
        raise TooManyChoices
    return merged


# -- What the records hold -------------------------------------------------------------------------


def model_of(on: str) -> type[HasCustomFields]:
    return next(model for model in HasCustomFields.__subclasses__() if model._meta.model_name == on)


def has_values(field: CustomField) -> bool:
    return model_of(field.on)._default_manager.filter(custom__has_key=field.key).exists()


def choices_in_use(field: CustomField, keys: Iterable[str]) -> set[str]:
    """Those of the choices that stand in some record."""
    rows = model_of(field.on)._default_manager
    return {key for key in keys if rows.filter(equals(field, key)).exists()}
