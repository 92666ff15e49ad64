"""The audience as it is frozen at launch: who is reachable, with what the measurement will need."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Subquery, Sum
from django.db.models.functions import Coalesce

from campaigns.models import CampaignRevision
from campaigns.queries.audience import running, snapshot
from campaigns.queries.fall_out import BADGES
from campaigns.queries.preview import BADGE_ORDER, asking_for, judged


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
    found = rows.order_by("pk").values("pk", "rule", "owner_id", "team_id", "worth", "tier", "stage", "health")
    return _frozen([dict(row) for row in found])


def _frozen(rows: list[dict[str, Any]]) -> FrozenAudience:
    reachable = [_reachable(row) for row in rows if not row["rule"]]
    badges = Counter(BADGES[row["rule"]] for row in rows if row["rule"])
    excluded = {badge: badges[badge] for badge in BADGE_ORDER if badges[badge]}
    return FrozenAudience(reachable, {"matched": len(rows), "excluded": excluded, "reachable": len(reachable)})


def _reachable(row: dict[str, Any]) -> Reachable:
    return Reachable(
        account=row["pk"],
        rep=row["owner_id"],
        team=row["team_id"],
        stratum=f"{row['tier'] or 0}:{row['stage'] or ''}",
        value=row["worth"],
        health=row["health"],
    )
