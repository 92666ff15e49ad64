"""What a revision added, and what it cost: the frozen arms against everything that happened since.

By intention to treat: every target counts in the arm it was drawn into, whether or not a rep
followed the suggestion, and a win counts in both arms however it came about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
from django.db import connection

from accounts.queries.facts import day_of
from campaigns.measure.uplift import (
    FEWEST_EVENTS,
    Crossing,
    Effects,
    Guardrail,
    Moments,
    RatePlan,
    Uplift,
    Verdict,
    check_guardrail,
    effects,
    moments_uplift,
    rate_uplift,
    sample_ratio,
)
from campaigns.models import CampaignRevision, Target, Variant
from campaigns.queries import kept

CUTS: Mapping[str, str] = {
    "all": "''",
    "tier": "split_part(t.stratum, ':', 1)",
    "team": "coalesce(t.team_id::text, '')",
    "variant": "coalesce((SELECT v.letter FROM campaigns_variant v WHERE v.id = t.variant_id), '')",
}
"""By what the effects may be told apart. The plan at launch is the first part of the stratum."""

COMPLAINT_RATE = 0.05
"""Share of customers with a complaint that is expected; it only sets when the interval is narrowest."""

PLANNED_DAYS = 60
"""How long a campaign without a last day is taken to run."""

CONFIDENCE = 0.95


@dataclass(slots=True)
class ArmCounts:
    """`gain` is the yearly margin in yen that a customer brings more than before launch, with the yearly value at
    launch beside it; None when the catalogue knows no margin. `gained` are those with whom it changed."""

    customers: int = 0
    won: int = 0
    complained: int = 0
    answers: int = 0
    score_sum: int = 0
    score_squares: int = 0
    gained: int = 0
    gain: Moments | None = None

    @property
    def mean_score(self) -> float | None:
        return self.score_sum / self.answers if self.answers else None

    @property
    def scores(self) -> Moments:
        """Whole numbers, so the sums are exact."""
        n, none = self.answers, np.zeros(())
        spread = (self.score_squares - self.score_sum**2 / n) / (n - 1) if n > 1 else 0.0
        return Moments(n, none + (self.mean_score or 0.0), none, none + spread, none, none)


@dataclass(slots=True)
class Outcome:
    """Two arms of a revision or of one part of it.

    `key` is a team's id, a tier's rank, or ""; for variants the letter, and "B:A" where the one is held against the other.
    """

    key: str
    treated: ArmCounts = field(default_factory=ArmCounts)
    holdout: ArmCounts = field(default_factory=ArmCounts)


# ---------------------------------------------------------------------------------- the facts


def until(revision: CampaignRevision, as_of: datetime) -> datetime:
    """Up to when outcomes count: the end of the revision, or now."""
    return min(revision.ended_at, as_of) if revision.ended_at else as_of


OUTCOMES = """
    WITH target AS MATERIALIZED (
        SELECT t.id, t.revision_id, t.account_id, t.arm, t.value_before, {key} AS key,
               r.path_id, d.id AS product_id, d.family_id, step.rank,
               r.launched_at AS since, least(r.ended_at, %(as_of)s) AS till,
               (r.launched_at AT TIME ZONE %(zone)s)::date AS first,
               (least(r.ended_at, %(as_of)s) AT TIME ZONE %(zone)s)::date AS last
        FROM campaigns_target t
        JOIN campaigns_campaignrevision r ON r.id = t.revision_id
        JOIN accounts_account a ON a.id = t.account_id AND a.merged_into_id IS NULL
        JOIN accounts_upgradepath u ON u.id = r.path_id
        JOIN accounts_product d ON d.id = u.to_product_id
        LEFT JOIN accounts_tier step ON step.id = d.tier_id
        WHERE r.launched_at IS NOT NULL AND {which}
    ), product AS MATERIALIZED (
        SELECT p.id, p.family_id, tier.rank,
               coalesce(p.margin_rate, avg(p.margin_rate) OVER (PARTITION BY p.family_id))::float8 AS margin
        FROM accounts_product p LEFT JOIN accounts_tier tier ON tier.id = p.tier_id
        WHERE p.family_id IN (SELECT family_id FROM target)
    ), contract AS (
        SELECT t.id,
               bool_or((p.id = t.product_id OR p.rank >= t.rank) AND s.starts_on BETWEEN t.first AND t.last) AS has_won,
               12 * (coalesce(sum(s.monthly_amount * p.margin) FILTER (
                         WHERE s.starts_on <= t.last AND (s.ended_on IS NULL OR s.ended_on > t.last)), 0)
                   - coalesce(sum(s.monthly_amount * p.margin) FILTER (
                         WHERE s.starts_on < t.first AND (s.ended_on IS NULL OR s.ended_on >= t.first)), 0)) AS margin
        FROM target t JOIN accounts_subscription s ON s.account_id = t.account_id
        JOIN product p ON p.id = s.product_id AND p.family_id = t.family_id GROUP BY t.id
    ), bought AS (
        SELECT t.id, sum(l.amount * p.margin) AS margin
        FROM target t JOIN accounts_order o ON o.account_id = t.account_id
            AND o.ordered_at >= t.since AND o.ordered_at <= t.till AND o.currency = 'JPY'
        JOIN accounts_orderline l ON l.order_id = o.id
        JOIN product p ON p.id = l.product_id AND p.family_id = t.family_id GROUP BY t.id
    ), sold AS (
        SELECT DISTINCT t.id FROM target t JOIN campaigns_proposal o ON o.account_id = t.account_id
            AND o.state = 'won' AND o.decided_at >= t.since AND o.decided_at <= t.till
        JOIN campaigns_suggestion s ON s.id = o.suggestion_id AND s.path_id = t.path_id
    ), upset AS (
        SELECT DISTINCT t.id FROM target t JOIN accounts_case c ON c.account_id = t.account_id
            AND c.kind = 'complaint' AND c.opened_at >= t.since AND c.opened_at <= t.till
    ), answer AS (
        SELECT t.id, count(*) AS answers, sum(n.score) AS score_sum, sum(n.score * n.score) AS score_squares
        FROM target t JOIN accounts_npsresponse n ON n.account_id = t.account_id
            AND n.answered_at >= t.since AND n.answered_at <= t.till GROUP BY t.id
    ), outcome AS (
        SELECT t.*, coalesce(c.has_won, false) OR sold.id IS NOT NULL AS has_won, upset.id IS NOT NULL AS has_complained,
               a.answers, a.score_sum, a.score_squares,
               CASE WHEN EXISTS (SELECT FROM product WHERE margin IS NOT NULL AND product.family_id = t.family_id)
                    THEN coalesce(c.margin, 0) + coalesce(b.margin, 0) END AS gain
        FROM target t LEFT JOIN contract c USING (id) LEFT JOIN bought b USING (id) LEFT JOIN sold USING (id)
        LEFT JOIN upset USING (id) LEFT JOIN answer a USING (id)
    )
    SELECT revision_id, key, arm, count(*) AS customers, count(*) FILTER (WHERE has_won) AS won,
           count(*) FILTER (WHERE has_complained) AS complained, coalesce(sum(answers), 0)::int AS answers,
           coalesce(sum(score_sum), 0)::int AS score_sum, coalesce(sum(score_squares), 0)::int AS score_squares,
           count(*) FILTER (WHERE gain <> 0) AS gained, avg(gain) AS gain_mean,
           avg(value_before)::float8 AS value_mean, coalesce(var_samp(gain), 0) AS gain_variance,
           coalesce(var_samp(value_before), 0)::float8 AS value_variance,
           coalesce(covar_samp(gain, value_before), 0) AS covariance
    FROM outcome GROUP BY revision_id, key, arm ORDER BY revision_id, key, arm"""
"""One pass over the targets of a revision or a campaign, however many there are.

A win is the step (or a higher one) since the launch, begun or sold, however it came about. The gain in a year's margin is
what the customer holds now in the family of the offered product, less what they held on the day before launch, twelve times
a month, with what they ordered of it since; each at the margin of its product in the catalogue, else the family's mean.
Whoever cancelled counts with a loss. Where two targets turned out to be one customer, the one that went up in the other
no longer counts.
"""


def outcomes(revision: CampaignRevision, *, as_of: datetime, cut: str = "all") -> list[Outcome]:
    """The arms of the whole, or of each part of a cut by tier or team, in one query."""
    return _told_apart(kept.rows(revision, cut, partial(sums, revision, as_of=as_of, cut=cut)))


def _told_apart(rows: Iterable[Mapping[str, Any]]) -> list[Outcome]:
    found: dict[str, Outcome] = {}
    for row in rows:
        _put(found.setdefault(row["key"], Outcome(row["key"])), row)
    return [found[key] for key in sorted(found)]


def sums(revision: CampaignRevision, *, as_of: datetime, cut: str) -> list[dict[str, Any]]:
    """One row for each arm of each part, from everything that happened up to this moment."""
    return list(_rows("t.revision_id = %(number)s", revision.pk, as_of=as_of, cut=cut))


def _rows(
    which: str, number: int, *, as_of: datetime, cut: str, known: Collection[int] = ()
) -> Iterable[dict[str, Any]]:
    with connection.cursor() as cursor:
        sql = OUTCOMES.format(key=CUTS[cut], which=which)
        asked: dict[str, Any] = {"number": number, "known": list(known), "as_of": as_of, "zone": day_of(as_of).zone}
        cursor.execute(sql, asked)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _put(outcome: Outcome, row: Mapping[str, Any]) -> None:
    if row["arm"] == Target.Arm.TREATED:
        outcome.treated = _arm(row)
    else:
        outcome.holdout = _arm(row)


COUNTED = ("customers", "won", "complained", "answers", "score_sum", "score_squares", "gained")
SUMMED = ("gain_mean", "value_mean", "gain_variance", "value_variance", "covariance")


def _arm(row: Mapping[str, Any]) -> ArmCounts:
    counts = {name: row[name] for name in COUNTED}
    if row["gain_mean"] is None:
        return ArmCounts(**counts)
    return ArmCounts(**counts, gain=Moments(row["customers"], *(np.asarray(row[name]) for name in SUMMED)))


# ---------------------------------------------------------------------------- what may be said


@dataclass(frozen=True, slots=True)
class Measured:
    """The three rows with the counts they stand on, always together; beside them the yen of yearly margin a customer.

    `margin` is None when the catalogue knows no margin; `crossed` names guardrails that are broken. `among` is how many
    comparisons are shown at once: their intervals are that much wider, so that all of them hold together in 95 %.
    """

    outcome: Outcome
    effects: Effects
    margin: Uplift | None = None
    crossed: tuple[str, ...] = ()
    among: int = 1

    @property
    def key(self) -> str:
        return self.outcome.key


def measured(revision: CampaignRevision, *, as_of: datetime, cut: str = "all") -> list[Measured]:
    """One entry for the whole revision, or one for each part; empty before anybody was a target.

    Parts carry simultaneous intervals: with k of them each has the confidence 1 - 5 % / k (Bonferroni).
    """
    parts = outcomes(revision, as_of=as_of, cut=cut)
    shares = [float(revision.holdout_share)] * len(parts)
    if cut == "variant":
        parts, shares = _against(revision, parts)
    progress = progress_of(revision, as_of)
    return [
        _measured(revision, part, progress=progress, share=share, among=len(parts))
        for part, share in zip(parts, shares, strict=True)
    ]


def _against(revision: CampaignRevision, parts: list[Outcome]) -> tuple[list[Outcome], list[float]]:
    """Each variant against the holdout, and each after the first against the first; and the share of customers that
    was to stand on the right-hand side."""
    weights = dict(Variant.objects.filter(revision=revision).values_list("letter", "weight"))
    arms = {part.key: part.treated for part in parts if part.key}
    if not arms:
        return [], []
    held = next((part.holdout for part in parts if part.holdout.customers), ArmCounts())
    out, whole = float(revision.holdout_share), sum(weights.values())
    first, *others = arms
    pairs = [Outcome(letter, arm, held) for letter, arm in arms.items()]
    shares = [out / (out + (1 - out) * weights[letter] / whole) if out else 0.0 for letter in arms]
    pairs += [Outcome(f"{letter}:{first}", arms[letter], arms[first]) for letter in others]
    shares += [weights[first] / (weights[first] + weights[letter]) for letter in others]
    return pairs, shares


def _measured(revision: CampaignRevision, part: Outcome, *, progress: float, share: float, among: int) -> Measured:
    confidence = 1 - (1 - CONFIDENCE) / among
    found = _effects(part, progress, share, confidence)
    margin = _margin(part, progress, confidence, is_mismatch=found.ratio.is_mismatch)
    return Measured(part, found, margin, crossed(revision, part.treated), among)


def progress_of(revision: CampaignRevision, as_of: datetime) -> float:
    """Share of the planned days that have passed, at least a hundredth and at most 1."""
    begun = revision.launched_at
    if begun is None:
        return 0.0
    passed = (until(revision, as_of) - begun) / timedelta(days=planned_days(revision))
    return min(max(passed, 0.01), 1.0)


def planned_days(revision: CampaignRevision) -> int:
    if revision.launched_at is None or revision.ends_on is None:
        return PLANNED_DAYS
    return max((revision.ends_on - revision.launched_at.date()).days + 1, 1)


def _effects(part: Outcome, progress: float, share: float, confidence: float) -> Effects:
    treated, holdout = part.treated, part.holdout
    return effects(
        sales=_rate(treated.won, holdout.won, part, confidence),
        loyalty=_loyalty(part, progress, confidence),
        complaints=_rate(treated.complained, holdout.complained, part, confidence, expected=COMPLAINT_RATE),
        ratio=sample_ratio(treated=treated.customers, holdout=holdout.customers, planned_share=share),
    )


def _loyalty(part: Outcome, progress: float, confidence: float) -> Uplift:
    """A holdout of which nobody has answered yet is still a holdout."""
    found = moments_uplift(part.treated.scores, part.holdout.scores, progress=progress, confidence=confidence)
    is_unheard = found.verdict is Verdict.NO_HOLDOUT and part.holdout.customers
    return replace(found, verdict=Verdict.TOO_EARLY) if is_unheard else found


def _rate(treated: int, holdout: int, part: Outcome, confidence: float, expected: float = 0.10) -> Uplift:
    sizes = part.treated.customers, part.holdout.customers
    return rate_uplift(
        treated=(treated, sizes[0]), holdout=(holdout, sizes[1]), plan=RatePlan(*sizes, expected), confidence=confidence
    )


def _margin(part: Outcome, progress: float, confidence: float, *, is_mismatch: bool) -> Uplift | None:
    """Yen of yearly margin that a targeted customer brings more, the yearly value at launch taken out (CUPED).

    None is pulled back: with few who change anything, the largest per cent would be most of the effect. Under
    FEWEST_EVENTS customers who changed anything it is too early, whatever the formula says.
    """
    ours, theirs = part.treated.gain, part.holdout.gain
    if ours is None:
        return None
    found = moments_uplift(ours, theirs or NOBODY, progress=progress, confidence=confidence)
    if is_mismatch and found.verdict is not Verdict.NO_HOLDOUT:
        return replace(found, verdict=Verdict.MISMATCH, information_needed=None)
    if part.treated.gained + part.holdout.gained < FEWEST_EVENTS and found.low is not None:
        return replace(found, verdict=Verdict.TOO_EARLY, low=None, high=None, information_needed=None, fewest_met=False)
    return found


NOBODY = Moments(0, *[np.zeros(())] * 5)


def crossed_now(revision: CampaignRevision, *, as_of: datetime) -> tuple[str, ...]:
    """The guardrails that the whole revision has crossed, in one query over what has happened, whatever is kept."""
    whole = _told_apart(sums(revision, as_of=as_of, cut="all"))
    return next((crossed(revision, part.treated) for part in whole), ())


def crossed(revision: CampaignRevision, treated: ArmCounts) -> tuple[str, ...]:
    """Guardrails protect the customers who were addressed, so only those count."""
    lines = []
    if revision.guardrail_nps is not None:
        nps = Guardrail("NPS", float(revision.guardrail_nps), is_floor=True)
        lines.append((nps, treated.mean_score, treated.answers))
    if revision.guardrail_complaint_share is not None and treated.customers:
        complaints = Guardrail("COMPLAINTS", float(revision.guardrail_complaint_share), is_floor=False)
        lines.append((complaints, treated.complained / treated.customers, treated.customers))
    broken = [rail.code for rail, value, n in lines if check_guardrail(rail, value=value, n=n) is Crossing.CROSSED]
    return tuple(broken)


def sales_by_revision(
    campaign_id: int, *, as_of: datetime, known: Mapping[int, Uplift] | None = None
) -> dict[int, Uplift]:
    """The sales row of every launched revision of a campaign, in two queries; what is `known` is not asked again."""
    found, parts = dict(known or {}), dict[int, Outcome]()
    before = kept.of_campaign(campaign_id, "all", known=found)
    which = "r.campaign_id = %(number)s AND r.id <> ALL(%(known)s::bigint[])"
    live = _rows(which, campaign_id, as_of=as_of, cut="all", known=[*found, *before])
    for row in (*live, *chain.from_iterable(before.values())):
        _put(parts.setdefault(row["revision_id"], Outcome("")), row)
    sales = {number: _rate(part.treated.won, part.holdout.won, part, CONFIDENCE) for number, part in parts.items()}
    return {**sales, **found}
