"""Statements that are written once by a process, and planned once by each of its connections.

    CASES = Prepared("cases", "SELECT … WHERE account_id = %s", [Given("account", BigIntegerField())])
    CASES.ask(account=5)

Django takes longer to write a statement than PostgreSQL to answer it, and PostgreSQL longer to plan one of many tables
than to carry it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection
from django.db.models import BooleanField, F, Field, Func, Value
from psycopg.adapt import Dumper

Values = Sequence[Any] | Mapping[str, Any]


class Given(Value):
    """The place of a value that is given when a statement is asked; stands in query sets as any value does."""

    def __init__(self, name: str, type_: Field[Any, Any]) -> None:
        super().__init__(name, output_field=type_)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


def is_any(column: str, place: Given) -> Func:
    """For the place of a list: `filter(is_any("code", codes))`."""
    return Func(F(column), place, arg_joiner=" = ANY(", template="%(expressions)s)", output_field=BooleanField())


class Statement:
    """Written once, asked with whatever is given. `values` are constants and places."""

    def __init__(self, sql: str, values: Values) -> None:
        self.sql, self.values = sql, values

    def ask(self, **given: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self._with(given))
            return cursor.fetchall()

    def _with(self, told: Mapping[str, Any]) -> Values:
        """The values with what is told by name in its places."""

        def value(one: Any) -> Any:
            return told[one.value] if isinstance(one, Given) else one

        if isinstance(self.values, Mapping):
            return {name: value(one) for name, one in self.values.items()}
        return [value(one) for one in self.values]


class Prepared(Statement):
    """Asked so often, and of so few rows, that one plan serves for all: it may not name what only one reader asks.

    Constants stand in the plan as they are; what is given has the type of its field. `name` is how the logs of the
    database call it. A plan belongs to a session: a pooler must pool sessions, as it must for our locks.
    """

    numbers = count(1)
    known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
    """What each connection has planned."""

    def __init__(self, name: str, sql: str, values: Values) -> None:
        super().__init__(sql, values)
        self.name = f"{name}_{next(self.numbers)}"
        ours = values.values() if isinstance(values, Mapping) else values
        self.types = {one.value: one.output_field for one in ours if isinstance(one, Given)}
        places = ", ".join(["%s"] * len(self.types))
        self.call = f"EXECUTE {self.name}" + (f" ({places})" if places else "")

    def ask(self, **given: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            self._prepare(cursor.cursor)
            cursor.execute(self.call, [given[name] for name in self.types])
            return cursor.fetchall()

    def _prepare(self, cursor: Any) -> None:
        known = self.known.setdefault(cursor.connection, set())
        if self.name in known:
            return
        with connection.wrap_database_errors:
            cursor.execute(self._text(cursor.connection))
        known.add(self.name)

    def _text(self, link: Any) -> str:
        types = ", ".join(str(type_.db_type(connection)) for type_ in self.types.values())
        writer = psycopg.ClientCursor(link)
        writer.adapters.register_dumper(Place, PlaceDumper)
        text = writer.mogrify(self.sql, self._with({name: Place(at) for at, name in enumerate(self.types, 1)}))
        return f"PREPARE {self.name}" + (f" ({types})" if types else "") + f" AS {text}"


class Passing(Prepared):
    """Of one reader, with nothing given. A connection keeps the plans of the last few readers and forgets the others'."""

    MOST = 16
    last: WeakKeyDictionary[Any, dict[str, None]] = WeakKeyDictionary()
    """What each connection keeps, the latest asked at the end."""

    def _prepare(self, cursor: Any) -> None:
        last = self.last.setdefault(cursor.connection, {})
        last.pop(self.name, None)
        super()._prepare(cursor)
        last[self.name] = None
        while len(last) > self.MOST:
            oldest = next(iter(last))
            del last[oldest]
            self.known[cursor.connection].discard(oldest)
            cursor.execute(f"DEALLOCATE {oldest}")


@dataclass(frozen=True, slots=True)
class Place:
    number: int


class PlaceDumper(Dumper):
    """Writes $1 where PostgreSQL puts the first value."""

    def dump(self, obj: Place) -> bytes:
        return f"${obj.number}".encode()

    quote = dump
