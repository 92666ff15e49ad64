"""Named places that a lower app offers and an app above fills: an arrow by name instead of an import.

Filled in `AppConfig.ready`; `docs/architecture.md` lists every slot and who fills it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm.people import User
from crm.tallies import Tally


class Slot:
    """An ordered set of named fillings. Filling a name twice is a mistake in the code."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._fillings: dict[str, tuple[int, Any]] = {}

    def fill(self, name: str, filling: Any, *, order: int = 100) -> None:
        if name in self._fillings:
            raise ValueError(f"Slot {self.name!r} already has a filling named {name!r}.")
        self._fillings[name] = (order, filling)

    def __iter__(self) -> Iterator[Any]:
        return iter([filling for _, filling in sorted(self._fillings.values(), key=lambda pair: pair[0])])

    def __getitem__(self, name: str) -> Any:
        return self._fillings[name][1]

    def __contains__(self, name: str) -> bool:
        return name in self._fillings

    def names(self) -> list[str]:
        return [name for name, _ in sorted(self._fillings.items(), key=lambda pair: pair[1][0])]


@dataclass(frozen=True, slots=True, eq=False)
class NavigationItem:
    """`count` says what is to be counted; the menu does so for all its entries in one statement.

    The statement is kept for whoever reads: it may depend on the user, their team, the organisation and the day alone.
    """

    label: Any
    url_name: str
    icon: str
    section: Any = ""
    key: str = ""
    roles: frozenset[str] | None = None
    count: Callable[[User], Tally | None] | None = None
    is_badge: bool = False
    on_phone: bool = False

    def is_for(self, user: User) -> bool:
        return self.roles is None or user.role in self.roles


navigation = Slot("navigation")
"""`NavigationItem`s of the sidebar."""

account_panels = Slot("account_panels")
"""Callables `(request, record) -> html` for the middle column of the customer's page, the suggestion first.

`record` is `accounts.queries.customer.Record`: what it has read already need not be read again, and what several
fillings need is asked once through `record.once`.
"""

account_rail = Slot("account_rail")
"""Callables `(request, record) -> html` for the right column of the customer's page."""

account_tabs = Slot("account_tabs")
"""Further tabs of the customer's page: objects with `label`, `key`, `many` and `render(request, record)`.

`many` is an expression over Account that counts what the tab holds, so that all tabs are counted in one statement;
None for a tab that counts nothing.
"""


@dataclass(frozen=True, slots=True)
class GuardBadge:
    """The guard of one customer as lists show it: `state` names the badge, `words` is its text, if not the usual one.

    `helps` says what helps instead, `detail` is the whole answer for whoever knows its shape.
    """

    state: str
    words: str = ""
    helps: str = ""
    detail: Any = None

    @property
    def allows(self) -> bool:
        return self.state == "clear"


account_guards = Slot("account_guards")
"""One callable `(account_ids, as_of) -> {account_id: GuardBadge}`: may this customer be offered something now?"""

account_guard_filters = Slot("account_guard_filters")
"""One callable `(states, as_of) -> Q` over whatever has the numbers of accounts as its primary keys: those whose guard is in
one of these states, for a whole set."""

account_outlook = Slot("account_outlook")
"""Callables `(request, record) -> int`: yen a month that an open suggestion would add, for the lifetime value."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A line of the search. `aside` stands beside the label, `note` at the end; `tint` gives it the letter of a name."""

    label: str
    url: str
    icon: str = ""
    aside: str = ""
    note: str = ""
    key: str = ""
    tint: Any = None
    guard: GuardBadge | None = None


@dataclass(frozen=True, slots=True)
class SearchGroup:
    """Further kinds of things that the search finds for a reader; `mark` is the sign that asks for nothing else.

    `kinds(user, ask, limit)` says what is asked beside everything else, by names of its own, without the words: it is kept
    for a reader. `tell` makes lines of what was found under those names.
    """

    label: Any
    kinds: Callable[[User, Any, int], Mapping[str, Any]]
    tell: Callable[[Mapping[str, list[Any]]], list[SearchHit]]
    mark: str = ""


search_groups = Slot("search_groups")
"""`SearchGroup`s below the customers."""

account_commands = Slot("account_commands")
"""Callables `(user, account, guard) -> [SearchHit]`: what can be done with the first customer that was found."""

commands = Slot("commands")
"""`NavigationItem`s that the search offers as actions."""

list_commands = Slot("list_commands")
"""Callables `(request, spec, state) -> html`: further commands with a list as it stands in its address."""

bulk_commands = Slot("bulk_commands")
"""Callables `(request, spec) -> html`: further buttons of the form `bulk`, for the selected rows of a list."""

timeline_sources = Slot("timeline_sources")
"""`accounts.queries.timeline.Source`s: one kind of entry each; all of them are read in one statement."""

log_fields = Slot("log_fields")
"""Callables `(request, account) -> html`: further fields of the log sheet, whose values reach `after_log`."""

account_topics = Slot("account_topics")
"""Callables `(account_id, on) -> query set of ids`: topics that running campaigns talk about with this customer. Both are
places of a statement that is written once (`crm.statements.Given`)."""

after_log = Slot("after_log")
"""Callables `(activity, by, at, extras)`, run inside the transaction of the log."""

after_rescore = Slot("after_rescore")
"""Callables `(as_of, at)`, run when new scores are switched on."""


worked_out = Slot("worked_out")
"""Pairs of a model and its field: rows that the product makes by itself and that go with the row they speak of."""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """How notices of one code look: `words` makes a sentence of their figures, in the reader's language.

    `group` is one of `notice_groups`: whoever is told may leave it out of the bell or the morning's mail.
    """

    icon: str
    words: Callable[[Mapping[str, Any]], str]
    group: str = ""
    in_mail: bool = True
    """False where the morning's mail has a part of its own for it."""


notice_kinds = Slot("notice_kinds")
"""`NoticeKind`s by the code of the notice."""

notice_groups = Slot("notice_groups")
"""Words for each group of notices, in the order of the settings."""


@dataclass(frozen=True, slots=True)
class MailLine:
    words: str
    url: str
    aside: str = ""


@dataclass(frozen=True, slots=True)
class MailPart:
    """A heading with its first lines; `group` is one of `notice_groups`, `url` leads to the rest."""

    title: str
    lines: Sequence[MailLine]
    url: str
    group: str
    has_more: bool = False


mail_parts = Slot("mail_parts")
"""Callables `(user, at, most) -> MailPart or None`: parts of the morning's mail, in the reader's language."""

webhook_kinds = Slot("webhook_kinds")
"""Words for each kind of event that other systems can be told, by its name such as campaign.launched."""

preference_parts = Slot("preference_parts")
"""Callables `(request) -> html`: further parts of the reader's own settings."""

merge_strategies = Slot("merge_strategies")
"""Mappings of app.Model.column, for every column that leads to a customer, to what a merge does with its rows."""

sign_in_cast = Slot("sign_in_cast")
"""Callables `() -> [CastMember]`: whom a visitor may be on the sign-in page of a demonstration."""


@dataclass(frozen=True, slots=True)
class CastMember:
    name: str
    role: Any
    email: str
    password: str
