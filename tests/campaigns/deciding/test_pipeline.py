"""One decision, whole: every candidate with its fate, and why not."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns.deciding.facts import HeldSubscription, NpsAnswer, PastSuggestion
from campaigns.deciding.pipeline import Exploration, Models, decide, why_not
from campaigns.deciding.policies import PolicySet
from tests.campaigns.deciding.world import AS_OF, CATALOGUE, case, days_ago, decided, happy, leaving, moment, need

AUDIT = HeldSubscription(6, "audit", "audit", 0, 80, 150, 12_000, days_ago(300))


def asked_why_not(product: str, **changes: object):
    return why_not(happy(**changes), product, CATALOGUE, PolicySet(), Models(), AS_OF)


def test_a_decision_carries_the_versions_it_was_made_with() -> None:
    decision = decide(happy(), CATALOGUE, PolicySet(version="7"), Models(version="m3"), AS_OF)
    assert (decision.policy_version, decision.model_version, decision.as_of) == ("7", "m3", AS_OF)


def test_the_second_best_of_a_family_is_kept_with_the_reason_it_was_left() -> None:
    decision = decided(happy())
    fates = {d.candidate.action_key: (d.dropped_at, d.rule, d.rank) for d in decision.decisions}
    assert sorted(rank for *_, rank in fates.values() if rank) == [1]
    assert ("limit", "BETTER_ONES", None) in fates.values()


def test_an_unhappy_customer_who_leaves_is_offered_the_smaller_plan_only() -> None:
    decision = decided(leaving(nps=(NpsAnswer(2, days_ago(9)),), cases=(case(),)))
    assert decision.guard.first is not None
    assert decision.guard.first.rule == "DETRACTOR"
    assert [d.candidate.action_key for d in decision.chosen] == ["standard-light"]


def test_the_control_group_is_left_alone_but_not_left_to_leave() -> None:
    control = decided(happy(is_control=True))
    assert control.arm == "control"
    assert {(d.dropped_at, d.rule) for d in control.decisions if d.is_allowed} == {("control", "HOLDOUT")}
    assert decided(leaving(is_control=True)).chosen


@pytest.mark.parametrize(
    ("product", "changes", "rule"),
    [
        ("premium", {"cases": (case(),)}, "OPEN_CASE"),
        ("audit", {"holdings": (*happy().holdings, AUDIT), "needs": ()}, "ALREADY_OWNS"),
        ("light", {}, "NO_MOMENT"),
        ("room", {"needs": (need("meetings"), need(id_=4))}, ""),
        ("room", {}, "NO_NEED"),
        ("unheard-of", {"needs": ()}, "NO_PATH"),
    ],
)
def test_why_not_names_the_first_thing_in_the_way(product: str, changes: dict, rule: str) -> None:
    assert asked_why_not(product, **changes).rule == rule


def test_why_not_says_when_it_may_change() -> None:
    past = PastSuggestion("x", "groupware", "lost", moment(10))
    answer = asked_why_not("premium", past=(past,))
    assert (answer.rule, answer.until) == ("QUIET_AFTER_NO", days_ago(10) + timedelta(days=60))


def test_why_not_agrees_that_the_chosen_one_is_chosen() -> None:
    chosen = decided(happy()).chosen[0].candidate.product
    assert asked_why_not(chosen).stage == ""


def explored(rate: float, account: int):
    return decide(
        replace(happy(), id=account), CATALOGUE, PolicySet(), Models(), AS_OF, exploration=Exploration(rate, "salt")
    ).chosen[0]


def test_exploration_is_off_unless_asked_for() -> None:
    assert (decided(happy()).chosen[0].arm, decided(happy()).chosen[0].probability) == ("engine", 1.0)


def test_a_share_of_customers_gets_a_random_allowed_offer_and_the_chance_is_stored() -> None:
    first = [explored(0.4, account) for account in range(600)]
    arms = Counter(d.arm for d in first)
    assert arms["random"] / 600 == pytest.approx(0.4, abs=0.07)
    by_action: dict[str, set[float]] = {}
    for decision in first:
        by_action.setdefault(decision.candidate.action_key, set()).add(round(decision.probability, 9))
    # One chance for each action, whichever arm drew it, and the chances make up one.
    assert all(len(chances) == 1 for chances in by_action.values())
    assert sum(chances.pop() for chances in by_action.values()) == pytest.approx(1)
    shares = Counter(d.candidate.action_key for d in first)
    assert len(shares) > 1


def test_exploration_draws_the_same_for_the_same_day() -> None:
    assert explored(0.5, 42) == explored(0.5, 42)


def test_a_guarded_offer_is_never_explored() -> None:
    troubled = replace(happy(), cases=(case(),))
    decision = decide(troubled, CATALOGUE, PolicySet(), Models(), AS_OF, exploration=Exploration(1.0, "salt"))
    assert not decision.chosen
