import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.measure.adoption import STEPS, funnel

YEAR_END = {"announced": 389, "read": 352, "accepted": 241, "proposed": 178, "won": 62}


def test_each_step_is_a_share_of_the_one_before():
    told = funnel(YEAR_END)

    assert [(step.code, step.count) for step in told.steps] == list(YEAR_END.items())
    assert [round(100 * step.rate) for step in told.steps[1:]] == [90, 68, 74, 35]


def test_the_biggest_drop_is_the_step_most_fall_out_of():
    drop = funnel(YEAR_END).biggest_drop

    assert (drop.code, drop.lost) == ("won", 116)


def test_one_who_has_read_and_not_acted_yet_is_not_the_biggest_drop():
    drop = funnel({"announced": 22, "read": 1, "accepted": 0, "proposed": 0, "won": 0}).biggest_drop

    assert (drop.code, drop.lost) == ("read", 21)


def test_nobody_lost_is_no_drop():
    assert funnel(dict.fromkeys(STEPS, 5)).biggest_drop is None


def test_nobody_there_has_no_rate():
    told = funnel({**YEAR_END, "accepted": 0, "proposed": 0, "won": 0})

    assert [step.rate for step in told.steps[3:]] == [None, None]
    assert told.biggest_drop.code == "accepted"


@pytest.mark.parametrize("won", [179, -1])
def test_counts_that_are_no_funnel_are_refused(won):
    with pytest.raises(ValueError, match="not a step of a funnel"):
        funnel({**YEAR_END, "won": won})


def test_a_step_that_was_not_counted_is_refused():
    with pytest.raises(KeyError):
        funnel({"announced": 5})


@given(st.lists(st.integers(0, 500), min_size=5, max_size=5))
def test_the_losses_add_up_to_everybody_who_did_not_win(counts):
    told = funnel(dict(zip(STEPS, sorted(counts, reverse=True), strict=True)))

    assert sum(step.lost for step in told.steps) == max(counts) - min(counts)
