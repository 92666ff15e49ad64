"""Intervals that may be looked at every day.

Robbins' normal mixture: for a sum that wanders like a random walk, |Z| stays below
`critical_value(progress)` at every look for ever, with probability at least the confidence. Z is
the estimate over its standard error. See docs/adr/0008-anytime-valid-intervals.md.
"""

from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

FACTORS = np.geomspace(1, 20, 300)


def tuning(alpha: float) -> float:
    """The mixture's variance that makes the interval narrowest when progress is 1
    (Waudby-Smith and others, 2021, "Time-uniform central limit theory", equation for rho)."""
    return -2 * log(alpha) + log(1 - 2 * log(alpha))


def critical_value(progress: ArrayLike, *, confidence: float = 0.95) -> NDArray[np.float64]:
    """How many standard errors the interval reaches to each side.

    `progress` is the share of the planned information seen so far; it may pass 1. The plan only
    decides when the interval is narrowest: it is valid whatever happens later. Infinite at 0.
    """
    alpha = 1 - confidence
    k = tuning(alpha) * np.asarray(progress, dtype=float)
    with np.errstate(divide="ignore"):
        return np.sqrt((k + 1) / k * np.log((k + 1) / alpha**2))


def progress_needed(z: float, progress: float, *, confidence: float = 0.95) -> float | None:
    """By which factor the information must grow until an estimate that stays as it is
    excludes zero (to a hundredth part); 1.0 when it does already, None when not within twenty
    times as much."""
    if progress <= 0:
        return None
    reach = critical_value(progress * FACTORS, confidence=confidence)
    decided = abs(z) * np.sqrt(FACTORS) > reach
    return float(FACTORS[decided.argmax()]) if decided.any() else None
