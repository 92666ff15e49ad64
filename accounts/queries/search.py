"""Finding: customers, people, needs and activities by any part of a word, as it sounds or as it is written.

The grams find candidates, a comparison of the folded words makes sure. Nothing here costs more the more common a word
is: candidates are capped, newest entries are looked at first, and an answer that may have missed something says so
(`Found.cut`). All kinds come back in one statement, which is written once for a reader and a shape of the question. See
docs/adr/0011.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache, reduce
from itertools import islice
from math import prod
from operator import or_
from typing import Any, NamedTuple, Self

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    Model,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from accounts.models import Account, AccountWords, Activity, Contact, Need
from accounts.models.accounts import CONTACT_BIGRAMS
from accounts.models.activities import NOTE_BIGRAMS
from accounts.models.bigrams import BLOCK, ROW, SHELF, Bigrams, Blocks, before_blocks, newest_blocks, row_of_blocks
from accounts.models.folding import SEPARATOR, asked, folded, grams
from accounts.models.voice import NEED_BIGRAMS
from crm.people import Team, User
from crm.readers import Reader
from crm.statements import Given
from crm.together import Together

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


class Shape(NamedTuple):
    """All of a question that decides how its statement is written: spellings of each word, and what the words are."""

    spellings: tuple[int, ...]
    is_pair: bool
    is_letter: bool
    is_everywhere: bool
    is_telling: bool

    @classmethod
    def of(cls, terms: Terms) -> Self:
        return cls(tuple(map(len, terms)), is_pair(terms), is_letter(terms), is_everywhere(terms), _is_telling(terms))


class Sought(NamedTuple):
    """What is looked for: values, or their places in a statement. One spelling of every word must stand in what is searched."""

    question: Any
    spellings: list[list[Any]]

    @classmethod
    def of(cls, terms: Terms) -> Self:
        return cls(question(terms), [list(map(Value, spellings)) for spellings in terms])

    @classmethod
    def placed(cls, form: str, shape: Shape) -> Self:
        """The places of the values that `_values` tells."""
        words = enumerate(shape.spellings)
        places = [[Given(f"{form}_{word}_{at}", TextField()) for at in range(many)] for word, many in words]
        return cls(Given(form, TextField()), places)


def forms(terms: Terms) -> dict[str, Terms]:
    """The words anywhere; the first of them where a name begins; all of them there."""
    names = [[SEPARATOR + spelling for spelling in spellings] for spellings in terms]
    return {"whole": terms, "begin": [*names[:1], *terms[1:]], "names": names}


def _values(terms: Terms) -> dict[str, str]:
    told = {}
    for form, words in forms(terms).items():
        told[form] = question(words)
        told |= {f"{form}_{word}_{at}": one for word, each in enumerate(words) for at, one in enumerate(each)}
    near = terms if is_pair(terms) else forms(terms)["names"] if is_letter(terms) else []
    return told | {"near": near_question(near)}


@dataclass(frozen=True, slots=True)
class Ask:
    """A question without its words, as the kinds of things take it: the same for all questions of one shape."""

    shape: Shape
    whole: Sought
    begin: Sought
    names: Sought
    near: Given | None
    """A pair of letters anywhere, or one letter where a name begins, as they are asked for among few rows."""
    sight: Given
    """The marks of `AccountWords.seen_by` that the reader may meet."""

    @classmethod
    def of(cls, shape: Shape) -> Self:
        places = {form: Sought.placed(form, shape) for form in ("whole", "begin", "names")}
        near = Given("near", TextField()) if shape.is_pair or shape.is_letter else None
        return cls(shape, near=near, sight=Given("sight", ArrayField(BigIntegerField())), **places)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that is looked for: `candidates` come in the order in which they are shown, `pick` takes those
    of them in which the words really stand.
    """

    candidates: QuerySet[Any]
    pick: Callable[[list[Any], Terms], list[Any]] = lambda found, _terms: found


Kinds = Callable[[User, Ask, int], Mapping[str, Kind]]
"""Names the kinds of things that a reader finds, at most so many of each."""


def search(user: User, text: str, limit: int = 5, *others: Kinds, has_words: bool = True) -> Found:
    """At most `limit` of each kind, all of them in the user's sight; needs and activities with `has_words` alone."""
    if not asked(text):
        return Found()
    return _found(found_of(user, text, limit, _customers, _people, *([_written] if has_words else []), *others))


def written(user: User, text: str, limit: int = 5) -> Found:
    """Needs and activities alone."""
    return _found(found_of(user, text, limit, _written)) if asked(text) else Found()


def people(user: User, text: str, limit: int = 10) -> Found:
    return _found(found_of(user, text, limit, _people)) if asked(text) else Found()


def is_slow_in_words(text: str) -> bool:
    """What customers and people answer much sooner than needs and activities."""
    return is_pair(asked(text))


OURS = frozenset({"customers", "contacts", "colleagues", "needs", "activities"})


def _found(found: dict[str, list[Any]]) -> Found:
    cut = frozenset(name for name, picked in found.items() if isinstance(picked, Cut))
    ours: dict[str, Any] = {name: picked for name, picked in found.items() if name in OURS}
    return Found(**ours, others={name: picked for name, picked in found.items() if name not in OURS}, cut=cut)


def found_of(user: User, text: str, limit: int, *kinds: Kinds) -> dict[str, list[Any]]:
    """All kinds by one statement."""
    terms = asked(text)
    told, together = _kept(Reader.of(user), Shape.of(terms), limit, kinds)
    sight = _sight(user) if _customers in kinds and not user.sees_everything else []
    candidates = together.rows(**_values(terms), sight=sight)
    return {name: kind.pick(candidates[name], terms) for name, kind in told.items()}


@lru_cache(maxsize=256)
def _kept(reader: Reader, shape: Shape, limit: int, kinds: tuple[Kinds, ...]) -> tuple[dict[str, Kind], Together]:
    """Writing the statement takes longer than reading its rows."""
    ask = Ask.of(shape)
    told = {name: kind for each in kinds for name, kind in each(reader.user, ask, limit).items()}
    return told, Together({name: kind.candidates for name, kind in told.items()})


def _written(user: User, ask: Ask, limit: int) -> dict[str, Kind]:
    """Asked for two signs or more."""
    if not ask.shape.is_telling:
        return {}
    needs, notes = Need.objects.visible_to(user), Activity.objects.visible_to(user)
    return {
        "needs": newest_first(needs.select_related("account", "topic"), NEED_BIGRAMS, ask, limit),
        "activities": newest_first(notes.select_related("account"), NOTE_BIGRAMS, ask, limit),
    }


def _people(user: User, ask: Ask, limit: int) -> dict[str, Kind]:
    return {"contacts": _contacts(user, ask, limit), "colleagues": _colleagues(limit)}


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
    if not terms:
        return accounts.none()
    return accounts.filter(pk__in=_words_in_sight(Sought.of(terms), reader).values("account_id")[:EVERY])


def customers(user: User, text: str, limit: int) -> list[Account]:
    return found_of(user, text, limit, _customers)["customers"] if asked(text) else []


def _customers(user: User, ask: Ask, limit: int) -> dict[str, Kind]:
    """As many candidates as there may be of one sort: there are more customers with the word than were looked at."""
    rows = customers_with(user, ask, limit)
    return {"customers": Kind(rows, lambda found, _terms: Cut(found) if found and found[0].many >= CAP else found)}


def customers_with(user: User, ask: Ask, limit: int) -> QuerySet[Account]:
    """Names and readings that begin so, then others; among them one's own first, then by reading. Of each is told
    how `many` candidates there were.
    """
    accounts = Account.objects.visible_to(user).filter(pk__in=_candidates(user, ask))
    begins = _any_stands(ask.begin.spellings[0], "searched__words")
    order = (_first(begins), F("closed_on").desc(nulls_first=True), _first(Q(owner=user)), "reading", "pk")
    return accounts.select_related("owner").annotate(many=Window(Count("*"))).order_by(*order)[:limit]


def _candidates(user: User, ask: Ask) -> QuerySet[Any]:
    """One's own and those that begin so are asked for on their own, so that the cap cannot hide them.

    A single kana or letter stands in almost every name; it finds what begins with it.
    """
    shape, sight = ask.shape, None if user.sees_everything else ask.sight
    sought = ask.begin if shape.is_letter else ask.whole
    nearest = _words(sought._replace(question=ask.near), sight) if ask.near else None
    begin, further = _words(ask.begin, sight), stages(_words(sought, sight), nearest)
    anywhere = [] if shape.is_everywhere else _unless_enough(begin, CAP, shape, further)
    own = _words(ask.whole if anywhere and not shape.is_pair else ask.begin).filter(seen_by__contains=[user.pk])
    begins = further if shape.is_letter else [begin]
    first, *others = (rows.values("account_id")[:CAP] for rows in (own, *begins, *anywhere))
    found: QuerySet[Any] = first.union(*others, all=True)[: 2 * CAP]
    return found


def is_pair(terms: Terms) -> bool:
    """Two Latin letters: every three that begin so have to be gathered to find them anywhere."""
    return len(terms) == 1 and all(len(one) == 2 and one.isascii() for one in terms[0])


def is_letter(terms: Terms) -> bool:
    return len(terms) == 1 and all(len(one) == 1 and one.isascii() for one in terms[0])


def _unless_enough(
    begin: QuerySet[Any], enough: int, shape: Shape, others: Iterable[QuerySet[Any]]
) -> list[QuerySet[Any]]:
    """Two letters are looked for everywhere only where too few names begin with them."""
    if not shape.is_pair:
        return list(others)
    return [rows.filter(~Exists(begin.values("pk")[enough - 1 : enough])) for rows in others]


def _first(condition: Q) -> Any:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()).desc()


def _any_stands(spellings: list[Any], words: str) -> Q:
    return reduce(or_, (Q(GreaterThan(StrIndex(words, spelling), 0)) for spelling in spellings))


def _words_in_sight(sought: Sought, reader: User | None) -> QuerySet[AccountWords]:
    return _words(sought, None if reader is None or reader.sees_everything else _sight(reader))


def _words(sought: Sought, sight: Any = None) -> QuerySet[AccountWords]:
    rows = _holding(AccountWords.objects.all(), Bigrams(F("words")), sought)
    return rows if sight is None else rows.filter(seen_by__overlap=sight)


def _holding(rows: QuerySet[Any], grams: Bigrams, sought: Sought) -> QuerySet[Any]:
    """The index finds candidates, the comparison makes sure."""
    [words] = grams.get_source_expressions()
    rows = rows.alias(grams=grams, folded_words=words).filter(grams__holds=sought.question)
    for spellings in sought.spellings:
        rows = rows.filter(_any_stands(spellings, "folded_words"))
    return rows


def holding(rows: QuerySet[Any], grams: Bigrams, text: str) -> QuerySet[Any]:
    """All rows in whose words the text stands, none left out and none too many; the commoner the text, the longer it takes."""
    terms = asked(text)
    if not terms:
        return rows.none()
    found = _holding(rows.model._default_manager.all(), grams, Sought.of(terms))
    return rows.filter(pk__in=found.values("pk")[:EVERY])


def among_words(text: str, reader: User) -> QuerySet[AccountWords] | None:
    """Customers in whose words the text stands, somewhere, as one piece; None when it is too short to be rare."""
    term = folded(text)
    return _words_in_sight(Sought.of([[term]]), reader) if len(term) > 1 else None


def _sight(reader: User) -> list[int]:
    """The marks of `AccountWords.seen_by` that this reader may meet; `visible_to` stays the rule."""
    teams: Iterable[int] = [reader.team_id] if reader.team_id else []
    if reader.is_manager:
        teams = Team.objects.under(reader.team).values_list("pk", flat=True)
    return [reader.pk, *(-team for team in teams)]


# ------------------------------------------------------------------------------ people, needs, activities


def newest_first(rows: QuerySet[Any], grams: Bigrams, ask: Ask, limit: int) -> Kind:
    """The rows written last in which every word stands."""
    return _first_of(rows, grams, _staged(rows, grams, ask.whole.question, ask.near), limit)


def _staged(rows: QuerySet[Any], grams: Bigrams, question: Any, near: Any = None) -> Iterator[QuerySet[Any]]:
    return stages(_with_grams(rows, grams, question), _with_grams(rows, grams, near) if near else None)


def _with_grams(rows: QuerySet[Any], grams: Bigrams, question: Any) -> QuerySet[Any]:
    return rows.alias(grams=grams).filter(grams__holds=question)


def _first_of(
    rows: QuerySet[Any], grams: Bigrams, parts: Iterable[QuerySet[Any]], limit: int, form: str = "whole"
) -> Kind:
    """The newest of the first part, then those of the next."""
    newest, *older = (_batch(part).values("pk") for part in parts)
    candidates = rows.model.objects.filter(pk__in=newest.union(*older, all=True)[:BATCH]).order_by("-pk")
    candidates.query.select_related = rows.query.select_related
    return Kind(candidates, lambda found, terms: _that_hold(found, rows, grams, forms(terms)[form], limit))


def stages(rows: QuerySet[Any], nearest: QuerySet[Any] | None = None) -> Iterator[QuerySet[Any]]:
    """The rows in parts, the newest first. PostgreSQL goes on to the next part only as long as it needs rows.

    A common word is found often enough in the newest blocks, and its list is walked no further. The edge of the last
    part is compared with a sum, which has no index: half a table is no help to find a word. `nearest` are the same rows,
    asked for in a way that is quick among few; then a row of blocks comes before the shelves.
    """
    model: type[Model] = rows.model
    block, row, shelf, before_block, before_row, before_shelf = _edges(model)
    rows = rows.alias(blocks=Blocks("pk"), key=F("pk") + 0)
    if nearest is None:
        yield rows.filter(blocks__overlap=block)
        yield rows.filter(blocks__overlap=shelf, key__lt=before_block)
    else:
        nearest = nearest.alias(blocks=Blocks("pk"))
        yield nearest.filter(blocks__overlap=block)
        yield nearest.filter(blocks__overlap=row)
        yield rows.filter(blocks__overlap=shelf, key__lt=before_row)
    yield rows.filter(key__lt=before_shelf)


@cache
def _edges(model: type[Model]) -> list[Subquery]:
    """Of the newest row; questions about it, not answers, so that they can be kept."""
    newest = model._default_manager.order_by("-pk")
    wanted = (
        *(newest_blocks(BLOCK), row_of_blocks(), newest_blocks(SHELF)),
        *(before_blocks(BLOCK), before_blocks(BLOCK, ROW), before_blocks(SHELF)),
    )
    return [Subquery(newest.values(wanted=each)[:1]) for each in wanted]


def _that_hold(found: list[Any], rows: QuerySet[Any], grams: Bigrams, terms: Terms, limit: int) -> list[Any]:
    """The grams of a word may stand apart; the word does not. When the first do not do, older ones
    are asked, once: a word of common grams that is nowhere must not read everything."""
    [words] = grams.get_source_expressions()
    fields = [source.name for source in words.get_source_expressions()]

    def holding(rows: Iterable[Any]) -> Iterator[Any]:
        return (row for row in rows if holds(terms, *(getattr(row, name) for name in fields)))

    picked = list(islice(holding(found), limit))
    if len(picked) == limit or len(found) < BATCH:
        return picked
    older = _with_grams(rows, grams, question(terms)).filter(pk__lt=found[-1].pk)
    further = list(_batch(older, FURTHER))
    picked += islice(holding(further), limit - len(picked))
    return picked if len(picked) == limit or len(further) < FURTHER else Cut(picked)


def _batch(rows: QuerySet[Any], size: int | None = None) -> QuerySet[Any]:
    """Sorted by a sum, which no index is in the order of: PostgreSQL must begin with the grams.

    In the order of the key it would hope to meet a word soon, and read the whole table for one that is nowhere.
    """
    return rows.order_by((F("pk") + 0).desc())[: size or BATCH]


def _contacts(user: User, ask: Ask, limit: int) -> Kind:
    """A single sign finds the names that begin with it; of two letters these are asked for first."""
    rows, grams, shape = Contact.objects.visible_to(user).select_related("account"), CONTACT_BIGRAMS, ask.shape
    if shape.is_telling and not shape.is_pair:
        return newest_first(rows, grams, ask, limit)
    if not shape.is_telling:
        return _first_of(rows, grams, _staged(rows, grams, ask.names.question, ask.near), limit, "names")
    begin = list(_staged(rows, grams, ask.names.question))
    anywhere = _unless_enough(begin[0], BATCH, shape, _staged(rows, grams, ask.whole.question, ask.near))
    return _first_of(rows, grams, [*begin, *anywhere], limit)


def colleagues(user: User, text: str, limit: int) -> list[User]:
    return people(user, text, limit).colleagues


def _colleagues(limit: int) -> Kind:
    """Folded here and not in the database: we are few."""
    us = User.objects.filter(is_active=True).select_related("team").order_by("reading", "name", "pk")
    return Kind(us, lambda all_of_us, terms: [one for one in all_of_us if holds(terms, *_names(one))][:limit])


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
    most = max(MOST_GRAMS // max(len(telling), 1), 1)
    return " & ".join(f"({' | '.join(_together(spelling, most) for spelling in spellings)})" for spellings in telling)


THIRD = [sign for sign in map(chr, range(1, 128)) if sign == sign.lower()]
"""What may follow two letters in a gram of three: any folded sign of one byte."""


def near_question(pair: Terms) -> str:
    """A pair of letters as all grams that begin so, one by one: a beginning makes PostgreSQL gather all its places
    first, however few of them are then looked at.
    """
    return " | ".join(_lexeme(letters + third) for [letters] in pair for third in ("", *THIRD))


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
