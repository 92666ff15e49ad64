"""Rows of several tables in one statement.

A page that shows a little of many tables waits longer for the way to the database and back than for the answers. Here
every part stays a query set of its own, with `select_related` and annotations; the rows come back as JSON, in their order,
and become instances again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DecimalField, F, Field, Model, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject


def rows_of(**parts: QuerySet[Any]) -> dict[str, list[Any]]:
    """What each query set finds, as a list, by one statement for all of them."""
    asked = {name: sql for name, rows in parts.items() if (sql := _statement(rows))}
    found: dict[str, Any] = dict.fromkeys(parts, ())
    if asked:
        text = ", ".join(f"ARRAY({text})" for text, _ in asked.values())
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {text}", [value for _, values in asked.values() for value in values])
            found |= dict(zip(asked, cursor.fetchone(), strict=True))
    return {name: [_instance(parts[name], json.loads(row)) for row in found[name]] for name in parts}


def _statement(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]] | None:
    """The rows as one column of JSON; None if there can be none."""
    extra = {name: F(name) for name in rows.query.annotation_select}
    whole = JSONObject(**extra, **_columns(rows.model, _related(rows)))
    try:
        sql: tuple[str, tuple[Any, ...]] = rows.values_list(whole).query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql


def _related(rows: QuerySet[Any]) -> Mapping[str, Any]:
    """`select_related("a__b")` is kept as {"a": {"b": {}}}."""
    asked = rows.query.select_related
    return asked if isinstance(asked, dict) else {}


def _columns(model: type[Model], related: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Every column of the model by its place, `account__owner__name` for that of a row beside it."""
    own = {before + field.attname: _column(field, before + field.attname) for field in model._meta.concrete_fields}
    for name, further in related.items():
        own |= _columns(_target(model, name), further, f"{before}{name}__")
    return own


def _column(field: Field[Any, Any], place: str) -> Any:
    """A decimal number as text: JSON would make another number of it."""
    return Cast(place, TextField()) if isinstance(field, DecimalField) else F(place)


def _target(model: type[Model], name: str) -> type[Model]:
    target: type[Model] = model._meta.get_field(name).related_model  # type: ignore[assignment]
    return target


def _instance(rows: QuerySet[Any], told: Mapping[str, Any]) -> Any:
    row = _row(rows.model, _related(rows), told)
    for name, expression in rows.query.annotation_select.items():
        setattr(row, name, expression.output_field.to_python(told[name]))
    return row


def _row(model: type[Model], related: Mapping[str, Any], told: Mapping[str, Any], before: str = "") -> Any:
    """None where nothing stands beside the row."""
    pk = before + model._meta.pk.attname
    if told[pk] is None:
        return None
    row = model.from_db(connection.alias, *zip(*_values(model, told, before), strict=True))
    for name, further in related.items():
        beside = _row(_target(model, name), further, told, f"{before}{name}__")
        model._meta.get_field(name).set_cached_value(row, beside)  # type: ignore[union-attr]
    return row


def _values(model: type[Model], told: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for field in model._meta.concrete_fields:
        yield field.attname, field.to_python(told[before + field.attname])
