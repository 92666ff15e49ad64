"""Every component with its states on one page, to look at while building and to check with axe."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.templatetags.charts import Effect, Point
from crm.templatetags.ui import TYPES

DAY = date(2026, 11, 24)
TOKENS = [
    "bg",
    "surface",
    "sunken",
    "selected",
    "line-2",
    "ctl",
    "text",
    "text-2",
    "text-3",
    "accent",
    "accent-soft",
    "neutral-g",
    "pos",
    "pos-soft",
    "pos-g",
    "warn",
    "warn-soft",
    "warn-g",
    "neg",
    "neg-soft",
    "neg-g",
    "cross",
    "cross-g",
    "down",
]
STAGES = ["seed", "sprout", "leaf", "bloom", "tree"]
GUARDS = ["clear", "unhappy", "open_case", "recent", "no_need", "opted_out", "other"]
COMPANIES = [
    ("青葉メディカル株式会社", "leaf", 84, [70, 74, 73, 78, 80, 84], 9, 3_980_400, 92, date(2026, 12, 31), "clear"),
    ("東雲物流株式会社", "bloom", 88, [80, 81, 84, 84, 86, 88], 9, 5_356_800, 100, date(2027, 1, 7), "clear"),
    ("三河ケミカル株式会社", "seed", 31, [53, 52, 44, 40, 35, 31], 4, 4_464_000, 71, date(2027, 5, 31), "unhappy"),
    ("常盤出版株式会社", "leaf", 74, [74, 73, 75, 74, 73, 74], 8, 1_785_600, 49, date(2027, 4, 30), "no_need"),
    (
        "日本総合エネルギーソリューションズ・ホールディングス株式会社 関西第二支社 情報システム統括本部 運用管理課",
        "sprout",
        None,
        [],
        None,
        None,
        None,
        date(2027, 2, 15),
        "open_case",
    ),
]
COLUMNS = ("name", "stage", "health", "series", "nps", "ltv", "usage", "renews_on", "guard")


class SampleForm(forms.Form):
    """A right value, a wrong one, and a choice."""

    company = forms.CharField(label=gettext_lazy("Company name"), initial="青葉メディカル株式会社")
    renews_on = forms.CharField(label=gettext_lazy("Renewal date"), help_text=gettext_lazy("As in the contract"))
    note = forms.CharField(label=gettext_lazy("In a word"), widget=forms.Textarea, required=False)
    plan = forms.ChoiceField(
        label=gettext_lazy("Plan"), choices=[("light", "Light"), ("standard", "Standard"), ("premium", "Premium")]
    )

    def clean_renews_on(self) -> str:
        raise forms.ValidationError(_("There is no such day. Did you mean 2027/02/28?"))


@login_required
def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery.html", samples())


def samples() -> dict[str, Any]:
    form = SampleForm({"company": "青葉メディカル株式会社", "renews_on": "2027/02/30", "plan": "standard"})
    return {
        "today": DAY,
        "tokens": TOKENS,
        "stages": STAGES,
        "guards": GUARDS,
        "types": list(TYPES),
        "tints": range(1, 7),
        "form": form,
        "companies": [dict(zip(COLUMNS, company, strict=True)) for company in COMPANIES],
        **chart_samples(),
    }


def chart_samples() -> dict[str, Any]:
    return {
        "drivers": [
            (_("Breadth of use, 78 of 80 seats"), 24),
            (_("NPS 9 (30 Oct)"), 18),
            (_("Heard 12 days ago"), 10),
            (_("Paid on time"), 6),
            (_("Little room left, 92%"), -14),
        ],
        "nps_points": [
            Point(label, value)
            for label, value in zip(
                ["23/10", "24/4", "24/10", "25/4", "25/10", "26/4", "26/10"], [6, 7, 7, 8, 8, None, 9], strict=True
            )
        ],
        "trend_points": trend_sample(),
        "trend_events": {"8": _("4 Aug: night desk opened")},
        "usage": [
            (str(month), value)
            for month, value in zip((5, 6, 7, 8, 9, 10, 11), (90, 150, 210, 300, 400, 560, 736), strict=True)
        ],
        "renewals": [
            {"name": "琉球", "day": date(2026, 12, 4), "tone": "warn", "url": "#main"},
            {"name": "青葉", "day": date(2026, 12, 25), "tone": "up", "url": "#main"},
            {"name": "信濃", "day": date(2027, 1, 1), "tone": "down", "url": "#main"},
            {"name": "東雲", "day": date(2027, 1, 7), "tone": "up", "url": "#main"},
        ],
        "funnel_steps": [
            (_("Announced"), 389),
            (_("Read"), 352),
            (_("Accepted"), 241),
            (_("Proposed"), 178),
            (_("Won"), 62),
        ],
        "effects": [
            Effect(_("Upgrade rate"), 7.6, 2.0, 13.1),
            Effect("NPS", 0.2, -0.6, 1.0, note=_("61 v 28 answers"), in_points=False),
            Effect(_("Complaint rate"), 1.4, 0.3, 2.6, rise_is_good=False),
        ],
        "excluded": [
            (_("Unhappy"), 96, "neg"),
            (_("Open case"), 71, "warn"),
            (_("Asked within 30 days"), 118, ""),
            (_("No known need"), 190, ""),
            (_("Opted out"), 31, ""),
        ],
        "scores": [2, 1, 3, 2, 4, 9, 12, 30, 41, 38, 22],
    }


def trend_sample() -> list[Point]:
    values = [18, 20, 19, 22, 25, 24, 29, 34]
    answers = [61, 58, 64, 22, 70, 66, 72, 75]
    return [
        Point(str(month), value, many, value - 12, value + 12)
        for month, (value, many) in enumerate(zip(values, answers, strict=True), start=4)
    ]
