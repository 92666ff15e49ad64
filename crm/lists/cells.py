"""Cells as a page shows them, column by column: written by kind, or by a look of their own. No template is drawn for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.lists.fields import Field, Kind, Seen
from crm.templatetags import formats, marks
from crm.templatetags.ui import icon

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
    return format_html('{} <span class="meta">{}</span>', formats.date_short(value, today), days)


def stage(value: str, today: date) -> SafeString:
    return marks.stage(value)


def tags(value: Sequence[str], today: date) -> SafeString:
    return format_html_join("", '<span class="badge badge-outline">{}</span> ', ((tag,) for tag in value))


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
    if value is None or value == "" or value == ():
        return marks.NOTHING
    if field.look:
        return LOOKS[field.look](value, today)
    return escape(written(field, value, today))


def leading(field: Field, value: tuple[str, Any], link: str) -> SafeString:
    """The name of the row, which leads to its page."""
    label, key = value
    return format_html(
        '<span class="name-cell">{}<a class="row-link" href="{}"{}>{}</a></span>',
        marks.avatar(label, key, is_person=OF_THE_ROW[field.look]),
        link,
        format_html(' title="{}"', label) if is_wide(label) else "",
        label,
    )


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
        drawn = [leading(field, value, link) for value, link in zip(values, links, strict=True)]
    else:
        known = {value: inside(field, value, today) for value in values}
        drawn = [known[value] for value in values]
    if edit:
        drawn = [html + edit_link(field, str(seen.row), edit(seen)) for html, seen in zip(drawn, rows, strict=True)]
    start, end = ends(field, is_head=is_head, is_editable=edit is not None)
    return [start + html + end for html in drawn]


def ends(field: Field, *, is_head: bool, is_editable: bool) -> tuple[SafeString, SafeString]:
    """The tags around each cell of a column, made once."""
    if is_head:
        return SafeString('<th scope="row">'), SafeString("</th>")
    css = f"{'num ' if field.is_number and not field.look else ''}{field.priority}".strip()
    named = format_html(' class="{}"', css) if css else ""
    return format_html("<td{}{}>", named, SafeString(" data-cell" if is_editable else "")), SafeString("</td>")
