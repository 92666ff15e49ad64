"""Cells as a page shows them, column by column: written by kind, or by a look of their own. No template is drawn for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.lists.fields import Field, Kind, Seen
from crm.templatetags import formats, marks
from crm.templatetags.ui import icon

Reader = tuple[str | None, str]
"""Language and time zone."""

CUT_FROM = 30
"""Half-width signs from which a name may be cut in its column, so that it says all of itself when pointed at."""

# ------------------------------------------------------------------------------ looks


def change(value: float, today: date) -> SafeString:
    return escape(formats.signed(value))


def guard(value: tuple[str, str], today: date) -> SafeString:
    return marks.guard(*value)


def health(value: tuple[int, Sequence[int]], today: date) -> SafeString:
    return marks.health(*value)


def last_contact(value: tuple[datetime, str], today: date) -> SafeString:
    return format_html("{} {}", formats.date_short(value[0], today), value[1])


def meter(value: float, today: date) -> SafeString:
    return marks.meter(value)


def moment(value: datetime, today: date) -> SafeString:
    return escape(formats.moment(value, today))


def nps(value: int, today: date) -> SafeString:
    return marks.nps(value)


def renewal(value: date, today: date) -> SafeString:
    days = formats.remaining(value, today)
    return format_html("{} <small>{}</small>", formats.date_short(value, today), days)


def stage(value: str, today: date) -> SafeString:
    return marks.stage(value)


def tags(value: Sequence[str], today: date) -> SafeString:
    return format_html_join("", '<i class="badge badge-outline">{}</i> ', ((tag,) for tag in value))


LOOKS: Mapping[str, Callable[[Any, date], SafeString]] = {
    "change": change,
    "guard": guard,
    "health": health,
    "last_contact": last_contact,
    "meter": meter,
    "moment": moment,
    "nps": nps,
    "renewal": renewal,
    "stage": stage,
    "tags": tags,
}
"""By the `look` of a field: a value that is known, and today, make what stands in the cell."""

OF_THE_ROW = {"name": False, "person": True}
"""Looks that lead to the page of the row, and whether that is a person."""


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


# ------------------------------------------------------------------------------ cells


def inside(field: Field, value: Any, today: date) -> SafeString:
    """What stands in the cell, but for looks that lead to the page of the row."""
    return drawn(field, [value], today)[value]


def drawn(field: Field, values: Iterable[Any], today: date) -> dict[Any, SafeString]:
    """The same for the values of a column, each once."""
    reader = get_language(), timezone.get_current_timezone_name()
    return {value: _drawn(field, value, today, reader) for value in values}


def _drawn(field: Field, value: Any, today: date, reader: Reader) -> SafeString:
    if value is None or value == "" or value == ():
        return marks.NOTHING
    if field.look:
        return looking(field.look, value, today, reader)
    return escape(written(field, value, today))


@lru_cache(maxsize=4096)
def looking(look: str, value: Any, today: date, reader: Reader) -> SafeString:
    """Drawn once a process: the same value looks the same on every page of that day, in that language and zone."""
    return LOOKS[look](value, today)


def leading(field: Field, value: tuple[str, Any], link: str, own_id: str = "") -> SafeString:
    """A name that leads to the page of the row. By `own_id` it names the checkbox of the row."""
    label, key = value
    return format_html(
        '{}<a class=row-link href="{}"{}{}>{}</a>',
        marks.avatar(label, key, is_person=OF_THE_ROW[field.look]),
        link,
        format_html(" id={}", own_id) if own_id else "",
        format_html(' title="{}"', label) if is_wide(label) else "",
        label,
    )


def checkboxes(rows: Sequence[Seen]) -> list[SafeString]:
    """The boxes that take rows among the selected ones, each named by the name of its row, whose id is its place."""
    box = "<td><input type=checkbox name=selected value={} form=bulk aria-labelledby=r{}>"
    return [format_html(box, seen.row.pk, place) for place, seen in enumerate(rows)]


def is_wide(text: str) -> bool:
    """Signs from the Japanese planes on take two places."""
    return len(text) + sum(sign > "\u2e7f" for sign in text) > CUT_FROM


def edit_link(field: Field, name: str, address: str) -> SafeString:
    """The pencil that turns a cell into its small form."""
    return format_html(
        '<a class="cell-edit" href="{0}" hx-get="{0}" hx-target="closest td" hx-swap="innerHTML" data-key="e" data-edit'
        ' aria-label="{1}">{2}</a>',
        address,
        _("Edit %(field)s of %(name)s") % {"field": field.label, "name": name},
        icon("pencil", "s"),
    )


def column(
    field: Field,
    rows: Sequence[Seen],
    links: Sequence[str],
    today: date,
    *,
    edit: Callable[[Seen], str] | None = None,
    is_head: bool = False,
) -> list[SafeString]:
    """The cells of one column. `edit` gives the address of the small form, where the field has one."""
    values = [field.value(seen) for seen in rows]
    if field.look in OF_THE_ROW:
        ids = [f"r{place}" if is_head else "" for place in range(len(rows))]
        found = [leading(field, *each) for each in zip(values, links, ids, strict=True)]
    else:
        known = drawn(field, values, today)
        found = [known[value] for value in values]
    if edit:
        found = [html + edit_link(field, str(seen.row), edit(seen)) for html, seen in zip(found, rows, strict=True)]
    start = SafeString("<th scope=row>" if is_head else "<td data-cell>" if edit else "<td>")
    return [start + html for html in found]


def table_rows(columns: Sequence[Sequence[SafeString]], are_clear: Sequence[bool]) -> SafeString:
    """The cells of all columns put together; `data-clear` on rows that may be offered something.

    End tags that HTML lets out are left out: a page would say them five hundred times. That they are rows they need not say.
    """
    starts = ("<tr data-clear>" if is_clear else "<tr>" for is_clear in are_clear)
    rows = zip(*columns, strict=True)
    return SafeString("\n".join(start + "".join(row) for start, row in zip(starts, rows, strict=True)))


def marks_of(columns: Sequence[Field], *, has_checks: bool) -> str:
    """Classes of the table that say what holds for whole columns: the boxes, figures, and what leaves first."""
    found = [
        f"c{place}-{mark}"
        for place, field in enumerate(columns, 2 if has_checks else 1)
        for mark in ("num" if field.is_number and not field.look else "", field.priority)
        if mark
    ]
    return " ".join(["has-checks", *found] if has_checks else found)
