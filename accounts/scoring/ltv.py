"""Lifetime value = yearly revenue x margin x expected years, each factor with its source.

Factors are rounded before they are multiplied, so the equation that people read is the equation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit

from .purchases import Buying

Floats = NDArray[np.float64]
MONTHS = 12
LONGEST_YEARS = 10
DAYS_A_YEAR = 365


class Source(StrEnum):
    CONTRACTS = "CONTRACTS"
    CATALOGUE_MARGIN = "CATALOGUE_MARGIN"
    ASSUMED_MARGIN = "ASSUMED_MARGIN"
    RENEWAL_HAZARD = "RENEWAL_HAZARD"
    ORDER_PATTERN = "ORDER_PATTERN"


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of the equation; `low` and `high` equal `value` where it is taken as known."""

    value: Decimal
    low: Decimal
    high: Decimal
    source: Source
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LifetimeValue:
    """Yen. `low` to `high` is the range of `confidence` around what is expected."""

    value: int
    low: int
    high: int
    yearly: Factor
    margin: Factor
    years: Factor
    confidence: float


# ---------------------------------------------------------------- contracts: a monthly hazard

SIGNALS = ("constant", "log_tenure_years", "usage_trend", "complaints", "nps_above_seven")


@dataclass(frozen=True, slots=True)
class Hazard:
    """Chance that a contract ends in a month: logit(h) = sum of weight x signal.

    The defaults are a starting belief (about 24 % a year for a new customer, 19 % after four
    years) with its uncertainty; `fit_hazard` replaces belief by the company's own endings.
    Signals: log(1 + tenure in years), usage trend (+0.1 = grew by a tenth in 90 days), complaints
    in a year, mean NPS answer minus 7. An unknown signal counts as ordinary (no effect).
    """

    weights: tuple[float, ...] = (-3.75, -0.15, -1.2, 0.35, -0.18)
    deviations: tuple[float, ...] = (0.30, 0.10, 0.40, 0.10, 0.05)
    correlations: tuple[tuple[float, ...], ...] | None = None

    def covariance(self) -> Floats:
        spread = np.array(self.deviations)
        together = np.eye(len(SIGNALS)) if self.correlations is None else self.correlations
        return np.asarray(together) * np.outer(spread, spread)


def hazard_signals(
    *,
    tenure_years: ArrayLike,
    usage_trend: ArrayLike,
    complaints: ArrayLike,
    nps: ArrayLike,
) -> Floats:
    """The design matrix of the hazard, one row an account; NaN means unknown."""
    tenure = np.nan_to_num(np.maximum(np.asarray(tenure_years, dtype=float), 0))
    columns = (
        np.ones_like(tenure),
        np.log1p(tenure),
        np.nan_to_num(np.clip(np.asarray(usage_trend, dtype=float), -1, 1)),
        np.nan_to_num(np.minimum(np.asarray(complaints, dtype=float), 5)),
        np.nan_to_num(np.asarray(nps, dtype=float) - 7),
    )
    return np.column_stack(columns)


def expected_years(signals: Floats, hazard: Hazard = Hazard(), *, z: float = 1.2816) -> tuple[Floats, Floats, Floats]:
    """Mean, low and high years still to come, at most LONGEST_YEARS.

    Adds the chance of still being there over the coming months, tenure growing and all other
    signals staying as they are. The bounds move the log-odds by z standard errors (z = 1.2816: 80 %).
    """
    errors = np.sqrt(np.einsum("ij,jk,ik->i", signals, hazard.covariance(), signals))
    return (
        _years(signals, hazard, 0.0),
        _years(signals, hazard, z * errors),
        _years(signals, hazard, -z * errors),
    )


def _years(signals: Floats, hazard: Hazard, shift: Floats | float) -> Floats:
    tenure_weight = hazard.weights[1]
    tenure = np.expm1(signals[:, 1])
    level = signals @ np.array(hazard.weights) - tenure_weight * signals[:, 1] + shift
    still_here, total = np.ones(len(signals)), np.zeros(len(signals))
    for month in range(LONGEST_YEARS * MONTHS):
        total += still_here / MONTHS
        still_here = still_here * expit(-level - tenure_weight * np.log1p(tenure + month / MONTHS))
    return total


def fit_hazard(signals: Floats, ended: ArrayLike, belief: Hazard = Hazard()) -> Hazard:
    """Learn from account-months: `ended` is 1 in the month a contract ended, else 0.

    Logistic regression with the belief as Gaussian prior (maximum a posteriori, Laplace
    errors): with no endings the belief stays, with many it no longer matters.
    """
    ended = np.asarray(ended, dtype=float)
    centre, precision = np.array(belief.weights), np.linalg.inv(belief.covariance())

    def loss(weights: Floats) -> tuple[float, Floats]:
        score, away = signals @ weights, weights - centre
        value = np.sum(np.logaddexp(0, score) - ended * score) + away @ precision @ away / 2
        return value, signals.T @ (expit(score) - ended) + precision @ away

    weights = minimize(loss, centre, jac=True, method="BFGS").x
    risk = expit(signals @ weights)
    covariance = np.linalg.inv(precision + (signals.T * (risk * (1 - risk))) @ signals)
    spread = np.sqrt(np.diag(covariance))
    return Hazard(
        weights=tuple(weights.tolist()),
        deviations=tuple(spread.tolist()),
        correlations=tuple(map(tuple, (covariance / np.outer(spread, spread)).tolist())),
    )


# ---------------------------------------------------------------- both kinds, as tables


@dataclass(frozen=True, slots=True)
class ValueSettings:
    """`assumed_margin` stands in where an account's margin is unknown, and says so. Without
    `buying` (from `purchases.fit_buying`) accounts without a contract have no value."""

    assumed_margin: Decimal = Decimal("0.30")
    hazard: Hazard = Hazard()
    buying: Buying | None = None


CONFIDENCE = 0.8


def value_frame(accounts: pd.DataFrame, settings: ValueSettings = ValueSettings()) -> pd.DataFrame:
    """The factors of many accounts; NaN where a value cannot be told.

    Columns in (days as unit of time): yearly_revenue (from contracts, NaN or 0 without one),
    tenure_years, usage_trend, complaints_365d, nps_score; repeats, recency_days_btyd, age_days,
    mean_order for accounts without a contract. Columns out: yearly, years, years_low, years_high,
    source. Without a contract, years is expected revenue over the horizon divided by a year's
    revenue at the present pace: "years of buying as now".
    """
    out = pd.DataFrame(
        {"yearly": np.nan, "years": np.nan, "years_low": np.nan, "years_high": np.nan},
        index=accounts.index,
    ).assign(source="")
    contract = (accounts["yearly_revenue"] > 0).to_numpy()
    if contract.any():
        out.loc[contract, list(out)] = _by_contract(accounts[contract], settings)
    ordering = ~contract & accounts[["repeats", "age_days"]].notna().all(axis=1).to_numpy()
    if settings.buying and ordering.any():
        out.loc[ordering, list(out)] = _by_orders(accounts[ordering], settings.buying)
    return out


def _by_contract(accounts: pd.DataFrame, settings: ValueSettings) -> pd.DataFrame:
    signals = hazard_signals(
        tenure_years=accounts["tenure_years"],
        usage_trend=accounts["usage_trend"],
        complaints=accounts["complaints_365d"],
        nps=accounts["nps_score"],
    )
    mean, low, high = expected_years(signals, settings.hazard)
    return pd.DataFrame(
        {
            "yearly": accounts["yearly_revenue"].to_numpy(dtype=float),
            "years": mean,
            "years_low": low,
            "years_high": high,
            "source": Source.RENEWAL_HAZARD.value,
        },
        index=accounts.index,
    )


def _by_orders(accounts: pd.DataFrame, buying: Buying) -> pd.DataFrame:
    x, tx, t, m = (
        accounts[name].to_numpy(dtype=float) for name in ("repeats", "recency_days_btyd", "age_days", "mean_order")
    )
    horizon = LONGEST_YEARS * DAYS_A_YEAR
    purchases = buying.purchases.expected_purchases(horizon, x, tx, t)
    pace = buying.purchases.rate_while_alive(x, t) * DAYS_A_YEAR
    spend = buying.spend.expected_spend(x, m)
    low, high = _drawn_range(x, tx, t, m, horizon, buying)
    return pd.DataFrame(
        {
            "yearly": pace * spend,
            "years": purchases / pace,
            "years_low": np.minimum(low / (pace * spend), purchases / pace),
            "years_high": np.maximum(high / (pace * spend), purchases / pace),
            "source": Source.ORDER_PATTERN.value,
        },
        index=accounts.index,
    )


def _drawn_range(x: Floats, tx: Floats, t: Floats, m: Floats, horizon: float, buying: Buying) -> tuple[Floats, Floats]:
    """80 % of the futures drawn for each account."""
    rows = np.column_stack([x, tx, t, m])
    ranges = np.array([_drawn_range_of(row, horizon, buying) for row in rows])
    return ranges[:, 0], ranges[:, 1]


def _drawn_range_of(row: Floats, horizon: float, buying: Buying) -> Floats:
    # Seeded by the account's own figures: the same facts give the same range in any chunk.
    seed = blake2b(row.tobytes(), digest_size=8, key=str(buying.seed).encode()).digest()
    rng = np.random.Generator(np.random.Philox(key=int.from_bytes(seed, "big")))
    x, tx, t, m = row[:, None]
    bought = buying.purchases.draw_purchases(horizon, x, tx, t, draws=buying.draws, rng=rng)
    spent = buying.spend.draw_spend(x, m, draws=buying.draws, rng=rng)
    return np.quantile(bought * spent, [0.1, 0.9])


# ---------------------------------------------------------------- the equation


def lifetime_value(
    *,
    yearly: float,
    margin: Decimal | None,
    years: float,
    years_low: float,
    years_high: float,
    source: Source,
    assumed_margin: Decimal = Decimal("0.30"),
    figures: Mapping[str, Any] | None = None,
) -> LifetimeValue:
    """Multiply the rounded factors: yen, whole per cents, tenths of a year."""
    figures = figures or {}
    money = Decimal(yearly).quantize(Decimal(1), ROUND_HALF_UP)
    rate = _rounded(assumed_margin if margin is None else margin, "0.01")
    span, low, high = (_rounded(each, "0.1") for each in (years, years_low, years_high))
    by_contract = source is Source.RENEWAL_HAZARD
    return LifetimeValue(
        value=_yen(money * rate * span),
        low=_yen(money * rate * low),
        high=_yen(money * rate * high),
        yearly=Factor(money, money, money, Source.CONTRACTS if by_contract else source),
        margin=Factor(rate, rate, rate, Source.ASSUMED_MARGIN if margin is None else Source.CATALOGUE_MARGIN),
        years=Factor(span, low, high, source, figures),
        confidence=CONFIDENCE,
    )


def _rounded(value: Decimal | float, places: str) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(places), ROUND_HALF_UP)


def _yen(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
