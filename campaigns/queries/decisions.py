"""The guard, asked anywhere but in a run: about customers, and about one suggestion. A run has its `engine`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from accounts.queries.facts import Day
from accounts.queries.facts import day as business_day
from campaigns.deciding.candidates import from_path, situation
from campaigns.deciding.facts import LANE_OF_KIND, AccountFacts, Catalogue, Family
from campaigns.deciding.guard import GuardCheck, GuardResult, check
from campaigns.deciding.offers import Candidate
from campaigns.models import Suggestion
from campaigns.phrases import badge_of
from campaigns.queries import facts
from campaigns.queries.policies import policies_in_force
from crm.slots import GuardBadge

HELD_OUT = "CAMPAIGN_HOLDOUT"


def guards_for(accounts: Iterable[int], as_of: date) -> dict[int, GuardResult]:
    """May these customers be offered something on that day? Three statements, however many they are."""
    policies, today = policies_in_force(), business_day(as_of)
    known = facts.facts_on(list(accounts), today, parts=facts.GUARD_PARTS)
    return {account: check(each, None, policies, today.last_moment) for account, each in known.items()}


def badges_for(accounts: Iterable[int], as_of: date) -> dict[int, GuardBadge]:
    """The same in the words of lists, in the reader's language."""
    return {account: badge_of(result, as_of) for account, result in guards_for(accounts, as_of).items()}


def guard_of(account_id: int, as_of: date) -> GuardResult:
    return guards_for([account_id], as_of)[account_id]


def guard_on(suggestion: Suggestion, as_of: date) -> tuple[GuardCheck, ...]:
    """What speaks against this very suggestion on that day, first the rule that people see; empty if nothing."""
    today = business_day(as_of)
    known = facts.facts_on([suggestion.account_id], today)[suggestion.account_id]
    catalogue = facts.catalogue(today)
    offer = candidate_of(suggestion, known, catalogue, today)
    result = check(known, offer, policies_in_force(), today.last_moment, catalogue=catalogue)
    kept = facts.held_out([suggestion.account_id], today).get(suggestion.account_id, frozenset())
    return (*result.blockers, *([held_out_check(today)] if is_held_out(offer, kept) else ()))


def candidate_of(suggestion: Suggestion, known: AccountFacts, catalogue: Catalogue, today: Day) -> Candidate:
    """The offer as it stands today: its step may have closed, its contract may have changed."""
    now = situation(known, catalogue, today.on)
    path = catalogue.path(suggestion.action_key)
    if path:
        held = next((held for held in known.holdings if held.product == path.from_product), None)
        return from_path(now, path, held, source=suggestion.factors.get("source", "ladder"))
    family = catalogue.families.get(suggestion.family.code, Family(suggestion.family.code))
    return Candidate(
        action_key=suggestion.action_key,
        kind=suggestion.kind,
        lane=LANE_OF_KIND[suggestion.kind],
        source=suggestion.factors.get("source", "ladder"),
        family=family.code,
        product=family.code,
        topics=family.topics | {family.code},
    )


def is_held_out(candidate: Candidate, kept: frozenset[str]) -> bool:
    """Is this the step, or the product, that a running campaign leaves this customer alone with?"""
    return bool({candidate.path_key, candidate.product} & kept)


def held_out_check(today: Day) -> GuardCheck:
    return GuardCheck(
        rule=HELD_OUT,
        badge="other",
        kind="eligibility",
        passed=False,
        value=None,
        evidence=None,
        since=today.on,
        until=None,
        instead="nothing",
        overridable=False,
    )
