from datetime import date
from decimal import Decimal
from time import process_time

import numpy as np
import pandas as pd
import pytest

from accounts.scoring.chunk import COLUMNS, ScoringSettings, complete, score_accounts, with_ages
from accounts.scoring.health import HealthFacts, health
from accounts.scoring.ltv import Source, ValueSettings
from accounts.scoring.purchases import Buying, PurchaseModel, SpendModel
from accounts.scoring.rfm import cut_points
from accounts.scoring.stages import Stage

TODAY = date(2026, 11, 24)
BUYING = Buying(PurchaseModel(0.5, 40.0, 0.9, 1.6), SpendModel(6.2, 3.7, 1500.0))

AOBA = {
    "nps_score": 25 / 3, "nps_figure": 33.3, "nps_n": 2, "nps_latest": 9, "nps_on": "2026-10-30",
    "last_heard_on": "2026-11-12", "first_order_on": "2022-09-12", "last_order_on": "2026-08-04",
    "frequency": 3, "monetary": 1_284_000, "products": 2, "seats_used": 78, "seats": 80, "days_per_week": 5,
    "capacity_share": 0.92, "tenure_years": 4.17, "yearly_revenue": 1_284_000, "margin": 0.62,
    "open_complaints": 0, "complaints_365d": 0, "tickets_90d": 1, "late_payments_365d": 0, "previous_stage": "LEAF",
}  # fmt: skip


def book(n: int, seed: int = 1) -> pd.DataFrame:
    """A book of accounts with holes in it, half of them without a contract."""
    rng = np.random.default_rng(seed)

    def holes(values):
        return np.where(rng.random(n) < 0.2, np.nan, values)

    def days_ago(low, high):
        return pd.Timestamp(TODAY) - pd.to_timedelta(rng.integers(low, high, n), unit="D")

    repeats = rng.integers(0, 9, n)
    first = days_ago(300, 700)
    span = np.where(repeats > 0, rng.integers(1, 299, n), 0)
    return pd.DataFrame(
        {
            "nps_score": holes(rng.uniform(0, 10, n)),
            "nps_latest": holes(rng.integers(0, 11, n)),
            "nps_on": days_ago(0, 800),
            "last_heard_on": days_ago(0, 300),
            "first_order_on": first,
            "last_order_on": first + pd.to_timedelta(span, unit="D"),
            "frequency": holes(rng.integers(0, 30, n)),
            "monetary": holes(rng.lognormal(12, 1, n)),
            "products": rng.integers(0, 4, n),
            "seats_used": rng.integers(0, 80, n),
            "seats": holes(rng.integers(1, 90, n)),
            "days_per_week": rng.uniform(0, 6, n),
            "capacity_share": holes(rng.uniform(0, 1.1, n)),
            "usage_trend": holes(rng.normal(0, 0.2, n)),
            "tenure_years": rng.uniform(0, 8, n),
            "yearly_revenue": np.where(rng.random(n) < 0.5, rng.lognormal(13, 1, n), np.nan),
            "margin": holes(rng.uniform(0.2, 0.7, n)),
            "open_complaints": rng.integers(0, 2, n),
            "complaints_365d": rng.integers(0, 4, n),
            "tickets_90d": rng.integers(0, 9, n),
            "late_payments_365d": rng.integers(0, 3, n),
            "repeats": repeats,
            "mean_order": rng.lognormal(8, 1, n),
            "previous_stage": rng.choice([None, *Stage], n),
        },
        index=pd.Index(range(100, 100 + n), name="account"),
    )


def settings_for(frame: pd.DataFrame) -> ScoringSettings:
    cuts = cut_points(with_ages(complete(frame), TODAY))
    return ScoringSettings(cuts=cuts, value=ValueSettings(buying=BUYING))


def test_one_account_gets_all_its_scores():
    told = score_accounts(pd.DataFrame([AOBA], index=[7]), TODAY)[0]

    assert (told.account, told.as_of) == (7, TODAY)
    assert (told.health.score, told.nps_latest, told.nps_on) == (84, 9, date(2026, 10, 30))
    assert told.ltv.value == 3_980_400
    assert (told.ltv.years.value, told.ltv.years.source) == (Decimal("5.0"), Source.RENEWAL_HAZARD)
    assert told.rfm.total == 3
    assert sum(line.points for line in told.loyalty.contributions) == told.loyalty.score


def test_health_of_the_chunk_is_health_of_the_account():
    told = score_accounts(pd.DataFrame([AOBA]), TODAY)[0]

    alone = health(HealthFacts(78, 80, 5, 9, 25, 12, 0, 0.92, 0))

    assert told.health == alone


def test_all_scores_of_a_book_add_up():
    frame = book(400)

    for told in score_accounts(frame, TODAY, settings_for(frame)):
        if told.loyalty.score is not None:
            assert sum(line.points for line in told.loyalty.contributions) == told.loyalty.score
        if told.health.score is not None:
            assert told.health.base + sum(line.points for line in told.health.drivers) == told.health.score
        if told.ltv is not None:
            assert told.ltv.low <= told.ltv.value <= told.ltv.high


def test_cutting_the_book_into_chunks_changes_nothing():
    frame = book(90)
    settings = settings_for(frame)

    whole = score_accounts(frame, TODAY, settings)
    parts = [
        each for start in range(0, 90, 17) for each in score_accounts(frame.iloc[start : start + 17], TODAY, settings)
    ]

    assert parts == whole


def test_an_account_of_which_nothing_is_known_has_no_scores():
    told = score_accounts(pd.DataFrame(index=[1]), TODAY)[0]

    assert (told.loyalty.score, told.health.score, told.ltv, told.stage.stage) == (None, None, None, None)
    assert told.rfm.total is None


def test_an_empty_chunk_has_no_scores():
    assert score_accounts(pd.DataFrame(columns=list(COLUMNS)), TODAY) == []


def test_twelve_hundred_accounts_take_less_than_a_second_of_one_core():
    frame = book(1200)
    settings = settings_for(frame)
    score_accounts(frame.head(5), TODAY, settings)

    best = min(timed(frame, settings) for _ in range(3))

    assert best < 1.0


def timed(frame: pd.DataFrame, settings: ScoringSettings) -> float:
    start = process_time()
    score_accounts(frame, TODAY, settings)
    return process_time() - start


@pytest.mark.parametrize("column", ["margin", "nps_on", "previous_stage"])
def test_an_absent_column_is_unknown(column):
    frame = pd.DataFrame([AOBA])

    without = score_accounts(frame.drop(columns=column), TODAY)
    unknown = score_accounts(frame.assign(**{column: None}), TODAY)

    assert without == unknown
