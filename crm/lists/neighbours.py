"""The rows before and after one, in the list that somebody came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from crm.lists import keyset
from crm.lists.asking import Asked, ask
from crm.lists.fields import Asker, Field
from crm.lists.filters import Refused
from crm.lists.spec import lists, related
from crm.lists.state import UnknownOrder
from crm.people import User


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Primary keys, None at an end; `query` is the address of the list from the question mark on."""

    before: int | None = None
    after: int | None = None
    query: str = ""


def neighbours(list_key: str, query: str, pk: int, *, user: User, at: datetime) -> Neighbours:
    """`query` is the state that the row's link carried (`?from=`). A row that no longer meets
    the conditions, since something was done about it, keeps its place among those that do; one out of sight has none."""
    spec = lists[list_key]
    try:
        asked = ask(spec, Asker(user, at), QueryDict(query.removeprefix("?")))
        order = asked.order
        row = keyset.placed(wherever(asked, order.field).filter(pk=pk), order).first()
    except (Refused, UnknownOrder):
        return Neighbours()
    if row is None:
        return Neighbours(query=asked.state.query())
    here = keyset.place_of(row)
    ahead = keyset.walk(asked.ordered, order, here, 1, backwards=True)
    behind = keyset.walk(asked.ordered, order, here, 1)
    before, after = (rows[0].pk if rows else None for rows in (ahead, behind))
    return Neighbours(before, after, asked.state.query())


def wherever(asked: Asked, field: Field) -> QuerySet[Any]:
    """The rows of the list, whatever its conditions, with the join that an order by the field goes through."""
    return related(asked.spec, asked.spec.rows(asked.asker), asked.asker, [field])
