"""Before launch: what can this audience show, and who is left alone?"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, sqrt
from statistics import NormalDist

import numpy as np

from .sequential import critical_value

NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Detectable:
    """Smallest true difference that would be found, in the unit of the outcome; None when an
    arm is empty. `once`: one look at the planned end. `daily`: looking every day, as the
    board does."""

    treated: int
    holdout: int
    once: float | None
    daily: float | None


def detectable_rate(
    *, n: int, holdout_share: float, base_rate: float, power: float = 0.8, confidence: float = 0.95
) -> Detectable:
    """For a rate, as a share (0.078 = 7.8 points), both arms taken to vary as at `base_rate`."""
    spread = sqrt(base_rate * (1 - base_rate))
    return _detectable(n, holdout_share, spread, power, confidence)


def detectable_mean(
    *,
    n: int,
    holdout_share: float,
    deviation: float,
    correlation: float = 0.0,
    power: float = 0.8,
    confidence: float = 0.95,
) -> Detectable:
    """For a mean, in the unit of `deviation`, the outcome's standard deviation across customers.

    `correlation` of the outcome with the same figure before launch: what CUPED makes use of.
    """
    spread = deviation * sqrt(1 - correlation**2)
    return _detectable(n, holdout_share, spread, power, confidence)


def _detectable(n: int, holdout_share: float, spread: float, power: float, confidence: float) -> Detectable:
    holdout = holdout_size(n, holdout_share)
    treated = n - holdout
    if not holdout or not treated:
        return Detectable(treated, holdout, None, None)
    error = spread * sqrt(1 / treated + 1 / holdout)
    once, daily = _reaches(confidence)
    found = NORMAL.inv_cdf(power)
    return Detectable(treated, holdout, error * (once + found), error * (daily + found))


def size_to_detect(
    difference: float,
    *,
    holdout_share: float,
    base_rate: float,
    power: float = 0.8,
    confidence: float = 0.95,
    daily: bool = False,
) -> int:
    """Customers in both arms together that are needed to find a difference in a rate."""
    if difference == 0 or not 0 < holdout_share < 1:
        raise ValueError("needs a difference, and customers in both arms")
    reach = _reaches(confidence)[daily] + NORMAL.inv_cdf(power)
    shares = 1 / holdout_share + 1 / (1 - holdout_share)
    return ceil(base_rate * (1 - base_rate) * shares * (reach / difference) ** 2)


def _reaches(confidence: float) -> tuple[float, float]:
    once = NORMAL.inv_cdf((1 + confidence) / 2)
    return once, float(critical_value(1.0, confidence=confidence))


# ---------------------------------------------------------------- the draw


class ArmName(StrEnum):
    TREATED = "TREATED"
    HOLDOUT = "HOLDOUT"


def holdout_size(n: int, share: float) -> int:
    """Whole customers nearest to the share, halves upwards."""
    return int(np.floor(round(n * share, 9) + 0.5))


def draw_holdout(strata: Sequence[Hashable], share: float, seed: int) -> list[ArmName]:
    """The arm of each customer, in the order given; `strata` names the stratum of each.

    In all exactly `holdout_size` are left alone, in each stratum the share to within one customer
    (largest remainder; lots decide between equal remainders). The same order, share and seed
    give the same arms: sort the customers first, store the arms, never draw again.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    rng = np.random.default_rng(seed)
    members: dict[Hashable, list[int]] = defaultdict(list)
    for position, stratum in enumerate(strata):
        members[stratum].append(position)
    arms = [ArmName.TREATED] * len(strata)
    quotas = _quotas([len(group) for group in members.values()], share, rng)
    for group, quota in zip(members.values(), quotas, strict=True):
        for position in rng.choice(group, size=quota, replace=False):
            arms[position] = ArmName.HOLDOUT
    return arms


def _quotas(sizes: list[int], share: float, rng: np.random.Generator) -> list[int]:
    exact = np.round(np.array(sizes, dtype=float) * share, 9)
    floors = np.floor(exact).astype(int)
    short = holdout_size(sum(sizes), share) - int(floors.sum())
    by_remainder = np.lexsort((rng.random(len(sizes)), floors - exact))
    floors[by_remainder[:short]] += 1
    return floors.tolist()


def deal_variants(strata: Sequence[Hashable], weights: Sequence[int], seed: int) -> list[int]:
    """Which variant (from 0) each customer gets, in the order given; weights 2 and 1 give two thirds and one third.

    In each stratum the customers are shuffled and dealt to from a shuffled deck that holds every variant as often as
    it weighs; it goes on where the stratum before ended, so that the shares hold in all as in each stratum.
    """
    if not weights or min(weights) < 1:
        raise ValueError(f"every variant needs a weight of at least 1, not {list(weights)}")
    rng = np.random.default_rng(seed)
    deck = rng.permutation(np.repeat(np.arange(len(weights)), weights))
    members: dict[Hashable, list[int]] = defaultdict(list)
    for position, stratum in enumerate(strata):
        members[stratum].append(position)
    order = [position for group in members.values() for position in rng.permutation(group)]
    dealt = np.empty(len(order), dtype=int)
    dealt[order] = deck[np.arange(len(order)) % len(deck)]
    return dealt.tolist()
