"""The measure log: found, compared side by side, and handed out as a report for the monthly meeting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaigns.actions import reports
from campaigns.queries import measures as queries
from campaigns.views.measure_lines import Sheet, headings_of, sheets_of
from campaigns.views.roles import PLANNERS_AND_MANAGERS, only_for
from crm.http import ReaderRequest
from crm.views.notices import older

RESULTS = [
    (queries.UP, pgettext_lazy("result", "Sold more than without it")),
    (queries.DOWN, pgettext_lazy("result", "Sold less than without it")),
    (queries.UNCLEAR, pgettext_lazy("result", "No clear difference")),
    (queries.UNKNOWN, gettext_lazy("Not measured yet")),
]


class FindForm(forms.Form):
    """Whatever is not one of the choices is left out."""

    text = forms.CharField(required=False, max_length=100)
    year = forms.IntegerField(required=False, min_value=2000, max_value=2100)
    owner = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    result = forms.ChoiceField(required=False, choices=RESULTS)

    @property
    def wanted(self) -> queries.Wanted:
        self.is_valid()
        return queries.Wanted(**{name: value for name, value in self.cleaned_data.items() if value})


@only_for(*PLANNERS_AND_MANAGERS)
def measures(request: ReaderRequest) -> HttpResponse:
    wanted = FindForm(request.GET).wanted
    asked = request.GET.copy()
    for name in ("at", "id"):
        asked.pop(name, None)
    after = older(request, at="launched_at")
    page = queries.page(request.user, wanted, after=after)
    context = {
        "page": page,
        "sheets": headings_of(page.entries),
        "wanted": wanted,
        "asked": asked.urlencode(),
        "years": queries.years(request.user),
        "owners": queries.owners(request.user),
        "results": RESULTS,
        "at_once": queries.AT_ONCE,
    }
    return render(request, "measures/measures.html", context)


@only_for(*PLANNERS_AND_MANAGERS)
def comparison(request: ReaderRequest) -> HttpResponse:
    """Two to four revisions side by side, the oldest at the left."""
    keys = chosen_keys(request)[: queries.AT_ONCE]
    sheets = sheets_of(queries.chosen(request.user, keys), now=timezone.now())
    if len(sheets) < 2:
        return redirect("measures")
    rows = [(name, [sheet.text_of(name) for sheet in sheets]) for name in names_of(sheets)]
    keys_shown = [sheet.revision.pk for sheet in sheets]
    return render(request, "measures/comparison.html", {"sheets": sheets, "rows": rows, "keys": keys_shown})


def names_of(sheets: Sequence[Sheet]) -> list[str]:
    """Every line in which one of them says something, in their order."""
    said = {line.name for sheet in sheets for line in sheet.said}
    return [line.name for line in sheets[0].lines if line.name in said]


def chosen_keys(request: ReaderRequest) -> list[int]:
    given = dict.fromkeys(request.GET.getlist("r"))
    return [int(number) for number in given if number.isdecimal() and len(number) < 10]


@only_for(*PLANNERS_AND_MANAGERS)
def report(request: ReaderRequest) -> HttpResponse:
    """To be printed: the chosen revisions, else what the filters find. What was handed out is on record."""
    return render(request, "measures/report.html", handed_out(request, "print"))


@only_for(*PLANNERS_AND_MANAGERS)
def report_pdf(request: ReaderRequest) -> HttpResponse:
    from campaigns.views.report_file import pdf  # the library is large and seldom needed

    content = handed_out(request, "pdf")
    response = HttpResponse(
        pdf(title=content["title"], sub=content["sub"], sheets=content["sheets"]), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'attachment; filename="measure-log-{timezone.localdate():%Y-%m-%d}.pdf"'
    return response


def handed_out(request: ReaderRequest, form: str) -> dict[str, Any]:
    now = timezone.now()
    keys = chosen_keys(request)
    if keys:
        entries: Sequence[queries.Entry] = queries.chosen(request.user, keys[: queries.IN_REPORT])
    else:
        entries = queries.page(request.user, FindForm(request.GET).wanted, size=queries.IN_REPORT).entries
    reports.hand_out(revisions=[entry.revision.pk for entry in entries], form=form, by=request.user, at=now)
    return {
        "title": _("Measure log"),
        "sub": _("%(day)s, %(name)s") % {"day": f"{timezone.localdate(now):%Y-%m-%d}", "name": request.user.label},
        "sheets": sheets_of(entries, now=now),
        "query": request.GET.urlencode(),
    }
