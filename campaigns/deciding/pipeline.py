"""One pipeline for every channel.

    candidates -> guard -> reasons -> value -> choice

`decide` gives one customer's decision with every candidate in it: chosen, or dropped at a named
stage under a named rule. It reads no clock and no database and rolls no dice, so a decision can
be replayed from its facts, its policy version and its model version.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from campaigns.deciding.affinity import AffinityModel
from campaigns.deciding.candidates import Situation, candidates, from_path, situation
from campaigns.deciding.facts import AccountFacts, Catalogue
from campaigns.deciding.guard import Answers, GuardCheck, GuardResult, check, fall_out
from campaigns.deciding.offers import Candidate
from campaigns.deciding.policies import POLICY_KINDS, PolicySet
from campaigns.deciding.ranking import NOTHING_LEARNED, Factors, Learned, choose, factors, order
from campaigns.deciding.reasons import Reason, missing, reasons
from campaigns.deciding.triggers import DEFAULT_MOMENTS, Moments

__all__ = ["AccountDecision", "CandidateDecision", "Exploration", "Models", "decide", "fall_out", "why_not"]

Stage = Literal["", "policy", "control", "reasons", "value", "limit"]
Arm = Literal["engine", "random", "control"]


@dataclass(frozen=True, slots=True)
class Models:
    """What was learned, with the version under which decisions are stored."""

    affinity: AffinityModel | None = None
    learned: Learned = NOTHING_LEARNED
    moments: Moments = DEFAULT_MOMENTS
    version: str = "day-one"


@dataclass(frozen=True, slots=True)
class Settings:
    """How many to choose, and how wide to look. With `revision` nothing but the offer of that campaign is judged."""

    at_most: int = 3
    affinity_top: int = 20
    reasons_at_most: int = 5
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Exploration:
    """The share of customers whose first slot goes to a random allowed offer. Off by default.

    Who and what is decided by a hash of account, day and salt, so a replay draws the same.
    """

    rate: float = 0.0
    salt: str = ""


@dataclass(frozen=True, slots=True)
class CandidateDecision:
    """One candidate's fate. `dropped_at` is "" and `rank` counts from 1 when it was chosen.

    `probability` is the chance with which this one was put into the first slot.
    """

    candidate: Candidate
    guard: GuardResult
    dropped_at: Stage
    rule: str
    factors: Factors | None = None
    reasons: tuple[Reason, ...] = ()
    rank: int | None = None
    arm: Arm = "engine"
    probability: float = 1.0

    @property
    def is_allowed(self) -> bool:
        return self.guard.allowed


@dataclass(frozen=True, slots=True)
class AccountDecision:
    """Everything considered for one customer, chosen ones first by rank.

    `guard` is what speaks against offering anything; of a campaign, against its offer.
    """

    account_id: int
    as_of: datetime
    policy_version: str
    model_version: str
    guard: GuardResult
    arm: Arm
    decisions: tuple[CandidateDecision, ...]

    @property
    def chosen(self) -> tuple[CandidateDecision, ...]:
        return tuple(d for d in self.decisions if d.rank is not None)

    @property
    def dropped(self) -> dict[tuple[str, str], int]:
        """How many candidates fell at each stage and rule; with the chosen they make up all."""
        return dict(Counter((d.dropped_at, d.rule) for d in self.decisions if d.rank is None))


def decide(
    facts: AccountFacts,
    catalogue: Catalogue,
    policies: PolicySet,
    models: Models,
    as_of: datetime,
    *,
    settings: Settings = Settings(),
    exploration: Exploration = Exploration(),
) -> AccountDecision:
    """Decide for one customer as of one moment (aware, in the organisation's zone)."""
    today = as_of.date()
    if settings.revision is not None:
        facts = _addressed_by(settings.revision, facts)
    now = situation(facts, catalogue, today, models.moments)
    ideas = candidates(now, models.affinity, top=settings.affinity_top)
    if settings.revision is not None:
        ideas = tuple(idea for idea in ideas if idea.campaign and idea.campaign.revision_id == settings.revision)
    answers: Answers = {}
    judged = [_judge(now, idea, policies, models, as_of, settings, answers) for idea in ideas]
    return AccountDecision(
        account_id=facts.id,
        as_of=as_of,
        policy_version=policies.version,
        model_version=models.version,
        guard=judged[0].guard
        if settings.revision and judged
        else check(facts, None, policies, as_of, catalogue=catalogue, answers=answers),
        arm="control" if facts.is_control else "engine",
        decisions=tuple(_rank(judged, facts, today, settings, exploration)),
    )


def _addressed_by(revision: int, facts: AccountFacts) -> AccountFacts:
    """Another campaign that offers the same step must not stand in the place of this one's offer."""
    own = tuple(offer for offer in facts.campaign_offers if offer.revision_id == revision)
    return replace(facts, campaign_offers=own)


def _judge(
    now: Situation,
    idea: Candidate,
    policies: PolicySet,
    models: Models,
    as_of: datetime,
    settings: Settings,
    answers: Answers,
) -> CandidateDecision:
    """Everything but the comparison with the others: `dropped_at` stays "limit" until chosen."""
    facts, today = now.facts, now.today
    guard = check(facts, idea, policies, as_of, catalogue=now.catalogue, answers=answers)
    if guard.first:
        return CandidateDecision(idea, guard, "policy", guard.first.rule)
    if facts.is_control and idea.lane != "right_size":
        return CandidateDecision(idea, guard, "control", "HOLDOUT", arm="control")
    found = reasons(facts, idea, today, at_most=settings.reasons_at_most)
    lacking = missing(idea, found, customer_asked=_customer_asked(guard))
    if lacking:
        return CandidateDecision(idea, guard, "reasons", lacking, reasons=found)
    worth = factors(facts, idea, today, models.learned)
    if worth.value <= 0:
        return CandidateDecision(idea, guard, "value", "DO_NOTHING", worth, found)
    return CandidateDecision(idea, guard, "limit", "BETTER_ONES", worth, found)


def _customer_asked(guard: GuardResult) -> bool:
    return any(answer.rule == "NO_NEED" and answer.override for answer in guard.checks)


def _rank(
    judged: list[CandidateDecision], facts: AccountFacts, today: date, settings: Settings, exploration: Exploration
) -> list[CandidateDecision]:
    """Put the best into the few slots; the others keep the stage at which they fell."""
    by_key = {d.candidate.action_key: d for d in judged}
    ordered = order((d.candidate, d.factors) for d in judged if d.dropped_at == "limit" and d.factors)
    first, arm, probability = _first_slot([c.action_key for c, _ in ordered], facts, today, exploration)
    ordered.sort(key=lambda pair: pair[0].action_key != first)
    chosen = [
        replace(by_key.pop(candidate.action_key), dropped_at="", rule="", rank=rank)
        for rank, (candidate, _) in enumerate(choose(ordered, at_most=settings.at_most), start=1)
    ]
    if chosen:
        chosen[0] = replace(chosen[0], arm=arm, probability=probability)
    return [*chosen, *by_key.values()]


def _first_slot(keys: list[str], facts: AccountFacts, today: date, exploration: Exploration) -> tuple[str, Arm, float]:
    """Which action gets the first slot, by which arm, and with which chance it got it."""
    if not keys:
        return "", "engine", 1.0
    at_random = exploration.rate / len(keys)
    if _draw(facts, today, exploration.salt, "arm") >= exploration.rate:
        return keys[0], "engine", 1 - exploration.rate + at_random
    key = keys[int(_draw(facts, today, exploration.salt, "slot") * len(keys))]
    return key, "random", at_random + (1 - exploration.rate if key == keys[0] else 0)


def _draw(facts: AccountFacts, today: date, salt: str, purpose: str) -> float:
    """A number in [0, 1) that depends on nothing but the account, the day and the salt."""
    digest = hashlib.sha256(f"{facts.id}|{today}|{salt}|{purpose}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


# ------------------------------------------------------------------------------------- why not?


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The first thing in the way of a product, and when that may change (None: unknown).

    `rule` is "" when it is suggested already; "NO_MOMENT" when nothing but a reason to speak now
    is missing.
    """

    product: str
    rule: str
    stage: Stage
    check: GuardCheck | None = None
    until: date | None = None


def why_not(
    facts: AccountFacts,
    product: str,
    catalogue: Catalogue,
    policies: PolicySet,
    models: Models,
    as_of: datetime,
) -> WhyNot:
    """Why this product (or family) is not suggested to this customer now.

    Policies answer in the order of their kinds: may we, does it make sense, is it good for them,
    have we said too much.
    """
    decided = decide(facts, catalogue, policies, models, as_of)
    found = [d for d in decided.decisions if product in (d.candidate.product, d.candidate.family)]
    if found:
        best = min(found, key=lambda d: (d.rank is None, d.rank or 0, d.dropped_at == "policy"))
        return _because(product, best.rule, best.dropped_at, best.guard)
    guard = check(facts, _unprompted(facts, product, catalogue, as_of), policies, as_of, catalogue=catalogue)
    return _because(product, "NO_MOMENT", "reasons" if guard.allowed else "policy", guard)


def _because(product: str, rule: str, stage: Stage, guard: GuardResult) -> WhyNot:
    """Of several rules the most basic one answers: they have it already, before nobody asked."""
    if stage != "policy":
        return WhyNot(product, rule, stage)
    first = min(guard.blockers, key=lambda answer: POLICY_KINDS.index(answer.kind))
    return WhyNot(product, first.rule, stage, first, first.until)


def _unprompted(facts: AccountFacts, product: str, catalogue: Catalogue, as_of: datetime) -> Candidate:
    """The offer of this product as if somebody had thought of it, path or not."""
    now = situation(facts, catalogue, as_of.date())
    for held in facts.holdings:
        for path in catalogue.paths_from(held.product):
            if path.to_product == product:
                return from_path(now, path, held)
    known = catalogue.products.get(product)
    family = known.family if known else product
    return Candidate(f"cross_sell:{product}", "cross_sell", "cross_sell", "ladder", family, product)
