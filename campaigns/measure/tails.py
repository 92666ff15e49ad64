"""Tails of distributions, by `scipy.special` alone: `scipy.stats` would hold 56 MB in every web worker that shows a board."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, gammaln, ndtr, stdtrit, xlog1py, xlogy

Floats = NDArray[np.float64]

ALIKE = 1e-7
"""Counts whose probabilities differ by less than this share are equally likely."""


def student(reach: Floats, freedom: Floats) -> Floats:
    """The same tail by Student's t as `reach` has by the normal curve."""
    found: Floats = -stdtrit(freedom, ndtr(-reach))
    return found


def exact_limits(hits: Floats, n: int, reach: Floats) -> tuple[Floats, Floats]:
    """Clopper's and Pearson's limits of a share, each with the tail that `reach` has by the normal curve."""
    tail = ndtr(-reach)
    low = np.where(hits > 0, betaincinv(np.maximum(hits, 1), n - hits + 1, tail), 0.0)
    high = np.where(hits < n, betaincinv(hits + 1, np.maximum(n - hits, 1), 1 - tail), 1.0)
    return low, high


def as_unlikely(hits: int, n: int, share: float) -> float:
    """Exact binomial test, both sides: how often chance brings a count that is no likelier than this one."""
    counts = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(counts + 1) - gammaln(n - counts + 1)
    likelihood = ways + xlogy(counts, share) + xlog1py(n - counts, -share)
    unlikely, peak = likelihood <= likelihood[hits] + ALIKE, int(likelihood.argmax())
    if unlikely[peak]:
        return 1.0
    below, above = int(unlikely[:peak].sum()), int(unlikely[peak:].sum())
    low = betainc(n - below + 1, below, 1 - share) if below else 0.0
    high = betainc(n - above + 1, above, share) if above else 0.0
    return float(low + high)
