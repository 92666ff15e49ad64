"""A list asked by somebody in some state: the one way from an address to rows, for pages, files, the API and jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from crm.lists import filters as conditions
from crm.lists import keyset
from crm.lists.fields import Asker, Field, Seen
from crm.lists.spec import FieldMap, ListSpec, fields_for, related, seen
from crm.lists.state import State, TooMany, View, columns_of, order_of, state_of, views_of
from crm.saved_views import SavedView

PAGE = 50
CAP = 10_000
"""Rows up to which lists are counted, added up, and sorted by what is worked out row by row."""


@dataclass(frozen=True)
class Asked:
    spec: ListSpec
    asker: Asker
    state: State
    views: list[View]
    fields: FieldMap
    ids: Sequence[int] | None = None
    """Of these rows alone, if some were selected."""

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """Every row that matches, in no order. Raises filters.Refused."""
        rows = self.spec.rows(self.asker)
        if self.state.text:
            rows = self.spec.search(self.asker, rows, self.state.text)
        rows = rows if self.ids is None else rows.filter(pk__in=self.ids)
        return conditions.narrowed(self.spec, rows, self.state.filters, self.fields, self.asker)

    @property
    def countable(self) -> QuerySet[Any]:
        """As many rows. Raises filters.Refused."""
        if self.state.text or self.ids is not None:
            return self.rows
        return conditions.counted(self.spec, self.state.filters, self.fields, self.asker)

    @cached_property
    def order(self) -> keyset.Order:
        """Raises UnknownOrder, and TooMany when it would be worked out for more rows than anybody waits for."""
        order = order_of(self.state.sort, self.fields, self.asker)
        if order.field.is_costly and self.rows.order_by()[: CAP + 1].count() > CAP:
            raise TooMany(self.state.sort)
        return order

    @cached_property
    def columns(self) -> list[Field]:
        return columns_of(self.state, self.fields)

    @property
    def ordered(self) -> QuerySet[Any]:
        """The rows with the join that the order goes through."""
        return related(self.spec, self.rows, self.asker, [self.order.field])

    def check(self) -> None:
        """Raises what cannot be asked, before a row is read: filters.Refused, UnknownOrder, TooMany."""
        _ = self.ordered

    @property
    def joined(self) -> list[str]:
        """The relations that the columns read."""
        shown = {field.joined for field in self.columns}
        unused = {field.joined for field in self.fields.values()} - shown
        return [name for name in self.spec.only if name not in unused]

    def page(
        self, *, after: str = "", before: str = "", limit: int = PAGE, joined: Sequence[str] | None = None
    ) -> keyset.Page:
        """A place that is none of this order's begins at the top. `joined` fetches fewer relations with the rows."""
        names = self.spec.only if joined is None else joined
        rows = self.ordered.select_related(*names) if names else self.ordered
        try:
            start = keyset.Place.read(after, self.order.field) if after else None
            end = keyset.Place.read(before, self.order.field) if before else None
        except keyset.BadPlace:
            start = end = None
        return keyset.page(rows, self.order, after=start, before=end, limit=limit)

    def seen(self, rows: Any) -> list[Seen]:
        return seen(self.spec, rows, self.columns, self.asker)


def ask(spec: ListSpec, asker: Asker, query: QueryDict) -> Asked:
    """Raises filters.Refused when the conditions in the address are none."""
    views = views_of(spec, asker, SavedView.of_list(asker.user, spec.key))
    state = state_of(query, spec, views, asker.user.pk)
    return Asked(spec, asker, state, views, fields_for(spec, asker))
