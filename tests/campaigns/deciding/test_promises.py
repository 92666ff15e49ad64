"""The promises, over customers made up at random.

Each one starts from a customer who is offered something (the control), brings one trouble, and
finds nothing left to sell.
"""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from campaigns.deciding.budget import budget
from campaigns.deciding.facts import (
    WAYS,
    AccountFacts,
    Consent,
    HeadCount,
    Heard,
    Ltv,
    NpsAnswer,
    Override,
    Person,
    Signal,
    Touch,
)
from campaigns.deciding.guard import RULES, check, fall_out
from campaigns.deciding.policies import PolicySet, Rule
from tests.campaigns.deciding.world import (
    AS_OF,
    CATALOGUE,
    SELLING,
    TODAY,
    case,
    days_ago,
    decided,
    happy,
    lanes,
    leaving,
    need,
    storage,
    touch,
)

TOPICS = ("sharing", "growth", "trail", "meetings", "cost")


@st.composite
def customers(draw: st.DrawFn) -> AccountFacts:
    """Customers without trouble, of every size, who have told us something."""
    full = draw(st.integers(500, 900))
    seats = draw(st.integers(20, 400))
    topics = draw(st.sets(st.sampled_from(TOPICS), min_size=1))
    held = replace(happy().holdings[0], seats=seats, monthly=seats * 1200)
    return happy(
        holdings=(replace(held, renews_on=TODAY + timedelta(days=draw(st.integers(-5, 200)))),),
        usage=(storage(full * 0.7, full * 0.85, full),),
        needs=tuple(need(topic, days=draw(st.integers(0, 170)), id_=i) for i, topic in enumerate(sorted(topics))),
        nps=(NpsAnswer(draw(st.integers(7, 10)), days_ago(draw(st.integers(0, 400))), contact_id=8),),
        health=draw(st.floats(40, 100)),
        health_trend=draw(st.floats(-10, 10)),
        loyalty=draw(st.none() | st.floats(0, 100)),
        ltv=draw(st.none() | st.builds(Ltv, st.integers(0, 5_000_000), st.just(0.6), st.floats(0.5, 8))),
        head_counts=(HeadCount(days_ago(200), 80), HeadCount(days_ago(20), draw(st.integers(60, 200)))),
        signals=(Signal("plan_viewed", days_ago(draw(st.integers(0, 90))), 3, "premium"),),
        touches=tuple(touch(draw(st.integers(0, 60))) for _ in range(draw(st.integers(0, 2)))),
    )


def sold_to(facts: AccountFacts) -> set[str]:
    return lanes(decided(facts)) & SELLING


LOW_ANSWER = st.builds(NpsAnswer, st.integers(0, 6), st.integers(0, 179).map(days_ago), st.sampled_from([8, 9]))
TROUBLES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "unhappy": LOW_ANSWER.map(lambda answer: {"nps": (answer,)}),
    "upset": st.integers(0, 29).map(lambda days: {"heard": (Heard(days_ago(days), "upset"),)}),
    "red": st.floats(0, 39.9).map(lambda health: {"health": health}),
    "complaint": st.integers(0, 900).map(lambda days: {"cases": (case(opened_on=days_ago(days)),)}),
    "opted_out": st.integers(0, 900).map(lambda days: {"opted_out_on": days_ago(days)}),
    "decider_opted_out": st.just({"people": (Person(1, True, {"sales": days_ago(3)}), Person(2))}),
    "no_consent": st.just({"consents": tuple(Consent(way, False, days_ago(3)) for way in WAYS)}),
    "no_need": st.just({"needs": ()}),
    "old_need": st.integers(181, 900).map(lambda days: {"needs": (need(*TOPICS, days=days),)}),
    "never_asked": st.just({"nps": (), "heard": ()}),
    "over_budget": st.lists(st.integers(0, 29), min_size=3, max_size=9).map(
        lambda days: {"touches": tuple(touch(day) for day in days)}
    ),
    "just_offered": st.integers(0, 29).map(lambda days: {"touches": (touch(days, is_offer=True),)}),
    "control_group": st.just({"is_control": True}),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@given(data=st.data(), facts=customers())
@settings(max_examples=60)
def test_nothing_is_ever_sold_to_a_customer_in_trouble(trouble: str, data: st.DataObject, facts: AccountFacts) -> None:
    assume(sold_to(facts))
    assert not sold_to(replace(facts, **data.draw(TROUBLES[trouble])))


@pytest.mark.parametrize(
    "trouble", ["unhappy", "upset", "red", "complaint", "opted_out", "decider_opted_out", "no_consent"]
)
@given(data=st.data(), facts=customers())
@settings(max_examples=30)
def test_no_exception_opens_the_door_to_an_unhappy_customer(
    trouble: str, data: st.DataObject, facts: AccountFacts
) -> None:
    assume(sold_to(facts))
    everything = tuple(Override(rule.code, TODAY, TODAY) for rule in RULES)
    assert not sold_to(replace(facts, overrides=everything, **data.draw(TROUBLES[trouble])))


@given(facts=customers())
@settings(max_examples=100)
def test_removing_the_needs_a_suggestion_answers_removes_the_suggestion(facts: AccountFacts) -> None:
    sold = [d for d in decided(facts).chosen if d.candidate.lane in SELLING]
    assume(sold)
    for suggestion in sold:
        answered = {heard.id for heard in suggestion.candidate.needs}
        assert answered
        rest = tuple(heard for heard in facts.needs if heard.id not in answered)
        left = {d.candidate.action_key for d in decided(replace(facts, needs=rest)).chosen}
        assert suggestion.candidate.action_key not in left


@pytest.mark.parametrize("trouble", ["unhappy", "red", "complaint", "over_budget", "just_offered", "control_group"])
@given(data=st.data())
@settings(max_examples=20)
def test_a_smaller_plan_that_keeps_the_customer_stays_possible(trouble: str, data: st.DataObject) -> None:
    assert "right_size" in lanes(decided(replace(leaving(), **data.draw(TROUBLES[trouble]))))


def test_nothing_at_all_is_offered_to_somebody_who_opted_out() -> None:
    assert "right_size" in lanes(decided(leaving()))
    assert not decided(leaving(opted_out_on=days_ago(3))).chosen


@given(facts=customers())
@settings(max_examples=100)
def test_the_same_facts_and_policies_give_the_same_decision(facts: AccountFacts) -> None:
    again = replace(facts, needs=tuple(facts.needs), signals=tuple(facts.signals))
    assert decided(facts) == decided(again)


OWN_LIMITS = PolicySet(
    rules=(
        Rule("RECENT_OFFER", "contact", {"days": 5}, scope="lane:up"),
        Rule("OVER_BUDGET", "contact", {"touches": 1}, scope="action:standard-premium"),
        Rule("NEVER_ASKED", "suitability", scope="lane:cross_sell", enabled=False),
    )
)


@pytest.mark.parametrize("policies", [PolicySet(), OWN_LIMITS])
@given(facts=customers(), trouble=st.sampled_from([{}, *({"nps": (), "heard": ()}, {"opted_out_on": days_ago(3)})]))
@settings(max_examples=60)
def test_an_offer_among_many_is_guarded_as_if_it_were_the_only_one(
    policies: PolicySet, trouble: dict[str, Any], facts: AccountFacts
) -> None:
    facts = replace(facts, touches=(touch(10), touch(12, is_offer=True)), **trouble)

    found = decided(facts, policies)

    for each in found.decisions:
        assert each.guard == check(facts, each.candidate, policies, AS_OF, catalogue=CATALOGUE)
    assert found.guard == check(facts, None, policies, AS_OF, catalogue=CATALOGUE)


@given(facts=customers())
@settings(max_examples=100)
def test_every_suggestion_has_a_reason_a_need_a_benefit_and_a_value(facts: AccountFacts) -> None:
    for suggestion in decided(facts).chosen:
        assert suggestion.reasons
        assert suggestion.candidate.benefit_ja
        assert suggestion.candidate.needs or suggestion.candidate.lane == "right_size"
        assert suggestion.factors is not None
        assert suggestion.factors.value > 0


@given(facts=customers())
@settings(max_examples=100)
def test_at_most_three_are_chosen_and_one_per_family(facts: AccountFacts) -> None:
    chosen = decided(facts).chosen
    families = [suggestion.candidate.family for suggestion in chosen]
    assert len(chosen) <= 3
    assert len(families) == len(set(families))
    assert [suggestion.rank for suggestion in chosen] == list(range(1, len(chosen) + 1))


@given(facts=customers())
@settings(max_examples=60)
def test_every_candidate_is_chosen_or_dropped_once(facts: AccountFacts) -> None:
    decision = decided(facts)
    assert len(decision.chosen) + sum(decision.dropped.values()) == len(decision.decisions)
    assert len({d.candidate.action_key for d in decision.decisions}) == len(decision.decisions)


@given(st.lists(st.one_of(customers(), *(customers().map(lambda f, t=t: (f, t)) for t in TROUBLES))), st.data())
@settings(max_examples=60)
def test_fall_out_adds_up_for_any_audience(drawn: list, data: st.DataObject) -> None:
    audience = [replace(item[0], **data.draw(TROUBLES[item[1]])) if isinstance(item, tuple) else item for item in drawn]
    counted = fall_out(check(facts, None, PolicySet(), AS_OF) for facts in audience)
    assert counted.matched == len(audience)
    assert counted.matched - sum(counted.by_rule.values()) == counted.reachable
    assert sum(counted.by_badge.values()) == sum(counted.by_rule.values())


KINDS = ("call", "visit", "mail", "survey", "campaign", "service")
BUDGET_ONLY = PolicySet(rules=tuple(Rule(rule.code, "contact", enabled=rule.code == "OVER_BUDGET") for rule in RULES))


def approached(seed: int, *, guarded: bool) -> list[Touch]:
    """Eight random wishes to approach one customer over some weeks; a yes becomes a touch."""
    dice = random.Random(seed)
    facts, now = happy(touches=()), AS_OF
    for _ in range(8):
        now += timedelta(days=dice.choice([0, 0, 1, 2, 5, 9]), hours=dice.randrange(12))
        kind = dice.choice(KINDS)
        is_service = kind == "service"
        if is_service or not guarded or check(facts, None, BUDGET_ONLY, now).allowed:
            wish = Touch(now, kind, consumes=not is_service, is_offer=kind == "campaign")
            facts = replace(facts, touches=(*facts.touches, wish))
    return list(facts.touches)


def most_in_a_window(touches: list[Touch]) -> int:
    return max((budget(touches[: i + 1], limit=3, days=30, today=t.at.date()).used for i, t in enumerate(touches)))


def test_ten_thousand_random_histories_never_exceed_the_budget() -> None:
    assert max(most_in_a_window(approached(seed, guarded=True)) for seed in range(10_000)) == 3


def test_without_the_guard_the_same_histories_do_exceed_it() -> None:
    assert max(most_in_a_window(approached(seed, guarded=False)) for seed in range(100)) > 3


def test_the_guard_says_no_again_when_the_world_changed_after_the_suggestion() -> None:
    suggestion = decided(happy()).chosen[0].candidate
    assert check(happy(), suggestion, PolicySet(), AS_OF, catalogue=CATALOGUE).allowed
    later = happy(nps=(NpsAnswer(3, TODAY, contact_id=8),))
    refused = check(later, suggestion, PolicySet(), AS_OF + timedelta(hours=3), catalogue=CATALOGUE)
    assert refused.first is not None
    assert refused.first.rule == "DETRACTOR"
