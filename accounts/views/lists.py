"""The lists: customers, contacts, activities, needs, cases, contracts. One page, six declarations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from accounts.forms.bulk import FORMS
from accounts.models import BulkEdit
from accounts.views import toasts
from accounts.views.cells import edit_of
from accounts.views.saved_views import list_or_404
from crm import audit, slots
from crm.http import ReaderRequest
from crm.lists import aggregates, cells, sentences
from crm.lists import filters as conditions
from crm.lists.asking import Asked, ask
from crm.lists.cells import written
from crm.lists.editor import Editor, condition_from, editor_of
from crm.lists.export import as_csv, as_xlsx, in_language
from crm.lists.fields import Asker, Field, Seen
from crm.lists.filters import Refused
from crm.lists.saving import may_share
from crm.lists.spec import ListSpec, lists
from crm.lists.state import TooMany, UnknownOrder, View
from crm.saved_views import Density
from crm.templatetags import formats

FIGURES = "figures"
MOST_IDS = 1_000
TRIED = 3
"""So many conditions of a list without rows are left out in turn."""

CUSTOMERS = "customers"
FILES = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@login_required
def show(request: ReaderRequest, key: str) -> HttpResponse:
    """The list in the state of its address; with `figures` only what is counted over all matching rows."""
    spec = lists[key]
    try:
        asked = asked_by(request, spec)
        if "set" in request.GET:
            return HttpResponseRedirect(with_condition(request, asked))
        if "choose" in request.GET:
            return HttpResponseRedirect(asked.state.with_(columns=tuple(request.GET.getlist("column"))).query())
        return counted(request, asked) if FIGURES in request.GET else page(request, asked)
    except (Refused, UnknownOrder) as refusal:
        return refused(request, spec, refusal)


def asked_by(request: ReaderRequest, spec: ListSpec, query: QueryDict | None = None) -> Asked:
    return ask(spec, Asker(request.user, timezone.now()), request.GET if query is None else query)


def with_condition(request: ReaderRequest, asked: Asked) -> str:
    """The address with the condition that the small form holds, in place of the one it edited or as a new one."""
    place = request.GET.get("set", "")
    filters = list(asked.state.filters)
    found = condition_from(request.GET, asked.fields)
    try:
        conditions.check(found, 0, asked.fields)
    except Refused:
        return asked.state.query(edit=place if place.isdecimal() else found["field"], op=found["op"], wrong=1)
    if place.isdecimal() and int(place) < len(filters):
        filters[int(place)] = found
    else:
        filters.append(found)
    return asked.state.with_(filters=tuple(filters)).query()


def page(request: ReaderRequest, asked: Asked) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    found = asked.page(after=after, before=before, joined=asked.joined)
    context = {
        **frame(request, asked),
        "rows": drawn(asked, found.rows),
        "before": asked.state.query(before=found.before) if found.before else "",
        "after": asked.state.query(after=found.after) if found.after else "",
        "toast": toasts.take(request),
        **({} if found.rows else nothing_found(asked)),
    }
    return render(request, "lists/list.html", context)


def nothing_found(asked: Asked) -> dict[str, Any]:
    """The condition without which there are rows, the last one first, and how many; else the last one."""
    filters = asked.state.filters
    for place in range(len(filters) - 1, max(-1, len(filters) - 1 - TRIED), -1):
        state = replace(asked.state, filters=(*filters[:place], *filters[place + 1 :]))
        many = patiently(lambda state=state: aggregates.number(replace(asked, state=state).rows))
        if many:
            return {"hindering": pills(asked)[place], "found_without": many}
    return {"hindering": pills(asked)[-1]} if filters else {}


def drawn(asked: Asked, rows: Sequence[Any]) -> SafeString:
    """The rows of the table, each with a link that leads back into this list."""
    seen = asked.seen(rows)
    origin = origin_of(asked)
    links = [leading_back(asked.spec.link(each.row), origin) for each in seen]
    columns = [
        cells.column(field, seen, links, asked.asker.today, edit=edit_of(field), is_head=place == 0)
        for place, field in enumerate(asked.columns)
    ]
    if is_bulk(asked.spec):
        columns.insert(0, cells.checkboxes(seen))
    return cells.table_rows(columns, [is_clear(each) for each in seen])


def is_bulk(spec: ListSpec) -> bool:
    """Is there anything to do with many of its rows at once?"""
    return spec.key in FORMS


ICONS = {"owner": "users", "assign": "users", "plan": "calendar", "add_tags": "tag", "solve": "check"}


def bulk_deeds(spec: ListSpec) -> list[dict[str, Any]]:
    """The buttons of its bar."""
    return [{"deed": BulkEdit.Deed(deed), "icon": ICONS.get(deed, "")} for deed in FORMS.get(spec.key, ())]


def origin_of(asked: Asked) -> str:
    """Which list a row's page leads back into: a view by its key; how it was changed says the address that the browser tells."""
    state = asked.state
    if state.is_changed or state.text:
        return ""
    view = state.view.key
    return urlencode({"from": view if asked.spec.key == CUSTOMERS else f"{asked.spec.key}?view={view}"})


def leading_back(address: str, origin: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{origin}" if origin else address


def is_clear(seen: Seen) -> bool:
    """Whether the customer may be offered something, where that was asked."""
    guard = seen["guard"]
    return bool(guard and guard.allows)


def frame(request: ReaderRequest, asked: Asked) -> dict[str, Any]:
    """Everything around the rows."""
    state = asked.state
    return {
        "spec": asked.spec,
        "state": state,
        "own_url": reverse(asked.spec.url_name),
        "here": state.query(),
        "tabs": [{"view": view, "url": f"?view={view.key}"} for view in asked.views],
        "pills": pills(asked),
        "without_filters": state.with_(filters=()).query(),
        "editor": editor(request, asked),
        "addable": addable(asked),
        "heads": heads(asked),
        "choosable": choosable(asked),
        "densities": [
            {"label": label, "url": state.with_(density=value).query(), "is_on": state.density == value}
            for value, label in Density.choices
        ],
        "figures_url": state.query(figures=1),
        "may_share": may_share(request.user),
        "is_own_view": bool(state.view.saved and state.view.saved.owner_id == request.user.pk),
        "hidden": hidden(state.query()),
        "is_bulk": is_bulk(asked.spec),
        "is_of_customers": asked.spec.key == CUSTOMERS,
        "bulk_deeds": bulk_deeds(asked.spec),
        "list_commands": [command(request, asked.spec, state.query()) for command in slots.list_commands],
        "bulk_commands": [command(request, asked.spec) for command in slots.bulk_commands],
        "column_marks": cells.marks_of(asked.columns, has_checks=is_bulk(asked.spec)),
        "table_density": {Density.WIDE: "comfortable", Density.NARROW: "compact"}.get(Density(state.density), ""),
    }


def hidden(query: str, *without: str) -> list[tuple[str, str]]:
    """An address as hidden inputs, for forms that add to it."""
    return [(name, value) for name, value in parse_qsl(query.removeprefix("?")) if name not in without]


def pills(asked: Asked) -> list[dict[str, Any]]:
    filters = asked.state.filters
    return [
        {
            "sentence": each,
            "edit": asked.state.query(edit=each.position),
            "remove": asked.state.with_(filters=(*filters[: each.position], *filters[each.position + 1 :])).query(),
        }
        for each in sentences.sentences(filters, asked.fields, asked.asker)
    ]


def editor(request: ReaderRequest, asked: Asked) -> Editor | None:
    return editor_of(request.GET, asked.state.filters, asked.fields, asked.asker)


def addable(asked: Asked) -> list[Field]:
    return [field for field in asked.fields.values() if field.usable]


def heads(asked: Asked) -> list[dict[str, Any]]:
    return [head(asked, field) for field in asked.columns]


def head(asked: Asked, field: Field) -> dict[str, Any]:
    """A second press turns the order round."""
    by = asked.fields.get(field.sorted_by) or field
    sort = asked.state.sort
    sorted_ = {by.key: "ascending", f"-{by.key}": "descending"}.get(sort, "")
    turned = f"-{by.key}" if sorted_ == "ascending" else by.key
    url = asked.state.with_(sort=turned).query() if by.is_sortable else ""
    return {"field": field, "url": url, "sorted": sorted_}


def choosable(asked: Asked) -> list[dict[str, Any]]:
    """Every field as a column to switch on or off, those shown first in their order."""
    shown = [field.key for field in asked.columns]
    rest = [key for key in asked.fields if key not in shown]
    return [{"field": asked.fields[key], "is_on": key in shown} for key in (*shown[1:], *rest)]


# ------------------------------------------------------------------------------ counted apart


def counted(request: ReaderRequest, asked: Asked) -> HttpResponse:
    """The foot and the numbers on the tabs: asked for once the rows stand, so that nobody waits for them."""
    tabs = tabs_of(asked)
    found = patiently(aggregates.overview, asked, list(tabs.values()))
    totals, numbers = found or (patiently(aggregates.totals, asked) or aggregates.Totals(None), [])
    known = dict(zip(tabs, numbers, strict=False))
    context = {
        "spec": asked.spec,
        "state": asked.state,
        "totals": totals,
        "cap": aggregates.CAP,
        "figures": [{"field": each.field, "words": figure(each, asked)} for each in totals.figures],
        "tab_counts": [(view.key, known.get(view.key)) for view in others_of(asked)],
        "is_fragment": bool(request.htmx),
    }
    return render(request, "lists/_figures.html", context)


def patiently(count: Callable[..., Any], *what: Any) -> Any:
    """None when it takes too long."""
    try:
        with aggregates.patience():
            return count(*what)
    except aggregates.OutOfPatience:
        return None


def figure(total: aggregates.Total, asked: Asked) -> str:
    if total.value is None:
        return "—"
    if total.field.total == "net":
        return formats.signed(total.value)
    value = total.value if total.field.total == "sum" else round(total.value)
    return written(total.field, value, asked.asker.today)


def others_of(asked: Asked) -> list[View]:
    return [each for each in asked.views if each.key != asked.state.view.key]


def tabs_of(asked: Asked) -> dict[str, QuerySet[Any]]:
    """The rows to be counted of the other tabs; a view that can no longer be asked has none."""
    found = {}
    for view in others_of(asked):
        with suppress(Refused):
            found[view.key] = conditions.counted(asked.spec, view.filters, asked.fields, asked.asker)
    return found


# ------------------------------------------------------------------------------ refused


def refused(request: ReaderRequest, spec: ListSpec, refusal: Exception) -> HttpResponse:
    """What cannot be asked is said, never left out: the conditions stand there with the wrong one marked, and no row."""
    query = request.GET.copy()
    is_form = (isinstance(refusal, Refused) and refusal.position < 0) or isinstance(refusal, UnknownOrder)
    for name in ("filter", "sort") if is_form else ():
        query.pop(name, None)
    asked = asked_by(request, spec, query)
    context = {
        **frame(request, asked),
        "rows": [],
        "refusal": refusal,
        "is_order": isinstance(refusal, UnknownOrder),
        "in_usual_order": asked.state.with_(sort=asked.spec.sort).query(),
        "is_too_many": isinstance(refusal, TooMany),
    }
    if is_form:
        context["pills"] = []
    elif isinstance(refusal, Refused):
        context["hindering"] = context["pills"][refusal.position]
    return render(request, "lists/list.html", context, status=422)


@require_POST
@login_required
def export(request: ReaderRequest, list_key: str) -> HttpResponseBase:
    """The list as it stands in the address, or the selected rows of it, as a file. Who took what is written down before the first row leaves."""
    spec = list_or_404(list_key)
    form = "xlsx" if request.POST.get("form") == "xlsx" else "csv"
    try:
        asked = among(request, asked_by(request, spec))
        listed: dict[str, Any] = {
            "filters": list(asked.state.filters),
            "columns": [field.key for field in asked.columns],
        }
        asked.check()
    except (Refused, UnknownOrder) as refusal:
        return refused(request, spec, refusal)
    number = aggregates.number(asked.rows)
    audit.record(
        verb=f"{spec.key}.exported", subject=request.user, by=request.user, at=asked.asker.at, rows=number, **listed
    )
    make, content_type = FILES[form]
    answer = StreamingHttpResponse(in_language(make(asked), get_language()), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{spec.key}-{asked.asker.today:%Y%m%d}.{form}"'
    return answer


def among(request: ReaderRequest, asked: Asked) -> Asked:
    """Only the selected rows, if some were."""
    chosen = [int(each) for each in request.POST.getlist("selected") if each.isdecimal() and len(each) < 19]
    return replace(asked, ids=chosen[:MOST_IDS]) if chosen and request.POST.get("scope") != "all" else asked
