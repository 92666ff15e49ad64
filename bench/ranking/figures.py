"""hit@5, recall@10 and NDCG@10, one row per judged household, and intervals of differences."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
NAMES = ("hit@5", "recall@10", "NDCG@10")


def per_household(scores: Floats, owned: npt.NDArray[np.bool_], new: npt.NDArray[np.bool_]) -> Floats:
    """Households that bought something new, by the three figures; what they own is never listed."""
    judged = new.any(axis=1)
    listed = np.where(owned, -np.inf, scores)[judged]
    relevant = new[judged]
    order = np.argsort(-listed, axis=1, kind="stable")[:, :10]
    hits = np.take_along_axis(relevant, order, axis=1)
    bought = relevant.sum(axis=1)
    discount = 1 / np.log2(np.arange(2, 12))
    ideal = np.cumsum(discount)[np.minimum(bought, 10) - 1]
    return np.column_stack([hits[:, :5].any(axis=1), hits.sum(axis=1) / bought, hits @ discount / ideal])


def interval(difference: Floats, draws: int = 2000, seed: int = 20170101) -> tuple[Floats, Floats]:
    """95 % percentile interval of the mean difference: households drawn with replacement, in pairs."""
    random = np.random.default_rng(seed)
    count = len(difference)
    means = np.stack([difference[random.integers(0, count, count)].mean(axis=0) for _ in range(draws)])
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return low, high
