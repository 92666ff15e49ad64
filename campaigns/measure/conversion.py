"""Rates that stay honest when there are few customers."""

from dataclasses import dataclass

from scipy.special import betainccinv, betaincinv


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its interval; `value` is None when nobody was asked."""

    successes: int
    n: int
    value: float | None
    low: float
    high: float


def rate(successes: int, n: int, *, confidence: float = 0.95) -> Rate:
    """Exact (Clopper-Pearson) interval: covers at least as often as it says, at any size."""
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is not a rate")
    tail = (1 - confidence) / 2
    low = betaincinv(successes, n - successes + 1, tail) if successes else 0.0
    high = betainccinv(successes + 1, n - successes, tail) if successes < n else 1.0
    return Rate(successes, n, successes / n if n else None, float(low), float(high))
