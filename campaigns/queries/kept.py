"""Sums of a large revision, worked out beside the pages that show them.

A board needs a handful of sums over all targets with everything that happened to them since the launch. Of a few thousand
targets they are worked out as somebody looks; of a hundred thousand that takes seconds, so they are kept, every few minutes
while the revision runs and once more when it is over (`campaigns.actions.keeping`). The rows are the same either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from campaigns.models import CampaignRevision, KeptSums

State = CampaignRevision.State

LARGE = 5000
"""Targets from which on sums are kept."""

FRESH = timedelta(minutes=4)
"""Younger sums are not worked out again by themselves."""

Rows = list[dict[str, Any]]


def is_large(revision: CampaignRevision) -> bool:
    return int(revision.fall_out.get("treated", 0)) + int(revision.fall_out.get("held_out", 0)) >= LARGE


def rows(revision: CampaignRevision, part: str, live: Callable[[], Rows]) -> Rows:
    """The kept rows of a part; those of this moment when the revision is small, or nothing is kept yet."""
    if not is_large(revision):
        return live()
    kept: Rows | None = KeptSums.objects.filter(revision=revision, part=part).values_list("rows", flat=True).first()
    return live() if kept is None else kept


def as_of(revision: CampaignRevision) -> datetime | None:
    """When the kept sums were worked out; None when what is shown is of this moment."""
    if not is_large(revision):
        return None
    return KeptSums.objects.filter(revision=revision).order_by("as_of").values_list("as_of", flat=True).first()


def of_campaign(campaign_id: int, part: str, *, known: Iterable[int] = ()) -> dict[int, Rows]:
    """The kept rows of a part by revision, without those that are `known`."""
    kept = KeptSums.objects.filter(revision__campaign=campaign_id, part=part).exclude(revision__in=known)
    return dict(kept.values_list("revision", "rows"))


def to_keep(*, at: datetime) -> list[CampaignRevision]:
    """Large revisions that run or pause and whose sums have grown old, or were never worked out."""
    fresh = KeptSums.objects.filter(as_of__gt=at - FRESH).values("revision")
    running = CampaignRevision.objects.filter(state__in=(State.LAUNCHED, State.PAUSED)).exclude(pk__in=fresh)
    return [revision for revision in running.order_by("pk") if is_large(revision)]
