"""Finding: customers, people, needs and activities by any part of a word, as it sounds or as it is written.

The bigrams find candidates, a comparison of the folded words makes sure. Nothing here costs more the more common a word
is: candidates are capped, newest entries are looked at first. See docs/adr/0011.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any

from django.db.models import BooleanField, Case, F, Max, Q, QuerySet, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from accounts.models import Account, AccountWords, Activity, Contact, Need
from accounts.models.accounts import CONTACT_BIGRAMS
from accounts.models.activities import NOTE_BIGRAMS
from accounts.models.bigrams import Bigrams
from accounts.models.folding import SEPARATOR, asked, bigrams, folded
from accounts.models.voice import NEED_BIGRAMS
from crm.people import Team, User

CAP = 1000
"""Candidates among which the best are chosen; of a word that more customers have, some of them."""
WINDOW = 50_000
"""Newest rows that are asked first: where a common word is found often enough."""
BATCH = 60
EVERY = 1_000_000_000
"""More than there are. A limit makes PostgreSQL answer the question by its index before it thinks of the list's order:
walking the list in order and asking every customer takes minutes for a word that hardly anyone has.
"""

Terms = list[list[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has found, each kind in its order. `terms` are the folded words, to mark them."""

    customers: list[Account] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    colleagues: list[User] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.customers, self.contacts, self.needs, self.activities, self.colleagues))


def search(user: User, text: str, limit: int = 5) -> Found:
    """At most `limit` of each kind, all of them in the user's sight. Needs and notes are asked for two signs or more."""
    terms = asked(text)
    if not terms:
        return Found()
    people_and_customers = Found(
        customers=customers(user, text, limit),
        contacts=contacts(user, terms, limit),
        colleagues=colleagues(text, limit),
    )
    if not _is_telling(terms):
        return people_and_customers
    return replace(
        people_and_customers,
        needs=newest(Need.objects.visible_to(user), NEED_BIGRAMS, terms, limit, "account", "topic"),
        activities=newest(Activity.objects.visible_to(user), NOTE_BIGRAMS, terms, limit, "account"),
    )


def _is_telling(terms: Terms) -> bool:
    """A single sign stands in every other note."""
    return any(len(spellings[0]) > 1 for spellings in terms)


def people(user: User, text: str, limit: int = 10) -> Found:
    terms = asked(text)
    return Found(contacts=contacts(user, terms, limit) if terms else [], colleagues=colleagues(text, limit))


# ------------------------------------------------------------------------------ customers


def matching(accounts: QuerySet[Account], text: str, *, reader: User | None = None) -> QuerySet[Account]:
    """Those of `accounts` in whose names, reading, place, number, domain or telephone stands every word of `text`.

    All of them for no text. Who reads is not needed for the answer, but makes it faster: see `seen_by`.
    """
    if not text.strip():
        return accounts
    terms = asked(text)
    return accounts.filter(pk__in=_words(terms, reader).values("account_id")[:EVERY]) if terms else accounts.none()


def customers(user: User, text: str, limit: int) -> list[Account]:
    """Names and readings that begin so, then others; among them one's own first, then by reading."""
    terms = asked(text)
    if not terms:
        return []
    begins = [[SEPARATOR + spelling for spelling in terms[0]], *terms[1:]]
    found = _ranked(user, begins, limit)
    if len(found) < limit:
        known = {account.pk for account in found}
        found += [account for account in _ranked(user, terms, limit + len(found)) if account.pk not in known]
    return found[:limit]


def _ranked(user: User, terms: Terms, limit: int) -> list[Account]:
    """One's own customers are asked for on their own, so that the cap cannot hide them."""
    words = _words(terms, user)
    own = words.filter(seen_by__contains=[user.pk]).values("account_id")[:CAP]
    seen = words.filter(account__in=Account.objects.visible_to(user)).values("account_id")[:CAP]
    accounts = Account.objects.visible_to(user).filter(pk__in=own.union(seen))
    is_own = Case(When(owner=user, then=Value(True)), default=Value(False), output_field=BooleanField())
    ordered = accounts.order_by(F("closed_on").desc(nulls_first=True), is_own.desc(), "reading", "pk")
    return list(ordered.select_related("owner")[:limit])


def _words(terms: Terms, reader: User | None) -> QuerySet[AccountWords]:
    rows = AccountWords.objects.alias(grams=Bigrams(F("words"))).filter(grams__holds=question(terms))
    for spellings in terms:
        places = [Q(GreaterThan(StrIndex("words", Value(spelling)), 0)) for spelling in spellings]
        rows = rows.filter(reduce(or_, places))
    return rows if reader is None or reader.sees_everything else rows.filter(seen_by__overlap=_sight(reader))


def _sight(reader: User) -> list[int]:
    """The marks of `AccountWords.seen_by` that this reader may meet; `visible_to` stays the rule."""
    teams: Iterable[int] = [reader.team_id] if reader.team_id else []
    if reader.is_manager:
        teams = Team.objects.under(reader.team).values_list("pk", flat=True)
    return [reader.pk, *(-team for team in teams)]


# ------------------------------------------------------------------------------ people, needs, activities


def newest(rows: QuerySet[Any], grams: Bigrams, terms: Terms, limit: int, *related: str) -> list[Any]:
    """The rows written last in which every word stands."""
    [words] = grams.get_source_expressions()
    fields = [source.name for source in words.get_source_expressions()]
    asked_for = rows.alias(grams=grams).filter(grams__holds=question(terms)).select_related(*related)
    return list(islice((row for row in _back_in_time(asked_for) if _holds(row, fields, terms)), limit))


def _back_in_time(rows: QuerySet[Any]) -> Iterator[Any]:
    """The newest rows of the table first, so that a common word does not fetch all rows that have it."""
    newest_of_all = rows.model.objects.aggregate(newest=Max("pk"))["newest"] or 0
    edge = max(newest_of_all - WINDOW, 0)
    yield from _in_batches(rows.filter(pk__gt=edge), newest_of_all)
    if edge:
        yield from _in_batches(rows, edge)


def _in_batches(rows: QuerySet[Any], highest: int) -> Iterator[Any]:
    """Sorted by a sum, which no index is in the order of: PostgreSQL must begin with the bigrams.

    In the order of the key it would hope to meet a word soon, and read the whole table for one that is nowhere.
    """
    while True:
        batch = list(rows.filter(pk__lte=highest).order_by((F("pk") + 0).desc())[:BATCH])
        yield from batch
        if len(batch) < BATCH:
            return
        highest = batch[-1].pk - 1


def _holds(row: Any, fields: list[str], terms: Terms) -> bool:
    """The bigrams of a word may stand apart; the word does not."""
    return holds(terms, *(getattr(row, name) for name in fields))


def contacts(user: User, terms: Terms, limit: int) -> list[Contact]:
    """A single sign finds the names that begin with it."""
    if not _is_telling(terms):
        terms = [[SEPARATOR + sign for sign in spellings] for spellings in terms]
    return newest(Contact.objects.visible_to(user), CONTACT_BIGRAMS, terms, limit, "account")


def colleagues(text: str, limit: int) -> list[User]:
    """Folded here and not in the database: we are few."""
    terms = asked(text)
    us = User.objects.filter(is_active=True).select_related("team").order_by("reading", "name", "pk")
    return [one for one in us if terms and holds(terms, one.name, one.name_en, one.reading)][:limit]


# ------------------------------------------------------------------------------ questions


def holds(terms: Terms, *fields: str) -> bool:
    words = SEPARATOR.join(map(folded, ("", *fields, "")))
    return all(any(spelling in words for spelling in spellings) for spellings in terms)


def question(terms: Terms) -> str:
    """The bigrams of every word as a tsquery; a single sign asks for every bigram that begins with it.

    Beside a longer word a single sign is left to the comparison: thousands of bigrams may begin with it.
    """
    telling = [spellings for spellings in terms if len(spellings[0]) > 1] or terms
    return " & ".join(f"({' | '.join(map(_together, spellings))})" for spellings in telling)


def _together(spelling: str) -> str:
    if len(spelling) == 1:
        return f"{_lexeme(spelling)}:*"
    return f"({' & '.join(map(_lexeme, bigrams(spelling)[:-1]))})"


def _lexeme(bigram: str) -> str:
    escaped = bigram.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
