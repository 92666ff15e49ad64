"""Buy-till-you-die: how often will a customer without a contract buy again, and for how much?

BG/NBD (Fader, Hardie and Lee 2005) is the tested reference; MBG/NBD (Batislam, Denizel and
Filiztekin 2007) is what the product uses, because a customer who never came back may also have
left. The two differ only in `chances`: how many chances to leave a customer of x repeats has had.
Spend is gamma-gamma (Fader and Hardie 2013).

Frequency = repeat purchases (distinct days after the first), recency = time from first to last
purchase, age = time from first purchase to the end of observation; any one unit of time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

Floats = NDArray[np.float64]


class Dropout(StrEnum):
    AFTER_REPEATS = "BG"
    AFTER_ANY_PURCHASE = "MBG"


@dataclass(frozen=True, slots=True)
class PurchaseModel:
    """Rate of buying ~ gamma(r, alpha); chance of leaving at a purchase ~ beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float
    dropout: Dropout = Dropout.AFTER_ANY_PURCHASE

    def chances(self, frequency: Floats) -> Floats:
        return frequency + (self.dropout is Dropout.AFTER_ANY_PURCHASE)

    def log_likelihood(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Of each customer; equation 6 of the 2005 paper, in logs."""
        x, tx, t = _floats(frequency, recency, age)
        common = (
            gammaln(self.r + x)
            - gammaln(self.r)
            + self.r * np.log(self.alpha)
            + betaln(self.a, self.b + self.chances(x))
            - betaln(self.a, self.b)
            - (self.r + x) * np.log(self.alpha + t)
        )
        return common + np.log1p(self._odds_gone(x, tx, t))

    def p_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Probability that the customer still buys. Under BG/NBD it is 1 for everyone without a
        repeat purchase, which is why the product does not use it as a sign of churn."""
        return 1 / (1 + self._odds_gone(*_floats(frequency, recency, age)))

    def expected_purchases(self, horizon: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Mean number of purchases in the next `horizon` (equation 10 of the 2005 paper)."""
        x, tx, t = _floats(frequency, recency, age)
        # The formula is 0/0 at a = 1 and smooth around it.
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6
        stayed = self.b + self.chances(x)
        # By Euler's transformation; as printed, the series overflows for somebody who bought 300 times.
        future = horizon / (self.alpha + t + horizon)
        series = hyp2f1(a + stayed - 1 - self.r - x, a - 1, a + stayed - 1, future)
        if_alive = (a + stayed - 1) / (a - 1) * (1 - (1 - future) ** (a - 1) * series)
        return if_alive * self.p_alive(x, tx, t)

    def rate_while_alive(self, frequency: ArrayLike, age: ArrayLike) -> Floats:
        """Mean purchases a unit of time for as long as the customer keeps buying."""
        x, t = _floats(frequency, age)
        return (self.r + x) / (self.alpha + t)

    def draw_purchases(
        self,
        horizon: float,
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        *,
        draws: int,
        rng: np.random.Generator,
    ) -> Floats:
        """Possible futures, customers by `draws`: purchases in the next `horizon`."""
        x, tx, t = (each[:, None] for each in _floats(frequency, recency, age))
        shape = (x.shape[0], draws)
        alive = rng.random(shape) < self.p_alive(x, tx, t)
        rate = rng.gamma(self.r + x, 1 / (self.alpha + t), shape)
        leaving = rng.beta(self.a, self.b + self.chances(x), shape)
        # Whoever leaves does so at the end of a purchase, so the leaving purchase still counts.
        last = rng.geometric(np.clip(leaving, 1e-12, 1.0))
        return np.where(alive, np.minimum(rng.poisson(rate * horizon), last), 0.0)

    def _odds_gone(self, x: Floats, tx: Floats, t: Floats) -> Floats:
        had = self.chances(x)
        # No chance to leave, no way to be gone; the stand-in 1 only avoids dividing by b - 1.
        odds = self.a / (self.b + np.where(had > 0, had, 1) - 1)
        longer = (self.r + x) * np.log((self.alpha + t) / (self.alpha + tx))
        return np.where(had > 0, odds * np.exp(np.minimum(longer, 700.0)), 0.0)


def fit_purchases(
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    *,
    dropout: Dropout = Dropout.AFTER_ANY_PURCHASE,
) -> PurchaseModel:
    """Maximum likelihood. A few thousand customers take about a second; sample larger books."""
    x, tx, t = _floats(frequency, recency, age)
    unit = float(t.mean())

    def loss(logs: Floats) -> float:
        r, alpha, a, b = np.exp(logs)
        model = PurchaseModel(r, alpha, a, b, dropout)
        return -float(model.log_likelihood(x, tx / unit, t / unit).mean())

    r, alpha, a, b = _fit(loss, 4)
    return PurchaseModel(r, alpha * unit, a, b, dropout)


@dataclass(frozen=True, slots=True)
class SpendModel:
    """Spend a purchase ~ gamma(p, v), v ~ gamma(q, scale) across customers."""

    p: float
    q: float
    scale: float

    def log_likelihood(self, frequency: ArrayLike, mean_spend: ArrayLike) -> Floats:
        x, m = _floats(frequency, mean_spend)
        return (
            -betaln(self.p * x, self.q)
            + self.q * np.log(self.scale)
            + (self.p * x - 1) * np.log(m)
            + self.p * x * np.log(x)
            - (self.p * x + self.q) * np.log(self.scale + m * x)
        )

    def expected_spend(self, frequency: ArrayLike, mean_spend: ArrayLike) -> Floats:
        """Mean spend a purchase: own average, drawn to everybody's where there are few."""
        x, m = self._known(frequency, mean_spend)
        return self.p * (self.scale + m * x) / (self.p * x + self.q - 1)

    def draw_spend(
        self,
        frequency: ArrayLike,
        mean_spend: ArrayLike,
        *,
        draws: int,
        rng: np.random.Generator,
    ) -> Floats:
        """Possible mean spends, customers by `draws`."""
        x, m = (each[:, None] for each in self._known(frequency, mean_spend))
        return self.p * (self.scale + m * x) / rng.gamma(self.p * x + self.q, 1, (len(x), draws))

    @staticmethod
    def _known(frequency: ArrayLike, mean_spend: ArrayLike) -> tuple[Floats, Floats]:
        x, m = _floats(frequency, mean_spend)
        return x, np.where(x > 0, m, 0.0)


def fit_spend(frequency: ArrayLike, mean_spend: ArrayLike) -> SpendModel:
    """Maximum likelihood over customers with at least one repeat purchase of positive value."""
    x, m = _floats(frequency, mean_spend)
    seen = (x > 0) & (m > 0)
    x, m = x[seen], m[seen]
    unit = float(m.mean())

    def loss(logs: Floats) -> float:
        return -float(SpendModel(*np.exp(logs)).log_likelihood(x, m / unit).mean())

    p, q, scale = _fit(loss, 3)
    return SpendModel(p, q, scale * unit)


def _fit(loss: Callable[[Floats], float], parameters: int) -> list[float]:
    """Minimise over log parameters, which keeps them positive and of one size."""
    found = minimize(
        loss,
        np.zeros(parameters),
        method="L-BFGS-B",
        bounds=[(-12, 12)] * parameters,
        options={"ftol": 1e-12, "gtol": 1e-7},
    )
    return np.exp(found.x).tolist()


def _floats(*arrays: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.asarray(array, dtype=float) for array in arrays)


@dataclass(frozen=True, slots=True)
class Buying:
    """Both models of one company, time in days. Futures are drawn `draws` times from `seed`."""

    purchases: PurchaseModel
    spend: SpendModel
    draws: int = 200
    seed: int = 20051


def fit_buying(repeats: ArrayLike, recency: ArrayLike, age: ArrayLike, mean_order: ArrayLike) -> Buying:
    """Fit both models; days, and yen a day of buying. Raises ValueError when nobody bought twice."""
    if not np.any(np.asarray(repeats, dtype=float) > 0):
        raise ValueError("nobody has bought twice yet: there is no rhythm to learn")
    return Buying(fit_purchases(repeats, recency, age), fit_spend(repeats, mean_order))
