"""A query set as the statement that Django writes for it, and the way back from its columns to instances.

    @planned(account=BigIntegerField())
    def cases_of(account: Given) -> QuerySet[Case]:
        return Case.objects.filter(account=account)

    cases_of(account=5)

What every request asks in the same words is written once a process and planned once a connection (docs/adr/0017).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model, QuerySet
from django.db.models.query import get_related_populators

from crm.statements import Given, Prepared

M = TypeVar("M", bound=Model)


class Written:
    """`select_related`, `only` and annotations are followed. Raises EmptyResultSet where there can be no row."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self.compiler: Any = rows.query.get_compiler(connection=connection)
        self.sql, self.values = self.compiler.as_sql()
        select, kinds = self.compiler.select, self.compiler.klass_info
        own = kinds["select_fields"]
        self.model, self.own = rows.model, slice(own[0], own[-1] + 1)
        self.columns = [column.target.attname for column, _sql, _alias in select[self.own]]
        self.beside = get_related_populators(kinds, select, connection.alias)  # type: ignore[call-arg] # stubs of a later Django
        self.annotations = self.compiler.annotation_col_map

    def instance(self, values: Sequence[Any]) -> Any:
        row = self.model.from_db(connection.alias, self.columns, values[self.own])
        for other in self.beside:
            other.populate(values, row)
        for name, place in self.annotations.items():
            setattr(row, name, values[place])
        return row


class Planned(Written):
    """Rows as Django fetches them, but for writing and planning the statement each time."""

    def __init__(self, name: str, rows: QuerySet[Any]) -> None:
        super().__init__(rows)
        self.statement = Prepared(name, self.sql, self.values)
        self.converters = self.compiler.get_converters([column for column, _sql, _alias in self.compiler.select])

    def ask(self, **given: Any) -> list[Any]:
        found = self.compiler.apply_converters(self.statement.ask(**given), self.converters)
        return [self.instance(values) for values in found]


def planned(**types: Field[Any, Any]) -> Callable[[Callable[..., QuerySet[M]]], Callable[..., list[M]]]:
    """Makes a question of a function that says which query set answers it. What it reads besides its places must never change."""

    def question_of(rows: Callable[..., QuerySet[M]]) -> Callable[..., list[M]]:
        @cache
        def question() -> Planned:
            places = {name: Given(name, type_) for name, type_ in types.items()}
            return Planned(rows.__name__.strip("_"), rows(**places))

        return lambda **given: question().ask(**given)

    return question_of
