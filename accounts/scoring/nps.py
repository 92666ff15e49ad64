"""Net promoter figures that say how sure they are."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import sqrt
from statistics import NormalDist

import numpy as np
import pandas as pd

ENOUGH_ANSWERS = 30


class Band(StrEnum):
    PROMOTER = "PROMOTER"
    PASSIVE = "PASSIVE"
    DETRACTOR = "DETRACTOR"


def band(score: int) -> Band:
    """The band of one answer, 0 to 10. Anything else is a ValueError."""
    if score not in range(11):
        raise ValueError(f"an NPS answer lies between 0 and 10, not {score}")
    if score >= 9:
        return Band.PROMOTER
    return Band.PASSIVE if score >= 7 else Band.DETRACTOR


@dataclass(frozen=True, slots=True)
class NetPromoter:
    """Points between -100 and 100. `figure` is None when nobody answered; show "not enough
    answers" whenever `is_enough` is false."""

    promoters: int
    passives: int
    detractors: int
    figure: float | None
    low: float | None
    high: float | None
    standard_error: float | None

    @property
    def n(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def is_enough(self) -> bool:
        return self.n >= ENOUGH_ANSWERS


def net_promoter(*, promoters: int, passives: int, detractors: int, confidence: float = 0.95) -> NetPromoter:
    """Share of promoters minus share of detractors, in points, with its interval.

    Standard error from the variance (p + d - (p - d)^2) / n. The interval is the adjusted
    Wald: three answers are added, 3/4 promoter, 3/4 detractor and the rest passive.
    """
    if min(promoters, passives, detractors) < 0:
        raise ValueError("counts of answers cannot be negative")
    n = promoters + passives + detractors
    if n == 0:
        return NetPromoter(0, 0, 0, None, None, None, None)
    figure, error = _figure_and_error(promoters, detractors, n)
    centre, spread = _figure_and_error(promoters + 0.75, detractors + 0.75, n + 3)
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * spread
    return NetPromoter(
        promoters=promoters,
        passives=passives,
        detractors=detractors,
        figure=100 * figure,
        low=100 * max(centre - reach, -1.0),
        high=100 * min(centre + reach, 1.0),
        standard_error=100 * error,
    )


def net_promoter_of(scores: Iterable[int], confidence: float = 0.95) -> NetPromoter:
    """The net promoter figure of answers given as 0 to 10."""
    bands = [band(score) for score in scores]
    return net_promoter(
        promoters=bands.count(Band.PROMOTER),
        passives=bands.count(Band.PASSIVE),
        detractors=bands.count(Band.DETRACTOR),
        confidence=confidence,
    )


def _figure_and_error(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    p, d = promoters / n, detractors / n
    return p - d, sqrt(max(p + d - (p - d) ** 2, 0.0) / n)


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """A decision maker's answer weighs `decision_maker` times another's; each answer loses half
    of its weight in `half_life_days` and all of it after `forgotten_days`."""

    decision_maker: float = 2.0
    half_life_days: float = 365.0
    forgotten_days: int = 730


@dataclass(frozen=True, slots=True)
class Answer:
    contact: Hashable
    score: int
    on: date
    is_decision_maker: bool = False


@dataclass(frozen=True, slots=True)
class AccountNps:
    """What one account says. `score` is the weighted mean answer (0 to 10), `figure` the weighted
    promoters minus detractors in points; all are None when nobody has answered lately."""

    score: float | None
    figure: float | None
    n: int
    latest: int | None
    latest_on: date | None
    answers: tuple[Answer, ...] = field(default=(), repr=False)


def account_nps(answers: Iterable[Answer], *, as_of: date, settings: VoiceSettings = VoiceSettings()) -> AccountNps:
    """The newest answer of each contact up to `as_of`, weighted to decision makers, ageing.

    Of two answers of one contact on one day the later in the sequence counts.
    """
    answers = list(answers)
    frame = pd.DataFrame(
        {
            "account": np.zeros(len(answers), dtype=int),
            "contact": pd.factorize(_objects([each.contact for each in answers]))[0],
            "score": [each.score for each in answers],
            "on": pd.to_datetime([each.on for each in answers]),
            "is_decision_maker": [each.is_decision_maker for each in answers],
        }
    )
    told = newest_answers(frame, as_of=as_of, settings=settings)
    if told.empty:
        return AccountNps(None, None, 0, None, None)
    row = summarise_newest(told, as_of=as_of, settings=settings).iloc[0]
    return AccountNps(
        score=float(row["nps_score"]),
        figure=float(row["nps_figure"]),
        n=int(row["nps_n"]),
        latest=int(row["nps_latest"]),
        latest_on=row["nps_on"].date(),
        answers=tuple(answers[position] for position in told.index),
    )


def account_nps_frame(answers: pd.DataFrame, *, as_of: date, settings: VoiceSettings = VoiceSettings()) -> pd.DataFrame:
    """`account_nps` for many accounts.

    Columns in: account, contact, score (0-10), on (datetime64), is_decision_maker. Columns out, by
    account: nps_score, nps_figure, nps_n, nps_latest, nps_on. Accounts with no answer are absent.
    """
    told = newest_answers(answers, as_of=as_of, settings=settings)
    return summarise_newest(told, as_of=as_of, settings=settings)


def newest_answers(answers: pd.DataFrame, *, as_of: date, settings: VoiceSettings) -> pd.DataFrame:
    """The rows of `answers` that still count on `as_of`: one a contact, oldest first."""
    age = (pd.Timestamp(as_of) - answers["on"]).dt.days
    known = answers[(age >= 0) & (age <= settings.forgotten_days)]
    in_order = known.sort_values("on", kind="stable")
    return in_order.drop_duplicates(["account", "contact"], keep="last")


def summarise_newest(told: pd.DataFrame, *, as_of: date, settings: VoiceSettings) -> pd.DataFrame:
    age = (pd.Timestamp(as_of) - told["on"]).dt.days
    role = np.where(told["is_decision_maker"], settings.decision_maker, 1.0)
    weight = role * 0.5 ** (age / settings.half_life_days)
    sign = (told["score"] >= 9).astype(int) - (told["score"] <= 6).astype(int)
    summed = (
        pd.DataFrame({"w": weight, "ws": weight * told["score"], "wn": weight * sign}).groupby(told["account"]).sum()
    )
    by_account = told.groupby("account")
    return pd.DataFrame(
        {
            "nps_score": summed["ws"] / summed["w"],
            "nps_figure": 100 * summed["wn"] / summed["w"],
            "nps_n": by_account.size(),
            "nps_latest": by_account["score"].last(),
            "nps_on": by_account["on"].last(),
        }
    )


def _objects(values: list[Hashable]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
