from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.scoring.ltv import (
    LONGEST_YEARS,
    Hazard,
    Source,
    ValueSettings,
    expected_years,
    fit_hazard,
    hazard_signals,
    lifetime_value,
    value_frame,
)
from accounts.scoring.purchases import Buying, PurchaseModel, SpendModel

BUYING = Buying(PurchaseModel(0.5, 40.0, 0.9, 1.6), SpendModel(6.2, 3.7, 1500.0))


def signals(tenure_years=3.0, usage_trend=0.0, complaints=0.0, nps=8.0):
    return hazard_signals(tenure_years=[tenure_years], usage_trend=[usage_trend], complaints=[complaints], nps=[nps])


def years(**facts) -> float:
    return float(expected_years(signals(**facts))[0][0])


def test_the_equation_on_screen_is_the_equation():
    told = lifetime_value(
        yearly=1_284_000,
        margin=Decimal("0.62"),
        years=4.958,
        years_low=3.65,
        years_high=6.23,
        source=Source.RENEWAL_HAZARD,
    )

    assert (told.yearly.value, told.margin.value, told.years.value) == (1_284_000, Decimal("0.62"), Decimal("5.0"))
    assert told.value == 3_980_400
    assert told.low < told.value < told.high


def test_an_assumed_margin_says_so():
    told = lifetime_value(yearly=100, margin=None, years=1, years_low=1, years_high=1, source=Source.ORDER_PATTERN)

    assert (told.margin.source, told.margin.value) == (Source.ASSUMED_MARGIN, Decimal("0.30"))


@given(st.floats(0, 40), st.floats(-1, 1), st.floats(0, 5), st.floats(0, 10))
def test_years_lie_within_their_interval_and_under_the_cap(tenure, trend, complaints, nps):
    mean, low, high = expected_years(signals(tenure, trend, complaints, nps))

    assert 0 < low[0] <= mean[0] <= high[0] <= LONGEST_YEARS + 1e-9


@given(st.floats(0, 20), st.floats(-0.9, 0.9), st.floats(0, 4), st.floats(0, 9))
def test_better_signs_never_shorten_the_relationship(tenure, trend, complaints, nps):
    now = years(tenure_years=tenure, usage_trend=trend, complaints=complaints, nps=nps)

    assert years(tenure_years=tenure + 1, usage_trend=trend, complaints=complaints, nps=nps) >= now
    assert years(tenure_years=tenure, usage_trend=trend + 0.1, complaints=complaints, nps=nps) >= now
    assert years(tenure_years=tenure, usage_trend=trend, complaints=complaints + 1, nps=nps) <= now
    assert years(tenure_years=tenure, usage_trend=trend, complaints=complaints, nps=nps + 1) >= now


def test_an_unknown_signal_counts_as_ordinary():
    assert years(usage_trend=np.nan, complaints=np.nan, nps=np.nan) == years(usage_trend=0, complaints=0, nps=7)


def account_months(n: int, truth: Hazard, seed: int = 4):
    rng = np.random.default_rng(seed)
    rows = hazard_signals(
        tenure_years=rng.uniform(0, 8, n),
        usage_trend=rng.normal(0, 0.3, n),
        complaints=rng.poisson(0.5, n),
        nps=rng.integers(0, 11, n),
    )
    risk = 1 / (1 + np.exp(-rows @ np.array(truth.weights)))
    return rows, (rng.random(n) < risk).astype(float)


def test_without_endings_to_learn_from_the_belief_stays():
    learnt = fit_hazard(np.empty((0, 5)), np.empty(0))

    assert learnt.weights == pytest.approx(Hazard().weights, abs=1e-6)
    assert learnt.deviations == pytest.approx(Hazard().deviations, abs=1e-6)


def test_many_endings_overrule_the_belief():
    truth = Hazard(weights=(-3.0, -0.6, -2.0, 0.6, -0.05))

    learnt = fit_hazard(*account_months(200_000, truth))

    assert learnt.weights == pytest.approx(truth.weights, abs=0.12)
    assert all(after < before for after, before in zip(learnt.deviations, Hazard().deviations, strict=True))


def facts(**changed) -> pd.DataFrame:
    row = {
        "yearly_revenue": np.nan,
        "tenure_years": np.nan,
        "usage_trend": np.nan,
        "complaints_365d": 0.0,
        "nps_score": np.nan,
        "repeats": np.nan,
        "recency_days_btyd": np.nan,
        "age_days": np.nan,
        "mean_order": np.nan,
    }
    return pd.DataFrame([{**row, **changed}], dtype=float)


def test_a_contract_is_valued_by_its_chance_to_end():
    row = value_frame(facts(yearly_revenue=1_284_000, tenure_years=4.17, nps_score=25 / 3)).iloc[0]

    assert row["source"] == Source.RENEWAL_HAZARD
    assert row["years"] == pytest.approx(4.97, abs=0.01)


def test_orders_without_a_contract_are_valued_by_their_rhythm():
    row = value_frame(
        facts(repeats=8, recency_days_btyd=300, age_days=330, mean_order=4000), ValueSettings(buying=BUYING)
    ).iloc[0]
    expected = BUYING.purchases.expected_purchases(3650, 8, 300, 330) * BUYING.spend.expected_spend(8, 4000)

    assert row["source"] == Source.ORDER_PATTERN
    assert row["yearly"] * row["years"] == pytest.approx(float(expected))
    assert row["years_low"] <= row["years"] <= row["years_high"]


def test_the_drawn_range_depends_on_the_account_alone():
    first = facts(repeats=8, recency_days_btyd=300, age_days=330, mean_order=4000)
    other = facts(repeats=1, recency_days_btyd=30, age_days=90, mean_order=900)
    settings = ValueSettings(buying=BUYING)

    together = value_frame(pd.concat([other, first], ignore_index=True), settings)

    assert together.iloc[1].to_dict() == value_frame(first, settings).iloc[0].to_dict()


def test_an_account_without_contract_or_orders_has_no_value():
    assert np.isnan(value_frame(facts(), ValueSettings(buying=BUYING)).iloc[0]["years"])


def test_a_customer_who_bought_once_still_has_a_value():
    row = value_frame(facts(repeats=0, recency_days_btyd=0, age_days=60), ValueSettings(buying=BUYING)).iloc[0]

    assert row["yearly"] > 0
    assert row["years"] > 0
