"""The declaration of a list, and the lists there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import FilteredRelation, QuerySet

from crm.lists.fields import Asker, Field, Seen, Words

Filters = Sequence[Mapping[str, Any]]
Loader = Callable[[Sequence[int], Asker], Mapping[int, Any]]


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A view that comes with the product. Like a saved one, without an owner."""

    key: str
    name: Words
    filters: Filters = ()
    sort: str = ""
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class ListSpec:
    """`rows` starts from what the asker may see and is the only way to rows. `search` narrows by free text.

    `fields` gives the fields in their order, custom ones included; `views` the built-in views, the reader's usual first.
    """

    key: str
    label: Words
    counter: str
    """How the list counts, a key of `formats.COUNTERS`."""
    url_name: str
    rows: Callable[[Asker], QuerySet[Any]]
    search: Callable[[Asker, QuerySet[Any], str], QuerySet[Any]]
    fields: Callable[[Asker], Sequence[Field]]
    columns: tuple[str, ...]
    sort: str
    views: Callable[[Asker], Sequence[BuiltIn]]
    link: Callable[[Any], str]
    """The address of a row's page."""
    loaders: Mapping[str, Loader] = field(default_factory=dict)
    account_of: Callable[[Any], int] = lambda row: row.pk
    """Facts are loaded by account; this is the row's."""
    relations: Mapping[str, Callable[[Asker], FilteredRelation]] = field(default_factory=dict)
    stand_in: Callable[[Asker], QuerySet[Any]] | None = None
    """A row of a narrow table for each row of the list: counted instead, where conditions are about its columns."""
    only: Sequence[str] = ()
    """Relations fetched with the rows (`select_related`)."""
    nothing: Words = ""
    """One sentence for a list without any row."""


class FieldMap(dict[str, Field]):
    """The fields that an asker may read, by key. What is not here does not exist for them."""


def fields_for(spec: ListSpec, asker: Asker) -> FieldMap:
    return FieldMap((each.key, each) for each in spec.fields(asker) if each.is_for(asker.user))


def related(spec: ListSpec, rows: QuerySet[Any], asker: Asker, used: Sequence[Field]) -> QuerySet[Any]:
    """Join, once each, what the sources of these fields go through."""
    query: Any = rows.query
    names = {each.relation for each in used if each.relation} - query._filtered_relations.keys()
    whole = {each.relation for each in used if each.is_whole} & names
    rows = rows.alias(**{name: spec.relations[name](asker) for name in sorted(names)}) if names else rows
    return rows.filter(**{f"{name}__isnull": False for name in sorted(whole)})


def seen(spec: ListSpec, rows: Sequence[Any], columns: Sequence[Field], asker: Asker) -> list[Seen]:
    """The rows with the facts their columns ask for: a fixed number of statements, whatever the number of rows."""
    accounts = [spec.account_of(row) for row in rows]
    names = sorted({name for each in columns for name in each.facts.split()})
    loaded = {name: spec.loaders[name](accounts, asker) for name in names}
    return [
        Seen(row, {name: facts.get(account) for name, facts in loaded.items()})
        for row, account in zip(rows, accounts, strict=True)
    ]


lists: dict[str, ListSpec] = {}
"""By key; an app adds its own when it is ready."""


def register(spec: ListSpec) -> None:
    if spec.key in lists:
        raise ValueError(f"There is a list named {spec.key!r} already.")
    lists[spec.key] = spec
