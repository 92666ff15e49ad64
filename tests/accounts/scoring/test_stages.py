from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.scoring.reasons import Contribution
from accounts.scoring.stages import LADDER, Stage, stage_of

scores = st.integers(0, 100)


@pytest.mark.parametrize(
    ("loyalty", "stage"),
    [
        (0, Stage.SEED),
        (29, Stage.SEED),
        (30, Stage.SPROUT),
        (50, Stage.LEAF),
        (70, Stage.BLOOM),
        (84, Stage.BLOOM),
        (85, Stage.TREE),
        (100, Stage.TREE),
    ],
)
def test_a_new_customer_stands_where_the_score_says(loyalty, stage):
    assert stage_of(loyalty).stage is stage


@pytest.mark.parametrize(
    ("loyalty", "stage", "is_held"),
    [(70, Stage.BLOOM, False), (67, Stage.BLOOM, True), (66, Stage.BLOOM, True), (65, Stage.LEAF, False)],
)
def test_a_stage_is_kept_until_well_below_its_line(loyalty, stage, is_held):
    told = stage_of(loyalty, Stage.BLOOM)

    assert (told.stage, told.is_held) == (stage, is_held)


@given(st.integers(4, 96), st.sampled_from([None, *Stage]), st.lists(st.integers(-2, 2), max_size=20))
def test_small_wobbles_change_the_stage_at_most_once(centre, before, wobbles):
    stage, seen = stage_of(centre, before).stage, []
    for wobble in wobbles:
        stage = stage_of(centre + wobble, stage).stage
        seen.append(stage)

    assert sum(a is not b for a, b in pairwise(seen)) <= 1


@given(scores, scores, st.sampled_from([None, *Stage]))
def test_more_loyalty_never_means_a_lower_stage(one, other, before):
    low, high = sorted((one, other))

    assert LADDER.index(stage_of(low, before).stage) <= LADDER.index(stage_of(high, before).stage)


@given(scores, st.sampled_from(list(Stage)))
def test_a_stage_settles_in_one_step(loyalty, before):
    once = stage_of(loyalty, before).stage

    assert stage_of(loyalty, once).stage is once


def test_it_says_how_much_is_missing_and_what_would_help():
    room = (Contribution("NPS", 12), Contribution("SEATS", 5), Contribution("RECENCY", 3), Contribution("TICKETS", 1))

    told = stage_of(63, Stage.LEAF, room=room)

    assert (told.next_stage, told.missing) == (Stage.BLOOM, 7)
    assert [way.code for way in told.ways] == ["NPS", "SEATS", "RECENCY"]


def test_on_the_top_stage_there_is_nothing_left_to_reach():
    told = stage_of(90, Stage.TREE)

    assert (told.next_stage, told.missing) == (None, 0)


def test_without_a_score_the_last_stage_stands_and_a_stranger_has_none():
    assert stage_of(None, Stage.LEAF).stage is Stage.LEAF
    assert stage_of(None).stage is None
