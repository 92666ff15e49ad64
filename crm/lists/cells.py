"""Cells as a page shows them: written by kind, or by a small template of their own, each distinct one drawn once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.template.loader import get_template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from crm.lists.fields import Field, Kind, Seen
from crm.templatetags import formats

NOTHING = format_html('<span class="unknown">{}</span>', formats.EMPTY)


@dataclass(frozen=True, slots=True)
class Cell:
    field: Field
    html: SafeString


class Drawing:
    """The cells of one page. `context` is what its templates may know besides the value."""

    def __init__(self, today: date, **context: Any) -> None:
        self.context = {"today": today, **context}
        self.drawn: dict[tuple[str, Any], SafeString] = {}

    def row(self, seen: Seen, columns: Sequence[Field], **own: Any) -> list[Cell]:
        """`own` is what is so for this row alone, e.g. its link."""
        return [Cell(field, self.cell(field, field.value(seen), own)) for field in columns]

    def cell(self, field: Field, value: Any, own: dict[str, Any]) -> SafeString:
        if value is None or value == "" or value == ():
            return NOTHING
        if not field.look:
            return escape(written(field, value, self.context["today"]))
        if field.look in OF_THE_ROW:
            return self.draw(field, value, own)
        key = (field.look, value)
        if key not in self.drawn:
            self.drawn[key] = self.draw(field, value, {})
        return self.drawn[key]

    def draw(self, field: Field, value: Any, own: dict[str, Any]) -> SafeString:
        html = get_template(f"lists/cells/{field.look}.html").render({**self.context, **own, "value": value})
        return mark_safe(html.strip())  # noqa: S308 - a template of ours, which escapes what it shows


OF_THE_ROW = frozenset({"name", "person"})
"""Looks that link to the row."""


def written(field: Field, value: Any, today: date) -> str:
    """A value by its kind, as people read it."""
    match field.kind:
        case Kind.MONEY:
            return formats.money(value)
        case Kind.NUMBER:
            return formats.number(value, 0 if value == int(value) else 2)
        case Kind.SHARE:
            return formats.percent(value)
        case Kind.DATE | Kind.MOMENT:
            return formats.date_short(value if not isinstance(value, str) else date.fromisoformat(value), today)
        case Kind.YES_NO:
            return _("Yes") if value else _("No")
        case _:
            return str(value)
