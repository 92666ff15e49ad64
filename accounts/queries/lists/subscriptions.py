"""What the customers in sight hold and held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Product, Subscription, Tier
from accounts.queries.lists import shared
from crm.lists.fields import Asker, Field, Kind, Option
from crm.lists.spec import BuiltIn, ListSpec

SOON = 60


def rows(asker: Asker) -> QuerySet[Any]:
    return Subscription.objects.visible_to(asker.user)


def search(asker: Asker, contracts: QuerySet[Any], text: str) -> QuerySet[Any]:
    return shared.searched(contracts, asker, text)


def products(asker: Asker) -> Sequence[Option]:
    """What is sold by contract; goods are ordered."""
    sold = Product.objects.exclude(kind=Product.Kind.GOOD).order_by("kind", "code")
    return [(str(product.pk), product.label) for product in sold]


def tiers(asker: Asker) -> Sequence[Option]:
    return [(str(tier.pk), tier.label) for tier in Tier.objects.order_by("family__code", "rank")]


def fields(asker: Asker) -> list[Field]:
    return [
        shared.customer_field(),
        Field(
            key="product",
            label=_("Product"),
            kind=Kind.CHOICE,
            narrow=shared.by_key("product"),
            options=products,
            operators=("any_of", "none_of"),
            value=lambda seen: seen.row.product.label,
            **shared.by_name("product"),
        ),
        Field(
            key="kind",
            label=_("Kind"),
            kind=Kind.CHOICE,
            source="product__kind",
            options=shared.choices_of(Product.Kind),
            operators=("any_of", "none_of"),
            value=lambda seen: seen.row.product.get_kind_display(),
            priority="p4",
            **shared.as_offered("product__kind", Product.Kind),
        ),
        Field(
            key="tier",
            label=_("Plan"),
            kind=Kind.CHOICE,
            narrow=shared.by_key("product__tier"),
            options=tiers,
            value=lambda seen: seen.row.product.tier.label if seen.row.product.tier else None,
            priority="p3",
        ),
        Field(
            key="seats",
            label=pgettext_lazy("column", "Seats"),
            kind=Kind.NUMBER,
            source="seats",
            value=lambda seen: seen.row.seats,
            is_sortable=True,
            is_nullable=False,
            total="sum",
            priority="p2",
        ),
        Field(
            key="monthly_amount",
            label=_("A month"),
            kind=Kind.MONEY,
            source="monthly_amount",
            value=lambda seen: seen.row.monthly_amount,
            is_sortable=True,
            is_nullable=False,
            total="sum",
            priority="p1",
        ),
        Field(
            key="starts_on",
            label=_("Since"),
            kind=Kind.DATE,
            source="starts_on",
            value=lambda seen: seen.row.starts_on,
            is_sortable=True,
            is_nullable=False,
            priority="p3",
        ),
        Field(
            key="renews_on",
            label=_("Renewal"),
            kind=Kind.DATE,
            source="renews_on",
            value=lambda seen: seen.row.renews_on,
            look="renewal",
            is_sortable=True,
            priority="p1",
        ),
        Field(
            key="is_auto_renewed",
            label=_("Renews by itself"),
            kind=Kind.YES_NO,
            source="is_auto_renewed",
            value=lambda seen: seen.row.is_auto_renewed,
            priority="p4",
            is_nullable=False,
            **shared.GATHERED,
        ),
        Field(
            key="ended_on",
            label=_("Ended on"),
            kind=Kind.DATE,
            source="ended_on",
            value=lambda seen: seen.row.ended_on,
            is_sortable=True,
            priority="p4",
        ),
        *shared.account_fields(),
        *shared.custom_fields("subscription"),
    ]


RUNNING = [{"field": "ended_on", "op": "empty"}]
MINE = BuiltIn("mine", _("Of your customers"), [{"field": "account.owner", "op": "me"}, *RUNNING])
RENEWING = BuiltIn(
    "renewing", _("Renewing soon"), [*RUNNING, {"field": "renews_on", "op": "within", "value": SOON}], sort="renews_on"
)
ALL = BuiltIn("running", _("Running"), RUNNING)
EVER = BuiltIn("all", _("All you may see"))


def views(asker: Asker) -> list[BuiltIn]:
    return [MINE, RENEWING, ALL, EVER] if asker.user.is_rep else [ALL, RENEWING, EVER]


SPEC = ListSpec(
    key="subscriptions",
    label=_("Contracts"),
    counter="items",
    url_name="list-subscriptions",
    rows=rows,
    search=search,
    fields=fields,
    columns=("customer", "product", "seats", "monthly_amount", "starts_on", "renews_on", "account.owner"),
    sort="renews_on",
    views=views,
    link=lambda row: reverse("customer", args=[row.account_id]) + "?tab=contracts",
    loaders={"tags": shared.tags_of, "colleagues": shared.colleagues},
    account_of=lambda row: row.account_id,
    only=(*shared.WITH_ACCOUNT, "product", "product__tier"),
    nothing=_("There are no contracts here yet"),
)
