import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.measure.sequential import critical_value, progress_needed

progresses = st.floats(0.01, 20)


def test_it_reaches_three_standard_errors_at_the_planned_end():
    assert critical_value(1.0) == pytest.approx(3.035, abs=0.001)


def test_the_interval_is_narrowest_for_its_size_at_the_planned_end():
    progress = np.linspace(0.2, 3, 281)
    width = critical_value(progress) / np.sqrt(progress)
    retuned = [critical_value(1.0 * scale) for scale in (0.7, 0.85, 1.0, 1.2, 1.5)]

    assert np.all(np.diff(width) < 0)
    assert min(retuned) == critical_value(1.0)


def test_before_anything_is_seen_nothing_is_excluded():
    assert critical_value(0.0) == np.inf


@given(progresses)
def test_more_confidence_never_makes_it_narrower(progress):
    reaches = [float(critical_value(progress, confidence=c)) for c in (0.5, 0.8, 0.9, 0.95, 0.99)]

    # Each level is tuned for itself, so only levels that share a tuning nest strictly; these do.
    assert reaches == sorted(reaches)


@given(progresses)
def test_it_is_never_narrower_than_one_look_allows(progress):
    assert critical_value(progress) > 1.96


def random_walks(sims: int = 20_000, looks: int = 300) -> tuple[np.ndarray, np.ndarray]:
    progress = np.arange(1, looks + 1) / 100
    steps = np.random.default_rng(5).normal(size=(sims, looks)) / 10
    return np.abs(steps.cumsum(axis=1)) / np.sqrt(progress), progress


def test_random_walks_cross_it_at_most_one_in_twenty_in_three_hundred_looks():
    z, progress = random_walks()

    crossed = (z > critical_value(progress)).any(axis=1).mean()
    crossed_plain = (z > 1.96).any(axis=1).mean()

    assert crossed <= 0.05
    assert crossed_plain > 0.4


@given(st.floats(0, 12), st.floats(0.05, 3))
def test_the_information_needed_is_enough_and_not_wasteful(z, progress):
    factor = progress_needed(z, progress)
    if factor is None:
        assert z * np.sqrt(20) <= critical_value(20 * progress)
    else:
        assert z * np.sqrt(factor) > critical_value(progress * factor)
        assert factor == 1.0 or z * np.sqrt(factor * 0.98) <= critical_value(progress * factor * 0.98)


def test_no_difference_or_no_data_is_not_foreseeable():
    assert progress_needed(0.0, 1.0) is None
    assert progress_needed(5.0, 0.0) is None
