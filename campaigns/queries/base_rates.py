"""How many say yes without a campaign: what comparison groups have shown, as near to the plan as there is anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from campaigns.models import CampaignRevision, Look

ASSUMED_RATE = 0.10
ASSUMED_WEIGHT = 10
"""The assumption counts as much as ten customers, so that nobody saying yes among a few is not taken for never."""
FEWEST = 30
"""Customers left alone from whom something is concluded."""
NEWEST = 200
"""Revisions that are looked at."""


class Source(StrEnum):
    CAMPAIGN = "campaign"
    OFFER = "offer"
    ORGANISATION = "organisation"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class BaseRate:
    """`rate` is a share; `customers` were left alone and tell it. `source` says in which campaigns."""

    rate: float = ASSUMED_RATE
    source: Source = Source.ASSUMED
    customers: int = 0


def base_rate(revision: CampaignRevision) -> BaseRate:
    """Of the other revisions of the campaign, else of those that offered the same, else of all; one statement."""
    looks = _newest_looks(revision)
    of_campaign = [look for look in looks if look.revision.campaign_id == revision.campaign_id]
    of_offer = [look for look in looks if revision.path_id and look.revision.path_id == revision.path_id]
    nearest = ((Source.CAMPAIGN, of_campaign), (Source.OFFER, of_offer), (Source.ORGANISATION, looks))
    return next((found for source, rows in nearest if (found := _pooled(source, rows))), BaseRate())


def _newest_looks(revision: CampaignRevision) -> list[Look]:
    """The last word of each revision about sales."""
    looks = Look.objects.filter(row=Look.Row.SALES, base__isnull=False).exclude(revision=revision.pk)
    newest = looks.order_by("-revision", "-on").distinct("revision")
    return list(
        newest.select_related("revision").only("base", "holdout", "revision__campaign", "revision__path")[:NEWEST]
    )


def _pooled(source: Source, looks: Iterable[Look]) -> BaseRate | None:
    told = [(look.base, look.holdout) for look in looks if look.base is not None]
    customers = sum(many for _rate, many in told)
    if customers < FEWEST:
        return None
    won = sum(rate * many for rate, many in told)
    return BaseRate((won + ASSUMED_RATE * ASSUMED_WEIGHT) / (customers + ASSUMED_WEIGHT), source, customers)
