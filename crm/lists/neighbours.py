"""The rows before and after one, in the list that somebody came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from crm.lists import keyset
from crm.lists.asking import ask
from crm.lists.fields import Asker
from crm.lists.filters import Refused
from crm.lists.spec import lists
from crm.lists.state import UnknownOrder
from crm.people import User


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Primary keys, None at an end; `query` is the address of the list from the question mark on."""

    before: int | None = None
    after: int | None = None
    query: str = ""


def neighbours(list_key: str, query: str, pk: int, *, user: User, at: datetime) -> Neighbours:
    """`query` is the state that the row's link carried (`?from=`). Nobody's neighbours when the row left the list."""
    spec = lists[list_key]
    try:
        asked = ask(spec, Asker(user, at), QueryDict(query.removeprefix("?")))
        order = asked.order
        row = keyset.placed(asked.ordered.filter(pk=pk), order).first()
    except (Refused, UnknownOrder):
        return Neighbours()
    if row is None:
        return Neighbours(query=asked.state.query())
    here = keyset.place_of(row)
    ahead = keyset.walk(asked.ordered, order, here, 1, backwards=True)
    behind = keyset.walk(asked.ordered, order, here, 1)
    before, after = (rows[0].pk if rows else None for rows in (ahead, behind))
    return Neighbours(before, after, asked.state.query())
