"""How a list stands in its address: view, words, conditions, order, columns and spacing. Nothing of it is kept elsewhere.

Only what differs from the view is written, so a shared address stays short and follows the view when it changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from crm.lists import filters as conditions
from crm.lists.fields import Asker, Field
from crm.lists.keyset import Order
from crm.lists.spec import BuiltIn, FieldMap, ListSpec
from crm.saved_views import Density, SavedView

LONGEST_TEXT = 100
PLAIN = "[]{}:,"
"""Signs of conditions that an address may hold as they are: a page of a filtered list says it twenty times."""


@dataclass(frozen=True, slots=True)
class View:
    """A tab: a built-in view or a saved one. `saved` is None for what comes with the product."""

    key: str
    name: str
    filters: tuple[Mapping[str, Any], ...]
    sort: str
    columns: tuple[str, ...]
    density: str
    icon: str = ""
    saved: SavedView | None = None


@dataclass(frozen=True, slots=True)
class State:
    view: View
    filters: tuple[Mapping[str, Any], ...]
    sort: str
    columns: tuple[str, ...]
    density: str
    text: str = ""

    @property
    def is_changed(self) -> bool:
        return self.own() != {}

    def own(self) -> dict[str, str]:
        """What differs from the view, as it stands in the address."""
        found = {}
        if list(self.filters) != list(self.view.filters):
            found["filter"] = conditions.write(self.filters)
        if self.sort != self.view.sort:
            found["sort"] = self.sort
        if self.columns != self.view.columns:
            found["columns"] = ",".join(self.columns)
        if self.density != self.view.density:
            found["density"] = self.density
        return found

    def query(self, **more: str | int) -> str:
        """The address from the question mark on."""
        text = {"q": self.text} if self.text else {}
        return "?" + urlencode({"view": self.view.key, **self.own(), **text, **more}, safe=PLAIN)

    def with_(self, **changes: Any) -> State:
        return replace(self, **changes)


def views_of(spec: ListSpec, asker: Asker, saved: Sequence[SavedView]) -> list[View]:
    """The built-in views, then the reader's own and the shared ones."""
    return [_built_in(each, spec) for each in spec.views(asker)] + [_saved(each, spec) for each in saved]


def _built_in(view: BuiltIn, spec: ListSpec) -> View:
    return View(
        key=view.key,
        name=str(view.name),
        filters=tuple(view.filters),
        sort=view.sort or spec.sort,
        columns=spec.columns,
        density=Density.STANDARD,
        icon=view.icon,
    )


def _saved(view: SavedView, spec: ListSpec) -> View:
    return View(
        key=str(view.pk),
        name=view.name,
        filters=tuple(view.filters),
        sort=view.sort or spec.sort,
        columns=tuple(view.columns) or spec.columns,
        density=view.density,
        saved=view,
    )


def state_of(query: QueryDict, spec: ListSpec, views: Sequence[View], user_id: int) -> State:
    """Raises filters.Refused for conditions that are none; an unknown view opens the usual one."""
    view = _chosen(query.get("view", ""), views, user_id)
    asked = query.get("filter")
    columns = tuple(filter(None, query.get("columns", "").split(",")))
    density = query.get("density", "")
    return State(
        view=view,
        filters=view.filters if asked is None else tuple(conditions.read(asked)),
        sort=query.get("sort") or view.sort,
        columns=columns or view.columns,
        density=density if density in Density.values else view.density,
        text=query.get("q", "").strip().replace("\0", "")[:LONGEST_TEXT],
    )


def _chosen(key: str, views: Sequence[View], user_id: int) -> View:
    by_key = {view.key: view for view in views}
    own_default = (view for view in views if view.saved and view.saved.is_default and view.saved.owner_id == user_id)
    return by_key.get(key) or next(own_default, views[0])


class UnknownOrder(ValueError):
    """No field of that name sorts this list, for this reader."""


class TooMany(UnknownOrder):
    """More rows match than this order is worked out for; it needs a condition more."""


def order_of(sort: str, fields: FieldMap, asker: Asker) -> Order:
    """Raises UnknownOrder; a field the reader may not see is as unknown as one that does not exist."""
    field = fields.get(sort.removeprefix("-"))
    if field is None or not field.is_sortable:
        raise UnknownOrder(sort)
    return Order(field, sort.startswith("-"), asker)


def columns_of(state: State, fields: FieldMap) -> list[Field]:
    """The first column always names the row; a column that is gone, or is not for the reader, is left out."""
    first = next(iter(fields))
    wanted = [first, *(key for key in dict.fromkeys(state.columns) if key != first)]
    return [fields[key] for key in wanted if key in fields]
