from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.scoring.loyalty import WEIGHTS, LoyaltySettings, Part, loyalty

BEST = {
    "nps_score": 10,
    "nps_age_days": 10,
    "days_since_heard": 5,
    "r": 5,
    "f": 5,
    "m": 5,
    "products": 3,
    "seat_share": 1.0,
    "days_per_week": 5,
    "complaints_365d": 0,
    "tickets_90d": 0,
    "late_payments_365d": 0,
}
WORST = {
    "nps_score": 0,
    "nps_age_days": 10,
    "days_since_heard": 400,
    "r": 1,
    "f": 1,
    "m": 1,
    "products": 0,
    "seat_share": 0.0,
    "days_per_week": 0,
    "complaints_365d": 9,
    "tickets_90d": 40,
    "late_payments_365d": 9,
}
MORE_IS_BETTER = {"nps_score": 1, "r": 1, "f": 1, "m": 1, "products": 1, "seat_share": 0.05, "days_per_week": 0.5}
LESS_IS_BETTER = {"days_since_heard": 7, "complaints_365d": 1, "tickets_90d": 1, "late_payments_365d": 1}


def maybe(strategy):
    return st.none() | strategy


facts = st.fixed_dictionaries(
    {
        "nps_score": maybe(st.floats(0, 10)),
        "nps_age_days": st.integers(0, 900),
        "days_since_heard": maybe(st.integers(0, 500)),
        "r": maybe(st.integers(1, 5)),
        "f": maybe(st.integers(1, 5)),
        "m": maybe(st.integers(1, 5)),
        "products": maybe(st.integers(0, 6)),
        "seat_share": maybe(st.floats(0, 1.2)),
        "days_per_week": maybe(st.floats(0, 7)),
        "complaints_365d": maybe(st.integers(0, 6)),
        "tickets_90d": maybe(st.integers(0, 20)),
        "late_payments_365d": maybe(st.integers(0, 6)),
    }
)


def test_the_table_of_weights_is_a_hundred_points():
    assert sum(signal.weight for signal in WEIGHTS) == 100


def test_the_best_customer_has_a_hundred_and_the_worst_none():
    assert (loyalty(BEST).score, loyalty(WORST).score) == (100, 0)


def test_parts_add_up_to_the_score():
    told = loyalty({**BEST, "nps_score": 7, "r": 3, "seat_share": 0.5, "complaints_365d": 1})

    assert sum(told.part(part) for part in Part) == told.score


@given(facts)
def test_contributions_add_up_to_the_score_exactly(given_facts):
    told = loyalty(given_facts)

    if told.score is None:
        assert told.known < 40
    else:
        assert sum(line.points for line in told.contributions) == told.score
        assert 0 <= told.score <= 100


def test_who_misses_the_least_by_a_hair_reads_less_than_it():
    told = loyalty({"nps_score": 8, "nps_age_days": 300, "r": 3, "f": 3, "complaints_365d": 0})

    # 25 x 430 / 550 + 10 + 10 points are 39.5, and 8 more would be enough.
    assert (told.score is None, told.known) == (False, 47)
    assert loyalty({"nps_score": 8, "nps_age_days": 300, "r": 3, "f": 3}).known == 39


@given(facts, st.sampled_from(sorted(MORE_IS_BETTER | LESS_IS_BETTER)))
def test_a_better_figure_never_lowers_the_score(given_facts, column):
    if given_facts[column] is None:
        return
    step = MORE_IS_BETTER.get(column, -LESS_IS_BETTER.get(column, 0))

    before, after = loyalty(given_facts), loyalty({**given_facts, column: given_facts[column] + step})

    if before.score is not None:
        assert after.score >= before.score


@given(facts)
def test_the_same_facts_give_the_same_score(given_facts):
    assert loyalty(given_facts) == loyalty(dict(given_facts))


def test_what_is_missing_is_not_nought():
    never_asked = {**BEST, "nps_score": None, "nps_age_days": None}

    told = loyalty(never_asked)

    assert (told.score, told.known, told.missing) == (100, 75, ("NPS",))


def test_a_customer_we_hardly_know_has_no_score():
    told = loyalty({"complaints_365d": 0, "tickets_90d": 0, "late_payments_365d": 0, "products": 1})

    assert (told.score, told.contributions, told.known) == (None, (), 22)


@pytest.mark.parametrize(("age", "known"), [(180, 100), (455, 87), (730, 75), (900, 75)])
def test_an_old_answer_loses_its_say(age, known):
    # Between 180 and 730 days its 25 points fade in a straight line: 12.5 at 455, rounded down in all.
    assert loyalty({**BEST, "nps_age_days": age}).known == known


def test_room_names_what_could_still_be_gained():
    told = loyalty({**BEST, "r": 1, "seat_share": 0.45})

    assert [(line.code, line.points) for line in told.room] == [("RECENCY", 10), ("SEATS", 4)]


def test_a_planner_may_edit_the_weights():
    doubled = tuple(
        replace(signal, weight=signal.weight * 2) if signal.part is Part.FRICTION else signal for signal in WEIGHTS
    )
    upset = {**BEST, "complaints_365d": 3}

    assert loyalty(upset).score == 92
    assert loyalty(upset, LoyaltySettings(weights=doubled)).score == 86
