"""What happened with the customers in sight."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Activity
from accounts.models.activities import NOTE_BIGRAMS, ActivityKind
from accounts.queries.lists import shared
from accounts.queries.search import holding
from crm.lists.fields import Asker, Field, Kind
from crm.lists.spec import BuiltIn, ListSpec


def rows(asker: Asker) -> QuerySet[Any]:
    return Activity.objects.visible_to(asker.user)


def search(asker: Asker, activities: QuerySet[Any], text: str) -> QuerySet[Any]:
    return shared.searched(activities, asker, text, holding(Activity.objects.all(), NOTE_BIGRAMS, text))


def fields(asker: Asker) -> list[Field]:
    return [
        shared.customer_field(),
        Field(
            key="at",
            label=_("When"),
            kind=Kind.MOMENT,
            source="at",
            value=lambda seen: seen.row.at,
            look="moment",
            is_sortable=True,
            is_nullable=False,
        ),
        Field(
            key="kind",
            label=_("Kind"),
            kind=Kind.CHOICE,
            source="kind",
            options=shared.choices_of(ActivityKind),
            value=lambda seen: seen.row.get_kind_display(),
            **shared.as_offered("kind", ActivityKind),
        ),
        Field(
            key="result",
            label=_("Result"),
            kind=Kind.CHOICE,
            source="result",
            options=shared.choices_of(Activity.Result),
            value=lambda seen: seen.row.get_result_display(),
            priority="p2",
            **shared.as_offered("result", Activity.Result),
        ),
        Field(
            key="reaction",
            label=_("Reaction"),
            kind=Kind.CHOICE,
            source="reaction",
            options=shared.choices_of(Activity.Reaction),
            value=lambda seen: seen.row.get_reaction_display() or None,
            priority="p2",
            **shared.as_offered("reaction", Activity.Reaction),
        ),
        Field(
            key="note",
            label=_("Note"),
            kind=Kind.TEXT,
            source="note",
            value=lambda seen: seen.row.note,
            priority="p1",
        ),
        Field(
            key="by",
            label=_("By"),
            kind=Kind.USER,
            source="by",
            options=shared.users,
            value=lambda seen: seen.row.by.label,
            is_nullable=False,
            priority="p3",
            **shared.by_person("by"),
        ),
        Field(
            key="contact",
            label=_("Contact"),
            kind=Kind.TEXT,
            source="contact__name",
            value=lambda seen: seen.row.contact.label if seen.row.contact else None,
            priority="p4",
            **shared.by_person("contact"),
        ),
        Field(
            key="minutes",
            label=_("Minutes"),
            kind=Kind.NUMBER,
            source="minutes",
            value=lambda seen: seen.row.minutes,
            is_sortable=True,
            total="sum",
            priority="p4",
        ),
        *shared.account_fields(),
        *shared.custom_fields("activity"),
    ]


MINE = BuiltIn("mine", _("Your activities"), [{"field": "by", "op": "me"}])
ALL = BuiltIn("all", _("All you may see"))
UPSET = BuiltIn("upset", _("Upset customers"), [{"field": "reaction", "op": "any_of", "value": ["upset"]}])


def views(asker: Asker) -> list[BuiltIn]:
    return [MINE, ALL, UPSET] if asker.user.is_rep else [ALL, UPSET]


SPEC = ListSpec(
    key="activities",
    label=_("Activities"),
    counter="activities",
    url_name="list-activities",
    rows=rows,
    search=search,
    fields=fields,
    columns=("customer", "at", "kind", "result", "reaction", "note", "by", "contact"),
    sort="-at",
    views=views,
    link=lambda row: reverse("customer", args=[row.account_id]) + "?tab=activity",
    loaders={"tags": shared.tags_of, "colleagues": shared.colleagues},
    account_of=lambda row: row.account_id,
    only=(*shared.WITH_ACCOUNT, "by", "contact"),
    nothing=_("Nothing has been logged here yet"),
)
