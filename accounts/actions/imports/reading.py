"""From a cell's text to a value and from a value to its problems, as pieces of SQL.

There are two lanes. The careful lane reads every cell and can say what is wrong with each. The express lane casts plain
cells and only asks whether all is well; when it is not, the careful lane looks again. What the express lane accepts,
the careful lane reads to the same value: a cast alone would take 0x1F, 1_000, today and infinity.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import cast

from django.db import models
from psycopg.sql import SQL, Composable, Identifier, Literal
from psycopg.types.json import Jsonb

from accounts.queries.imports import (
    FLAG_WORDS,
    Cell,
    Choice,
    Column,
    Day,
    Flag,
    Key,
    Known,
    Moment,
    Number,
    Text,
)

BLANKS = " \t\r\n\u3000"
VALUE_SHOWN = 80
PLAIN_NUMBER = "^[0-9]{1,12}([.][0-9]{1,6})?$"
PLAIN_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
PLAIN_MOMENT = (
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[-+][0-9]{2}(:?[0-9]{2})?)?$"
)


def raw(statement: str) -> SQL:
    """A piece of SQL out of our own tables of columns, never out of a file."""
    return SQL(statement)


def value_type(cell: Cell) -> SQL:
    match cell:
        case Known():
            return SQL("bigint")
        case Flag():
            return SQL("boolean")
        case Number(places=0):
            return SQL("integer")
        case Number():
            return SQL("numeric")
        case Day():
            return SQL("date")
        case Moment():
            return SQL("timestamptz")
    return SQL("text")


def plain_form(cell: Cell) -> str:
    """What a cell looks like that a cast reads as the careful lane would; empty where nothing is cast."""
    match cell:
        case Number():
            return PLAIN_NUMBER
        case Day():
            return PLAIN_DAY
        case Moment():
            return PLAIN_MOMENT
    return ""


def given(column: Column) -> Composable:
    """The cell's text without blanks around it, null when nothing is left."""
    cell = SQL("s.{}").format(Identifier(column.name))
    if isinstance(column.cell, Text):
        return SQL("nullif(btrim({}, {}), '')").format(cell, Literal(BLANKS))
    plain = SQL("CASE WHEN octet_length({0}) = char_length({0}) THEN {0} ELSE normalize({0}, NFKC) END").format(cell)
    return SQL("nullif(btrim({}, {}), '')").format(plain, Literal(BLANKS))


def value(column: Column, text: Composable) -> Composable:
    """Null where the text cannot be read."""
    match column.cell:
        case Number():
            # Plain digits are cast at once: the function costs ten times as much.
            return SQL("CASE WHEN {0} ~ {1} THEN {0}::numeric ELSE sodate_read_number({0}) END").format(
                text, Literal(PLAIN_NUMBER)
            )
        case Day():
            return SQL("sodate_read_day({})").format(text)
        case Moment():
            return SQL("sodate_read_moment({})").format(text)
        case Choice(words=words):
            return SQL("({}::jsonb ->> lower({}))").format(Literal(json.dumps(dict(words))), text)
        case Flag():
            return SQL("({}::jsonb ->> lower({}))::boolean").format(Literal(json.dumps(FLAG_WORDS)), text)
        case Known(lives_on_in=""):
            return SQL("{}.id").format(alias(column))
        case Known(lives_on_in=survivor):
            return SQL("coalesce({0}.{1}, {0}.id)").format(alias(column), Identifier(survivor))
    return text


def alias(column: Column) -> Identifier:
    return Identifier(f"known_{column.name}")


def join(column: Column, text: Composable, *, inner: bool = False) -> Composable:
    known = cast(Known, column.cell)
    pattern = "lower({key}) = lower({text})" if known.ignores_case else "{key} = {text}"
    return SQL("{how} JOIN {table} {alias} ON {on}").format(
        how=SQL("INNER" if inner else "LEFT"),
        table=Identifier(known.table),
        alias=alias(column),
        on=raw(pattern).format(key=SQL("{}.{}").format(alias(column), Identifier(known.column)), text=text),
    )


Check = tuple[str, Composable, Composable]


def checks(column: Column, at: datetime) -> Iterator[Check]:
    """Code, what is wrong (over a row `r` with the value and `given_…`), and the figures as JSON."""
    name, text = _value(column), _given(column)
    if column.is_required:
        yield "REQUIRED", SQL("{} IS NULL").format(text), SQL("'{}'::jsonb")
    if code := _unreadable(column.cell):
        yield code, SQL("{} IS NOT NULL AND {} IS NULL").format(text, name), _figures(column, **_choices(column.cell))
    match column.cell:
        case Text(limit=limit):
            yield _too_long(column, limit)
        case Key(limit=limit, pattern=pattern):
            yield _too_long(column, limit)
            if pattern:
                yield "WRONG_FORM", SQL("{} !~ {}").format(name, Literal(pattern)), _figures(column)
        case Number(low=low, high=high, places=places):
            outside = SQL("{} NOT BETWEEN {} AND {}").format(name, raw(low), raw(high))
            yield "OUT_OF_RANGE", outside, _figures(column, low=low, high=high)
            finer = SQL("{0} <> round({0}, {1})").format(name, Literal(places))
            yield "TOO_MANY_PLACES", finer, _figures(column, places=places)
        case Day(is_past=True) | Moment(is_past=True):
            yield "IN_THE_FUTURE", SQL("{} > {}").format(name, _now(column.cell, at)), _figures(column)


def all_well(column: Column, at: datetime) -> Iterator[Composable]:
    """What a typed value over a row `r` must satisfy in the express lane."""
    name = _value(column)
    if column.is_required:
        yield SQL("{} IS NOT NULL").format(name)
    if form := plain_form(column.cell):
        yield SQL("coalesce({} ~ {}, true)").format(_given(column), Literal(form))
    match column.cell:
        case Text(limit=limit):
            yield SQL("coalesce(char_length({}) <= {}, true)").format(name, Literal(limit))
        case Key(limit=limit, pattern=pattern):
            yield SQL("coalesce(char_length({}) <= {}, true)").format(name, Literal(limit))
            if pattern:
                yield SQL("coalesce({} ~ {}, true)").format(name, Literal(pattern))
        case Number(low=low, high=high, places=places):
            yield SQL("coalesce({} BETWEEN {} AND {}, true)").format(name, raw(low), raw(high))
            if places:
                yield SQL("coalesce(scale({}) <= {}, true)").format(name, Literal(places))
        case Day(is_past=True) | Moment(is_past=True):
            yield SQL("coalesce({} <= {}, true)").format(name, _now(column.cell, at))
        case Known() | Choice() | Flag() if not column.is_required:
            yield SQL("({} IS NOT NULL OR {} IS NULL)").format(name, _given(column))


def fallback(model: type[models.Model], target: str, at: datetime) -> object:
    """What an empty cell, or a column that the file lacks, stores: the default of the model."""
    one = next(one for one in model._meta.concrete_fields if one.column == target)
    if one.has_default():
        default = one.get_default()
        return Jsonb(default) if isinstance(one, models.JSONField) else default
    if getattr(one, "auto_now_add", False):
        return at
    if one.null:
        return None
    return "" if one.empty_strings_allowed else None


def _value(column: Column) -> Composable:
    return SQL("r.{}").format(Identifier(column.name))


def _given(column: Column) -> Composable:
    return SQL("r.{}").format(Identifier(f"given_{column.name}"))


def _unreadable(cell: Cell) -> str:
    match cell:
        case Number():
            return "NOT_A_NUMBER"
        case Day():
            return "NOT_A_DAY"
        case Moment():
            return "NOT_A_MOMENT"
        case Choice():
            return "NOT_A_CHOICE"
        case Flag():
            return "NOT_YES_OR_NO"
        case Known():
            return "UNKNOWN"
    return ""


def _choices(cell: Cell) -> dict[str, str]:
    return {"choices": ", ".join(word for word, _ in cell.words)} if isinstance(cell, Choice) else {}


def _too_long(column: Column, limit: int) -> Check:
    figures = SQL("jsonb_build_object('limit', {}::int, 'length', char_length({}))").format(
        Literal(limit), _value(column)
    )
    return "TOO_LONG", SQL("char_length({}) > {}").format(_value(column), Literal(limit)), figures


def _figures(column: Column, **more: object) -> Composable:
    shown = SQL("jsonb_build_object('value', left({}, {}))").format(_given(column), Literal(VALUE_SHOWN))
    return SQL("{} || {}::jsonb").format(shown, Literal(json.dumps(more))) if more else shown


def figures_of(column: Column) -> Composable:
    return _figures(column)


def _now(cell: Cell, at: datetime) -> Composable:
    if isinstance(cell, Moment):
        return SQL("{}::timestamptz").format(Literal(at.isoformat()))
    return SQL("{}::timestamptz::date").format(Literal(at.isoformat()))
