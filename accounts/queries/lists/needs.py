"""What the customers in sight told us they need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Need, Topic
from accounts.models.voice import NEED_BIGRAMS
from accounts.queries.lists import shared
from accounts.queries.search import holding
from crm.lists.fields import Asker, Field, Kind, Option
from crm.lists.spec import BuiltIn, ListSpec


def rows(asker: Asker) -> QuerySet[Any]:
    return Need.objects.visible_to(asker.user)


def search(asker: Asker, needs: QuerySet[Any], text: str) -> QuerySet[Any]:
    return shared.searched(needs, asker, text, holding(Need.objects.all(), NEED_BIGRAMS, text))


def topics(asker: Asker) -> Sequence[Option]:
    return [(str(topic.pk), topic.label) for topic in Topic.objects.order_by("code")]


def fields(asker: Asker) -> list[Field]:
    return [
        shared.customer_field(),
        Field(
            key="words",
            label=_("In their words"),
            kind=Kind.TEXT,
            source="words",
            value=lambda seen: seen.row.said,
            is_nullable=False,
        ),
        Field(
            key="topic",
            label=_("Topic"),
            kind=Kind.CHOICE,
            narrow=shared.by_key("topic"),
            options=topics,
            operators=("any_of", "none_of"),
            value=lambda seen: seen.row.topic.label,
            priority="p1",
            **shared.by_name("topic"),
        ),
        Field(
            key="heard_on",
            label=_("Heard on"),
            kind=Kind.DATE,
            source="heard_on",
            value=lambda seen: seen.row.heard_on,
            is_sortable=True,
            is_nullable=False,
            priority="p1",
        ),
        Field(
            key="by",
            label=_("Heard by"),
            kind=Kind.USER,
            source="by",
            options=shared.users,
            value=lambda seen: seen.row.by.label if seen.row.by else None,
            priority="p3",
            **shared.by_person("by"),
        ),
        Field(
            key="solved_on",
            label=_("Solved on"),
            kind=Kind.DATE,
            source="solved_on",
            value=lambda seen: seen.row.solved_on,
            is_sortable=True,
            priority="p2",
        ),
        Field(
            key="solution",
            label=_("Solution"),
            kind=Kind.TEXT,
            source="solution",
            value=lambda seen: seen.row.solved_by,
            priority="p3",
        ),
        *shared.account_fields(),
        *shared.custom_fields("need"),
    ]


OPEN = [{"field": "solved_on", "op": "empty"}]
MINE = BuiltIn("mine", _("Of your customers"), [{"field": "account.owner", "op": "me"}, *OPEN])
ALL_OPEN = BuiltIn("open", _("Open"), OPEN)
ALL = BuiltIn("all", _("All you may see"))


def views(asker: Asker) -> list[BuiltIn]:
    return [MINE, ALL_OPEN, ALL] if asker.user.is_rep else [ALL_OPEN, ALL]


SPEC = ListSpec(
    key="needs",
    label=_("Needs"),
    counter="needs",
    url_name="list-needs",
    rows=rows,
    search=search,
    fields=fields,
    columns=("customer", "words", "topic", "heard_on", "by", "solved_on", "account.owner"),
    sort="-heard_on",
    views=views,
    link=lambda row: reverse("customer", args=[row.account_id]) + "?tab=needs",
    loaders={"tags": shared.tags_of, "colleagues": shared.colleagues},
    account_of=lambda row: row.account_id,
    only=(*shared.WITH_ACCOUNT, "topic", "by"),
    nothing=_("No need has been written down here yet"),
)
