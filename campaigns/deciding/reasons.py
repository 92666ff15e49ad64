"""Why this, why now: codes with their figures and where each figure comes from.

No words here; the interface says them in the reader's language. Only what really drove the
candidate becomes a reason: no feature that was not used, no count too small to quote. Without a
reason, a known need and a benefit there is no suggestion.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from campaigns.deciding.facts import AccountFacts
from campaigns.deciding.offers import Candidate, Evidence, Figure

WITHOUT_NEED = frozenset({"right_size", "reorder"})
"""Lanes in which the customer's own use or purchases show the need."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact. `weight` gives the order in which they are told, greatest first."""

    code: str
    weight: float
    evidence: Evidence
    figures: Mapping[str, Figure] = field(default_factory=dict)


def reasons(facts: AccountFacts, candidate: Candidate, today: date, *, at_most: int = 5) -> tuple[Reason, ...]:
    """The strongest reasons first. Good relations only support; alone they are no reason."""
    driving = sorted(_driving(candidate, today), key=lambda reason: -reason.weight)
    if not driving:
        return ()
    return tuple([*driving, *_supporting(facts)][:at_most])


def _driving(candidate: Candidate, today: date) -> Iterator[Reason]:
    for trigger in candidate.triggers:
        if trigger.code != "NEED_STATED":
            yield Reason(trigger.code, trigger.strength, trigger.evidence, trigger.figures)
    for need in candidate.needs:
        said: dict[str, Figure] = {"words": need.words, "contact": need.contact_id}
        yield Reason("NEED_STATED", 0.8, Evidence("need", need.heard_on, need.id), said)
    if candidate.support:
        support = candidate.support
        counts: dict[str, Figure] = {
            "given": support.given,
            "also": support.also,
            "having": support.having,
            "share": round(support.also / support.having, 3),
            "overall": round(support.overall, 3),
        }
        yield Reason("OFTEN_TOGETHER", 0.55, Evidence("affinity", today), counts)
    if candidate.campaign:
        campaign = candidate.campaign
        offer: dict[str, Figure] = {"campaign": campaign.campaign_id, "until": campaign.until}
        yield Reason("CAMPAIGN", 0.3, Evidence("campaign", campaign.until, campaign.revision_id), offer)


def _supporting(facts: AccountFacts) -> Iterator[Reason]:
    if facts.newest_nps:
        newest = max(facts.newest_nps, key=lambda answer: answer.answered_on)
        evidence = Evidence("nps", newest.answered_on, newest.id)
        yield Reason("NPS", 0.2, evidence, {"score": newest.score})
    if facts.health is not None:
        figures = {"health": round(facts.health), "trend": round(facts.health_trend, 1)}
        yield Reason("HEALTH", 0.1, Evidence("health", facts.health_on), figures)


def missing(candidate: Candidate, found: tuple[Reason, ...], *, customer_asked: bool = False) -> str:
    """The code of what keeps this from being a suggestion, or "" when nothing is missing.

    `customer_asked` is a manager's exception to the need rule: the asking is the need.
    """
    if not found:
        return "NO_REASON"
    if not candidate.needs and candidate.lane not in WITHOUT_NEED and not customer_asked:
        return "NO_KNOWN_NEED"
    if not (candidate.benefit_ja.strip() or candidate.benefit_en.strip()):
        return "NO_BENEFIT"
    return ""
