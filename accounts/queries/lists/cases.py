"""Complaints, questions and outages of the customers in sight."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Case
from accounts.queries.lists import shared
from crm.lists.fields import Asker, Field, Kind
from crm.lists.spec import BuiltIn, ListSpec


def rows(asker: Asker) -> QuerySet[Any]:
    return Case.objects.visible_to(asker.user)


def search(asker: Asker, cases: QuerySet[Any], text: str) -> QuerySet[Any]:
    named = Q(subject__icontains=text) | Q(subject_en__icontains=text)
    return shared.searched(cases, asker, text, Case.objects.filter(named))


def fields(asker: Asker) -> list[Field]:
    return [
        shared.customer_field(),
        Field(
            key="subject",
            label=_("What happened"),
            kind=Kind.TEXT,
            source="subject",
            value=lambda seen: seen.row.label,
            **shared.by_word("subject"),
        ),
        Field(
            key="kind",
            label=_("Kind"),
            kind=Kind.CHOICE,
            source="kind",
            options=shared.choices_of(Case.Kind),
            value=lambda seen: seen.row.get_kind_display(),
            priority="p1",
            **shared.as_offered("kind", Case.Kind),
        ),
        Field(
            key="severity",
            label=_("Severity"),
            kind=Kind.CHOICE,
            source="severity",
            options=shared.choices_of(Case.Severity),
            value=lambda seen: seen.row.get_severity_display(),
            priority="p1",
            **shared.as_offered("severity", Case.Severity),
        ),
        Field(
            key="opened_at",
            label=_("Opened"),
            kind=Kind.MOMENT,
            source="opened_at",
            value=lambda seen: seen.row.opened_at,
            is_sortable=True,
            is_nullable=False,
            priority="p2",
        ),
        Field(
            key="due_on",
            label=_("Due on"),
            kind=Kind.DATE,
            source="due_on",
            value=lambda seen: seen.row.due_on,
            is_sortable=True,
            priority="p2",
        ),
        Field(
            key="solved_at",
            label=_("Solved on"),
            kind=Kind.MOMENT,
            source="solved_at",
            value=lambda seen: seen.row.solved_at,
            is_sortable=True,
            priority="p3",
        ),
        Field(
            key="reported_at",
            label=_("Reported to the customer"),
            kind=Kind.MOMENT,
            source="reported_at",
            value=lambda seen: seen.row.reported_at,
            is_sortable=True,
            priority="p3",
        ),
        Field(
            key="owner",
            label=_("Answerable"),
            kind=Kind.USER,
            source="owner",
            options=shared.users,
            value=lambda seen: seen.row.owner.label if seen.row.owner else None,
            priority="p3",
            **shared.by_person("owner"),
        ),
        *shared.account_fields(),
        *shared.custom_fields("case"),
    ]


OPEN: list[dict[str, Any]] = [{"field": "reported_at", "op": "empty"}]
LATE: list[dict[str, Any]] = [
    {"field": "due_on", "op": "filled"},
    {"field": "due_on", "op": "not_for", "value": 0},
    {"field": "solved_at", "op": "empty"},
]
MINE = BuiltIn("mine", _("Of your customers"), [{"field": "account.owner", "op": "me"}, *OPEN])
VIEWS = [
    BuiltIn("open", pgettext_lazy("cases", "Open"), OPEN),
    BuiltIn("assigned", pgettext_lazy("cases", "Mine"), [{"field": "owner", "op": "me"}, *OPEN]),
    BuiltIn("late", _("Overdue"), LATE, "due_on"),
    BuiltIn("closed", pgettext_lazy("cases", "Closed"), [{"field": "reported_at", "op": "filled"}]),
    BuiltIn("all", _("All you may see")),
]


def views(asker: Asker) -> list[BuiltIn]:
    return [MINE, *VIEWS] if asker.user.is_rep else VIEWS


SPEC = ListSpec(
    key="cases",
    label=_("Cases"),
    counter="cases",
    url_name="cases",
    rows=rows,
    search=search,
    fields=fields,
    columns=("customer", "subject", "kind", "severity", "opened_at", "due_on", "solved_at", "owner"),
    sort="-opened_at",
    views=views,
    link=lambda row: reverse("case-page", args=[row.pk]),
    loaders={"tags": shared.tags_of, "colleagues": shared.colleagues},
    account_of=lambda row: row.account_id,
    only=(*shared.WITH_ACCOUNT, "owner"),
    nothing=_("There are no cases here"),
)
