"""The values inside SQL: typed, so that lists filter and sort by them like by columns of their own."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from crm.custom_fields.models import CustomField

Kind = CustomField.Kind

TYPES: dict[str, models.Field[Any, Any]] = {
    Kind.NUMBER: models.DecimalField(max_digits=19, decimal_places=4),
    Kind.MONEY: models.BigIntegerField(),
    Kind.DATE: models.DateField(),
    Kind.USER: models.BigIntegerField(),
    Kind.YES_NO: models.BooleanField(),
}


def expression(field: CustomField, path: str = "custom") -> models.expressions.Combinable:
    """The value as text, number, date or boolean; null where there is none. Several choices are JSON.

    `path` leads to the column from another model: `account__custom`.
    """
    if field.kind == Kind.MULTI:
        return KeyTransform(field.key, path)
    text = KeyTextTransform(field.key, path)
    return Cast(text, TYPES[field.kind]) if field.kind in TYPES else text


def equals(field: CustomField, value: Any, path: str = "custom") -> Q:
    """Rows that hold exactly this value, or this choice among several: the form that an index on the column answers."""
    wanted = [value] if field.kind == Kind.MULTI and not isinstance(value, list) else value
    return Q(**{f"{path}__contains": {field.key: wanted}})
