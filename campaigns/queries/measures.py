"""The measure log: every revision of every campaign with what it did and what it taught, side by side if wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from campaigns.measure.uplift import Verdict
from campaigns.models import CampaignRevision, Look
from campaigns.queries import costs
from campaigns.queries.finding import having
from crm.people import User

PAGE = 30
AT_ONCE = 4
"""Revisions that are compared side by side."""
IN_REPORT = 40
UP, DOWN, UNCLEAR, UNKNOWN = "up", "down", "unclear", "unknown"
TEXTS = (
    "campaign__name_ja",
    "campaign__name_en",
    "why_ja",
    "why_en",
    "lesson_ja",
    "lesson_en",
    "change_note_ja",
    "change_note_en",
    "opening_ja",
    "opening_en",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for; `result` is UP, DOWN, UNCLEAR or UNKNOWN, of the sales."""

    text: str = ""
    year: int | None = None
    owner: int | None = None
    result: str = ""

    def __bool__(self) -> bool:
        return any((self.text, self.year, self.owner, self.result))


@dataclass(frozen=True, slots=True)
class Entry:
    """A revision with the newest look at each of its three rows; `sales` is None before the first look."""

    revision: CampaignRevision
    sales: Look | None
    loyalty: Look | None
    harm: Look | None

    @property
    def looks(self) -> tuple[tuple[str, Look | None], ...]:
        return (("sales", self.sales), ("loyalty", self.loyalty), ("harm", self.harm))


@dataclass(frozen=True, slots=True)
class Page:
    entries: Sequence[Entry]
    last: CampaignRevision | None


def page(user: User, wanted: Wanted, *, after: Q | None = None, size: int = PAGE) -> Page:
    """What was launched, the newest first."""
    rows = matching(user, wanted).filter(after or Q()).order_by("-launched_at", "-pk")
    found = list(rows[: size + 1])
    return Page(entries_of(found[:size]), found[size - 1] if len(found) > size else None)


def matching(user: User, wanted: Wanted) -> QuerySet[CampaignRevision]:
    rows = having(launched(user), wanted.text, *TEXTS)
    if wanted.year:
        rows = rows.filter(launched_at__year=wanted.year)
    if wanted.owner:
        rows = rows.filter(campaign__owner=wanted.owner)
    return _with_result(rows, wanted.result)


def launched(user: User) -> QuerySet[CampaignRevision]:
    rows: QuerySet[CampaignRevision] = CampaignRevision.objects.visible_to(user)
    rows = rows.filter(state__in=CampaignRevision.PUBLIC_STATES)
    return rows.select_related("campaign__owner", "path__from_product", "path__to_product", "offer")


def _with_result(rows: QuerySet[CampaignRevision], result: str) -> QuerySet[CampaignRevision]:
    if not result:
        return rows
    newest = Look.objects.filter(revision=OuterRef("pk"), row=Look.Row.SALES).order_by("-on")
    rows = rows.annotate(verdict=Subquery(newest.values("verdict")[:1]))
    if result == UNKNOWN:
        return rows.filter(verdict=None)
    known = {UP: Verdict.EFFECT_UP, DOWN: Verdict.EFFECT_DOWN}
    return rows.filter(verdict=known[result]) if result in known else rows.exclude(verdict__in=known.values())


def entries_of(revisions: Sequence[CampaignRevision]) -> list[Entry]:
    """One statement for all of them."""
    looks = Look.objects.filter(revision__in=[revision.pk for revision in revisions])
    newest = {
        (look.revision_id, look.row): look
        for look in looks.order_by("revision", "row", "-on").distinct("revision", "row")
    }
    rows = (Look.Row.SALES, Look.Row.LOYALTY, Look.Row.HARM)
    return [Entry(revision, *(newest.get((revision.pk, row)) for row in rows)) for revision in revisions]


def chosen(user: User, keys: Sequence[int]) -> list[Entry]:
    """These revisions, as far as the reader may see them, the oldest first: so the change can be read from left to right."""
    rows = launched(user).filter(pk__in=keys).prefetch_related("variants").order_by("launched_at", "pk")
    return entries_of(list(rows))


def years(user: User) -> list[int]:
    """In which something was launched, the newest first."""
    return [day.year for day in launched(user).order_by().datetimes("launched_at", "year", order="DESC")]


def owners(user: User) -> list[User]:
    return list(
        User.objects.filter(pk__in=launched(user).order_by().values("campaign__owner")).order_by(
            "reading", "name", "pk"
        )
    )


def yen_spent(revision: CampaignRevision, *, as_of: datetime) -> int:
    return costs.costs(revision, as_of=as_of).total
