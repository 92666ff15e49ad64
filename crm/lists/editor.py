"""The small form that writes one condition: operator and value of a field, as the address carries them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from crm.lists.fields import OF_DAYS, WITHOUT_VALUE, Asker, Field, Kind
from crm.lists.filters import Refused
from crm.lists.sentences import OPERATORS
from crm.lists.spec import FieldMap

MOST_OPTIONS = 40
"""Longer lists are searched, not shown."""

TRIED = "set"


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    is_on: bool


@dataclass(frozen=True)
class Editor:
    """`place` is the position of the condition, empty for a new one. A value that was refused is kept as typed."""

    field: Field
    place: str
    operators: list[tuple[str, str]]
    operator: str
    low: str = ""
    high: str = ""
    days: str = ""
    choices: Sequence[Choice] = ()
    is_searched: bool = False
    find: str = ""
    is_wrong: bool = False

    @property
    def has_choices(self) -> bool:
        return self.field.options is not None

    @property
    def has_days(self) -> bool:
        return self.field.kind in (Kind.DATE, Kind.MOMENT)

    @property
    def has_two(self) -> bool:
        return "between" in self.field.usable

    @property
    def input_type(self) -> str:
        return "date" if self.has_days else "number" if self.field.is_number else "text"


def editor_of(query: QueryDict, filters: Sequence[Mapping[str, Any]], fields: FieldMap, asker: Asker) -> Editor | None:
    """What `edit` names: a position, or the key of a field for a new condition."""
    wanted = query.get("edit", "")
    is_place = wanted.isdecimal() and int(wanted) < len(filters)
    condition = dict(filters[int(wanted)]) if is_place else {"field": wanted}
    found = fields.get(str(condition["field"]))
    if found is None or not found.usable:
        return None
    operator = str(query.get("op") or condition.get("op") or found.usable[0])
    low, high = _ends(condition.get("value"))
    chosen = query.getlist("v") or _chosen(condition.get("value"))
    find = query.get("find", "").strip()[:100]
    options = [(str(key), str(label)) for key, label in found.options(asker)] if found.options else []
    return Editor(
        field=found,
        place=wanted if is_place else "",
        operators=[(each, str(OPERATORS[each])) for each in found.usable],
        operator=operator,
        low=query.get("low", low),
        high=query.get("high", high),
        days=query.get("days", low if operator in OF_DAYS else ""),
        choices=_choices(options, set(chosen), find),
        is_searched=len(options) > MOST_OPTIONS,
        find=find,
        is_wrong="wrong" in query,
    )


def _ends(value: Any) -> tuple[str, str]:
    if isinstance(value, list):
        return (str(value[0]), str(value[1])) if len(value) == 2 else ("", "")
    return ("", "") if value is None else (str(value), "")


def _chosen(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _choices(options: Sequence[tuple[str, str]], chosen: set[str], find: str) -> list[Choice]:
    """All of a short list; of a long one what is chosen and what was searched for."""
    shown = options if len(options) <= MOST_OPTIONS else _found(options, chosen, find)
    return [Choice(value, label, value in chosen) for value, label in shown]


def _found(options: Sequence[tuple[str, str]], chosen: set[str], find: str) -> list[tuple[str, str]]:
    on = [option for option in options if option[0] in chosen]
    wanted = find.casefold()
    off = [option for option in options if option[0] not in chosen and wanted in option[1].casefold()]
    return [*on, *off[:MOST_OPTIONS]]


def condition_from(query: QueryDict, fields: FieldMap) -> dict[str, Any]:
    """The condition that the form holds, in the form of filters. Raises Refused when its field is none."""
    field_, operator = fields.get(query.get("field", "")), query.get("op", "")
    if field_ is None:
        raise Refused(-1, "field")
    found: dict[str, Any] = {"field": field_.key, "op": operator}
    if operator in WITHOUT_VALUE:
        return found
    return {**found, "value": _value(query, field_, operator)}


def _value(query: QueryDict, field_: Field, operator: str) -> Any:
    low, high = _typed(query.get("low", ""), field_), _typed(query.get("high", ""), field_)
    if operator in OF_DAYS:
        return _number(query.get("days", ""))
    if operator == "between":
        return [low, high]
    if field_.kind in (Kind.CHOICE, Kind.MULTI, Kind.USER):
        chosen = query.getlist("v")
        return [_number(each) for each in chosen] if field_.kind == Kind.USER else chosen
    return low


def _typed(text: str, field_: Field) -> Any:
    return _number(text) if field_.is_number else text.strip()


def _number(text: str) -> int | float | str:
    """As a number if it is one; what is none is refused where conditions are checked."""
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text
