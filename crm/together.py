"""Rows of several tables in one statement.

A page that shows a little of many tables waits longer for the way to the database and back than for the answers. Here
every part stays a query set of its own, with `select_related` and annotations; the rows come back as JSON, in their order,
and become instances again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import DecimalField, Field, QuerySet

from crm.statements import Given, Prepared, Statement
from crm.written import Written

Rows = dict[str, list[Any]]
Parts = Mapping[str, QuerySet[Any]]


def rows_of(**parts: QuerySet[Any]) -> Rows:
    """What each query set finds, as a list, by one statement for all of them."""
    return Together(parts).rows()


def prepared(**types: Field[Any, Any]) -> Callable[[Callable[..., Parts]], Callable[..., Rows]]:
    """Makes a question of a function that says which query sets answer it: written once, planned once, for any values.

        @prepared(account=BigIntegerField())
        def of_customer(account: Given) -> Parts:
            return {"cases": Case.objects.filter(account=account)}

        of_customer(account=5)["cases"]

    What the function reads besides its places must never change: language, zone and reader do.
    """

    def question_of(parts: Callable[..., Parts]) -> Callable[..., Rows]:
        @cache
        def together() -> Together:
            places = {name: Given(name, type_) for name, type_ in types.items()}
            return Together(parts(**places), partial(Prepared, parts.__name__.strip("_")))

        return lambda **given: together().rows(**given)

    return question_of


class Together:
    """The one statement of several query sets, written once and asked as often as wanted."""

    def __init__(self, parts: Parts, kind: Callable[..., Statement] = Statement) -> None:
        self.names = list(parts)
        self.parts = {name: part for name, rows in parts.items() if (part := _part(rows))}
        values = [value for part in self.parts.values() for value in part.values]
        self.statement = kind("SELECT " + ", ".join(part.statement for part in self.parts.values()), values)

    def rows(self, **given: Any) -> Rows:
        found: Rows = {name: [] for name in self.names}
        if not self.parts:
            return found
        [answers] = self.statement.ask(**given)
        return found | {
            name: part.instances(told) for (name, part), told in zip(self.parts.items(), answers, strict=True)
        }


def _part(rows: QuerySet[Any]) -> Part | None:
    """None if there can be no row."""
    try:
        return Part(rows)
    except EmptyResultSet:
        return None


class Part(Written):
    """The rows as JSON: one column of the one statement."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows)
        types = [column.output_field for column, _sql, _alias in self.compiler.select]
        self.readers = [type_.to_python for type_ in types]
        names = [f"c{place}" for place in range(len(types))]
        shown = ", ".join(map(_told, names, types))
        whole = f"SELECT {shown} FROM ({self.sql}) AS told({', '.join(names)})"  # noqa: S608 (written by the ORM, values apart)
        self.statement = f"ARRAY(SELECT row_to_json(whole)::text FROM ({whole}) AS whole)"  # noqa: S608

    def instances(self, rows: list[str]) -> list[Any]:
        return [self._told_instance([*json.loads(row).values()]) for row in rows]

    def _told_instance(self, told: list[Any]) -> Any:
        return self.instance(
            [None if value is None else read(value) for read, value in zip(self.readers, told, strict=True)]
        )


def _told(name: str, type_: Any) -> str:
    """A decimal number as text: JSON would make another number of it."""
    return f"{name}::text AS {name}" if isinstance(type_, DecimalField) else name
