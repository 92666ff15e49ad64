"""Conditions as data, `[{field, op, value}]`, turned into SQL through the declared fields and nothing else.

A field that does not exist and one that the asker may not read are refused in the same way, so a filter tells nobody
anything that the list would not show them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

from crm.lists.fields import OF_DAYS, WITHOUT_VALUE, Asker, Field, Kind
from crm.lists.spec import FieldMap, ListSpec, related

MOST_CONDITIONS = 20
MOST_VALUES = 100
LONGEST = 200
PARTS = ("field", "op", "value")
STANDS_THERE = frozenset({"contains", "is", "starts"})
LARGEST = Decimal(10) ** 15
MOST_DAYS = 36_500


class Refused(ValueError):
    """The condition at `position` (from 0; -1: all of it) cannot be asked: `part` is field, operator, value or form."""

    def __init__(self, position: int, part: str) -> None:
        super().__init__(f"condition {position}: {part}")
        self.position = position
        self.part = part


def read(text: str) -> list[dict[str, Any]]:
    """Conditions as they stand in an address or a body. Raises Refused when they are not of that form."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        raise Refused(-1, "form") from None
    return shaped([_named(each) for each in found] if isinstance(found, list) else found)


def _named(condition: Any) -> Any:
    """A condition of an address names its parts, or gives them in their order."""
    if not isinstance(condition, list) or len(condition) > len(PARTS):
        return condition
    return dict(zip(PARTS, condition, strict=False))


def shaped(found: Any) -> list[dict[str, Any]]:
    if not isinstance(found, list) or len(found) > MOST_CONDITIONS:
        raise Refused(-1, "form")
    for position, condition in enumerate(found):
        if not isinstance(condition, dict) or not {"field", "op"} <= condition.keys() <= {*PARTS}:
            raise Refused(position, "form")
    return found


def write(filters: Sequence[Mapping[str, Any]]) -> str:
    """As short as an address can say it: the page of a filtered list says it twenty times."""
    parts = [[condition[part] for part in PARTS if part in condition] for condition in filters]
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def narrowed(
    spec: ListSpec, rows: QuerySet[Any], filters: Sequence[Mapping[str, Any]], fields: FieldMap, asker: Asker
) -> QuerySet[Any]:
    """The rows for which every condition holds. Raises Refused."""
    checked = [check(condition, position, fields) for position, condition in enumerate(filters)]
    rows = related(spec, rows, asker, [field for field, _, _ in checked])
    for number, (field, operator, value) in enumerate(checked):
        rows = _narrow(rows, f"filter_{number}", field, operator, value, asker)
    return rows


def counted(spec: ListSpec, filters: Sequence[Mapping[str, Any]], fields: FieldMap, asker: Asker) -> QuerySet[Any]:
    """As many rows as `narrowed` finds: those that stand in for them, where they would be met with them for every condition."""
    checked = [check(condition, position, fields) for position, condition in enumerate(filters)]
    if not spec.stand_in or not _stand_alone([field for field, _, _ in checked]):
        return narrowed(spec, spec.rows(asker), filters, fields, asker)
    rows = spec.stand_in(asker)
    for field, operator, value in checked:
        said = (
            field.narrow(asker, operator, value)
            if field.narrow
            else comparison(field, field.column, operator, value, asker)
        )
        rows = rows.filter(said)
    return rows


def _stand_alone(fields: Sequence[Field]) -> bool:
    """Are all of them columns of the table that stands in, and some that the list itself would have to look up there?"""
    return all(field.column for field in fields) and any(field.relation for field in fields)


def check(condition: Mapping[str, Any], position: int, fields: FieldMap) -> tuple[Field, str, Any]:
    """Field, operator and value as the database gets them. Raises Refused."""
    key, operator = condition.get("field"), condition.get("op")
    field = fields.get(key) if isinstance(key, str) else None
    if field is None or not field.usable:
        raise Refused(position, "field")
    if not isinstance(operator, str) or operator not in field.usable:
        raise Refused(position, "operator")
    if operator in WITHOUT_VALUE:
        return field, operator, None
    try:
        return field, operator, value_of(field, operator, condition.get("value"))
    except (ValueError, TypeError, InvalidOperation, OverflowError):
        raise Refused(position, "value") from None


def _narrow(rows: QuerySet[Any], alias: str, field: Field, operator: str, value: Any, asker: Asker) -> QuerySet[Any]:
    if field.narrow is not None:
        return rows.filter(field.narrow(asker, operator, value))
    if field.ahead is not None and operator in STANDS_THERE:
        rows = rows.filter(field.ahead(asker, value))
    if operator in ("empty", "filled") and _is_never_null(rows.model, field):
        blank = Q(**{str(field.source): ""})
        return rows.filter(blank if operator == "empty" else ~blank)
    if isinstance(field.source, str) and not field.relation:
        return rows.filter(comparison(field, field.source, operator, value, asker))
    rows = rows.alias(**{alias: F(field.source) if isinstance(field.source, str) else field.source(asker)})
    return rows.filter(comparison(field, alias, operator, value, asker))


def _is_never_null(model: type[Model], field: Field) -> bool:
    """A text of the row itself that is "" where nobody knows it. Asked for a null as well, PostgreSQL would leave aside
    the index of those without it."""
    columns = {one.name: one for one in model._meta.concrete_fields}
    column = columns.get(field.source) if isinstance(field.source, str) and not field.relation else None
    return column is not None and _may_be_blank(field) and not column.null


# ------------------------------------------------------------------------------ values as written


def value_of(field: Field, operator: str, given: Any) -> Any:
    """The value in the type that the field compares with. Raises ValueError and its like."""
    if operator in OF_DAYS:
        return days(given)
    if operator == "between":
        low, high = sorted(one(field, each) for each in given)
        return low, high
    if field.kind in (Kind.CHOICE, Kind.MULTI, Kind.USER):
        return several(field, given)
    return one(field, given)


def several(field: Field, given: Any) -> list[Any]:
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_VALUES:
        raise ValueError("not a list of values")
    return [number_of(each) if field.kind == Kind.USER else text(each) for each in given]


def one(field: Field, given: Any) -> Any:
    if field.is_number:
        return amount(given) if field.has_decimals or field.kind == Kind.SHARE else whole(given)
    if field.kind in (Kind.DATE, Kind.MOMENT):
        return date.fromisoformat(text(given))
    if field.kind == Kind.YES_NO:
        return yes_or_no(given)
    return text(given)


def text(given: Any) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > LONGEST or "\0" in given:
        raise ValueError("not a text")
    return given.strip()


def amount(given: Any) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise TypeError("not a number")
    number = Decimal(str(given))
    if not number.is_finite() or abs(number) > LARGEST:
        raise ValueError("not a number of ours")
    return number


def whole(given: Any) -> int:
    number = amount(given)
    if number != int(number):
        raise ValueError("not a whole number")
    return int(number)


def number_of(given: Any) -> int:
    """A row's id."""
    number = whole(given)
    if not 0 < number < 2**63:
        raise ValueError("not an id")
    return number


def days(given: Any) -> int:
    number = whole(given)
    if not 0 <= number <= MOST_DAYS:
        raise ValueError("not a number of days")
    return number


def yes_or_no(given: Any) -> bool:
    known = {True: True, False: False, "yes": True, "no": False, "true": True, "false": False}
    if isinstance(given, bool | str) and given in known:
        return known[given]
    raise ValueError("neither yes nor no")


# ------------------------------------------------------------------------------ comparisons


def comparison(field: Field, path: str, operator: str, value: Any, asker: Asker) -> Q:
    """`path operator value` as a Q. What is unknown is neither more nor less than anything; it "lacks" every word."""
    unknown = Q(**{f"{path}__isnull": True})
    if operator in ("empty", "filled"):
        is_blank = unknown | Q(**{path: ""}) if _may_be_blank(field) else unknown
        return is_blank if operator == "empty" else ~is_blank
    if operator == "me":
        return Q(**{path: asker.user.pk})
    if field.kind in (Kind.DATE, Kind.MOMENT):
        return of_days(field, path, operator, value, asker) | (unknown if operator == "not_for" else Q(pk__in=[]))
    if operator == "lacks":
        return unknown | ~Q(**{f"{path}__icontains": value})
    if operator == "none_of":
        return unknown | ~Q(**{f"{path}__in": value})
    if operator == "between":
        return Q(**{f"{path}__gte": value[0], f"{path}__lte": value[1]})
    lookup = {"at_least": "gte", "at_most": "lte", "contains": "icontains", "starts": "istartswith", "any_of": "in"}
    return Q(**{f"{path}__{lookup.get(operator, 'exact')}": value})


def _may_be_blank(field: Field) -> bool:
    return field.kind in (Kind.TEXT, Kind.CHOICE)


def of_days(field: Field, path: str, operator: str, value: Any, asker: Asker) -> Q:
    """Days as the reader counts them; of a moment, the whole of its day."""
    first, last = span(operator, value, asker.today)
    bounds: dict[str, date | datetime] = {}
    if first is not None:
        bounds[f"{path}__gte"] = edge(field, first)
    if last is not None and field.kind == Kind.MOMENT:
        bounds[f"{path}__lt"] = edge(field, last + timedelta(days=1))
    elif last is not None:
        bounds[f"{path}__lte"] = last
    return Q(**bounds)


def span(operator: str, value: Any, today: date) -> tuple[date | None, date | None]:
    """First and last day meant, None for no bound."""
    match operator:
        case "since":
            return value, None
        case "until":
            return None, value
        case "between":
            return value
        case "within":
            return today, today + timedelta(days=value)
        case "last":
            return today - timedelta(days=value), today
        case _:
            return None, today - timedelta(days=value + 1)


def edge(field: Field, day: date) -> date | datetime:
    """The first moment of a day in the organisation's zone, for fields that hold moments."""
    if field.kind == Kind.DATE:
        return day
    return timezone.make_aware(datetime.combine(day, time()))
