"""Treated against holdout: the difference, how sure we are, and what may be said about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, isnan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .sequential import critical_value, progress_needed

Floats = NDArray[np.float64]

FEWEST_EVENTS = 10
FEWEST_VALUES = 10
ALARM = 0.001


class Verdict(StrEnum):
    """Only the first two may be called an effect."""

    EFFECT_UP = "EFFECT_UP"
    EFFECT_DOWN = "EFFECT_DOWN"
    TOO_EARLY = "TOO_EARLY"
    NO_HOLDOUT = "NO_HOLDOUT"
    MISMATCH = "MISMATCH"


class Method(StrEnum):
    NEWCOMBE_SEQUENCE = "NEWCOMBE_SEQUENCE"
    EXACT_SEQUENCE = "EXACT_SEQUENCE"
    MEANS_SEQUENCE = "MEANS_SEQUENCE"
    CUPED_SEQUENCE = "CUPED_SEQUENCE"


@dataclass(frozen=True, slots=True)
class Arm:
    """`value` is the rate or mean of `n` customers, None when there are none; `events` counts
    successes and is None for means."""

    n: int
    value: float | None
    events: int | None = None


@dataclass(frozen=True, slots=True)
class Uplift:
    """Treated minus holdout, per targeted customer, by intention to treat.

    `low` to `high` holds at every look, not only at the last. `information_needed` is how many
    times today's information would decide it if the difference stays as it is (1.0: decided; None:
    not foreseeable). `fewest_met` is false while there is too little to compute anything sound.
    """

    verdict: Verdict
    method: Method
    treated: Arm
    holdout: Arm
    difference: float | None
    low: float | None
    high: float | None
    confidence: float
    progress: float
    information_needed: float | None
    fewest_met: bool = True

    @property
    def is_effect(self) -> bool:
        return self.verdict in (Verdict.EFFECT_UP, Verdict.EFFECT_DOWN)

    def days_to_know(self, days_so_far: int) -> int | None:
        """Days still to wait if information keeps coming in at the same pace."""
        if self.information_needed is None:
            return None
        return ceil(days_so_far * (self.information_needed - 1))


# ---------------------------------------------------------------- rates


@dataclass(frozen=True, slots=True)
class Band:
    """Estimates with their intervals, as arrays of one shape: a single look, or thousands at once.

    `low` and `high` are NaN where there is too little to compute anything sound; `z` is the difference over its
    standard error.
    """

    difference: Floats
    low: Floats
    high: Floats
    progress: Floats
    z: Floats


@dataclass(frozen=True, slots=True)
class RatePlan:
    """What was expected at launch: customers in both arms and the share that says yes anyway. It
    sets when the interval is narrowest; never change it once the campaign runs."""

    treated: int
    holdout: int
    rate: float = 0.10


def rate_uplift(
    *,
    treated: tuple[int, int],
    holdout: tuple[int, int],
    plan: RatePlan | None = None,
    confidence: float = 0.95,
) -> Uplift:
    """Effect on a rate; each arm is (successes, customers).

    Newcombe's interval for a difference of two rates (score limits) with the critical value of a confidence
    sequence instead of 1.96. Its clock is the odds of the pooled rate times the effective size, so daily counts of
    one frozen audience are covered too. Without a plan the audience is taken to be frozen at its present size with
    the plan's default rate; give one when customers still come in.

    Under FEWEST_EVENTS successes or failures in all, the limits of each arm are exact (Clopper and Pearson) at the
    same tail; with none at all it is too early to say anything.
    """
    (x1, n1), (x0, n0) = treated, holdout
    arms = _rate_arm(x1, n1), _rate_arm(x0, n0)
    is_few = min(x1 + x0, n1 + n0 - x1 - x0) < FEWEST_EVENTS
    blank = _blank(Method.EXACT_SEQUENCE if is_few else Method.NEWCOMBE_SEQUENCE, *arms, confidence)
    if not n0 or not n1:
        return replace(blank, verdict=Verdict.NO_HOLDOUT if not n0 else Verdict.TOO_EARLY)
    return _judged(blank, rate_band(x1, n1, x0, n0, plan=plan, confidence=confidence))


def rate_band(
    x1: ArrayLike, n1: int, x0: ArrayLike, n0: int, *, plan: RatePlan | None = None, confidence: float = 0.95
) -> Band:
    """Both arms at any number of looks: `x1` and `x0` are successes so far, of the same shape."""
    yes1, yes0 = np.asarray(x1, dtype=float), np.asarray(x0, dtype=float)
    events = yes1 + yes0
    progress = _rate_progress(events, n1, n0, plan or RatePlan(n1, n0))
    reach = critical_value(progress, confidence=confidence)
    low, high = _newcombe(_limits(yes1, n1, events, n1 + n0, reach), _limits(yes0, n0, events, n1 + n0, reach))
    difference, pooled = yes1 / n1 - yes0 / n0, events / (n1 + n0)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
    z = np.divide(difference, error, out=np.zeros_like(difference), where=error > 0)
    low, high = (np.where(progress > 0, end, np.nan) for end in (low, high))
    return Band(difference, low, high, progress, z)


def _rate_arm(successes: int, n: int) -> Arm:
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is not a rate")
    return Arm(n, successes / n if n else None, successes)


def _rate_progress(events: Floats, n1: int, n0: int, plan: RatePlan) -> Floats:
    others = n1 + n0 - events
    odds = np.divide(events, others, out=np.zeros_like(events), where=others > 0)
    planned = plan.rate / (1 - plan.rate) * _effective(plan.treated, plan.holdout)
    return odds * _effective(n1, n0) / planned


def _effective(n1: float, n0: float) -> float:
    return n1 * n0 / (n1 + n0)


def _newcombe(ours: tuple[Floats, Floats, Floats], theirs: tuple[Floats, Floats, Floats]) -> tuple[Floats, Floats]:
    """Newcombe (1998), method 10: the limits of two rates joined to limits of their difference."""
    (p1, low1, high1), (p0, low0, high0) = ours, theirs
    return (
        p1 - p0 - np.sqrt((p1 - low1) ** 2 + (high0 - p0) ** 2),
        p1 - p0 + np.sqrt((high1 - p1) ** 2 + (p0 - low0) ** 2),
    )


def _limits(x: Floats, n: int, events: Floats, everybody: int, z: Floats) -> tuple[Floats, Floats, Floats]:
    """A rate with its limits, exact where both arms together have few successes or few failures."""
    from .tails import exact_limits  # only a board that shows an effect needs scipy

    is_few = np.minimum(events, everybody - events) < FEWEST_EVENTS
    p, low, high = _wilson(x, n, z)
    if is_few.any():
        exact_low, exact_high = exact_limits(x, n, z)
        low, high = np.where(is_few, exact_low, low), np.where(is_few, exact_high, high)
    return p, low, high


def _wilson(x: Floats, n: int, z: Floats) -> tuple[Floats, Floats, Floats]:
    p = x / n
    with np.errstate(invalid="ignore"):
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        reach = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return p, np.maximum(0.0, np.minimum(centre - reach, p)), np.minimum(1.0, np.maximum(centre + reach, p))


# ---------------------------------------------------------------- means


def mean_uplift(
    *,
    treated: ArrayLike,
    holdout: ArrayLike,
    treated_before: ArrayLike | None = None,
    holdout_before: ArrayLike | None = None,
    progress: float = 1.0,
    winsorise: float | None = 0.99,
    confidence: float = 0.95,
) -> Uplift:
    """Effect on a mean: yen a customer, NPS answers (then `winsorise=None`).

    `progress` is the share of the planned period (frozen audience) or of the planned answers
    (answers coming in) seen so far. With values from before the launch, the part of the difference
    that was there already is taken out (CUPED). Values above the 99th percentile of both arms
    together are pulled back to it, before and after alike. The arms show plain means, so their
    difference is not quite the adjusted one. Short samples reach further by
    Student's t.
    """
    y1, y0 = _floats(treated), _floats(holdout)
    before = _before(y1, y0, treated_before, holdout_before)
    method = Method.MEANS_SEQUENCE if before is None else Method.CUPED_SEQUENCE
    blank = _blank(method, _mean_arm(y1), _mean_arm(y0), confidence)
    if not y0.size:
        return replace(blank, verdict=Verdict.NO_HOLDOUT)
    if min(y1.size, y0.size) < FEWEST_VALUES or progress <= 0:
        return blank
    return _judged(blank, mean_band(y1, y0, before, progress=progress, winsorise=winsorise, confidence=confidence))


def mean_band(
    y1: Floats,
    y0: Floats,
    before: tuple[Floats, Floats] | None = None,
    *,
    progress: ArrayLike = 1.0,
    winsorise: float | None = 0.99,
    confidence: float = 0.95,
) -> Band:
    """As `mean_uplift`, for any number of looks: customers lie along the last axis, looks along those before it."""
    if winsorise is not None:
        y1, y0 = _winsorised(y1, y0, winsorise)
        before = before and _winsorised(*before, winsorise)
    x1, x0 = before or (np.zeros_like(y1), np.zeros_like(y0))
    return moment_band(Moments.of(y1, x1), Moments.of(y0, x0), progress=progress, confidence=confidence)


@dataclass(frozen=True, slots=True)
class Moments:
    """All that an interval needs to know of an arm: a database can sum it up, so that no row has to be fetched.

    `before` is the mean of what was known before launch; variances and covariance are those of a sample.
    """

    n: int
    mean: Floats
    before: Floats
    variance: Floats
    before_variance: Floats
    covariance: Floats

    @classmethod
    def of(cls, after: Floats, before: Floats) -> Moments:
        n = after.shape[-1]
        mean, mean_before = after.mean(axis=-1), before.mean(axis=-1)
        apart, apart_before = after - mean[..., None], before - mean_before[..., None]
        sums = ((apart * apart), (apart_before * apart_before), (apart * apart_before))
        return cls(n, mean, mean_before, *(each.sum(axis=-1) / (n - 1) for each in sums))


def moments_uplift(treated: Moments, holdout: Moments, *, progress: float = 1.0, confidence: float = 0.95) -> Uplift:
    """As `mean_uplift` with none pulled back, from sums instead of values; without any variance before, no CUPED."""
    method = Method.CUPED_SEQUENCE if treated.before_variance + holdout.before_variance > 0 else Method.MEANS_SEQUENCE
    blank = _blank(method, _summed_arm(treated), _summed_arm(holdout), confidence)
    if not holdout.n:
        return replace(blank, verdict=Verdict.NO_HOLDOUT)
    if min(treated.n, holdout.n) < FEWEST_VALUES or progress <= 0:
        return blank
    return _judged(blank, moment_band(treated, holdout, progress=progress, confidence=confidence))


def _summed_arm(arm: Moments) -> Arm:
    return Arm(arm.n, float(arm.mean) if arm.n else None)


def moment_band(ours: Moments, theirs: Moments, *, progress: ArrayLike = 1.0, confidence: float = 0.95) -> Band:
    """Difference of two means less what was there before launch already, with Welch's error by Student's t."""
    from .tails import student  # only a board that shows an effect needs scipy

    slope = _slope(ours, theirs)
    difference = ours.mean - theirs.mean - slope * (ours.before - theirs.before)
    error, freedom = _welch(_adjusted(ours, slope), ours.n, _adjusted(theirs, slope), theirs.n)
    reach = error * student(critical_value(progress, confidence=confidence), freedom)
    reach = np.where((error > 0) & np.isfinite(reach), reach, np.nan)
    z = np.divide(difference, error, out=np.zeros_like(error), where=error > 0)
    so_far = np.broadcast_to(np.asarray(progress, dtype=float), reach.shape)
    return Band(np.asarray(difference), difference - reach, difference + reach, so_far, z)


def _slope(ours: Moments, theirs: Moments) -> Floats:
    """What a unit before launch is worth after it: CUPED (Deng and others, 2013).

    It is that within the arms, so an effect of the treatment does not leak into it. Taking it out leaves the expected
    difference as it is and shrinks the variance by 1 - correlation^2.
    """
    spread = np.asarray((ours.n - 1) * ours.before_variance + (theirs.n - 1) * theirs.before_variance)
    shared = np.asarray((ours.n - 1) * ours.covariance + (theirs.n - 1) * theirs.covariance)
    return np.divide(shared, spread, out=np.zeros_like(shared), where=spread > 0)


def _adjusted(arm: Moments, slope: Floats) -> Floats:
    """The variance that is left in an arm; rounding may not push it below nothing."""
    left = arm.variance - 2 * slope * arm.covariance + slope**2 * arm.before_variance
    return np.maximum(left, 0.0)


def _before(
    y1: Floats, y0: Floats, treated_before: ArrayLike | None, holdout_before: ArrayLike | None
) -> tuple[Floats, Floats] | None:
    if treated_before is None or holdout_before is None:
        return None
    x1, x0 = _floats(treated_before), _floats(holdout_before)
    if x1.shape != y1.shape or x0.shape != y0.shape:
        raise ValueError("values before and after must be of the same customers")
    return x1, x0


def _floats(values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=float)
    if np.isnan(array).any():
        raise ValueError("a customer who bought nothing counts as 0, not as unknown")
    return array


def _mean_arm(values: Floats) -> Arm:
    return Arm(values.size, float(values.mean()) if values.size else None)


def _winsorised(y1: Floats, y0: Floats, share: float) -> tuple[Floats, Floats]:
    top = np.quantile(np.concatenate([y1, y0], axis=-1), share, axis=-1, keepdims=True)
    return np.minimum(y1, top), np.minimum(y0, top)


def _welch(variance1: Floats, n1: int, variance0: Floats, n0: int) -> tuple[Floats, Floats]:
    """Standard error of the difference and its degrees of freedom."""
    v1, v0 = variance1 / n1, variance0 / n0
    whole = np.asarray(v1 + v0)
    ours = np.divide(v1, whole, out=np.full_like(whole, 0.5), where=whole > 0)
    return np.sqrt(whole), 1 / (ours**2 / (n1 - 1) + (1 - ours) ** 2 / (n0 - 1))


# ---------------------------------------------------------------- what may be said


def _blank(method: Method, treated: Arm, holdout: Arm, confidence: float) -> Uplift:
    return Uplift(
        verdict=Verdict.TOO_EARLY,
        method=method,
        treated=treated,
        holdout=holdout,
        difference=None,
        low=None,
        high=None,
        confidence=confidence,
        progress=0.0,
        information_needed=None,
        fewest_met=False,
    )


def _judged(blank: Uplift, band: Band) -> Uplift:
    """One look of a band; without an interval only the difference is said."""
    difference, low, high = float(band.difference), float(band.low), float(band.high)
    if isnan(low):
        return replace(blank, difference=difference)
    progress = float(band.progress)
    is_decided = low > 0 or high < 0
    needed = 1.0 if is_decided else progress_needed(float(band.z), progress, confidence=blank.confidence)
    return replace(
        blank,
        verdict=_verdict(low, high),
        difference=difference,
        low=low,
        high=high,
        progress=progress,
        information_needed=needed,
        fewest_met=True,
    )


def _verdict(low: float, high: float) -> Verdict:
    if low > 0:
        return Verdict.EFFECT_UP
    return Verdict.EFFECT_DOWN if high < 0 else Verdict.TOO_EARLY


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """`p` is how often chance alone would bring the arms this far from the plan."""

    treated: int
    holdout: int
    planned_share: float
    p: float

    @property
    def is_mismatch(self) -> bool:
        return self.p < ALARM


def sample_ratio(*, treated: int, holdout: int, planned_share: float) -> SampleRatio:
    """Are the arms as large as they were drawn? `planned_share` is the holdout's (0 to 1).

    Exact binomial test on the customers that are being analysed; a mismatch means that
    customers got lost on one side, and no difference can be trusted.
    """
    from .tails import as_unlikely  # only a board that shows an effect needs scipy

    n = treated + holdout
    return SampleRatio(treated, holdout, planned_share, as_unlikely(holdout, n, planned_share) if n else 1.0)


class Banner(StrEnum):
    """Shown over the three rows, the worst that applies."""

    SALES_UP_LOYALTY_DOWN = "SALES_UP_LOYALTY_DOWN"
    HARM = "HARM"
    HARM_NOT_RULED_OUT = "HARM_NOT_RULED_OUT"


@dataclass(frozen=True, slots=True)
class Effects:
    """The three rows that are always shown together."""

    sales: Uplift
    loyalty: Uplift
    complaints: Uplift
    ratio: SampleRatio
    banner: Banner | None


def effects(*, sales: Uplift, loyalty: Uplift, complaints: Uplift, ratio: SampleRatio) -> Effects:
    """Put the rows together. On a mismatch of the arms none of them may claim anything."""
    if ratio.is_mismatch:
        sales, loyalty, complaints = (_mistrusted(row) for row in (sales, loyalty, complaints))
    return Effects(sales, loyalty, complaints, ratio, _banner(sales, loyalty, complaints))


def _mistrusted(row: Uplift) -> Uplift:
    if row.verdict is Verdict.NO_HOLDOUT:
        return row
    return replace(row, verdict=Verdict.MISMATCH, information_needed=None)


def _banner(sales: Uplift, loyalty: Uplift, complaints: Uplift) -> Banner | None:
    harmed = loyalty.verdict is Verdict.EFFECT_DOWN or complaints.verdict is Verdict.EFFECT_UP
    if harmed:
        gained = sales.verdict is Verdict.EFFECT_UP
        return Banner.SALES_UP_LOYALTY_DOWN if gained else Banner.HARM
    open_question = Verdict.TOO_EARLY in (loyalty.verdict, complaints.verdict)
    if sales.verdict is Verdict.EFFECT_UP and open_question:
        return Banner.HARM_NOT_RULED_OUT
    return None


def narrowed(looks: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    """What all looks so far agree on: each interval holds at every look, so their common part
    does too. Only for a quantity that is the same at each look. None when they contradict each
    other, which happens to at most 5 in 100 true quantities: then distrust the data."""
    low, high = max(low for low, _ in looks), min(high for _, high in looks)
    return (low, high) if low <= high else None


# ---------------------------------------------------------------- guardrails


class Crossing(StrEnum):
    HELD = "HELD"
    CROSSED = "CROSSED"
    TOO_FEW = "TOO_FEW"


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A figure of the treated customers that must stay at or above (`is_floor`) or at or below
    its limit, judged from `fewest` answers or customers on."""

    code: str
    limit: float
    is_floor: bool
    fewest: int = 8


def check_guardrail(guardrail: Guardrail, *, value: float | None, n: int) -> Crossing:
    """Guardrails protect customers, so the figure itself counts, not an interval around it."""
    if value is None or n < guardrail.fewest:
        return Crossing.TOO_FEW
    beyond = value < guardrail.limit if guardrail.is_floor else value > guardrail.limit
    return Crossing.CROSSED if beyond else Crossing.HELD
