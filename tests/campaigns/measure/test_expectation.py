import pytest

from campaigns.measure.expectation import Range, more_wins_by_goal, more_wins_by_lift


def test_what_comes_without_the_campaign_is_no_gain_of_it():
    more = more_wins_by_goal(goal=60, addressed=400, base_rate=0.10)

    assert more.expected == 60 - 40
    assert (more.low, more.high) == pytest.approx((20 - 18.281, 20 + 18.281), abs=0.01)  # 1.96 √(400 (.1275 + .09))


def test_a_goal_that_nobody_can_reach_expects_nothing():
    assert more_wins_by_goal(goal=5, addressed=4, base_rate=0.10) is None
    assert more_wins_by_goal(goal=0, addressed=0, base_rate=0.10) is None


def test_an_earlier_effect_is_taken_with_its_interval():
    assert more_wins_by_lift(low=-0.02, lift=0.05, high=0.12, addressed=200) == Range(-4, 10, 24)


def test_a_step_that_loses_money_turns_the_range_round():
    assert Range(1, 2, 3).times(-10) == Range(-30, -20, -10)
