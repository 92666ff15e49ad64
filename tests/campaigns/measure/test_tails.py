import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm, t

from campaigns.measure.tails import as_unlikely, student


@given(reach=st.floats(0.1, 6), freedom=st.floats(1, 100_000))
def test_the_tail_of_student_is_that_of_scipy_stats(reach, freedom):
    assert student(reach, freedom) == pytest.approx(t.isf(norm.sf(reach), freedom), rel=1e-12)


@given(st.data(), st.integers(1, 50_000), st.floats(0.01, 0.99))
def test_the_exact_test_is_that_of_scipy_stats(data, n, share):
    near = round(n * share)
    hits = data.draw(st.integers(0, n) | st.integers(max(near - 100, 0), min(near + 100, n)))

    assert as_unlikely(hits, n, share) == pytest.approx(binomtest(hits, n, share).pvalue, abs=1e-12)
