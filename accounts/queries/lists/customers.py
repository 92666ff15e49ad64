"""Customers: what they are, where they stand, what they hold, and what is open with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Case, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat, LPad
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, AccountFigures, Tier
from accounts.models.activities import ActivityKind
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
SPARK_POINTS = 13


def rows(asker: Asker) -> QuerySet[Account]:
    return Account.objects.visible_to(asker.user).active()


def search(asker: Asker, accounts: QuerySet[Account], text: str) -> QuerySet[Account]:
    return matching(accounts, text, reader=asker.user)


# ------------------------------------------------------------------------------ what may be chosen


def tiers(asker: Asker) -> Sequence[Option]:
    return [(str(tier.pk), tier.label) for tier in Tier.objects.order_by("family__code", "rank")]


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


def score(name: str) -> Any:
    return lambda seen: getattr(seen["standing"], name) if seen["standing"] else None


def health(seen: Seen) -> tuple[int, tuple[int, ...]] | None:
    """The figure, and what it was over the last 90 days."""
    known = score("health")(seen)
    return None if known is None else (known, tuple(seen["standing"].series[-SPARK_POINTS:]))


# ------------------------------------------------------------------------------ the fields


def of_standing(key: str, label: Any, kind: Kind, **more: Any) -> Field:
    name = more.pop("name", key)
    defaults: dict[str, Any] = {
        "value": score(name),
        "facts": "standing",
        "is_sortable": True,
        "unknown": shared.without(name),
    }
    return Field(
        key=key,
        label=label,
        kind=kind,
        source=f"standing__{name}",
        relation="standing",
        tie="standing__account_id",
        **{**defaults, **more},
    )


def figures(seen: Seen) -> AccountFigures:
    found: AccountFigures = seen.row.figures
    return found


def of_figures(key: str, column: str, label: Any, kind: Kind, **more: Any) -> Field:
    """A field of the narrow table: one index holds its order, whom it belongs to, and the tie."""
    defaults: dict[str, Any] = {
        "value": lambda seen: getattr(figures(seen), column),
        "is_sortable": True,
        "priority": "p3",
    }
    return Field(
        key=key,
        label=label,
        kind=kind,
        source=f"seen_figures__{column}",
        relation="seen_figures",
        tie="seen_figures__account_id",
        is_whole=True,
        column="" if {"narrow", "ahead"} & more.keys() else column,
        **{**defaults, **more},
    )


NUMBER_OF: Mapping[str, Any] = {"operators": ("at_least", "at_most", "is"), "is_nullable": False}


KINDS = dict(ActivityKind.choices)


def last_contact(seen: Seen) -> tuple[datetime, str] | None:
    """When, and by what."""
    known = figures(seen)
    at, kind = known.last_contact_at, known.last_contact_kind
    return (at, str(KINDS.get(kind or "", ""))) if at else None


def fields(asker: Asker) -> list[Field]:
    return [*built_in(), *custom()]


@cache
def built_in() -> tuple[Field, ...]:
    """The same for every page."""
    return (*own_fields(), *scores(), *holdings(), *what_is_open(), *shared.account_fields(""), *facts())


def own_fields() -> list[Field]:
    return [
        Field(
            key="name",
            label=_("Customer"),
            kind=Kind.TEXT,
            source="name",
            ahead=shared.in_words,
            value=lambda seen: (seen.row.label, seen.row.pk),
            plain=lambda value: value[0],
            look="name",
            sorted_by="reading",
            is_nullable=False,
        ),
        of_figures(
            "reading",
            "reading",
            _("Reading"),
            Kind.TEXT,
            value=lambda seen: seen.row.reading,
            ahead=shared.in_words,
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
            sorted_by="loyalty",
            priority="p4",
        ),
        of_standing("loyalty", pgettext_lazy("column", "Loyalty score"), Kind.NUMBER, priority="p4"),
        of_standing(
            "health",
            _("Health"),
            Kind.NUMBER,
            value=health,
            look="health",
            plain=lambda value: value[0] if value else None,
            total="average",
        ),
        of_standing("health_change", _("Change of health"), Kind.NUMBER, look="change", priority="p3"),
        of_standing("nps", "NPS", Kind.NUMBER, look="nps", priority="p1", unknown=None, total="net"),
        of_standing("ltv", "LTV", Kind.MONEY, total="sum", priority="p2"),
    ]


def family_and_rank(asker: Asker) -> Any:
    """Plans in the order in which they are offered; unknown where there is none."""
    rank = LPad(Cast("seen_figures__tier__rank", TextField()), 6, Value("0"))
    return Case(
        When(seen_figures__tier__isnull=False, then=Concat("seen_figures__tier__family__code", rank)),
        output_field=TextField(),
    )


def holdings() -> list[Field]:
    return [
        of_figures(
            "plan",
            "tier",
            _("Plan"),
            Kind.CHOICE,
            narrow=shared.by_key("seen_figures__tier"),
            options=tiers,
            value=lambda seen: tier.label if (tier := figures(seen).tier) else None,
            order=family_and_rank,
            is_costly=True,
        ),
        of_figures("usage", "usage_percent", _("Storage used"), Kind.SHARE, look="meter"),
        of_figures("renews_on", "renews_on", _("Renewal"), Kind.DATE, look="renewal", priority="p2"),
        of_figures("seats", "seats", pgettext_lazy("column", "Seats"), Kind.NUMBER, total="sum"),
    ]


def what_is_open() -> list[Field]:
    return [
        Field(
            key="guard",
            label=_("Guard"),
            kind=Kind.CHOICE,
            operators=("any_of", "none_of"),
            narrow=by_guard,
            column="pk",
            options=lambda asker: GUARDS,
            facts="guard",
            value=lambda seen: (seen["guard"].state, seen["guard"].words) if seen["guard"] else None,
            plain=lambda value: (value[1] or str(dict(GUARDS).get(value[0], ""))) if value else None,
            look="guard",
        ),
        of_figures(
            "last_contact",
            "last_contact_at",
            _("Last contact"),
            Kind.MOMENT,
            value=last_contact,
            plain=lambda value: value[0] if value else None,
            look="last_contact",
            priority="p4",
        ),
        of_figures("open_cases", "open_cases", _("Open cases"), Kind.NUMBER, **NUMBER_OF),
        of_figures("open_needs", "open_needs", _("Open needs"), Kind.NUMBER, **NUMBER_OF),
        of_figures("next_follow_up", "next_follow_up_on", _("Next follow-up"), Kind.DATE),
    ]


def facts() -> list[Field]:
    return [
        of_figures(
            "city",
            "city",
            _("City"),
            Kind.TEXT,
            value=lambda seen: seen.row.city,
            ahead=shared.in_words,
            is_nullable=False,
            is_editable=True,
            priority="p4",
        ),
        of_figures(
            "employees",
            "employees",
            _("Staff"),
            Kind.NUMBER,
            value=lambda seen: seen.row.employees,
            is_editable=True,
            priority="p4",
        ),
        Field(
            key="phone",
            label=_("Phone"),
            kind=Kind.TEXT,
            source="phone",
            ahead=shared.in_number,
            value=lambda seen: seen.row.phone,
            is_editable=True,
            priority="p4",
        ),
        Field(
            key="domain",
            label=_("Internet domain"),
            kind=Kind.TEXT,
            source="domain",
            ahead=shared.in_words,
            value=lambda seen: seen.row.domain,
            is_editable=True,
            priority="p4",
        ),
        of_figures("customer_since", "customer_since", _("Customer since"), Kind.DATE, priority="p4"),
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
        "standing": lambda ids, asker: portfolio.listed_standings(ids, as_of=asker.today),
        "guard": guards,
        "tags": shared.tags_of,
        "colleagues": shared.colleagues,
    },
    relations={"standing": shared.standing(), "seen_figures": shared.seen_figures},
    stand_in=shared.figures_in_sight,
    only=("owner", "team", "industry", "figures__tier"),
    nothing=_("There are no customers here yet"),
)
