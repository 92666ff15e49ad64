"""Positions of reference data in the lists of this package, and the counting of row ids."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo import catalogue as sold
from demo.cast import PEOPLE, TEAMS

Frames = dict[str, pd.DataFrame]
Ints = NDArray[np.int64]

TEAM = {team.code: number for number, team in enumerate(TEAMS)}
PERSON = {person.name: number for number, person in enumerate(PEOPLE)}
PRODUCT = {product.code: number for number, product in enumerate(sold.PRODUCTS)}
METER = {code: number for number, (code, *_) in enumerate(sold.METERS)}
FAMILY = {code: number for number, (code, *_) in enumerate(sold.FAMILIES)}
PATH = {path.key: number for number, path in enumerate(sold.PATHS)}
PLAN_PRODUCTS = np.array([PRODUCT[code] for code in sold.PLANS])
SEAT_PRICE = np.array([sold.PRODUCT[code].price for code in sold.PLANS])
GIGABYTES = np.array([sold.PRODUCT[code].gigabytes for code in sold.PLANS])
LIGHT, STANDARD, PREMIUM = range(3)


class Ids:
    """Hands out row ids, table by table."""

    def __init__(self, first: dict[str, int]) -> None:
        self._next = dict(first)

    def take(self, table: str, count: int) -> Ints:
        start = self._next.get(table, 1)
        self._next[table] = start + count
        return np.arange(start, start + count)
