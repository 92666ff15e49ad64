"""Purchases laid out as a matrix: one row per customer, one column per product family.

The table has the columns `account`, `family` and `age`: the whole weeks between the purchase and
the day that counts as today. One row per account, family and week is enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaigns.deciding.facts import FamilyPurchases

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Where each purchase stands. `rows` and `columns` run parallel to `ages`."""

    accounts: tuple[object, ...]
    families: tuple[str, ...]
    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    ages: Floats

    @property
    def owned(self) -> Bools:
        laid_out = np.zeros((len(self.accounts), len(self.families)), dtype=bool)
        laid_out[self.rows, self.columns] = True
        return laid_out

    def weighted(self, half_life: float | None) -> Floats:
        """1 for bought; with a half-life in weeks, the fourth root of the decayed count of weeks.

        The root keeps weekly bread from drowning the one camera.
        """
        if half_life is None:
            return self.owned.astype(np.float64)
        decayed = np.zeros((len(self.accounts), len(self.families)))
        np.add.at(decayed, (self.rows, self.columns), 0.5 ** (self.ages / half_life))
        return decayed**0.25


def lay_out(table: pd.DataFrame, families: Sequence[str], accounts: Sequence[object] | None = None) -> Matrix:
    """The table as a matrix of these families; of all its accounts unless some are named."""
    known = tuple(sorted(table["account"].unique()) if accounts is None else accounts)
    on_offer = table[table["family"].isin(families) & table["account"].isin(known)].drop_duplicates()
    return Matrix(
        known,
        tuple(families),
        _positions(known, on_offer["account"]),
        _positions(families, on_offer["family"]),
        on_offer["age"].to_numpy(dtype=np.float64),
    )


def lay_out_one(purchases: Sequence[FamilyPurchases], families: Sequence[str], today: date) -> Matrix:
    """One customer's row, from their facts."""
    where = {family: position for position, family in enumerate(families)}
    found = [
        (where[bought.family], (today - day).days // 7)
        for bought in purchases
        if bought.family in where
        for day in bought.bought_on
        if day <= today
    ]
    columns, ages = zip(*set(found), strict=True) if found else ((), ())
    rows = np.zeros(len(columns), dtype=np.intp)
    return Matrix((0,), tuple(families), rows, np.array(columns, dtype=np.intp), np.array(ages, dtype=np.float64))


def families_on_offer(table: pd.DataFrame, min_buyers: int) -> tuple[str, ...]:
    """Families with enough buyers to say anything about, in stable order."""
    buyers = table.groupby("family")["account"].nunique()
    return tuple(sorted(buyers[buyers >= min_buyers].index))


def _positions(names: Sequence[object], column: pd.Series) -> npt.NDArray[np.intp]:
    where = {name: position for position, name in enumerate(names)}
    return np.asarray(column.map(where), dtype=np.intp)
