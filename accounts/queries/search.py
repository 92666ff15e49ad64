"""Finding: customers, people, needs and activities by any part of a word, as it sounds or as it is written.

The grams find candidates, a comparison of the folded words makes sure. Nothing here costs more the more common a word
is: candidates are capped, newest entries are looked at first, and an answer that may have missed something says so
(`Found.cut`). All kinds come back in one statement. See docs/adr/0011.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, reduce
from itertools import islice
from math import prod
from operator import or_
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, F, Model, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from accounts.models import Account, AccountWords, Activity, Contact, Need
from accounts.models.accounts import CONTACT_BIGRAMS
from accounts.models.activities import NOTE_BIGRAMS
from accounts.models.bigrams import BLOCK, SHELF, Bigrams, Blocks, before_blocks, newest_blocks
from accounts.models.folding import SEPARATOR, asked, folded, grams
from accounts.models.voice import NEED_BIGRAMS
from crm.people import Team, User
from crm.together import rows_of

CAP = 300
"""Candidates of each sort among which the best are chosen; of a word that more customers have, some of them."""
BATCH, FURTHER = 60, 1000
"""Candidates of the other kinds: the first are mostly enough; further ones are asked when the grams stand apart in those."""
EVERY = 1_000_000_000
"""More than there are. A limit makes PostgreSQL answer the question by its index before it thinks of the list's order:
walking the list in order and asking every customer takes minutes for a word that hardly anyone has.
"""
MOST_GRAMS = 4
"""So many of a word are looked up, the rarest: each costs the walk through a list, and the comparison makes sure anyway."""

Terms = list[list[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has found, each kind in its order; `others` by the names they were asked under."""

    customers: list[Account] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    colleagues: list[User] = field(default_factory=list)
    others: Mapping[str, list[Any]] = field(default_factory=dict)
    cut: frozenset[str] = frozenset()
    """Kinds of which there may be more that would stand among these; a longer word finds them."""

    def __bool__(self) -> bool:
        return any((self.customers, self.contacts, self.needs, self.activities, self.colleagues))


class Cut(list[Any]):
    """What was picked when not everything could be looked at."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that is looked for: `candidates` come in the order in which they are shown, `pick` takes those
    of them in which the words really stand.
    """

    candidates: QuerySet[Any]
    pick: Callable[[list[Any]], list[Any]] = list


def search(
    user: User, text: str, limit: int = 5, others: Mapping[str, Kind] | None = None, *, has_words: bool = True
) -> Found:
    """At most `limit` of each kind, all of them in the user's sight; needs and activities with `has_words` alone."""
    terms = asked(text)
    if not terms:
        return Found()
    kinds = {"customers": _customers(user, terms, limit)} | _people(user, terms, limit)
    return _found(kinds | (_written(user, terms, limit) if has_words else {}), dict(others or {}))


def written(user: User, text: str, limit: int = 5) -> Found:
    """Needs and activities alone."""
    terms = asked(text)
    return _found(_written(user, terms, limit), {}) if terms else Found()


def is_slow_in_words(text: str) -> bool:
    """What customers and people answer much sooner than needs and activities."""
    return is_pair(asked(text))


def _written(user: User, terms: Terms, limit: int) -> dict[str, Kind]:
    """Asked for two signs or more."""
    if not _is_telling(terms):
        return {}
    needs, notes = Need.objects.visible_to(user), Activity.objects.visible_to(user)
    return {
        "needs": newest_first(needs.select_related("account", "topic"), NEED_BIGRAMS, terms, limit),
        "activities": newest_first(notes.select_related("account"), NOTE_BIGRAMS, terms, limit),
    }


def _found(kinds: dict[str, Kind], others: dict[str, Kind]) -> Found:
    found: dict[str, Any] = found_of(kinds | others) if kinds or others else {}
    cut = frozenset(name for name, picked in found.items() if isinstance(picked, Cut))
    return Found(**{name: found[name] for name in kinds}, others={name: found[name] for name in others}, cut=cut)


def people(user: User, text: str, limit: int = 10) -> Found:
    terms = asked(text)
    found: dict[str, Any] = found_of(_people(user, terms, limit)) if terms else {}
    return Found(**found)


def found_of(kinds: Mapping[str, Kind]) -> dict[str, list[Any]]:
    """All kinds by one statement."""
    candidates = rows_of(**{name: kind.candidates for name, kind in kinds.items()})
    return {name: kind.pick(candidates[name]) for name, kind in kinds.items()}


def _people(user: User, terms: Terms, limit: int) -> dict[str, Kind]:
    return {"contacts": _contacts(user, terms, limit), "colleagues": _colleagues(terms, limit)}


def _is_telling(terms: Terms) -> bool:
    """A single sign stands in every other note."""
    return any(len(spellings[0]) > 1 for spellings in terms)


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
    terms = asked(text)
    return found_of({"customers": _customers(user, terms, limit)})["customers"] if terms else []


def _customers(user: User, terms: Terms, limit: int) -> Kind:
    """As many candidates as there may be of one sort: there are more customers with the word than were looked at."""
    return Kind(
        customers_with(user, terms, limit), lambda found: Cut(found) if found and found[0].many >= CAP else found
    )


def customers_with(user: User, terms: Terms, limit: int) -> QuerySet[Account]:
    """Names and readings that begin so, then others; among them one's own first, then by reading. Of each is told
    how `many` candidates there were.
    """
    starts = [SEPARATOR + spelling for spelling in terms[0]]
    accounts = Account.objects.visible_to(user).filter(pk__in=_candidates(user, terms, [starts, *terms[1:]]))
    begins = reduce(or_, (_stands(spelling, "searched__words") for spelling in starts))
    order = (_first(begins), F("closed_on").desc(nulls_first=True), _first(Q(owner=user)), "reading", "pk")
    return accounts.select_related("owner").annotate(many=Window(Count("*"))).order_by(*order)[:limit]


def _candidates(user: User, terms: Terms, beginning: Terms) -> QuerySet[Any]:
    """One's own and those that begin so are asked for on their own, so that the cap cannot hide them.

    A single kana or letter stands in almost every name; it finds what begins with it.
    """
    begin = _words(beginning, user)
    anywhere = [] if is_everywhere(terms) else _unless_enough(begin, CAP, terms, stages(_words(terms, user)))
    own = _words(terms if anywhere and not is_pair(terms) else beginning, None).filter(seen_by__contains=[user.pk])
    first, *others = (rows.values("account_id")[:CAP] for rows in (own, begin, *anywhere))
    found: QuerySet[Any] = first.union(*others, all=True)[: 2 * CAP]
    return found


def is_pair(terms: Terms) -> bool:
    """Two Latin letters: every three that begin so have to be gathered to find them anywhere."""
    return len(terms) == 1 and all(len(one) == 2 and one.isascii() for one in terms[0])


def _unless_enough(
    begin: QuerySet[Any], enough: int, terms: Terms, others: Iterable[QuerySet[Any]]
) -> list[QuerySet[Any]]:
    """Two letters are looked for everywhere only where too few names begin with them."""
    if not is_pair(terms):
        return list(others)
    return [rows.filter(~Exists(begin.values("pk")[enough - 1 : enough])) for rows in others]


def _first(condition: Q) -> Any:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()).desc()


def _stands(spelling: str, words: str) -> Q:
    return Q(GreaterThan(StrIndex(words, Value(spelling)), 0))


def _words(terms: Terms, reader: User | None) -> QuerySet[AccountWords]:
    rows: QuerySet[AccountWords] = AccountWords.objects.alias(grams=Bigrams(F("words"))).filter(
        grams__holds=question(terms)
    )
    for spellings in terms:
        rows = rows.filter(reduce(or_, (_stands(spelling, "words") for spelling in spellings)))
    return rows if reader is None or reader.sees_everything else rows.filter(seen_by__overlap=_sight(reader))


def holding(rows: QuerySet[Any], grams: Bigrams, text: str) -> QuerySet[Any]:
    """All rows in whose words the text stands, none left out and none too many; the commoner the text, the longer it takes."""
    terms, [words] = asked(text), grams.get_source_expressions()
    if not terms:
        return rows.none()
    found = rows.model._default_manager.alias(grams=grams, folded_words=words).filter(grams__holds=question(terms))
    for spellings in terms:
        found = found.filter(reduce(or_, (_stands(spelling, "folded_words") for spelling in spellings)))
    return rows.filter(pk__in=found.values("pk")[:EVERY])


def among_words(text: str, reader: User) -> QuerySet[AccountWords] | None:
    """Customers in whose words the text stands, somewhere, as one piece; None when it is too short to be rare."""
    term = folded(text)
    return _words([[term]], reader) if len(term) > 1 else None


def _sight(reader: User) -> list[int]:
    """The marks of `AccountWords.seen_by` that this reader may meet; `visible_to` stays the rule."""
    teams: Iterable[int] = [reader.team_id] if reader.team_id else []
    if reader.is_manager:
        teams = Team.objects.under(reader.team).values_list("pk", flat=True)
    return [reader.pk, *(-team for team in teams)]


# ------------------------------------------------------------------------------ people, needs, activities


def newest_first(rows: QuerySet[Any], grams: Bigrams, terms: Terms, limit: int, *, has_names: bool = False) -> Kind:
    """The rows written last in which every word stands; of names, where two letters are asked for, those that begin so."""
    asked_for = rows.alias(grams=grams).filter(grams__holds=question(terms))
    parts = list(stages(asked_for))
    if has_names and is_pair(terms):
        begin = rows.alias(grams=grams).filter(grams__holds=question([[SEPARATOR + one for one in terms[0]]]))
        first, *further = stages(begin)
        parts = [first, *further, *_unless_enough(first, BATCH, terms, parts)]
    newest, *older = (_batch(stage).values("pk") for stage in parts)
    candidates = rows.model.objects.filter(pk__in=newest.union(*older, all=True)[:BATCH]).order_by("-pk")
    candidates.query.select_related = rows.query.select_related
    return Kind(candidates, lambda found: _that_hold(found, asked_for, grams, terms, limit))


def stages(rows: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    """The rows in three parts, the newest first. PostgreSQL goes on to the next part only as long as it needs rows.

    A common word is found often enough in the newest blocks, and its list is walked no further. The edge of the last
    part is compared with a sum, which has no index: half a table is no help to find a word.
    """
    model: type[Model] = rows.model
    block, shelf, before_block, before_shelf = _edges(model)
    rows = rows.alias(blocks=Blocks("pk"), key=F("pk") + 0)
    yield rows.filter(blocks__overlap=block)
    yield rows.filter(blocks__overlap=shelf, key__lt=before_block)
    yield rows.filter(key__lt=before_shelf)


@cache
def _edges(model: type[Model]) -> list[Subquery]:
    """Of the newest row; questions about it, not answers, so that they can be kept."""
    newest = model._default_manager.order_by("-pk")
    wanted = (newest_blocks(BLOCK), newest_blocks(SHELF), before_blocks(BLOCK), before_blocks(SHELF))
    return [Subquery(newest.values(wanted=each)[:1]) for each in wanted]


def _that_hold(found: list[Any], asked_for: QuerySet[Any], grams: Bigrams, terms: Terms, limit: int) -> list[Any]:
    """The grams of a word may stand apart; the word does not. When the first do not do, older ones
    are asked, once: a word of common grams that is nowhere must not read everything."""
    [words] = grams.get_source_expressions()
    fields = [source.name for source in words.get_source_expressions()]

    def holding(rows: Iterable[Any]) -> Iterator[Any]:
        return (row for row in rows if holds(terms, *(getattr(row, name) for name in fields)))

    picked = list(islice(holding(found), limit))
    if len(picked) == limit or len(found) < BATCH:
        return picked
    further = list(_batch(asked_for.filter(pk__lt=found[-1].pk), FURTHER))
    picked += islice(holding(further), limit - len(picked))
    return picked if len(picked) == limit or len(further) < FURTHER else Cut(picked)


def _batch(rows: QuerySet[Any], size: int | None = None) -> QuerySet[Any]:
    """Sorted by a sum, which no index is in the order of: PostgreSQL must begin with the grams.

    In the order of the key it would hope to meet a word soon, and read the whole table for one that is nowhere.
    """
    return rows.order_by((F("pk") + 0).desc())[: size or BATCH]


def contacts(user: User, terms: Terms, limit: int) -> list[Contact]:
    return found_of({"contacts": _contacts(user, terms, limit)})["contacts"]


def _contacts(user: User, terms: Terms, limit: int) -> Kind:
    """A single sign finds the names that begin with it."""
    if not _is_telling(terms):
        terms = [[SEPARATOR + sign for sign in spellings] for spellings in terms]
    rows = Contact.objects.visible_to(user).select_related("account")
    return newest_first(rows, CONTACT_BIGRAMS, terms, limit, has_names=True)


def colleagues(text: str, limit: int) -> list[User]:
    terms = asked(text)
    return found_of({"colleagues": _colleagues(terms, limit)})["colleagues"] if terms else []


def _colleagues(terms: Terms, limit: int) -> Kind:
    """Folded here and not in the database: we are few."""
    us = User.objects.filter(is_active=True).select_related("team").order_by("reading", "name", "pk")
    return Kind(us, lambda all_of_us: [one for one in all_of_us if holds(terms, *_names(one))][:limit])


def _names(one: User) -> tuple[str, str, str]:
    return one.name, one.name_en, one.reading


# ------------------------------------------------------------------------------ questions


def holds(terms: Terms, *fields: str) -> bool:
    words = SEPARATOR.join(map(folded, ("", *fields, "")))
    return all(any(spelling in words for spelling in spellings) for spellings in terms)


FIRST_KANJI = "㐀"
"""Letters, digits and kana stand before it."""


def is_everywhere(terms: Terms) -> bool:
    """Nothing but single kana, letters or digits."""
    return all(len(spellings[0]) == 1 and spellings[0] < FIRST_KANJI for spellings in terms)


def question(terms: Terms) -> str:
    """The rarest grams of every word as a tsquery; a single sign asks for every gram that begins with it.

    Beside a longer word a single sign is left to the comparison: thousands of grams may begin with it.
    """
    telling = [spellings for spellings in terms if len(spellings[0]) > 1] or terms
    most = max(MOST_GRAMS // len(telling), 1)
    return " & ".join(f"({' | '.join(_together(spelling, most) for spelling in spellings)})" for spellings in telling)


def _together(spelling: str, most: int) -> str:
    """What ends a text may go on in what is searched: it is asked for as a beginning, unless the grams before it have it."""
    whole = [gram for gram in grams(spelling)[:-1] if len(gram) == 3 or not gram.isascii()]
    rarest = sorted(dict.fromkeys(whole), key=_commonness)[:most]
    return f"({' & '.join(map(_lexeme, rarest))})" if rarest else f"{_lexeme(spelling)}:*"


COMMON_FIRST = "0123456789aiounetsrhkmlgcdybfwpzjvxq"
"""Signs that stand everywhere: the digits of numbers, then letters as they come in English names and in readings."""


def _commonness(gram: str) -> float:
    """About how large a part of all places has it, if its signs came by chance."""
    return prod(0.1 * 0.9 ** COMMON_FIRST.index(sign) if sign in COMMON_FIRST else 0.01 for sign in gram)


def _lexeme(gram: str) -> str:
    escaped = gram.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
