"""The effect as it was on each day, and what all days together allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.queries.facts import day_of
from campaigns.measure.uplift import narrowed
from campaigns.models import CampaignRevision, Look
from campaigns.queries.effects import planned_days


@dataclass(frozen=True, slots=True)
class History:
    """The looks at one row, the first day first.

    `common` is what all intervals of a row agree on. It is told of loyalty alone: the mean answer is the same quantity on
    each day, while wins and complaints add up, so that their true difference moves.
    """

    row: str
    looks: Sequence[Look]
    common: tuple[float, float] | None

    @property
    def drawn(self) -> list[Look]:
        return [look for look in self.looks if look.low is not None]


@dataclass(frozen=True, slots=True)
class Looks:
    """`taken` of about `planned` daily looks."""

    taken: int
    planned: int
    rows: list[History]


def history(revision: CampaignRevision) -> Looks:
    found = list(Look.objects.filter(revision=revision).order_by("on", "pk"))
    rows = [_history(row, [look for look in found if look.row == row]) for row in Look.Row.values]
    days = {look.on for look in found}
    return Looks(len(days), max(planned_days(revision), len(days)), rows)


def _history(row: str, looks: list[Look]) -> History:
    ends = [(look.low, look.high) for look in looks if look.low is not None and look.high is not None]
    return History(row, looks, narrowed(ends) if ends and row == Look.Row.LOYALTY else None)


def to_take(*, at: datetime) -> QuerySet[CampaignRevision]:
    """Running or paused revisions that nobody has looked at on this day."""
    states = (CampaignRevision.State.LAUNCHED, CampaignRevision.State.PAUSED)
    seen = Look.objects.filter(on=day_of(at).on).values("revision")
    return CampaignRevision.objects.filter(state__in=states).exclude(pk__in=seen).order_by("pk")
