"""The audience as it is frozen at launch: who is reachable, with what the measurement will need."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models.accounts import AccountQuerySet
from campaigns.models import CampaignRevision
from campaigns.queries.audience import running, snapshot
from campaigns.queries.fall_out import BADGES, possibly_free
from campaigns.queries.preview import BADGE_ORDER, asking_for, judged
from crm.long_questions import over_many_rows


@dataclass(frozen=True, slots=True)
class Reachable:
    """`value` is yen a year under contract; `stratum` is tier and stage, within which the holdout is drawn."""

    account: int
    rep: int | None
    team: int | None
    stratum: str
    value: int
    health: int | None


@dataclass(frozen=True, slots=True)
class FrozenAudience:
    """`fall_out` is JSON: matched, excluded by badge, reachable; the figures add up."""

    reachable: list[Reachable]
    fall_out: dict[str, Any]


def frozen_audience(revision: CampaignRevision, *, as_of: datetime) -> FrozenAudience:
    """Ordered by account, so that the same seed gives the same arms."""
    asking = asking_for(revision, as_of=as_of)
    contracts = running(asking.on)
    worth = contracts.order_by().values("account").annotate(total=Sum("monthly_amount") * 12).values("total")
    tier = contracts.filter(product__tier__isnull=False).order_by("-product__tier__rank", "pk")
    standing = snapshot(asking.on)
    rows = judged(revision, asking).annotate(
        worth=Coalesce(Subquery(worth), 0),
        tier=Subquery(tier.values("product__tier__rank")[:1]),
        stage=Subquery(standing.values("stage")[:1]),
        health=Subquery(standing.values("health")[:1]),
    )
    with over_many_rows():
        fallen = _by_badge(judged(revision, asking))
        found = (
            rows.filter(possibly_free(asking), rule="")
            .order_by("pk")
            .values("pk", "owner_id", "team_id", "worth", "tier", "stage", "health")
        )
        reachable = [_reachable(dict(row)) for row in found]
    matched = len(reachable) + sum(fallen.values())
    return FrozenAudience(reachable, {"matched": matched, "excluded": fallen, "reachable": len(reachable)})


def is_anybody_reachable(revision: CampaignRevision, *, as_of: datetime) -> bool:
    asking = asking_for(revision, as_of=as_of)
    return judged(revision, asking).filter(possibly_free(asking), rule="").exists()


def _by_badge(rows: AccountQuerySet) -> dict[str, int]:
    """How many each badge leaves out, those alone that leave out anybody."""
    badges: Counter[str] = Counter()
    for rule, many in rows.order_by().values_list("rule").annotate(many=Count("pk")):
        badges[BADGES.get(rule, "")] += many
    return {badge: badges[badge] for badge in BADGE_ORDER if badges[badge]}


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a launch that is under way: whether everybody has been dealt, and how many slices have their suggestions."""

    is_dealt: bool
    targets: int
    chunks: int
    done: int

    @property
    def percent(self) -> int:
        return 100 * self.done // self.chunks if self.chunks else 0


def progress(revision: CampaignRevision) -> Progress | None:
    """None once it has been announced."""
    if revision.state != CampaignRevision.State.LAUNCHING:
        return None
    chunks = revision.chunks.aggregate(all=Count("pk"), done=Count("done_at"))
    return Progress(bool(revision.fall_out), revision.fall_out.get("reachable", 0), chunks["all"], chunks["done"])


def _reachable(row: dict[str, Any]) -> Reachable:
    return Reachable(
        account=row["pk"],
        rep=row["owner_id"],
        team=row["team_id"],
        stratum=f"{row['tier'] or 0}:{row['stage'] or ''}",
        value=row["worth"],
        health=row["health"],
    )
