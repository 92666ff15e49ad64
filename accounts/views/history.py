"""The history of a customer in words: what was changed, from what to what, by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import DateField, DateTimeField, Model
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from accounts.models import Account, Case, Contact, Need, Subscription
from accounts.phrases import FIELDS, plain_words
from accounts.queries.history import Change, FieldChange, labels_behind
from crm.custom_fields import CustomField, display, people_shown
from crm.templatetags.formats import EMPTY, moment

Labels = Mapping[tuple[type[Model], str], Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class Line:
    label: Any
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    change: Change
    what: str
    lines: list[Line]


def told(changes: Sequence[Change]) -> list[Told]:
    """Changes that people can read; those of values that nobody is shown are left out."""
    labels = labels_behind(changes)
    custom = Customs(changes)
    return [
        Told(change, what_of(change), [line_of(change, field, labels, custom) for field in change.fields])
        for change in changes
        if change.fields or change.was_deleted
    ]


def what_of(change: Change) -> str:
    kinds = {
        Account: _("Customer"),
        Contact: _("Contact"),
        Subscription: _("Contract"),
        Need: _("Need"),
        Case: _("Case"),
    }
    return " ".join(filter(None, [kinds[change.model], change.called]))  # type: ignore[index]


class Customs:
    """The custom fields that changed, looked up once."""

    def __init__(self, changes: Sequence[Change]) -> None:
        values = [
            {field.name.removeprefix("custom."): value}
            for change in changes
            for field in change.fields
            for value in (field.before, field.after)
            if field.name.startswith("custom.")
        ]
        rows = CustomField.objects.filter(key__in={key for each in values for key in each}) if values else ()
        self.fields = {(row.on, row.key): row for row in rows}
        self.people = people_shown(self.fields.values(), values)

    def line(self, change: Change, field: FieldChange) -> Line:
        key = field.name.removeprefix("custom.")
        known = self.fields.get((str(change.model._meta.model_name), key))
        if known is None:
            return Line(key, plain_words(field.before), plain_words(field.after))
        return Line(known.label, *(display(known, value, people=self.people) for value in (field.before, field.after)))


def line_of(change: Change, field: FieldChange, labels: Labels, custom: Customs) -> Line:
    if field.name.startswith("custom."):
        return custom.line(change, field)
    names = labels.get((change.model, field.name))
    before, after = (_words(change.model, field.name, value, names) for value in (field.before, field.after))
    return Line(FIELDS.get(field.name, field.name), before, after)


def _words(model: type[Model], name: str, value: Any, names: Mapping[int, str] | None) -> str:
    if names is not None:
        return names.get(value, EMPTY)
    field: Any = model._meta.get_field(name)
    if field.choices:
        return str(dict(field.flatchoices).get(value) or plain_words(value))
    if isinstance(field, DateTimeField) and value:
        at = parse_datetime(value)
        return moment(at, at.date()) if at else EMPTY
    return plain_words(parse_date(value) if isinstance(field, DateField) and value else value)
