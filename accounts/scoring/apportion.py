"""Whole numbers that add up exactly to their total (method of the largest remainder)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def apportion(exact: ArrayLike, totals: ArrayLike) -> NDArray[np.int64]:
    """Round each row of `exact` to integers that add up to its entry of `totals`.

    Each total must lie within half a point of its row's sum. No entry moves by a whole
    point or more; of equal remainders the earlier column is rounded up.
    """
    exact = np.asarray(exact, dtype=float)
    # Sums of floats end in dust: 23.999999999999996 is meant to be 24.
    exact = exact.round(9)
    floors = np.floor(exact)
    short = np.asarray(totals) - floors.sum(axis=1)
    order = np.argsort(-(exact - floors), axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    return (floors + (rank < short[:, None])).astype(np.int64)


def round_half_up(values: ArrayLike) -> NDArray[np.int64]:
    """Nearest integers, halves upwards, as people round on paper."""
    return np.floor(np.round(np.asarray(values, dtype=float), 9) + 0.5).astype(np.int64)
