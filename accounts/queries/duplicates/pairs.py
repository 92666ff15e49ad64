"""The pairs somebody should look at, the surest first, by keyset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import DuplicatePair, Merge
from crm.people import User

COUNTED = 10_000
SIZE = 50


@dataclass(frozen=True, slots=True)
class PairPage:
    rows: list[DuplicatePair]
    next_cursor: tuple[int, int] | None


def page(user: User, *, after: tuple[int, int] | None = None, size: int = SIZE) -> PairPage:
    """`after` is score and id of the last pair seen."""
    pairs = DuplicatePair.objects.visible_to(user).open().order_by("-score", "pk")
    if after:
        score, pk = after
        pairs = pairs.filter(Q(score__lt=score) | Q(score=score, pk__gt=pk))
    rows = list(pairs.select_related("first__owner", "second__owner")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return PairPage(rows[:size], (last.score, last.pk) if last else None)


def number_open(user: User) -> int:
    """At most one more than is counted."""
    return DuplicatePair.objects.visible_to(user).open().order_by()[: COUNTED + 1].count()


def recent_merges(user: User, *, at: datetime, limit: int = 20) -> QuerySet[Merge]:
    """Those that can still be taken back, the newest first."""
    merges = Merge.objects.visible_to(user).filter(undo_until__gte=at)
    return merges.select_related("account", "gone", "by").defer("before", "moved").order_by("-at", "-pk")[:limit]
