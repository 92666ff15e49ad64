"""Why now, with the day and the figures."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from campaigns.deciding.facts import HeadCount, Reading, Signal, Usage
from campaigns.deciding.offers import Trigger
from campaigns.deciding.triggers import full_on, triggers
from tests.campaigns.deciding.world import TODAY, days_ago, happy, leaving, need, storage


def found(code: str, **changes: object) -> Trigger | None:
    return next((t for t in triggers(happy(**changes), TODAY) if t.code == code), None)


def test_usage_near_its_limit_says_how_full_and_when_it_will_be() -> None:
    trigger = found("USAGE_NEAR_LIMIT", usage=(storage(660, 690, 720),))
    assert trigger is not None
    assert trigger.figures["percent"] == 90
    assert trigger.figures["full_on"] == days_ago(1) + timedelta(days=80)  # 80 GB left, 1 GB a day
    assert trigger.evidence.on == days_ago(1)


@pytest.mark.parametrize(("value", "speaks"), [(639, False), (640, True)])
def test_usage_speaks_from_eighty_percent(value: float, speaks: bool) -> None:
    assert (found("USAGE_NEAR_LIMIT", usage=(storage(600, value),)) is not None) is speaks


def test_one_odd_reading_does_not_move_the_day() -> None:
    steady = storage(600, 630, 660, 690, 720)
    odd = replace(steady, readings=(Reading(days_ago(140), 20), *steady.readings))
    assert full_on(odd, TODAY) == full_on(steady, TODAY)


def test_shrinking_use_has_no_day_and_a_full_meter_is_full_today() -> None:
    assert full_on(storage(720, 700, 680), TODAY) is None
    assert full_on(storage(700, 900), TODAY) == TODAY


def test_without_an_allowance_nothing_runs_full() -> None:
    assert full_on(Usage("storage", None, (Reading(TODAY, 5),)), TODAY) is None


@pytest.mark.parametrize(("days", "speaks"), [(-1, False), (0, True), (60, True), (61, False)])
def test_a_renewal_speaks_in_the_sixty_days_before_it(days: int, speaks: bool) -> None:
    held = replace(happy().holdings[0], renews_on=TODAY + timedelta(days=days))
    trigger = found("RENEWAL_NEAR", holdings=(held,))
    assert (trigger is not None) is speaks
    if trigger:
        assert trigger.figures["days"] == days


@pytest.mark.parametrize(("after", "speaks"), [(87, False), (88, True)])
def test_a_tenth_more_people_speaks_for_more_seats(after: int, speaks: bool) -> None:
    counts = (HeadCount(days_ago(200), 80), HeadCount(days_ago(20), after))
    trigger = found("HEADCOUNT_GREW", head_counts=counts)
    assert (trigger is not None) is speaks
    if trigger:
        assert trigger.figures == {"before": 80, "after": after, "added": after - 80}


def test_old_growth_is_no_moment() -> None:
    assert found("HEADCOUNT_GREW", head_counts=(HeadCount(days_ago(300), 80), HeadCount(days_ago(200), 120))) is None


def test_looking_at_a_plan_twice_is_interest_and_once_is_not() -> None:
    assert found("PLAN_VIEWED", signals=(Signal("plan_viewed", days_ago(3), 2, "premium"),)) is not None
    assert found("PLAN_VIEWED", signals=(Signal("plan_viewed", days_ago(3), 1, "premium"),)) is None


def test_interest_fades_after_sixty_days() -> None:
    assert found("PLAN_VIEWED", signals=(Signal("plan_viewed", days_ago(60), 5, "premium"),)) is None


def test_low_use_of_every_meter_speaks_for_a_smaller_plan() -> None:
    low = next(t for t in triggers(leaving(), TODAY) if t.code == "LOW_USE")
    assert low.figures["percent"] == 15
    assert low.speaks_for == {"right_size"}


def test_one_busy_meter_is_no_low_use() -> None:
    busy = replace(storage(700, 780), meter="seats")
    facts = leaving(head_counts=())
    assert "LOW_USE" not in {t.code for t in triggers(replace(facts, usage=(*facts.usage, busy)), TODAY)}


def test_a_need_fades_as_the_conversation_recedes() -> None:
    fresh, old = (found("NEED_STATED", needs=(need(days=d),)) for d in (1, 170))
    assert fresh is not None
    assert old is not None
    assert fresh.strength > old.strength > 0


def test_the_strongest_moment_comes_first() -> None:
    strengths = [t.strength for t in triggers(happy(), TODAY)]
    assert strengths == sorted(strengths, reverse=True)
    assert isinstance(triggers(happy(), TODAY)[0].evidence.on, date)
