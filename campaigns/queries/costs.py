"""What a revision cost, against its budget and against the margin that it brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.measure.uplift import Uplift, Verdict
from campaigns.models import CampaignRevision
from campaigns.queries import kept
from campaigns.queries.effects import until

COSTS = """
    WITH advice AS MATERIALIZED (
        SELECT s.id, s.account_id, s.owner_id, t.variant_id
        FROM campaigns_suggestion s
        JOIN campaigns_target t ON t.revision_id = s.revision_id AND t.account_id = s.account_id AND t.arm = 'treated'
        WHERE s.revision_id = %(revision)s
    )
    SELECT (SELECT count(DISTINCT a.id) FROM accounts_activity a JOIN advice ON advice.account_id = a.account_id
                AND advice.owner_id = a.by_id
            WHERE a.at >= %(since)s AND a.at <= %(till)s AND a.kind <> 'note' AND a.result <> 'absent') AS contacts,
           won.wins, won.taken, won.yen
    FROM (SELECT count(*) AS wins, count(*) FILTER (WHERE offer.id IS NOT NULL) AS taken,
                 coalesce(sum(offer.cost_per_account), 0)::bigint AS yen
          FROM advice JOIN campaigns_proposal p ON p.suggestion_id = advice.id AND p.state = 'won' AND p.decided_at <= %(till)s
          LEFT JOIN campaigns_variant v ON v.id = advice.variant_id
          LEFT JOIN campaigns_offer offer ON offer.id = coalesce(v.offer_id, %(offer)s)) won"""


@dataclass(frozen=True, slots=True)
class Costs:
    """Yen since the launch. `contacts` are conversations of the suggestions' reps with customers who were addressed (nobody
    reached and notes do not count), each at the revision's cost per contact; `taken` are customers who took the extra with
    a win, each at what its offer costs us; `wins` are proposals won, each with the revision's incentive. The fixed cost is
    spent with the launch."""

    contacts: int
    contact_yen: int
    taken: int
    offer_yen: int
    budget: int | None
    wins: int = 0
    incentive_yen: int = 0
    fixed_yen: int = 0

    @property
    def total(self) -> int:
        return self.contact_yen + self.offer_yen + self.incentive_yen + self.fixed_yen

    @property
    def budget_share(self) -> float | None:
        return self.total / self.budget if self.budget else None

    @property
    def is_over(self) -> bool:
        return self.budget is not None and self.total > self.budget


@dataclass(frozen=True, slots=True)
class Return:
    """Yen of yearly margin that all addressed customers brought more, and what came back for each yen spent.

    Ends are None while there is no interval; `ratio` (0.5: half a yen gained beyond each yen spent) is None without costs.
    The cost is a sum of what happened, not an estimate, so the interval of the margin is that of the return.
    """

    margin: float | None
    low: float | None
    high: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None

    @property
    def is_clear(self) -> bool:
        """Whether all that the interval allows lies on one side: gained, or lost."""
        return (self.ratio_low or 0) > 0 or (self.ratio_high or 0) < 0


def costs(revision: CampaignRevision, *, as_of: datetime) -> Costs:
    found = kept.rows(revision, "costs", lambda: [sums(revision, as_of=as_of)])[0]
    return Costs(
        contacts=found["contacts"],
        contact_yen=found["contacts"] * revision.cost_per_contact,
        taken=found["taken"],
        offer_yen=found["yen"],
        budget=revision.budget,
        wins=found["wins"],
        incentive_yen=found["wins"] * revision.incentive,
        fixed_yen=revision.fixed_cost,
    )


def sums(revision: CampaignRevision, *, as_of: datetime) -> dict[str, Any]:
    """Conversations, wins, and what came with them, up to this moment."""
    figures = {"revision": revision.pk, "since": revision.launched_at, "till": until(revision, as_of)}
    with connection.cursor() as cursor:
        cursor.execute(COSTS, {**figures, "offer": revision.offer_id})
        row = cursor.fetchone()
        return dict(zip([column.name for column in cursor.description], row, strict=True))


def returned(margin: Uplift | None, spent: Costs) -> Return | None:
    """None when the catalogue knows no margin, when nobody was held out, and when the arms no longer compare."""
    if margin is None or margin.difference is None or margin.verdict is Verdict.MISMATCH:
        return None
    low, estimate, high = (
        None if each is None else each * margin.treated.n for each in (margin.low, margin.difference, margin.high)
    )
    return Return(estimate, low, high, *(_ratio(each, spent.total) for each in (estimate, low, high)))


def _ratio(margin: float | None, cost: int) -> float | None:
    return None if margin is None or not cost else (margin - cost) / cost
