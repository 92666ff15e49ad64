"""One page of any order: those behind a place, never a number of rows skipped. The last page costs what the first does.

What is unknown stands at the end, whichever way the list is sorted. Therefore a list has two parts, known and unknown,
each in the order of an index: by value and tie, which for the unknown is by the tie alone.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import BooleanField, Expression, F, Func, IntegerField, Model, QuerySet, Value

from crm.lists.fields import Asker, Field, Kind

KNOWN, UNKNOWN = 0, 1
EVERY = 1_000_000_000
SORT, TIE, KEY = "sort_value", "sort_tie", "sort_key"


class BadPlace(ValueError):
    """The place in the address is none of this order's."""


@dataclass(frozen=True, slots=True)
class Place:
    """Of one row within an order."""

    part: int
    value: Any
    tie: int

    def write(self) -> str:
        value = self.value if isinstance(self.value, int | str | bool | None) else str(self.value)
        packed = json.dumps([self.part, value, self.tie], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, field: Field) -> Place:
        """Raises BadPlace."""
        try:
            part, value, tie = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if part not in (KNOWN, UNKNOWN) or not isinstance(tie, int) or abs(tie) >= 2**63:
                raise BadPlace
            return cls(part, _typed(value, field) if part == KNOWN else None, tie)
        except (binascii.Error, ValueError, TypeError, InvalidOperation) as error:
            raise BadPlace from error


def _typed(value: Any, field: Field) -> Any:
    if field.is_number:
        return value if isinstance(value, int) else Decimal(str(value))
    if field.kind == Kind.MOMENT:
        return datetime.fromisoformat(value)
    if field.kind == Kind.DATE:
        return date.fromisoformat(value)
    if field.kind == Kind.YES_NO:
        return bool(value)
    if not isinstance(value, str) or "\0" in value:
        raise BadPlace
    return value


@dataclass(frozen=True, slots=True)
class Order:
    field: Field
    is_descending: bool
    asker: Asker

    @property
    def source(self) -> Any:
        source = self.field.order or self.field.source
        return F(source) if isinstance(source, str) else source(self.asker)

    @property
    def parts(self) -> tuple[int, ...]:
        return (KNOWN, UNKNOWN) if self.field.is_nullable else (KNOWN,)


@dataclass(frozen=True, slots=True)
class Page:
    """`after` and `before` lead on and back, None at an end."""

    rows: Sequence[Any]
    before: str | None
    after: str | None


def page(
    rows: QuerySet[Any], order: Order, *, after: Place | None = None, before: Place | None = None, limit: int
) -> Page:
    """At most `limit` rows behind `after`, or those just ahead of `before`: one statement, two where the parts meet."""
    if before is not None:
        found = walk(rows, order, before, limit + 1, backwards=True)
        kept = found[:limit][::-1]
        return Page(kept, _place(kept[:1], order) if len(found) > limit else None, _place(kept[-1:], order))
    found = walk(rows, order, after, limit + 1)
    kept = found[:limit]
    onward = _place(kept[-1:], order) if len(found) > limit else None
    return Page(kept, _place(kept[:1], order) if after is not None else None, onward)


def _place(rows: Sequence[Any], order: Order) -> str | None:
    return place_of(rows[0]).write() if rows else None


def place_of(row: Model) -> Place:
    """Of a row that `walk` or `placed` gave."""
    value = getattr(row, SORT)
    return Place(UNKNOWN if value is None else KNOWN, value, getattr(row, TIE))


def placed(rows: QuerySet[Any], order: Order) -> QuerySet[Any]:
    """The rows with what their place is made of."""
    return rows.annotate(**{SORT: order.source, TIE: F("pk")}).alias(**{KEY: F(order.field.tie)})


def walk(rows: QuerySet[Any], order: Order, start: Place | None, limit: int, *, backwards: bool = False) -> list[Any]:
    """Up to `limit` rows from a place (without it) to the end, or back to the beginning."""
    parts = order.parts[::-1] if backwards else order.parts
    if start is not None:
        parts = parts[parts.index(start.part) :] if start.part in parts else ()
    found: list[Any] = []
    for part in parts:
        if len(found) < limit:
            beyond = start if start and start.part == part else None
            answer = _unknown if part == UNKNOWN and order.field.unknown else _part
            found += answer(rows, order, part, beyond, backwards, limit - len(found))
    return found


def _part(
    rows: QuerySet[Any], order: Order, part: int, start: Place | None, backwards: bool, limit: int
) -> QuerySet[Any]:
    """One part in the order of the walk, behind `start` if it lies in it."""
    falls = order.is_descending != backwards
    rows = placed(rows, order)
    if order.field.is_nullable:
        rows = rows.filter(**{f"{SORT}__isnull": part == UNKNOWN})
    keys: list[Any] = [F(SORT), F(KEY)] if part == KNOWN or order.field.is_indexed else [F("pk")]
    if start is not None:
        against = [start.value, start.tie] if part == KNOWN else [start.tie]
        rows = rows.filter(Beyond(keys[-len(against) :], against, falls))
    return rows.order_by(*(key.desc() if falls else key.asc() for key in keys))[:limit]


def _unknown(
    rows: QuerySet[Any], order: Order, part: int, start: Place | None, backwards: bool, limit: int
) -> QuerySet[Any]:
    """The unknown of a field that says how to find them: first their numbers, which indexes hold, then their rows.

    They are few, so all of them are asked for, by number: two indexes are walked side by side. Were only some asked for,
    PostgreSQL would hope to meet them soon, and look for each row on its own whether it is one.
    """
    assert order.field.unknown
    falls = order.is_descending != backwards
    beyond = rows.filter(**{"pk__lt" if falls else "pk__gt": start.tie}) if start is not None else rows
    by_number = "-pk" if falls else "pk"
    ways = order.field.unknown(order.asker)
    first, *others = (beyond.filter(way).order_by("pk").values("pk")[:EVERY] for way in ways)
    some = first.union(*others, all=True).order_by(by_number)[:limit]
    found = rows.filter(pk__in=some).order_by(by_number)
    return found.annotate(**{SORT: Value(None, IntegerField()), TIE: F("pk")})


class Beyond(Func):
    """`(a, b) > (x, y)` as one comparison of rows, which an index over (a, b) answers by going there."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, keys: Sequence[Any], values: Sequence[Any], falls: bool, **extra: Any) -> None:
        self.falls = falls
        self.width = len(keys)
        super().__init__(*keys, *(Value(each) if not isinstance(each, Expression) else each for each in values))

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = [compiler.compile(each) for each in self.get_source_expressions()]
        left = ", ".join(sql for sql, _ in parts[: self.width])
        right = ", ".join(sql for sql, _ in parts[self.width :])
        parameters = [each for _, given in parts for each in given]
        return f"({left}) {'<' if self.falls else '>'} ({right})", parameters
