"""The values of all fields of an object at once: checked, shown, and read from the cells of a file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import pgettext

from crm.bilingual import pick
from crm.custom_fields.models import CustomField
from crm.custom_fields.reading import Kind, Unreadable, figure, read
from crm.people import User
from crm.templatetags.formats import EMPTY, date_contract, money


class Invalid(Exception):
    """`errors` is a sentence by the key of each field that does not fit; nothing was written."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(errors)
        self.errors = errors


def clean(
    on: str,
    values: Mapping[str, Any],
    *,
    fields: Sequence[CustomField] | None = None,
    before: Mapping[str, Any] | None = None,
    is_partial: bool = False,
) -> dict[str, Any]:
    """`values` as they are stored, by key; what is empty is left out. Raises `Invalid`.

    `fields` saves the query when they are at hand. `before` are the stored values: what did not change stays allowed.
    When `is_partial`, only the given keys are looked at, so a required field that is not among them is no error.
    """
    known = {field.key: field for field in (CustomField.in_use(on) if fields is None else fields)}
    asked = [field for key, field in known.items() if key in values or not is_partial]
    people = people_by_name() if any(field.kind == Kind.USER for field in asked) else {}
    errors = {key: Unreadable("unknown_field").sentence for key in values.keys() - known.keys()}
    cleaned = {}
    for field in asked:
        try:
            value = read(field, values.get(field.key), people=people, before=(before or {}).get(field.key))
        except Unreadable as problem:
            errors[field.key] = problem.sentence
        else:
            if value is not None:
                cleaned[field.key] = value
    if errors:
        raise Invalid(errors)
    return cleaned


def parse_cell(field: CustomField, text: str, *, people: Mapping[str, int] | None = None) -> Any:
    """The stored value of one cell, None for an empty one. Raises `Unreadable`.

    Labels in either language are choices too. Whoever reads many cells hands in `people_by_name()` once.
    """
    if people is None:
        people = people_by_name() if field.kind == Kind.USER else {}
    return read(field, text, people=people)


def people_by_name() -> dict[str, int]:
    """Active colleagues by id, address and name, folded. A name that two people share names nobody."""
    names: dict[str, int] = {}
    shared: set[str] = set()
    rows = User.objects.filter(is_active=True).values_list("pk", "email", "name", "name_en")
    for pk, email, *called in rows:
        for name in {_folded(name) for name in called if name}:
            shared |= {name} & names.keys()
            names[name] = pk
        names |= {str(pk): pk, _folded(email): pk}
    return {name: pk for name, pk in names.items() if name not in shared}


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def display(field: CustomField, value: Any, *, people: Mapping[int, str] | None = None) -> str:
    """As the reader's language writes it. For many rows hand in `people_shown(fields, rows)` once."""
    if value is None or value == "":
        return EMPTY
    if field.kind == Kind.USER:
        return (people_shown([field], [{field.key: value}]) if people is None else people).get(value, EMPTY)
    if field.kind in (Kind.CHOICE, Kind.MULTI):
        return _choices_shown(field, value)
    return _plain_shown(field, value)


def _plain_shown(field: CustomField, value: Any) -> str:
    if field.kind == Kind.MONEY:
        return str(money(value))
    if field.kind == Kind.NUMBER:
        return figure(value)
    if field.kind == Kind.DATE:
        return str(date_contract(date.fromisoformat(value)))
    if field.kind == Kind.YES_NO:
        return pgettext("answer", "Yes") if value else pgettext("answer", "No")
    return str(value)


def _choices_shown(field: CustomField, value: str | Sequence[str]) -> str:
    labels = {choice["key"]: pick(choice["ja"], choice["en"]) for choice in field.choices}
    keys = [value] if isinstance(value, str) else value
    return pick("、", ", ").join(labels.get(key, key) for key in keys) or EMPTY


def people_shown(fields: Iterable[CustomField], rows: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Names of the colleagues that stand in these rows of values, in one query; none where no field asks for any."""
    keys = [field.key for field in fields if field.kind == Kind.USER]
    ids = {row[key] for row in rows for key in keys if row.get(key)} if keys else set()
    return {user.pk: user.label for user in User.objects.filter(pk__in=ids)} if ids else {}


def shown(
    fields: Iterable[CustomField], values: Mapping[str, Any], *, people: Mapping[int, str] | None = None
) -> list[tuple[CustomField, str]]:
    """Those of the fields that hold something, with their text, for a record's page.

    `people` are those of `people_shown`, where several records stand on one page.
    """
    filled = [field for field in fields if values.get(field.key) not in (None, "", [])]
    people = people_shown(filled, [values]) if people is None else people
    return [(field, display(field, values[field.key], people=people)) for field in filled]
