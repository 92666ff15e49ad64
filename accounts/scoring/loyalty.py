"""Loyalty 0-100: relationship, behaviour, depth and friction in one table of weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .apportion import apportion, round_half_up
from .reasons import Contribution

Floats = NDArray[np.float64]


class Part(StrEnum):
    RELATIONSHIP = "RELATIONSHIP"
    BEHAVIOUR = "BEHAVIOUR"
    DEPTH = "DEPTH"
    FRICTION = "FRICTION"


@dataclass(frozen=True, slots=True)
class Signal:
    """One row of the table: `weight` points out of 100 at best, read from `column` by the broken
    line through `curve`, pairs of (figure, share of the weight) with ascending figures."""

    code: str
    part: Part
    weight: float
    column: str
    curve: tuple[tuple[float, float], ...]

    def share(self, frame: pd.DataFrame) -> Floats:
        """0 to 1 for each account, NaN where the figure is unknown."""
        figures, shares = zip(*self.curve, strict=True)
        return np.interp(frame[self.column].to_numpy(dtype=float), figures, shares)


FIFTHS = ((1, 0.0), (5, 1.0))

WEIGHTS = (
    Signal("NPS", Part.RELATIONSHIP, 25, "nps_score", ((0, 0), (6, 0.3), (8, 0.7), (10, 1))),
    Signal("HEARING", Part.RELATIONSHIP, 10, "days_since_heard", ((30, 1), (180, 0))),
    Signal("RECENCY", Part.BEHAVIOUR, 10, "r", FIFTHS),
    Signal("FREQUENCY", Part.BEHAVIOUR, 10, "f", FIFTHS),
    Signal("VALUE", Part.BEHAVIOUR, 10, "m", FIFTHS),
    Signal("PRODUCTS", Part.DEPTH, 7, "products", ((0, 0), (1, 0.5), (3, 1))),
    Signal("SEATS", Part.DEPTH, 8, "seat_share", ((0, 0), (0.9, 1))),
    Signal("ACTIVE_DAYS", Part.DEPTH, 5, "days_per_week", ((0, 0), (5, 1))),
    Signal("COMPLAINTS", Part.FRICTION, 8, "complaints_365d", ((0, 1), (3, 0))),
    Signal("TICKETS", Part.FRICTION, 3, "tickets_90d", ((2, 1), (10, 0))),
    Signal("PAYMENT", Part.FRICTION, 4, "late_payments_365d", ((0, 1), (3, 0))),
)


@dataclass(frozen=True, slots=True)
class LoyaltySettings:
    """`nps_fades` gives how much of its weight an NPS answer keeps by its age in days. Below
    `least_known` points of known signals there is no score: we do not know this customer yet."""

    weights: tuple[Signal, ...] = WEIGHTS
    nps_fades: tuple[tuple[float, float], ...] = ((180, 1.0), (730, 0.0))
    least_known: float = 40.0


@dataclass(frozen=True, slots=True)
class Loyalty:
    """`score` is None when too little is known. The contributions add up to it exactly.

    `known` is how many of the 100 points of weight spoke; what is `missing` did not count as 0,
    the known signals share its weight in proportion. `room` is what each signal could still add.
    """

    score: int | None
    contributions: tuple[Contribution, ...]
    room: tuple[Contribution, ...]
    known: int
    missing: tuple[str, ...]

    def part(self, part: Part, settings: LoyaltySettings = LoyaltySettings()) -> int:
        codes = {signal.code for signal in settings.weights if signal.part is part}
        return sum(each.points for each in self.contributions if each.code in codes)


@dataclass(frozen=True, slots=True)
class LoyaltyTable:
    """Arrays over accounts (and signals); `score` is -1 where unknown."""

    codes: tuple[str, ...]
    score: NDArray[np.int64]
    points: NDArray[np.int64]
    room: NDArray[np.int64]
    speaks: NDArray[np.bool_]
    known: NDArray[np.int64]


def loyalty_table(frame: pd.DataFrame, settings: LoyaltySettings = LoyaltySettings()) -> LoyaltyTable:
    """Score many accounts. Columns: those named in the table, and nps_age_days."""
    shares = np.column_stack([signal.share(frame) for signal in settings.weights])
    weights = np.column_stack([_weight(signal, frame, settings) for signal in settings.weights])
    speaks = ~np.isnan(shares) & (weights > 0)
    weights = np.where(speaks, weights, 0.0)
    known = weights.sum(axis=1)
    told = known.round(9) >= settings.least_known
    scale = np.divide(100.0, known, out=np.zeros_like(known), where=told)[:, None]
    exact = weights * np.where(speaks, shares, 0.0) * scale
    score = round_half_up(exact.sum(axis=1))
    return LoyaltyTable(
        codes=tuple(signal.code for signal in settings.weights),
        score=np.where(told, score, -1),
        points=apportion(exact, score),
        room=round_half_up(weights * scale - exact),
        speaks=speaks,
        # Rounded down, so that whoever reads 40 here has a score.
        known=np.floor(known.round(9)).astype(np.int64),
    )


def _weight(signal: Signal, frame: pd.DataFrame, settings: LoyaltySettings) -> Floats:
    if signal.code != "NPS":
        return np.full(len(frame), float(signal.weight))
    ages, kept = zip(*settings.nps_fades, strict=True)
    return signal.weight * np.interp(frame["nps_age_days"].to_numpy(dtype=float), ages, kept)


def read_loyalty(table: LoyaltyTable, row: int, figures: Mapping[str, Mapping[str, object]]) -> Loyalty:
    """One account of a table; `figures` holds what to show beside each code."""
    speaks, points, room = table.speaks[row], table.points[row], table.room[row]
    missing = tuple(code for code, told in zip(table.codes, speaks, strict=True) if not told)
    known = int(table.known[row])
    if table.score[row] < 0:
        return Loyalty(None, (), (), known, missing)
    spoken = [column for column in range(len(table.codes)) if speaks[column]]
    return Loyalty(
        score=int(table.score[row]),
        contributions=tuple(_line(table.codes[i], points[i], figures) for i in spoken),
        room=tuple(
            _line(table.codes[i], room[i], figures) for i in sorted(spoken, key=lambda i: -room[i]) if room[i] > 0
        ),
        known=known,
        missing=missing,
    )


def _line(code: str, points: int, figures: Mapping[str, Mapping[str, object]]) -> Contribution:
    return Contribution(code, int(points), figures.get(code, {}))


def loyalty(figures: Mapping[str, float | None], settings=LoyaltySettings()) -> Loyalty:
    """Score one account from a mapping of column to figure; absent or None means unknown."""
    columns = [signal.column for signal in settings.weights] + ["nps_age_days"]
    frame = pd.DataFrame([{column: figures.get(column) for column in columns}], dtype=float)
    shown = {signal.code: {signal.column: figures.get(signal.column)} for signal in settings.weights}
    return read_loyalty(loyalty_table(frame, settings), 0, shown)
