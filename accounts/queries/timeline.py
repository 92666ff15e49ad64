"""Everything that happened with one customer, newest first, whatever table it lies in.

Each source answers with its newest entries at or before a moment; merging them and cutting again gives the
page, so that an account with ten thousand activities costs what one with ten costs.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from operator import attrgetter
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Activity, Case, Need, NpsResponse, ObservedSignal
from crm import slots
from crm.bilingual import pick

Category = Literal["activity", "hearing", "nps", "offer"]
END_OF_TIME = datetime(9000, 1, 1, tzinfo=UTC)
TIES = 20
"""How many entries of one source may share one moment at the edge of a page."""


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
    def cursor(self) -> tuple[datetime, str]:
        return (self.at, self.key)

    @property
    def place(self) -> tuple[datetime, str, int]:
        return place_of(self.at, self.key)


def place_of(at: datetime, key: str) -> tuple[datetime, str, int]:
    """Where "activity:12" of that moment stands: rows of one table by their number, as the database sorts them."""
    kind, _colon, number = key.partition(":")
    return (at, kind, int(number) if number.isdecimal() else 0)


@dataclass(frozen=True, slots=True)
class TimelinePage:
    entries: list[TimelineEntry]
    next_cursor: tuple[datetime, str] | None


Source = Callable[[Account, datetime, int], Iterable[TimelineEntry]]


def page(
    account: Account,
    *,
    categories: frozenset[str] = frozenset(),
    before: tuple[datetime, str] | None = None,
    limit: int = 20,
) -> TimelinePage:
    """Entries older than the cursor `before`; no categories means all of them."""
    at, key = before or (END_OF_TIME, "")
    edge = place_of(at, key)
    streams = [
        [entry for entry in source(account, at, limit + 1 + TIES) if entry.place < edge]
        for source in slots.timeline_sources
    ]
    sorted_streams = [sorted(stream, key=_place, reverse=True) for stream in streams]
    merged = heapq.merge(*sorted_streams, key=_place, reverse=True)
    wanted = (entry for entry in merged if not categories or entry.category in categories)
    entries = list(islice(wanted, limit + 1))
    return TimelinePage(entries[:limit], entries[limit - 1].cursor if len(entries) > limit else None)


_place = attrgetter("place")


def newest(rows: QuerySet[Any], field: str, until: Any, limit: int) -> QuerySet[Any]:
    return rows.filter(**{f"{field}__lte": until}).order_by(f"-{field}", "-pk")[:limit]


def noon(day: date) -> datetime:
    """Where a fact that has only a day stands among those that have a time."""
    return datetime.combine(day, time(12), tzinfo=timezone.get_current_timezone())


# -- The sources of this app; the apps above add theirs through the slot ----------------------------

ICONS = {"call": "phone", "visit": "map-pin", "mail": "mail", "meeting": "users", "note": "file-text"}
TONES = {"positive": "pos", "neutral": "neutral", "upset": "neg"}
BAND_TONES = {"promoter": "pos", "passive": "neutral", "detractor": "neg"}


def activities(account: Account, until: datetime, limit: int) -> Iterable[TimelineEntry]:
    rows = Activity.objects.filter(account=account).select_related("by", "contact")
    for row in newest(rows, "at", until, limit):
        result = " ".join(filter(None, [row.get_result_display(), row.contact.label if row.contact else ""]))
        yield TimelineEntry(
            at=row.at,
            key=f"activity:{row.pk}",
            category="activity",
            icon=ICONS[row.kind],
            verb=row.get_kind_display(),
            text=row.note or result,
            who=row.by.family_name,
            badge=(row.get_reaction_display(), TONES[row.reaction]) if row.reaction else None,
        )


def needs(account: Account, until: datetime, limit: int) -> Iterable[TimelineEntry]:
    rows = Need.objects.filter(account=account).select_related("by", "contact")
    for row in newest(rows, "heard_on", timezone.localdate(until), limit):
        person = row.contact or row.by
        yield TimelineEntry(
            at=noon(row.heard_on),
            key=f"need:{row.pk}",
            category="hearing",
            icon="message-square",
            verb=_("Hearing"),
            quote=pick(row.words, row.words_en),
            who=person.family_name if person else "",
            badge=(_("Need"), "pos"),
        )


def nps_answers(account: Account, until: datetime, limit: int) -> Iterable[TimelineEntry]:
    rows = NpsResponse.objects.filter(account=account).select_related("contact")
    for row in newest(rows, "answered_at", until, limit):
        yield TimelineEntry(
            at=row.answered_at,
            key=f"nps:{row.pk}",
            category="nps",
            icon="gauge",
            verb=f"NPS {row.score}",
            quote=pick(row.comment, row.comment_en),
            who=row.contact.label if row.contact else "",
            badge=(row.band.label, BAND_TONES[row.band]),
        )


def cases(account: Account, until: datetime, limit: int) -> Iterable[TimelineEntry]:
    rows = Case.objects.filter(account=account).select_related("owner")
    for row in newest(rows, "opened_at", until, limit):
        closed = row.reported_at is not None
        yield TimelineEntry(
            at=row.opened_at,
            key=f"case:{row.pk}",
            category="activity",
            icon="shield-alert",
            verb=row.get_kind_display(),
            text=pick(row.subject, row.subject_en),
            who=row.owner.family_name if row.owner else "",
            badge=(_("Solved"), "neutral") if closed else (_("Open case"), "warn"),
        )


def signals(account: Account, until: datetime, limit: int) -> Iterable[TimelineEntry]:
    rows = ObservedSignal.objects.filter(account=account).select_related("product")
    for row in newest(rows, "at", until, limit):
        yield TimelineEntry(
            at=row.at,
            key=f"signal:{row.pk}",
            category="activity",
            icon="activity",
            verb=_("Use"),
            text=" ".join(filter(None, [row.get_kind_display(), row.product.label if row.product else ""])),
            who=_("Automatic"),
        )


def register() -> None:
    for order, source in enumerate([activities, needs, nps_answers, cases, signals]):
        slots.timeline_sources.fill(source.__name__, source, order=order)
