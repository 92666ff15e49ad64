"""Everything that happened with one customer, newest first, whatever table it lies in.

Each source gives its newest rows at or before a moment; the sources come back in one statement, and merging them and
cutting again gives the page, so that an account with ten thousand activities costs what one with ten costs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from operator import attrgetter
from typing import Any, Literal

from django.db.models import BigIntegerField, F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Activity, Case, Contact, Need, NpsResponse, ObservedSignal
from accounts.models.activities import ActivityKind
from crm import slots
from crm.bilingual import pick
from crm.people import User
from crm.statements import Given, Prepared, Statement

Category = Literal["activity", "hearing", "nps", "offer"]
PAGES = {"activity": "activity", "case": "case-page"}
"""Routes by the kind of row."""
Told = Mapping[str, Any]
Place = tuple[datetime, str, int]
NEWEST: Place = (datetime(9000, 1, 1, tzinfo=UTC), "", 0)
"""Before the end of time."""
ACCOUNT = Given("account", BigIntegerField())


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """`verb` says what it was, `quote` is somebody's words, `badge` a pair of label and tone."""

    at: datetime
    key: str
    category: Category
    icon: str
    verb: str
    text: str = ""
    quote: str = ""
    who: str = ""
    badge: tuple[str, str] | None = None

    @property
    def url(self) -> str:
        """The page of what happened, where it has one."""
        kind, _colon, number = self.key.partition(":")
        return reverse(PAGES[kind], args=[number]) if kind in PAGES else ""

    @property
    def cursor(self) -> tuple[datetime, str]:
        return (self.at, self.key)

    @property
    def place(self) -> Place:
        return place_of(self.at, self.key)


def place_of(at: datetime, key: str) -> Place:
    """Where "activity:12" of that moment stands: rows of one table by their number, as the database sorts them."""
    kind, _colon, number = key.partition(":")
    return (at, kind, int(number) if number.isdecimal() else 0)


@dataclass(frozen=True, slots=True)
class TimelinePage:
    entries: list[TimelineEntry]
    next_cursor: tuple[datetime, str] | None


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One kind of entry: the rows of a table by the moment or day `by`, and how one row is told.

    `told` are the columns that `tell` reads, under names of its own; "at" and "key" are added.
    """

    kind: str
    category: Category
    rows: QuerySet[Any]
    by: str
    told: Mapping[str, Any]
    tell: Callable[[Told], Any]
    has_only_days: bool = False

    def older(self, edge: Place, limit: int) -> tuple[str, list[Any]]:
        """The newest rows before a place, exactly: ever so many may share one moment. As kind, number and the rest as JSON."""
        rows = self.rows.filter(self._before(edge), account=ACCOUNT).order_by(f"-{self.by}", "-pk")
        sql, values = rows.values_list("pk", F(self.by), *map(_column, self.told.values()))[
            :limit
        ].query.sql_with_params()
        names = ", ".join(f'"{name}"' for name in ("number", "at", *self.told))
        told = f"SELECT %s, told.number, row_to_json(told)::text FROM ({sql}) AS told({names})"  # noqa: S608 (written by the ORM)
        return told, [self.kind, *values]

    def _before(self, edge: Place) -> Q:
        at, kind, number = edge
        moment = timezone.localdate(at) if self.has_only_days else at
        here = (noon(moment) if self.has_only_days else at, self.kind)
        earlier, until = Q(**{f"{self.by}__lt": moment}), Q(**{f"{self.by}__lte": moment})
        if here == (at, kind):
            return until & (earlier | Q(pk__lt=number))
        return until if here < (at, kind) else earlier

    def entry(self, number: int, told: dict[str, Any]) -> Any:
        at = noon(date.fromisoformat(told["at"])) if self.has_only_days else datetime.fromisoformat(told["at"])
        return self.tell({**told, "at": at, "key": f"{self.kind}:{number}"})


def _column(column: Any) -> Any:
    return F(column) if isinstance(column, str) else column


def page(
    account: Account,
    *,
    categories: frozenset[str] = frozenset(),
    before: tuple[datetime, str] | None = None,
    limit: int = 20,
) -> TimelinePage:
    """Entries older than the cursor `before`; no categories means all of them."""
    edge = place_of(*before) if before else NEWEST
    sources = [source for source in slots.timeline_sources if not categories or source.category in categories]
    found = sorted(read(sources, account, edge, limit + 1), key=attrgetter("place"), reverse=True)
    return TimelinePage(found[:limit], found[limit - 1].cursor if len(found) > limit else None)


def read(sources: Sequence[Source], account: Account, edge: Place, limit: int) -> list[Any]:
    """The newest entries of every source before a place, in one statement."""
    if not sources:
        return []
    by_kind = {source.kind: source for source in sources}
    question = newest(tuple(sources), limit) if edge == NEWEST else Statement(*written(sources, edge, limit))
    rows = question.ask(account=account.pk)
    return [by_kind[kind].entry(number, json.loads(told)) for kind, number, told in rows]


@cache
def newest(sources: tuple[Source, ...], limit: int) -> Prepared:
    """The first page, which almost everybody asks for."""
    return Prepared("timeline", *written(sources, NEWEST, limit))


def written(sources: Sequence[Source], edge: Place, limit: int) -> tuple[str, list[Any]]:
    parts = [source.older(edge, limit) for source in sources]
    return " UNION ALL ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]


def noon(day: date) -> datetime:
    """Where a fact that has only a day stands among those that have a time."""
    return datetime.combine(day, time(12), tzinfo=timezone.get_current_timezone())


# -- The sources of this app; the apps above add theirs through the slot ----------------------------

ICONS = {"call": "phone", "visit": "map-pin", "mail": "mail", "meeting": "users", "note": "file-text"}
TONES = {"positive": "pos", "neutral": "neutral", "upset": "neg"}
BAND_TONES = {"promoter": "pos", "passive": "neutral", "detractor": "neg"}
BY = {"by": "by__name", "by_en": "by__name_en"}
CONTACT = {"contact": "contact__name", "contact_en": "contact__name_en"}


def colleague_of(told: Told) -> str:
    """The family name of one of us, if the row has one."""
    return User(name=told["by"], name_en=told["by_en"]).family_name if told["by"] else ""


def contact_of(told: Told) -> Contact | None:
    return Contact(name=told["contact"], name_en=told["contact_en"]) if told["contact"] else None


def tell_activity(told: Told) -> TimelineEntry:
    kind, reaction = ActivityKind(told["kind"]), told["reaction"]
    contact = contact_of(told)
    result = f"{Activity.Result(told['result']).label} {contact.label if contact else ''}".strip()
    return TimelineEntry(
        at=told["at"],
        key=told["key"],
        category="activity",
        icon=ICONS[kind],
        verb=str(kind.label),
        text=told["note"] or result,
        who=colleague_of(told),
        badge=(str(Activity.Reaction(reaction).label), TONES[reaction]) if reaction else None,
    )


def tell_need(told: Told) -> TimelineEntry:
    contact = contact_of(told)
    return TimelineEntry(
        at=told["at"],
        key=told["key"],
        category="hearing",
        icon="message-square",
        verb=_("Hearing"),
        quote=pick(told["words"], told["words_en"]),
        who=contact.family_name if contact else colleague_of(told),
        badge=(_("Need"), "pos"),
    )


def tell_answer(told: Told) -> TimelineEntry:
    contact, band = contact_of(told), NpsResponse(score=told["score"]).band
    return TimelineEntry(
        at=told["at"],
        key=told["key"],
        category="nps",
        icon="gauge",
        verb=f"NPS {told['score']}",
        quote=pick(told["comment"], told["comment_en"]),
        who=contact.label if contact else "",
        badge=(str(band.label), BAND_TONES[band]),
    )


def tell_case(told: Told) -> TimelineEntry:
    return TimelineEntry(
        at=told["at"],
        key=told["key"],
        category="activity",
        icon="shield-alert",
        verb=str(Case.Kind(told["kind"]).label),
        text=pick(told["subject"], told["subject_en"]),
        who=colleague_of(told),
        badge=(_("Solved"), "neutral") if told["reported_at"] else (_("Open case"), "warn"),
    )


def tell_signal(told: Told) -> TimelineEntry:
    product = pick(told["product"] or "", told["product_en"] or "")
    return TimelineEntry(
        at=told["at"],
        key=told["key"],
        category="activity",
        icon="activity",
        verb=_("Use"),
        text=" ".join(filter(None, [str(ObservedSignal.Kind(told["kind"]).label), product])),
        who=_("Automatic"),
    )


def named(*columns: str) -> dict[str, str]:
    """Columns under their own names."""
    return dict(zip(columns, columns, strict=True))


SOURCES = (
    Source(
        "activity",
        "activity",
        Activity.objects.all(),
        "at",
        named("kind", "result", "reaction", "note") | BY | CONTACT,
        tell_activity,
    ),
    Source(
        "need",
        "hearing",
        Need.objects.all(),
        "heard_on",
        named("words", "words_en") | BY | CONTACT,
        tell_need,
        has_only_days=True,
    ),
    Source(
        "nps",
        "nps",
        NpsResponse.objects.all(),
        "answered_at",
        named("score", "comment", "comment_en") | CONTACT,
        tell_answer,
    ),
    Source(
        "case",
        "activity",
        Case.objects.all(),
        "opened_at",
        named("kind", "subject", "subject_en", "reported_at") | {"by": "owner__name", "by_en": "owner__name_en"},
        tell_case,
    ),
    Source(
        "signal",
        "activity",
        ObservedSignal.objects.all(),
        "at",
        named("kind") | {"product": "product__name_ja", "product_en": "product__name_en"},
        tell_signal,
    ),
)


def register() -> None:
    for order, source in enumerate(SOURCES):
        slots.timeline_sources.fill(source.kind, source, order=order)
