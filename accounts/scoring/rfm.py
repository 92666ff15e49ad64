"""Recency, frequency and money in fifths of the company's own customers.

The three digits are never joined into a code: their sum ranks future spend far better.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class CutPoints:
    """Four ascending boundaries for each of the three figures, of one population on one date."""

    recency_days: tuple[float, ...]
    frequency: tuple[float, ...]
    monetary: tuple[float, ...]


def cut_points(population: pd.DataFrame) -> CutPoints:
    """Boundaries between fifths of a population with recency_days, frequency and monetary.

    Take them once a run over everybody, so that chunks of accounts agree. Unknown figures are
    left out; a column without any known figure has no boundaries.
    """
    return CutPoints(
        recency_days=_fifths(population["recency_days"]),
        frequency=_fifths(population["frequency"]),
        monetary=_fifths(population["monetary"]),
    )


def _fifths(values: ArrayLike) -> tuple[float, ...]:
    values = np.asarray(values, dtype=float)
    known = values[~np.isnan(values)]
    if known.size == 0:
        return ()
    # An observed value as boundary keeps ties together and is stable when rows are added twice.
    return tuple(np.quantile(known, [0.2, 0.4, 0.6, 0.8], method="inverted_cdf").tolist())


def quintile(values: ArrayLike, cuts: tuple[float, ...], *, more_is_better: bool = True) -> NDArray[np.float64]:
    """1 (lowest fifth) to 5 (best), NaN where the value is unknown.

    Equal values always share a fifth: a value on a boundary belongs to the worse side, so that a
    crowd of one-time buyers is not promoted by its own size.
    """
    values = np.asarray(values, dtype=float)
    if not cuts:
        return np.full(values.shape, np.nan)
    better = np.asarray(cuts)
    if not more_is_better:
        values, better = -values, -better[::-1]
    fifth = 1.0 + np.searchsorted(better, values, side="left")
    return np.where(np.isnan(values), np.nan, fifth)


def rfm(accounts: pd.DataFrame, cuts: CutPoints) -> pd.DataFrame:
    """Columns r, f, m (1 to 5) and rfm_sum (3 to 15, unknown unless all three are known)."""
    scores = pd.DataFrame(
        {
            "r": quintile(accounts["recency_days"], cuts.recency_days, more_is_better=False),
            "f": quintile(accounts["frequency"], cuts.frequency),
            "m": quintile(accounts["monetary"], cuts.monetary),
        },
        index=accounts.index,
    )
    return scores.assign(rfm_sum=scores.sum(axis=1, skipna=False))
