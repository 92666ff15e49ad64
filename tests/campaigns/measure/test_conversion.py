import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from campaigns.measure.conversion import rate


def test_no_success_in_twenty_still_allows_seventeen_percent():
    told = rate(0, 20)

    assert (told.value, told.low, told.high) == (0.0, 0.0, pytest.approx(0.1684, abs=0.0001))


def test_four_of_twenty_matches_the_published_table():
    told = rate(4, 20)

    assert (told.low, told.high) == (pytest.approx(0.0573, abs=0.0001), pytest.approx(0.4366, abs=0.0001))


def test_nobody_asked_is_unknown():
    told = rate(0, 0)

    assert (told.value, told.low, told.high) == (None, 0.0, 1.0)


@pytest.mark.parametrize(("successes", "n"), [(5, 4), (-1, 4)])
def test_more_successes_than_customers_are_refused(successes, n):
    with pytest.raises(ValueError, match="is not a rate"):
        rate(successes, n)


@pytest.mark.parametrize("truth", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("n", [5, 20, 60])
def test_the_interval_covers_as_often_as_it_says(truth, n):
    covered = sum(binom.pmf(x, n, truth) for x in range(n + 1) if rate(x, n).low <= truth <= rate(x, n).high)

    assert covered >= 0.95


@given(st.integers(0, 100), st.integers(1, 100))
def test_one_more_success_never_lowers_the_interval(successes, more):
    n = successes + more
    before, after = rate(successes, n), rate(successes + 1, n)

    assert after.low >= before.low
    assert after.high >= before.high
    assert before.low <= before.value <= before.high
