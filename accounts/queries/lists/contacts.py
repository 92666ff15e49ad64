"""The people at the customers in sight."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Contact
from accounts.models.accounts import CONTACT_BIGRAMS
from accounts.queries.lists import shared
from accounts.queries.search import holding
from crm.lists.fields import Asker, Field, Kind
from crm.lists.spec import BuiltIn, ListSpec


def rows(asker: Asker) -> QuerySet[Any]:
    return Contact.objects.visible_to(asker.user).filter(account__closed_on=None)


def search(asker: Asker, contacts: QuerySet[Any], text: str) -> QuerySet[Any]:
    return shared.searched(contacts, asker, text, holding(Contact.objects.all(), CONTACT_BIGRAMS, text))


def fields(asker: Asker) -> list[Field]:
    return [
        Field(
            key="name",
            label=_("Name"),
            kind=Kind.TEXT,
            source="name",
            value=lambda seen: (seen.row.label, seen.row.pk),
            plain=lambda value: value[0],
            look="person",
            sorted_by="reading",
            is_nullable=False,
        ),
        shared.customer_field(),
        Field(
            key="reading",
            label=_("Reading"),
            kind=Kind.TEXT,
            source="reading",
            value=lambda seen: seen.row.reading,
            is_sortable=True,
            is_nullable=False,
            priority="p4",
        ),
        Field(
            key="department",
            label=_("Department"),
            kind=Kind.TEXT,
            source="department",
            value=lambda seen: seen.row.department_label,
            priority="p3",
            **shared.by_word("department"),
        ),
        Field(
            key="title",
            label=_("Job title"),
            kind=Kind.TEXT,
            source="title",
            value=lambda seen: seen.row.title,
            priority="p3",
            **shared.by_word("title"),
        ),
        Field(
            key="part",
            label=_("Part played"),
            kind=Kind.CHOICE,
            source="part",
            options=shared.choices_of(Contact.Part),
            value=lambda seen: seen.row.get_part_display(),
            priority="p2",
            **shared.as_offered("part", Contact.Part),
        ),
        Field(
            key="email",
            label=_("Email address"),
            kind=Kind.TEXT,
            source="email",
            value=lambda seen: seen.row.email,
            priority="p2",
            **shared.by_word("email"),
        ),
        Field(
            key="phone",
            label=_("Phone"),
            kind=Kind.TEXT,
            source="phone",
            value=lambda seen: seen.row.phone,
            priority="p3",
            **shared.by_word("phone"),
        ),
        Field(
            key="left_on",
            label=pgettext_lazy("contact", "Left on"),
            kind=Kind.DATE,
            source="left_on",
            value=lambda seen: seen.row.left_on,
            is_sortable=True,
            priority="p4",
        ),
        *shared.account_fields(),
        *shared.custom_fields("contact"),
    ]


PRESENT = BuiltIn("all", _("All you may see"), [{"field": "left_on", "op": "empty"}])
MINE = BuiltIn("mine", _("At your customers"), [{"field": "account.owner", "op": "me"}, *PRESENT.filters])
DECIDERS = BuiltIn(
    "deciders",
    _("Decision makers"),
    [{"field": "part", "op": "any_of", "value": ["decider"]}, *PRESENT.filters],
)


def views(asker: Asker) -> list[BuiltIn]:
    return [MINE, DECIDERS, PRESENT] if asker.user.is_rep else [PRESENT, DECIDERS]


SPEC = ListSpec(
    key="contacts",
    label=_("Contacts"),
    counter="people",
    url_name="list-contacts",
    rows=rows,
    search=search,
    fields=fields,
    columns=("name", "customer", "department", "title", "part", "email", "phone", "account.owner"),
    sort="reading",
    views=views,
    link=lambda row: reverse("customer", args=[row.account_id]) + "?tab=contacts",
    loaders={"tags": shared.tags_of, "colleagues": shared.colleagues},
    account_of=lambda row: row.account_id,
    only=shared.WITH_ACCOUNT,
    nothing=_("There are no contacts here yet"),
)
