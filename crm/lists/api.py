"""The lists' own conditions and order on the API: `?filter=[{"field": …, "op": …, "value": …}]&sort=-health`, paged by place."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from crm.lists import keyset
from crm.lists.asking import Asked, ask
from crm.lists.fields import Asker
from crm.lists.filters import Refused
from crm.lists.spec import lists, related
from crm.lists.state import TooMany, UnknownOrder
from crm.paging import Pages

SCHEMA = [
    {
        "name": "filter",
        "in": "query",
        "required": False,
        "description": "Conditions as JSON, all of which must hold: [{field, op, value}].",
        "schema": {"type": "string"},
    },
    {
        "name": "sort",
        "in": "query",
        "required": False,
        "description": "Key of a field, with a minus for descending.",
        "schema": {"type": "string"},
    },
]


def asked_of(request: Any, list_key: str) -> Asked:
    """The list as the call asks for it, without any view. Raises Refused."""
    query = QueryDict(mutable=True)
    query["filter"] = request.query_params.get("filter") or "[]"
    if request.query_params.get("sort"):
        query["sort"] = request.query_params["sort"]
    return ask(lists[list_key], Asker(request.user, timezone.now()), query)


class Conditions(BaseFilterBackend):
    """Narrows to what `filter` asks for. A condition that cannot be asked answers 400 and says which."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        if view.action != "list" or not request.query_params.get("filter"):
            return queryset
        try:
            rows = asked_of(request, view.list_key).rows
        except Refused as refused:
            raise ValidationError({"filter": {"position": str(refused.position), "part": refused.part}}) from refused
        return queryset.filter(pk__in=rows.values("pk"))

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return SCHEMA[:1]


class SortedPages(Pages):
    """In the order of `sort` by the place of the last row; without it as all lists of the API, newest first."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        self.sorted: keyset.Page | None = None
        if not request.query_params.get("sort"):
            found: list[Any] | None = super().paginate_queryset(queryset, request, view)
            return found
        self.request = request
        self.base_url = request.build_absolute_uri(request.path)
        self.sorted = self._page(queryset, request, view.list_key)
        return list(self.sorted.rows)

    def _page(self, queryset: QuerySet[Any], request: Request, list_key: str) -> keyset.Page:
        try:
            asked = asked_of(request, list_key)
            order = asked.order
        except UnknownOrder as unknown:
            why = "too_many" if isinstance(unknown, TooMany) else "unknown"
            raise ValidationError({"sort": why}) from unknown
        rows = related(asked.spec, queryset, asked.asker, [order.field])
        way, place = self._place(request, order)
        limit = self.get_page_size(request) or self.page_size
        return keyset.page(rows, order, **{way: place}, limit=limit) if place else keyset.page(rows, order, limit=limit)

    def _place(self, request: Request, order: keyset.Order) -> tuple[str, keyset.Place | None]:
        way, _, text = request.query_params.get("cursor", "").partition(":")
        if way not in ("after", "before"):
            return "", None
        try:
            return way, keyset.Place.read(text, order.field)
        except keyset.BadPlace as bad:
            raise ValidationError({"cursor": "unknown"}) from bad

    def get_next_link(self) -> str | None:
        if self.sorted is None:
            return super().get_next_link()
        return self._link("after", self.sorted.after)

    def get_previous_link(self) -> str | None:
        if self.sorted is None:
            return super().get_previous_link()
        return self._link("before", self.sorted.before)

    def _link(self, way: str, place: str | None) -> str | None:
        if place is None:
            return None
        kept = {name: value for name, value in self.request.query_params.items() if name != "cursor"}
        return f"{self.base_url}?{urlencode({**kept, 'cursor': f'{way}:{place}'})}"

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [*super().get_schema_operation_parameters(view), SCHEMA[1]]


class Listed:
    """For view sets of what is a list on screen: `list_key` names it."""

    list_key = ""
    pagination_class: Any = SortedPages

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().filter_queryset(queryset)  # type: ignore[misc]
        return Conditions().filter_queryset(self.request, rows, self)  # type: ignore[attr-defined]
