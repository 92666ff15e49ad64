"""Which of the allowed offers is worth making, for both sides, or whether to leave it.

    net value = P(accept | shown) x margin over 12 months x P(stay | accepted)
                - P(annoyed | shown) x LTV at risk - cost of contact
    priority  = net value x context x lever

Doing nothing is worth 0 and often wins. P(accept) is the lower confidence bound, so thin
evidence cannot top a list. A smaller plan is worth the customer it keeps, less the margin given
up. All of it in yen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from scipy.special import betaincinv

from campaigns.deciding.facts import AccountFacts
from campaigns.deciding.offers import Candidate


@dataclass(frozen=True, slots=True)
class Estimate:
    """A probability with the bound below which it lies with little chance, and its evidence."""

    mean: float
    lower: float
    shown: int


@dataclass(frozen=True, slots=True)
class Weights:
    """What a planner may want to discuss. Probabilities and shares unless a unit is named."""

    confidence: float = 0.8
    inherited_strength: float = 20.0
    stay_unknown: float = 0.85
    annoyed: float = 0.01
    annoyed_unasked: float = 3.0
    annoyed_sliding: float = 2.0
    annoyed_per_touch: float = 0.5
    annoyed_promoter: float = 0.5
    ltv_at_risk: float = 0.1
    churn_prevented: float = 0.3
    cost_company: int = 1500
    cost_person: int = 20
    lever_low: float = 0.5
    lever_high: float = 1.5
    part_benefit: float = 0.4
    part_timing: float = 0.3
    part_relationship: float = 0.3


DEFAULT_WEIGHTS = Weights()

PRIORS: Mapping[str, float] = {
    "all": 0.20,
    "seats": 0.35,
    "upgrade": 0.25,
    "option": 0.25,
    "cross_sell": 0.20,
    "bundle": 0.20,
    "trial": 0.40,
    "right_size": 0.50,
    "reorder": 0.30,
}
"""What to expect of each kind of offer that answers a stated need, before the first answer.

Worth `inherited_strength` answers; the answers themselves soon outweigh it.
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Answers so far; no answer within the response window counts as shown without a yes."""

    accepted: int
    shown: int


Level = tuple[str, ...]
"""From wide to narrow: ("upgrade",), ("upgrade", "light-to-standard"), (..., "manufacturing")."""


def acceptance(
    counts: Mapping[Level, Counts],
    level: Level,
    *,
    priors: Mapping[str, float] = PRIORS,
    weights: Weights = DEFAULT_WEIGHTS,
) -> Estimate:
    """P(accept) by a hierarchical Beta-binomial: every level starts from the one above it.

    With m the mean of the level above and s the inherited strength, a level with k yeses of n has
    a Beta(s m + k, s (1 - m) + n - k). The lower bound is its (1 - confidence) quantile.
    """
    mean = priors.get(level[0], priors["all"]) if level else priors["all"]
    strength = weights.inherited_strength
    yes, no, shown = strength * mean, strength * (1 - mean), 0
    for depth in range(1, len(level) + 1):
        seen = counts.get(level[:depth], Counts(0, 0))
        yes = strength * mean + seen.accepted
        no = strength * (1 - mean) + seen.shown - seen.accepted
        mean, shown = yes / (yes + no), seen.shown
    lower = float(betaincinv(yes, no, 1 - weights.confidence))
    return Estimate(mean, lower, shown)


@dataclass(frozen=True, slots=True)
class Parts:
    """The three figures people see, 0 to 100 each, and their weighted mean."""

    benefit: int
    timing: int
    relationship: int
    total: int


@dataclass(frozen=True, slots=True)
class Factors:
    """Everything that went into the order, stored with the decision. Money in yen."""

    accept: float
    accept_lower: float
    accept_shown: int
    margin: int
    stay: float
    annoyed: float
    ltv_at_risk: int
    cost: int
    kept: int
    value: float
    context: float
    lever: float
    priority: float
    parts: Parts


@dataclass(frozen=True, slots=True)
class Learned:
    """What earlier answers taught: counts of shown and accepted by level."""

    counts: Mapping[Level, Counts] = field(default_factory=dict)
    priors: Mapping[str, float] = field(default_factory=lambda: PRIORS)
    weights: Weights = DEFAULT_WEIGHTS


NOTHING_LEARNED = Learned()


def factors(facts: AccountFacts, candidate: Candidate, today: date, learned: Learned = NOTHING_LEARNED) -> Factors:
    """Value this candidate for this customer."""
    weights = learned.weights
    level = (candidate.kind, candidate.action_key, facts.segment)
    accept = acceptance(learned.counts, level, priors=learned.priors, weights=weights)
    parts = _parts(facts, candidate, today, weights)
    stay, annoyed = _stay(facts, weights), _annoyed(facts, candidate, today, weights)
    at_risk = round((facts.ltv.value if facts.ltv else 0) * weights.ltv_at_risk)
    cost = weights.cost_company if facts.kind == "company" else weights.cost_person
    kept = _kept(facts, candidate, stay, weights)
    value = accept.lower * (candidate.margin * stay + kept) - annoyed * at_risk - cost
    context, lever = 0.5 + parts.timing / 100, _lever(candidate, today, weights)
    return Factors(
        accept=accept.mean,
        accept_lower=accept.lower,
        accept_shown=accept.shown,
        margin=candidate.margin,
        stay=stay,
        annoyed=annoyed,
        ltv_at_risk=at_risk,
        cost=cost,
        kept=kept,
        value=value,
        context=context,
        lever=lever,
        priority=value * context * lever,
        parts=parts,
    )


def _stay(facts: AccountFacts, weights: Weights) -> float:
    return weights.stay_unknown if facts.health is None else facts.health / 100


def _kept(facts: AccountFacts, candidate: Candidate, stay: float, weights: Weights) -> int:
    """What a smaller plan keeps: the share of likely churn it prevents, in lifetime value."""
    if candidate.lane != "right_size" or facts.ltv is None:
        return 0
    leaving = any(trigger.code == "CANCELLATION_ASKED" for trigger in candidate.triggers)
    return round((1.0 if leaving else 1 - stay) * weights.churn_prevented * facts.ltv.value)


def _annoyed(facts: AccountFacts, candidate: Candidate, today: date, weights: Weights) -> float:
    """More with every recent touch, without a need, and while health slides; less for promoters."""
    recent = [t for t in facts.touches if t.consumes and t.at.date() > today - timedelta(days=30)]
    risk = weights.annoyed * (1 + weights.annoyed_per_touch * len(recent))
    if not candidate.needs and candidate.lane != "right_size":
        risk *= weights.annoyed_unasked
    if facts.health_trend < 0:
        risk *= weights.annoyed_sliding
    if facts.newest_nps and min(answer.score for answer in facts.newest_nps) >= 9:
        risk *= weights.annoyed_promoter
    return min(1.0, risk)


def _lever(candidate: Candidate, today: date, weights: Weights) -> float:
    """What a planner may add or take for a while, within bounds; gone when its time is over."""
    campaign = candidate.campaign
    if campaign is None or campaign.until < today:
        return 1.0
    return min(weights.lever_high, max(weights.lever_low, campaign.lever))


# ----------------------------------------------------------------------- the three visible parts


def _parts(facts: AccountFacts, candidate: Candidate, today: date, weights: Weights) -> Parts:
    benefit, timing = _benefit(candidate, today), _timing(candidate)
    relationship = _relationship(facts)
    total = weights.part_benefit * benefit + weights.part_timing * timing + weights.part_relationship * relationship
    return Parts(round(benefit), round(timing), round(relationship), round(total))


def _benefit(candidate: Candidate, today: date) -> float:
    """How surely it helps them: a need in their own words counts most, the newer the more."""
    if not candidate.needs:
        return 30 + 40 * min(1.0, max(0.0, candidate.score))
    age = min((today - need.heard_on).days for need in candidate.needs)
    second = 10 if len(candidate.needs) > 1 else 0
    shown = 15 if any(t.code in ("USAGE_NEAR_LIMIT", "FEATURE_TRIED", "LOW_USE") for t in candidate.triggers) else 0
    return min(100.0, 75 - age / 6 + second + shown)


def _timing(candidate: Candidate) -> float:
    """The strongest moment, and a little for every other one."""
    strengths = sorted((trigger.strength for trigger in candidate.triggers), reverse=True)
    if not strengths:
        return 20.0
    return min(100.0, 100 * strengths[0] + 10 * (len(strengths) - 1))


def _relationship(facts: AccountFacts) -> float:
    """The mean of what is known: health, loyalty and the newest answers. 50 when nothing is."""
    known = [figure for figure in (facts.health, facts.loyalty) if figure is not None]
    if facts.newest_nps:
        known.append(sum(answer.score for answer in facts.newest_nps) / len(facts.newest_nps) * 10)
    return sum(known) / len(known) if known else 50.0


# --------------------------------------------------------------------------------------- the order


Valued = tuple[Candidate, Factors]


def order(valued: Iterable[Valued]) -> list[Valued]:
    """Highest priority first; ties by name, so that the same facts give the same order."""
    return sorted(valued, key=lambda pair: (-pair[1].priority, pair[0].action_key))


def choose(ordered: Iterable[Valued], *, at_most: int = 3) -> list[Valued]:
    """The first few of the order, one per product family."""
    by_family: dict[str, Valued] = {}
    for candidate, worth in ordered:
        by_family.setdefault(candidate.family, (candidate, worth))
    return list(by_family.values())[:at_most]
