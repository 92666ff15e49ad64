"""The calendar of all campaigns: bars in a month or a quarter, and where campaigns come together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from accounts.queries.facts import day_of
from campaigns.queries import schedule as queries
from campaigns.queries.schedule import DAY, WEEK, Bar, Span
from campaigns.views.campaigns import revision_or_404
from campaigns.views.roles import PLANNERS, PLANNERS_AND_MANAGERS, only_for
from crm.http import ReaderRequest

MONTH, QUARTER = "month", "quarter"
STATES = [
    (queries.PLANNED, pgettext_lazy("campaigns", "Planned")),
    (queries.RUNNING, pgettext_lazy("campaigns", "Running")),
    (queries.OVER, pgettext_lazy("campaigns", "Over")),
]


class FindForm(forms.Form):
    """Whatever is not one of the choices is left out."""

    owner = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    state = forms.ChoiceField(required=False, choices=STATES)
    view = forms.ChoiceField(required=False, choices=[(MONTH, MONTH), (QUARTER, QUARTER)])
    on = forms.DateField(required=False)

    @property
    def wanted(self) -> queries.Wanted:
        return queries.Wanted(self.cleaned_data.get("owner"), self.cleaned_data.get("state", ""))


@dataclass(frozen=True, slots=True)
class Column:
    """A day of a month, or a week of a quarter."""

    span: Span
    is_now: bool
    is_free: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A bar with the empty columns before and behind it; `is_before` and `is_behind`: it goes on outside of the view."""

    bar: Bar
    before: Sequence[Column]
    many: int
    behind: Sequence[Column]
    is_before: bool
    is_behind: bool


@only_for(*PLANNERS_AND_MANAGERS)
def calendar(request: ReaderRequest) -> HttpResponse:
    """With `together`, where campaigns come together as well: alone for htmx, else on the page."""
    form, on = FindForm(request.GET), day_of(timezone.now()).on
    form.is_valid()
    view, day = form.cleaned_data.get("view") or QUARTER, form.cleaned_data.get("on") or on
    span = queries.month_of(day) if view == MONTH else queries.quarter_of(day)
    found = queries.schedule(request.user, span, form.wanted, on=on)
    context: dict[str, Any] = {"schedule": found, "view": view, "span": span, "on": day}
    if "together" in request.GET:
        context["together"] = queries.warnings(found.bars, request.user, on=on, span=span)
        if request.htmx:
            return render(request, "schedule/_together.html", context)
    columns = columns_of(span, view, on)
    context |= {
        "columns": columns,
        "rows": [row_of(bar, columns) for bar in found.bars],
        "wanted": form.wanted,
        "owners": queries.owners(request.user),
        "states": STATES,
        "previous": span.first - DAY,
        "following": span.last + DAY,
        **addresses(request),
    }
    return render(request, "schedule/calendar.html", context)


def addresses(request: ReaderRequest) -> dict[str, str]:
    """The state of the page as it stands in its address, with and without the day and the view."""
    asked = request.GET.copy()
    asked.pop("together", None)
    here = asked.copy()
    here["together"] = "1"
    filters = asked.copy()
    for name in ("view", "on"):
        filters.pop(name, None)
    return {"together_query": here.urlencode(), "filter_query": filters.urlencode()}


def columns_of(span: Span, view: str, today: date) -> list[Column]:
    if view == MONTH:
        days = [span.first + DAY * place for place in range((span.last - span.first).days + 1)]
        return [Column(Span(day, day), day == today, day.weekday() > 4) for day in days]
    weeks = [Span(monday, monday + timedelta(days=6)) for monday in span.weeks]
    return [Column(week, week.first <= today < week.first + WEEK, is_free=False) for week in weeks]


def row_of(bar: Bar, columns: Sequence[Column]) -> Row:
    on = [place for place, column in enumerate(columns) if column.span.meets(bar.span)]
    first, last = on[0], on[-1]
    return Row(
        bar=bar,
        before=columns[:first],
        many=last - first + 1,
        behind=columns[last + 1 :],
        is_before=bar.span.first < columns[0].span.first,
        is_behind=bar.is_open or bar.span.last > columns[-1].span.last,
    )


@only_for(*PLANNERS)
def together(request: ReaderRequest, revision_id: int) -> HttpResponse:
    """Where one plan meets the others: a part of the builder, without script a page."""
    revision = revision_or_404(request, revision_id)
    found = queries.warnings_of(revision, request.user, as_of=timezone.now())
    context = {"revision": revision, "together": found}
    template = "schedule/_plan_together.html" if request.htmx else "schedule/plan_together.html"
    return render(request, template, context)
