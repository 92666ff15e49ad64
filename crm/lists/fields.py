"""What a list may be asked about: one declared field each, with its kind, its source and who may read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from crm.people import User

Words = str | Promise
Option = tuple[str, Words]


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    SHARE = "share"
    """Percent, 92 for 92 %."""
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    MULTI = "multi"
    USER = "user"
    YES_NO = "yes_no"


AMOUNTS = ("at_least", "at_most", "between", "is", "empty", "filled")
DAYS = ("since", "until", "between", "within", "last", "not_for", "empty", "filled")
ONE_OF = ("any_of", "none_of", "empty", "filled")
OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("contains", "lacks", "is", "starts", "empty", "filled"),
    Kind.NUMBER: AMOUNTS,
    Kind.MONEY: AMOUNTS,
    Kind.SHARE: AMOUNTS,
    Kind.DATE: DAYS,
    Kind.MOMENT: DAYS,
    Kind.CHOICE: ONE_OF,
    Kind.MULTI: ("any_of", "all_of", "none_of", "empty", "filled"),
    Kind.USER: ("me", *ONE_OF),
    Kind.YES_NO: ("is",),
}
"""By kind, the usual one first."""

WITHOUT_VALUE = frozenset({"empty", "filled", "me"})
OF_DAYS = frozenset({"within", "last", "not_for"})
"""Operators whose value is a number of days from today."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks a list, and when: the clock is read once a request, at the edge."""

    user: User
    at: datetime

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)


@dataclass(slots=True)
class Seen:
    """A row with the facts that were loaded for it; a fact nobody knows is None."""

    row: Any
    facts: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.facts.get(name)


@dataclass(frozen=True, kw_only=True)
class Field:
    """`source` is a lookup path of the model or gives an expression; a field without one is shown, not compared.

    `narrow` answers the filter instead of a comparison with the source, e.g. for rows that hang on the row. `facts`
    names the loaders (by blanks) whose answers `value` reads. `relation` names the join of the list that the source goes through,
    and `tie` the column that breaks ties there, so that one index holds both.
    """

    key: str
    label: Words
    kind: Kind
    value: Callable[[Seen], Any]
    source: str | Callable[[Asker], Any] = ""
    narrow: Callable[[Asker, str, Any], Q] | None = None
    ahead: Callable[[Asker, str], Q] | None = None
    """Holds for every row in whose text the words stand, and an index answers it: what is rare is not looked for in all."""
    operators: tuple[str, ...] = ()
    options: Callable[[Asker], Sequence[Option]] | None = None
    unit: Words = ""
    relation: str = ""
    tie: str = "pk"
    is_whole: bool = False
    """Every row of the list has a row in `relation`: the join may begin there, and what is unknown stands in its index."""
    column: str = ""
    """Its column in the table that stands in for the list where rows are counted (`ListSpec.stand_in`); "pk" with a
    `narrow` that asks for primary keys alone, which are the same there."""
    joined: str = ""
    """Which of the relations fetched with the rows `value` reads; without it as a column, they come without that one."""
    facts: str = ""
    look: str = ""
    """Name of how its cell is drawn in crm/lists/cells.py; without one the value is written by its kind."""
    plain: Callable[[Any], Any] | None = None
    """What a file holds for the value, where a look needs more than it."""
    priority: str = ""
    """p1 … p4 as in <c-table>: p4 leaves first."""
    is_sortable: bool = False
    order: Callable[[Asker], Any] | None = None
    """The expression that sorts it, where that is not its source: choices by the order in which they are offered."""
    sorted_by: str = ""
    """Key of the field that its head sorts by, if it is another one: a name by its reading."""
    is_costly: bool = False
    """Worked out row by row: it sorts lists of at most 10,000 matching rows, and says so on a longer one."""
    is_nullable: bool = True
    unknown: Callable[[Asker], Sequence[Q]] | None = None
    """One of these holds for every row whose value is not known, where indexes answer that sooner than the join with the source."""
    is_filterable: bool = True
    is_editable: bool = False
    has_decimals: bool = False
    roles: frozenset[str] | None = None
    total: str = ""
    """"average", "sum" or "net": what the foot of the list says of it."""

    def is_for(self, user: User) -> bool:
        return self.roles is None or user.role in self.roles

    @property
    def usable(self) -> tuple[str, ...]:
        """Its operators, none for a field that is only shown."""
        if not self.is_filterable or not (self.source or self.narrow):
            return ()
        return self.operators or OPERATORS[self.kind]

    @property
    def is_indexed(self) -> bool:
        """Does one index hold what is known and what is unknown, each with its tie?"""
        return isinstance(self.source, str) and not self.order and (self.is_whole or not self.relation)

    @property
    def is_number(self) -> bool:
        return self.kind in (Kind.NUMBER, Kind.MONEY, Kind.SHARE)
