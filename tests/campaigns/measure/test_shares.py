import pytest

from campaigns.measure.shares import wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (7, 20, 0.1812, 0.5671), (62, 389, 0.1264, 0.1991)],
)
def test_the_interval_is_that_of_wilson(hits, n, low, high):
    """Reference: Wilson score interval without continuity correction, worked out by its closed form."""
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-4)


def test_of_none_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)


def test_more_of_the_same_share_is_surer():
    few, many = wilson(2, 10), wilson(20, 100)

    assert few[0] < many[0] < 0.2 < many[1] < few[1]
