"""Health 0-100: base 40, plus and minus what we see. The lines add up to the score exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .apportion import apportion, round_half_up
from .reasons import Contribution

Floats = NDArray[np.float64]
Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class HealthFacts:
    """What is known of one account on a date; None means unknown, never 0.

    nps: newest answer 0-10 and its age; capacity_share: used / limit, 0.92 = 92 %; usage_trend:
    relative change over 90 days, -0.2 = a fifth less (use the change in orders where nothing
    else is measured).
    """

    seats_used: float | None = None
    seats: float | None = None
    days_per_week: float | None = None
    nps_latest: float | None = None
    nps_age_days: float | None = None
    days_since_heard: float | None = None
    late_payments_365d: float | None = None
    capacity_share: float | None = None
    open_complaints: float | None = None
    usage_trend: float | None = None


COLUMNS = tuple(each.name for each in fields(HealthFacts))


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """Points by broken lines through (figure, points); a planner may edit any of them.

    `breadth` reads share of seats used x share of the five working days (whichever is known).
    `nps_keeps` is the share of the NPS points kept at an age in days.
    """

    base: int = 40
    breadth: Curve = ((0.0, -20), (0.3, 0), (0.9, 24))
    nps: Curve = ((0, -30), (6, -10), (7, 4), (8, 10), (9, 18), (10, 20))
    nps_keeps: Curve = ((180, 1.0), (730, 0.0))
    hearing: Curve = ((30, 10), (90, 0), (180, -10))
    payment: Curve = ((0, 6), (1, -2), (3, -12))
    headroom: Curve = ((0.80, 0), (0.92, -14), (1.0, -22))
    complaints: Curve = ((0, 0), (1, -15), (3, -30))
    trend: Curve = ((-0.5, -18), (-0.05, 0), (0.05, 0), (0.3, 5))
    full_week: float = 5.0


@dataclass(frozen=True, slots=True)
class Health:
    """`score` is None when nothing is known. base + all points = score, exactly."""

    score: int | None
    base: int
    drivers: tuple[Contribution, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HealthTable:
    """Arrays over accounts and drivers; `score` is -1 where unknown."""

    codes: tuple[str, ...]
    base: int
    score: NDArray[np.int64]
    points: NDArray[np.int64]
    speaks: NDArray[np.bool_]


CODES = (
    "USAGE_BREADTH",
    "NPS",
    "HEARING",
    "PAYMENT",
    "HEADROOM",
    "COMPLAINTS",
    "USAGE_TREND",
)

FIGURES = {
    "USAGE_BREADTH": ("seats_used", "seats", "days_per_week"),
    "NPS": ("nps_latest", "nps_age_days"),
    "HEARING": ("days_since_heard",),
    "PAYMENT": ("late_payments_365d",),
    "HEADROOM": ("capacity_share",),
    "COMPLAINTS": ("open_complaints",),
    "USAGE_TREND": ("usage_trend",),
}


def health_table(frame: pd.DataFrame, settings: HealthSettings = HealthSettings()) -> HealthTable:
    """Score many accounts; columns as the fields of HealthFacts, NaN = unknown.

    A sum above 100 or below 0 is brought to the edge by shrinking the lines that push over it,
    all in proportion, so that they still add up.
    """
    raw = np.column_stack(_points(frame, settings))
    speaks = ~np.isnan(raw)
    exact = _fitted(np.where(speaks, raw, 0.0), settings.base)
    score = round_half_up(settings.base + exact.sum(axis=1))
    return HealthTable(
        codes=CODES,
        base=settings.base,
        score=np.where(speaks.any(axis=1), score, -1),
        points=apportion(exact, score - settings.base),
        speaks=speaks,
    )


def _points(frame: pd.DataFrame, settings: HealthSettings) -> tuple[Floats, ...]:
    """Exact points in the order of CODES."""
    figure = {name: frame[name].to_numpy(dtype=float) for name in COLUMNS}
    keeps = _along(settings.nps_keeps, figure["nps_age_days"])
    complaints = figure["open_complaints"]
    return (
        _along(settings.breadth, _breadth(figure, settings)),
        _along(settings.nps, figure["nps_latest"]) * keeps,
        _along(settings.hearing, figure["days_since_heard"]),
        _along(settings.payment, figure["late_payments_365d"]),
        _along(settings.headroom, figure["capacity_share"]),
        # Nobody having complained is not yet a sign of life.
        _along(settings.complaints, np.where(complaints > 0, complaints, np.nan)),
        _along(settings.trend, figure["usage_trend"]),
    )


def _breadth(figure: Mapping[str, Floats], settings: HealthSettings) -> Floats:
    has_seats = figure["seats"] > 0
    seats = np.divide(
        figure["seats_used"],
        figure["seats"],
        out=np.full(len(has_seats), np.nan),
        where=has_seats,
    )
    days = np.minimum(figure["days_per_week"] / settings.full_week, 1.0)
    both = np.nan_to_num(seats, nan=1.0) * np.nan_to_num(days, nan=1.0)
    return np.where(np.isnan(seats) & np.isnan(days), np.nan, both)


def _along(curve: Curve, values: Floats) -> Floats:
    figures, points = zip(*curve, strict=True)
    return np.interp(values, figures, points)


def _fitted(points: Floats, base: int) -> Floats:
    ups, downs = np.maximum(points, 0), np.minimum(points, 0)
    up, down = ups.sum(axis=1), downs.sum(axis=1)
    ups_fit = _ratio(100 - base - down, up)[:, None]
    downs_fit = _ratio(base + up, -down)[:, None]
    return ups * ups_fit + downs * downs_fit


def _ratio(room: Floats, wanted: Floats) -> Floats:
    return np.divide(room, wanted, out=np.ones_like(wanted), where=wanted > room)


def read_health(table: HealthTable, row: int, facts: Mapping[str, Any]) -> Health:
    """One account of a table; `facts` (columns to figures) is shown beside each line."""
    speaks = table.speaks[row]
    missing = tuple(code for code, told in zip(table.codes, speaks, strict=True) if not told)
    missing = tuple(code for code in missing if code != "COMPLAINTS")
    if table.score[row] < 0:
        return Health(None, table.base, (), missing)
    drivers = tuple(
        Contribution(code, int(points), {name: facts.get(name) for name in FIGURES[code]})
        for code, points, told in zip(table.codes, table.points[row], speaks, strict=True)
        if told
    )
    return Health(int(table.score[row]), table.base, drivers, missing)


def health(facts: HealthFacts, settings: HealthSettings = HealthSettings()) -> Health:
    """Score one account."""
    figures = {name: getattr(facts, name) for name in COLUMNS}
    frame = pd.DataFrame([figures], dtype=float)
    return read_health(health_table(frame, settings), 0, figures)


def what_if(facts: HealthFacts, settings: HealthSettings = HealthSettings(), **changed: float | None) -> Health:
    """Health if some facts were different, everything else equal; see `RESTORED`."""
    return health(replace(facts, **changed), settings)


# What "repaired" means for the lines that we can repair ourselves.
RESTORED: Mapping[str, Mapping[str, float]] = {
    "HEARING": {"days_since_heard": 0},
    "PAYMENT": {"late_payments_365d": 0},
    "HEADROOM": {"capacity_share": 0},
    "COMPLAINTS": {"open_complaints": 0},
    "USAGE_TREND": {"usage_trend": 0},
}


def best_remedy(facts: HealthFacts, settings: HealthSettings = HealthSettings()) -> tuple[str, int] | None:
    """The lowering line whose repair helps most, and the score then: ("HEADROOM", 98).

    None when nothing that we can repair lowers the score.
    """
    lowering = [line.code for line in health(facts, settings).drivers if line.points < 0]
    outcomes = [(what_if(facts, settings, **RESTORED[code]).score, code) for code in lowering if code in RESTORED]
    score, code = max(((score, code) for score, code in outcomes if score is not None), default=(None, ""))
    return None if score is None else (code, score)


class Trend(StrEnum):
    IMPROVING = "IMPROVING"
    STEADY = "STEADY"
    SLIDING = "SLIDING"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class TrendReading:
    trend: Trend
    change: int | None
    since: date | None


def trend(
    history: Sequence[tuple[date, int | None]],
    *,
    as_of: date,
    days: int = 90,
    margin: int = 5,
) -> TrendReading:
    """Newest score up to `as_of` against the one nearest to `days` before it.

    The earlier score must be at least half as old as asked for; below `margin` points of change
    the account is steady.
    """
    known = sorted((on, score) for on, score in history if score is not None and on <= as_of)
    earlier = [each for each in known if as_of - each[0] >= timedelta(days=days / 2)]
    if not earlier or known[-1] in earlier:
        return TrendReading(Trend.UNKNOWN, None, None)
    target = as_of - timedelta(days=days)
    since, then = min(earlier, key=lambda each: (abs(each[0] - target), each[0]))
    change = known[-1][1] - then
    return TrendReading(_trend_of(change, margin), change, since)


def _trend_of(change: int, margin: int) -> Trend:
    if change >= margin:
        return Trend.IMPROVING
    return Trend.SLIDING if change <= -margin else Trend.STEADY
