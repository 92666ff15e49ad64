import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from accounts.scoring.apportion import apportion, round_half_up

rows = st.lists(st.floats(-100, 100), min_size=1, max_size=12)


@given(rows)
def test_whole_points_add_up_to_the_rounded_sum(row):
    total = round_half_up([np.round(row, 9).sum()])

    assert apportion([row], total).sum() == total[0]


@given(rows)
def test_no_line_moves_by_a_whole_point_or_more(row):
    total = round_half_up([np.round(row, 9).sum()])

    assert np.all(np.abs(apportion([row], total)[0] - np.array(row)) < 1 + 1e-8)


def test_the_largest_remainders_are_rounded_up():
    assert apportion([[1.2, 2.7, 3.4, -0.3]], [7]).tolist() == [[1, 3, 3, 0]]


def test_halves_round_up_as_on_paper():
    assert round_half_up([0.5, 1.5, 2.5, -0.5]).tolist() == [1, 2, 3, 0]
