"""Fields and answers that several lists have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, AccountFigures, CurrentScores, Industry, ScoreSnapshot, Tag
from accounts.queries import search
from crm.bilingual import pick
from crm.custom_fields import CustomField, sql
from crm.lists.fields import Asker, Field, Kind, Option, Seen
from crm.people import Team, User
from crm.sight import of_these_teams


def standing(path: str = "snapshots") -> Callable[[Asker], FilteredRelation]:
    """The snapshot in force, as one join on (run, account). Its number is one for the whole statement, so an index is walked."""

    def relation(asker: Asker) -> FilteredRelation:
        run = Subquery(CurrentScores.objects.values("run")[:1])
        return FilteredRelation(path, condition=Q(**{f"{path}__run": run}))

    return relation


def without(name: str) -> Callable[[Asker], Sequence[Q]]:
    """The customers without such a score in force: those without any, and those whose scores leave it open."""

    def unknown(asker: Asker) -> Sequence[Q]:
        run = Subquery(CurrentScores.objects.values("run")[:1])
        scored = ScoreSnapshot.objects.filter(run=run, account=OuterRef("pk"))
        return ~Q(Exists(scored)), Q(Exists(scored.filter(**{f"{name}__isnull": True})))

    return unknown


def seen_figures(asker: Asker) -> FilteredRelation:
    """The figures of the active customers in sight. `visible_to` decides; said here again, it is decided in the index."""
    mine = of_these_teams(asker.user, team="figures__team_id", owner="figures__owner_id")
    return FilteredRelation("figures", condition=mine & Q(figures__is_active=True))


def figures_in_sight(asker: Asker) -> QuerySet[AccountFigures]:
    """One for each active customer in sight: whoever writes a customer writes both before the transaction ends."""
    return AccountFigures.objects.filter(of_these_teams(asker.user, team="team_id", owner="owner_id"), is_active=True)


# ------------------------------------------------------------------------------ what may be chosen


def choices_of(kind: Any) -> Callable[[Asker], Sequence[Option]]:
    return lambda asker: list(kind.choices)


def users(asker: Asker) -> Sequence[Option]:
    return [(str(user.pk), user.label) for user in User.objects.filter(is_active=True).order_by("reading", "name")]


def teams(asker: Asker) -> Sequence[Option]:
    return [(str(team.pk), team.label) for team in Team.objects.order_by("path")]


def industries(asker: Asker) -> Sequence[Option]:
    return [(str(row.pk), row.label) for row in Industry.objects.order_by("code")]


def tags(asker: Asker) -> Sequence[Option]:
    return [(tag.name, tag.name) for tag in Tag.objects.order_by("name")]


# ------------------------------------------------------------------------------ narrowing


def amid(rows: QuerySet[Any], column: str) -> Callable[[Asker, str, Any], Q]:
    """Conditions of several choices over rows that hang on the row: `rows` refer to it, `column` is what is chosen."""

    def narrow(asker: Asker, operator: str, value: Any) -> Q:
        if operator == "empty":
            return ~Q(Exists(rows))
        if operator == "filled":
            return Q(Exists(rows))
        if operator == "all_of":
            wanted = Q()
            for each in value:
                wanted &= Q(Exists(rows.filter(**{column: each})))
            return wanted
        found = Q(Exists(rows.filter(**{f"{column}__in": value})))
        return ~found if operator == "none_of" else found

    return narrow


PHONE_SIGNS = str.maketrans("", "", "-() +.‐－ー（）＋　")
"""What the words of a customer leave out of a telephone number."""


def in_words(asker: Asker, text: str) -> Q:
    """Texts of a customer are looked for where the search looks first."""
    found = search.among_words(text, asker.user)
    return Q() if found is None else Q(pk__in=found.values("account_id"))


def in_number(asker: Asker, text: str) -> Q:
    return in_words(asker, text.translate(PHONE_SIGNS))


def by_team(path: str) -> Callable[[Asker, str, Any], Q]:
    """The teams and everything below them in the tree."""

    def narrow(asker: Asker, operator: str, value: Any) -> Q:
        unknown = Q(**{f"{path}__isnull": True})
        if operator in ("empty", "filled"):
            return unknown if operator == "empty" else ~unknown
        below = Q(pk__in=[])
        for team in Team.objects.filter(pk__in=[each for each in value if each.isdecimal()]):
            below |= Q(path__startswith=team.path)
        found = Q(**{f"{path}__in": Team.objects.filter(below).values("pk")})
        return unknown | ~found if operator == "none_of" else found

    return narrow


# ------------------------------------------------------------------------------ fields of the customer


GATHERED: Mapping[str, Any] = {"is_sortable": True, "is_costly": True}
"""Sorting by whom and what kind gathers the rows of each; nothing is kept for it, so it does so for lists that somebody can read."""


def by_person(path: str) -> dict[str, Any]:
    """Sorted by how a customer, a person or one of us is read."""
    return {**GATHERED, "order": lambda asker: Coalesce(NullIf(f"{path}__reading", Value("")), f"{path}__name")}


def by_word(path: str) -> dict[str, Any]:
    """Sorted by a text; without one a row stands at the end."""
    return {**GATHERED, "order": lambda asker: NullIf(F(path), Value(""))}


def by_name(path: str) -> dict[str, Any]:
    """Sorted by the name in the reader's language."""

    def order(asker: Asker) -> Any:
        own, other = pick("name_ja", "name_en"), pick("name_en", "name_ja")
        return Coalesce(NullIf(F(f"{path}__{own}"), Value("")), f"{path}__{other}")

    return {**GATHERED, "order": order}


def as_offered(path: str, choices: Any) -> dict[str, Any]:
    """Sorted in the order in which choices are offered."""
    places = [When(**{path: key}, then=Value(f"{place:03}")) for place, key in enumerate(choices.values)]
    return {**GATHERED, "order": lambda asker: Case(*places, output_field=TextField())}


def account_fields(prefix: str = "account__") -> list[Field]:
    """The customer of a row: by name, and by whom and what kind they are."""

    def account(seen: Seen) -> Account:
        return seen.row if not prefix else getattr(seen.row, prefix.removesuffix("__"))

    key = prefix.replace("__", ".")
    tagged = Tag.accounts.through.objects.filter(account=OuterRef(f"{prefix}pk"))
    return [
        Field(
            key=f"{key}owner",
            label=_("Owner"),
            kind=Kind.USER,
            source=f"{prefix}owner",
            column="" if prefix else "owner_id",
            options=users,
            value=lambda seen: named(account(seen).owner),
            joined=f"{prefix}owner",
            priority="p4",
            **by_person(f"{prefix}owner"),
        ),
        Field(
            key=f"{key}team",
            label=_("Team"),
            kind=Kind.CHOICE,
            narrow=by_team(f"{prefix}team"),
            options=teams,
            value=lambda seen: named(account(seen).team),
            joined=f"{prefix}team",
            order=lambda asker: F(f"{prefix}team__path"),
            priority="p4",
            **GATHERED,
        ),
        Field(
            key=f"{key}industry",
            label=_("Industry"),
            kind=Kind.CHOICE,
            source=f"{prefix}industry",
            narrow=by_key(f"{prefix}industry"),
            options=industries,
            value=lambda seen: named(account(seen).industry),
            joined=f"{prefix}industry",
            order=lambda asker: F(f"{prefix}industry__code"),
            priority="p4",
            **GATHERED,
        ),
        Field(
            key=f"{key}tags",
            label=_("Tags"),
            kind=Kind.MULTI,
            narrow=amid(tagged, "tag__name"),
            options=tags,
            facts="tags",
            value=lambda seen: seen["tags"] or (),
            look="tags",
            plain=lambda value: "、".join(value),
            priority="p4",
        ),
    ]


def named(thing: User | Team | Industry | None) -> str | None:
    return thing.label if thing else None


def by_key(path: str) -> Callable[[Asker, str, Any], Q]:
    """Choices that are rows, by their ids."""

    def narrow(asker: Asker, operator: str, value: Any) -> Q:
        unknown = Q(**{f"{path}__isnull": True})
        if operator in ("empty", "filled"):
            return unknown if operator == "empty" else ~unknown
        found = Q(**{f"{path}__in": [int(each) for each in value if each.isdecimal() and len(each) < 19]})
        return unknown | ~found if operator == "none_of" else found

    return narrow


def tags_of(ids: Sequence[int], asker: Asker) -> Mapping[int, tuple[str, ...]]:
    links = Tag.accounts.through.objects.filter(account__in=ids).order_by("tag__name")
    found: dict[int, tuple[str, ...]] = {}
    for account, name in links.values_list("account_id", "tag__name"):
        found[account] = (*found.get(account, ()), name)
    return found


# ------------------------------------------------------------------------------ custom fields

KINDS = {
    CustomField.Kind.TEXT: Kind.TEXT,
    CustomField.Kind.NUMBER: Kind.NUMBER,
    CustomField.Kind.MONEY: Kind.MONEY,
    CustomField.Kind.DATE: Kind.DATE,
    CustomField.Kind.CHOICE: Kind.CHOICE,
    CustomField.Kind.MULTI: Kind.MULTI,
    CustomField.Kind.USER: Kind.USER,
    CustomField.Kind.YES_NO: Kind.YES_NO,
}


def custom_fields(on: str) -> list[Field]:
    """The fields that the organisation added to an object, under `custom.<key>`."""
    return [_custom(field) for field in CustomField.in_use(on)]


def _custom(field: CustomField) -> Field:
    labels = {choice["key"]: pick(choice.get("ja", ""), choice.get("en", "")) for choice in field.choices}
    is_multi, is_user = field.kind == CustomField.Kind.MULTI, field.kind == CustomField.Kind.USER
    return Field(
        key=f"custom.{field.key}",
        label=field.label,
        kind=KINDS[CustomField.Kind(field.kind)],
        source="" if is_multi else lambda asker: sql.expression(field),
        narrow=_amid_keys(field.key) if is_multi else None,
        options=users if is_user else (lambda asker: list(labels.items())) if labels else None,
        value=_shown(field, labels),
        facts="colleagues" if is_user else "",
        look="tags" if is_multi else "",
        plain=(lambda value: "、".join(value)) if is_multi else None,
        is_sortable=not is_multi and not is_user,
        is_costly=True,
        has_decimals=True,
        priority="p4",
    )


def _amid_keys(key: str) -> Callable[[Asker, str, Any], Q]:
    def holds(value: str) -> Q:
        return Q(custom__contains={key: [value]})

    def narrow(asker: Asker, operator: str, value: Any) -> Q:
        if operator in ("empty", "filled"):
            blank = ~Q(custom__has_key=key) | Q(custom__contains={key: None}) | Q(**{f"custom__{key}": []})
            return blank if operator == "empty" else ~blank
        if operator == "all_of":
            return _every(holds(each) for each in value)
        found = ~_every(~holds(each) for each in value)
        return ~found if operator == "none_of" else found

    return narrow


def _every(conditions: Iterable[Q]) -> Q:
    whole = Q()
    for condition in conditions:
        whole &= condition
    return whole


def _shown(field: CustomField, labels: Mapping[str, str]) -> Callable[[Seen], Any]:
    def shown(seen: Seen) -> Any:
        value = seen.row.custom.get(field.key)
        if field.kind == CustomField.Kind.MULTI:
            return tuple(labels.get(each, each) for each in value or ())
        if field.kind == CustomField.Kind.USER:
            return (seen["colleagues"] or {}).get(value)
        return labels.get(value, value) if labels else value

    return shown


def colleagues(ids: Sequence[int], asker: Asker) -> Mapping[int, Mapping[int, str]]:
    """The names of everybody of us, for whoever is named in a custom field."""
    names = {user.pk: user.label for user in User.objects.all()}
    return dict.fromkeys(ids, names)


# ------------------------------------------------------------------------------ rows of a customer

WITH_ACCOUNT = ("account", "account__owner", "account__team", "account__industry")


def customer_field() -> Field:
    """The customer that a row hangs on."""
    return Field(
        key="customer",
        label=_("Customer"),
        kind=Kind.TEXT,
        source="account__name",
        value=lambda seen: (seen.row.account.label, seen.row.account_id),
        plain=lambda value: value[0],
        look="name",
        is_nullable=False,
        **by_person("account"),
    )


def searched(rows: QuerySet[Any], asker: Asker, text: str, own: QuerySet[Any] | None = None) -> QuerySet[Any]:
    """Rows of customers that the text finds, and those of `own`, which found it in the rows themselves."""
    customers = search.matching(Account.objects.visible_to(asker.user), text, reader=asker.user)
    if own is None:
        return rows.filter(account__in=customers.values("pk"))
    of_customers = rows.model.objects.filter(account__in=customers.values("pk"))
    return rows.filter(pk__in=own.order_by().values("pk").union(of_customers.order_by().values("pk")))
