"""Customers: what they are, where they stand, what they hold, and what is open with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, DateField, DateTimeField, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import (
    Account,
    Activity,
    Case,
    FollowUp,
    Need,
    Product,
    Subscription,
    Tier,
    UsageReading,
)
from accounts.models.standing import Stage
from accounts.queries import portfolio
from accounts.queries.lists import shared
from accounts.queries.search import matching
from crm import slots
from crm.lists.fields import Asker, Field, Kind, Option, Seen
from crm.lists.spec import BuiltIn, ListSpec

SOON = 60
"""Days ahead of a renewal from which it is talked about."""

QUIET = 90
NEARLY_FULL = 85


def rows(asker: Asker) -> QuerySet[Account]:
    return Account.objects.visible_to(asker.user).active()


def search(asker: Asker, accounts: QuerySet[Account], text: str) -> QuerySet[Account]:
    return matching(accounts, text, reader=asker.user)


# ------------------------------------------------------------------------------ facts as expressions


def plans(today: date) -> QuerySet[Subscription]:
    """Running plans of the row, the highest tier first: the one that the list shows."""
    held = Subscription.objects.running(today).filter(account=OuterRef("pk"), product__kind=Product.Kind.PLAN)
    return held.order_by("-product__tier__rank", "-starts_on")


def renews_on(asker: Asker) -> Subquery:
    return Subquery(plans(asker.today).values("renews_on")[:1], output_field=DateField())


def seats(asker: Asker) -> Subquery:
    held = plans(asker.today).order_by().values("account").annotate(total=Sum("seats"))
    return Subquery(held.values("total"), output_field=IntegerField())


def usage(asker: Asker) -> Subquery:
    """Percent of the storage allowance by the newest reading."""
    readings = UsageReading.objects.filter(
        account=OuterRef("pk"), meter__code=portfolio.STORAGE, read_on__lte=asker.today
    ).order_by("-read_on")
    share = F("value") * 100 / F("allowance")
    return Subquery(readings.filter(allowance__gt=0).values(share=share)[:1])


def last_contact(asker: Asker) -> Subquery:
    newest = Activity.objects.filter(account=OuterRef("pk")).order_by("-at", "-pk")
    return Subquery(newest.values("at")[:1], output_field=DateTimeField())


def next_follow_up(asker: Asker) -> Subquery:
    due = FollowUp.objects.open().filter(account=OuterRef("pk")).order_by("due_on")
    return Subquery(due.values("due_on")[:1], output_field=DateField())


def number_of(open_rows: QuerySet[Any]) -> Coalesce:
    counted = open_rows.filter(account=OuterRef("pk")).order_by().values("account").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0, output_field=IntegerField())


def open_cases(asker: Asker) -> Coalesce:
    return number_of(Case.objects.open())


def open_needs(asker: Asker) -> Coalesce:
    return number_of(Need.objects.open())


# ------------------------------------------------------------------------------ what may be chosen


def tiers(asker: Asker) -> Sequence[Option]:
    return [(str(tier.pk), tier.label) for tier in Tier.objects.order_by("family__code", "rank")]


def by_tier(asker: Asker, operator: str, value: Any) -> Q:
    held = Subscription.objects.running(asker.today).filter(
        account=OuterRef("pk"), product__kind=Product.Kind.PLAN, product__tier__isnull=False
    )
    keys = [int(each) for each in value if each.isdecimal() and len(each) < 19] if value else value
    return shared.amid(held, "product__tier")(asker, operator, keys)


GUARDS: Sequence[Option] = (
    ("clear", _("OK to offer")),
    ("unhappy", pgettext_lazy("guard", "Unhappy")),
    ("open_case", pgettext_lazy("guard", "Open case")),
    ("recent", pgettext_lazy("guard", "Asked recently")),
    ("no_need", pgettext_lazy("guard", "No known need")),
    ("opted_out", pgettext_lazy("guard", "Opted out")),
    ("other", pgettext_lazy("guard", "Not now")),
)


def by_guard(asker: Asker, operator: str, value: Any) -> Q:
    """As the app above answers for a whole set; without such an app nobody is guarded."""
    said = Q()
    for guarded in slots.account_guard_filters:
        said &= guarded(value, asker.today)
    return ~said if operator == "none_of" else said


# ------------------------------------------------------------------------------ facts of a page


def guards(ids: Sequence[int], asker: Asker) -> Mapping[int, slots.GuardBadge]:
    return portfolio.guards_of(ids, as_of=asker.today)


def follow_ups(ids: Sequence[int], asker: Asker) -> Mapping[int, date]:
    due = FollowUp.objects.open().filter(account__in=ids).order_by("account", "due_on").distinct("account")
    return dict(due.values_list("account_id", "due_on"))


def counts(model: Any) -> Any:
    def loader(ids: Sequence[int], asker: Asker) -> Mapping[int, int]:
        found = model.objects.open().filter(account__in=ids).order_by().values_list("account").annotate(Count("pk"))
        return dict(found)

    return loader


def seat_counts(ids: Sequence[int], asker: Asker) -> Mapping[int, int]:
    held = Subscription.objects.running(asker.today).filter(account__in=ids, product__kind=Product.Kind.PLAN)
    return dict(held.order_by().values_list("account").annotate(Sum("seats")))


def usage_shares(ids: Sequence[int], asker: Asker) -> Mapping[int, int]:
    newest = portfolio.newest_usage(ids, portfolio.STORAGE, as_of=asker.today)
    return {pk: round(100 * one.value / one.allowance) for pk, one in newest.items() if one.allowance}


def score(name: str) -> Any:
    return lambda seen: getattr(seen["standing"], name) if seen["standing"] else None


def health(seen: Seen) -> tuple[int, tuple[int, ...]] | None:
    """The figure, and what it was over the last 90 days."""
    known = score("health")(seen)
    return None if known is None else (known, tuple(seen["series"] or ()))


# ------------------------------------------------------------------------------ the fields


def of_standing(key: str, label: Any, kind: Kind, **more: Any) -> Field:
    name = more.pop("name", key)
    defaults: dict[str, Any] = {"value": score(name), "facts": "standing", "is_sortable": True}
    return Field(
        key=key,
        label=label,
        kind=kind,
        source=f"standing__{name}",
        relation="standing",
        tie="standing__account_id",
        **{**defaults, **more},
    )


def fields(asker: Asker) -> list[Field]:
    return [*own_fields(), *scores(), *holdings(), *what_is_open(), *shared.account_fields(""), *facts(), *custom()]


def own_fields() -> list[Field]:
    return [
        Field(
            key="name",
            label=_("Customer"),
            kind=Kind.TEXT,
            source="name",
            value=lambda seen: (seen.row.label, seen.row.pk),
            plain=lambda value: value[0],
            look="name",
            sorted_by="reading",
            is_nullable=False,
        ),
        Field(
            key="reading",
            label=_("Reading"),
            kind=Kind.TEXT,
            source="reading",
            value=lambda seen: seen.row.reading,
            is_sortable=True,
            is_nullable=False,
            is_editable=True,
            priority="p4",
        ),
    ]


def scores() -> list[Field]:
    return [
        of_standing(
            "stage",
            _("Stage"),
            Kind.CHOICE,
            options=shared.choices_of(Stage),
            look="stage",
            plain=lambda value: Stage(value).label if value else None,
            is_sortable=False,
            priority="p4",
        ),
        of_standing("loyalty", _("Loyalty"), Kind.NUMBER, is_costly=True, priority="p4"),
        of_standing(
            "health",
            _("Health"),
            Kind.NUMBER,
            value=health,
            look="health",
            plain=lambda value: value[0] if value else None,
            facts="standing series",
            total="average",
        ),
        of_standing("health_change", _("Change of health"), Kind.NUMBER, look="change", is_costly=True, priority="p3"),
        of_standing("nps", "NPS", Kind.NUMBER, look="nps", priority="p1"),
        of_standing("ltv", "LTV", Kind.MONEY, total="sum", priority="p2"),
    ]


def holdings() -> list[Field]:
    return [
        Field(
            key="plan",
            label=_("Plan"),
            kind=Kind.CHOICE,
            narrow=by_tier,
            options=tiers,
            facts="plan",
            value=lambda seen: seen["plan"].product.tier.label if seen["plan"] else None,
            priority="p3",
        ),
        Field(
            key="usage",
            label=_("Storage used"),
            kind=Kind.SHARE,
            source=usage,
            facts="usage",
            value=lambda seen: seen["usage"],
            look="meter",
            is_sortable=True,
            is_costly=True,
            priority="p3",
        ),
        Field(
            key="renews_on",
            label=_("Renewal"),
            kind=Kind.DATE,
            source=renews_on,
            facts="plan",
            value=lambda seen: seen["plan"].renews_on if seen["plan"] else None,
            look="renewal",
            is_sortable=True,
            is_costly=True,
            priority="p2",
        ),
        Field(
            key="seats",
            label=pgettext_lazy("column", "Seats"),
            kind=Kind.NUMBER,
            source=seats,
            facts="seats",
            value=lambda seen: seen["seats"],
            is_sortable=True,
            is_costly=True,
            total="sum",
            priority="p3",
        ),
    ]


def what_is_open() -> list[Field]:
    return [
        Field(
            key="guard",
            label=_("Guard"),
            kind=Kind.CHOICE,
            operators=("any_of", "none_of"),
            narrow=by_guard,
            options=lambda asker: GUARDS,
            facts="guard",
            value=lambda seen: (seen["guard"].state, seen["guard"].words) if seen["guard"] else None,
            plain=lambda value: (value[1] or str(dict(GUARDS).get(value[0], ""))) if value else None,
            look="guard",
        ),
        Field(
            key="last_contact",
            label=_("Last contact"),
            kind=Kind.MOMENT,
            source=last_contact,
            facts="last_activity",
            value=lambda seen: (
                (seen["last_activity"].at, seen["last_activity"].get_kind_display()) if seen["last_activity"] else None
            ),
            plain=lambda value: value[0] if value else None,
            look="last_contact",
            is_sortable=True,
            is_costly=True,
            priority="p4",
        ),
        Field(
            key="open_cases",
            label=_("Open cases"),
            kind=Kind.NUMBER,
            operators=("at_least", "at_most", "is"),
            source=open_cases,
            facts="open_cases",
            value=lambda seen: seen["open_cases"] or 0,
            is_sortable=True,
            is_costly=True,
            is_nullable=False,
            priority="p3",
        ),
        Field(
            key="open_needs",
            label=_("Open needs"),
            kind=Kind.NUMBER,
            operators=("at_least", "at_most", "is"),
            source=open_needs,
            facts="open_needs",
            value=lambda seen: seen["open_needs"] or 0,
            is_sortable=True,
            is_costly=True,
            is_nullable=False,
            priority="p3",
        ),
        Field(
            key="next_follow_up",
            label=_("Next follow-up"),
            kind=Kind.DATE,
            source=next_follow_up,
            facts="follow_up",
            value=lambda seen: seen["follow_up"],
            is_sortable=True,
            is_costly=True,
            priority="p3",
        ),
    ]


def facts() -> list[Field]:
    return [
        Field(
            key="city",
            label=_("City"),
            kind=Kind.TEXT,
            source="city",
            value=lambda seen: seen.row.city,
            is_sortable=True,
            is_nullable=False,
            is_editable=True,
            priority="p4",
        ),
        Field(
            key="employees",
            label=_("Staff"),
            kind=Kind.NUMBER,
            source="employees",
            value=lambda seen: seen.row.employees,
            is_sortable=True,
            is_editable=True,
            priority="p4",
        ),
        Field(
            key="phone",
            label=_("Phone"),
            kind=Kind.TEXT,
            source="phone",
            value=lambda seen: seen.row.phone,
            is_editable=True,
            priority="p4",
        ),
        Field(
            key="domain",
            label=_("Internet domain"),
            kind=Kind.TEXT,
            source="domain",
            value=lambda seen: seen.row.domain,
            is_editable=True,
            priority="p4",
        ),
        Field(
            key="customer_since",
            label=_("Customer since"),
            kind=Kind.DATE,
            source="customer_since",
            value=lambda seen: seen.row.customer_since,
            is_sortable=True,
            priority="p4",
        ),
    ]


def custom() -> list[Field]:
    return shared.custom_fields("account")


# ------------------------------------------------------------------------------ the views

MINE = BuiltIn("mine", _("Your customers"), [{"field": "owner", "op": "me"}], icon="building-2")
EVERYBODY = BuiltIn("all", _("All you may see"))
RENEWING = BuiltIn(
    "renewing", _("Renewing soon"), [{"field": "renews_on", "op": "within", "value": SOON}], sort="renews_on"
)
FULL = BuiltIn("full", _("Nearly full"), [{"field": "usage", "op": "at_least", "value": NEARLY_FULL}], sort="-usage")
OFFERABLE = BuiltIn("offerable", _("OK to offer"), [{"field": "guard", "op": "any_of", "value": ["clear"]}])
UNHAPPY = BuiltIn(
    "unhappy",
    _("To put right"),
    [{"field": "guard", "op": "any_of", "value": ["unhappy", "open_case"]}],
)
SILENT = BuiltIn(
    "silent",
    _("No contact for 90 days"),
    [{"field": "last_contact", "op": "not_for", "value": QUIET}],
    sort="last_contact",
)


def views(asker: Asker) -> list[BuiltIn]:
    """A rep's views are about their own customers first, everybody else's about all in sight."""
    usual = [RENEWING, FULL, OFFERABLE, UNHAPPY, SILENT]
    if not asker.user.is_rep:
        return [EVERYBODY, *usual]
    return [MINE, *(_own(view) for view in usual), EVERYBODY]


def _own(view: BuiltIn) -> BuiltIn:
    return BuiltIn(view.key, view.name, [*MINE.filters, *view.filters], view.sort, view.icon)


SPEC = ListSpec(
    key="customers",
    label=_("Customers"),
    counter="customers",
    url_name="customers",
    rows=rows,
    search=search,
    fields=fields,
    columns=("name", "stage", "health", "nps", "ltv", "plan", "usage", "renews_on", "guard", "last_contact"),
    sort="reading",
    views=views,
    link=lambda row: reverse("customer", args=[row.pk]),
    loaders={
        "standing": lambda ids, asker: portfolio.current_standings(ids),
        "series": lambda ids, asker: portfolio.health_series(ids, as_of=asker.today),
        "plan": lambda ids, asker: portfolio.current_plans(ids, as_of=asker.today),
        "usage": usage_shares,
        "seats": seat_counts,
        "guard": guards,
        "last_activity": lambda ids, asker: portfolio.newest_activities(ids),
        "open_cases": counts(Case),
        "open_needs": counts(Need),
        "follow_up": follow_ups,
        "tags": shared.tags_of,
        "colleagues": shared.colleagues,
    },
    relations={"standing": shared.standing()},
    only=("owner", "team", "industry"),
    nothing=_("There are no customers here yet"),
)
