import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from accounts.scoring.rfm import CutPoints, cut_points, quintile, rfm


def population(n: int = 100) -> pd.DataFrame:
    steps = np.arange(1, n + 1, dtype=float)
    return pd.DataFrame({"recency_days": steps, "frequency": steps, "monetary": steps * 1000})


def test_a_hundred_different_customers_make_five_equal_fifths():
    scores = rfm(population(), cut_points(population()))

    assert scores["f"].value_counts().to_dict() == {1: 20, 2: 20, 3: 20, 4: 20, 5: 20}
    assert scores.iloc[-1].to_dict() == {"r": 1.0, "f": 5.0, "m": 5.0, "rfm_sum": 11.0}


def test_the_most_recent_buyer_is_in_the_best_fifth():
    assert rfm(population(), cut_points(population()))["r"].iloc[0] == 5


def test_a_crowd_of_one_time_buyers_shares_the_lowest_fifth():
    people = population(10).assign(frequency=[1] * 7 + [2, 5, 9])

    assert rfm(people, cut_points(people))["f"].tolist() == [1] * 7 + [4, 5, 5]


def test_an_unknown_figure_leaves_the_sum_unknown():
    people = population()
    people.loc[0, "frequency"] = np.nan

    first = rfm(people, cut_points(people)).iloc[0]

    assert np.isnan(first["f"])
    assert np.isnan(first["rfm_sum"])
    assert first["m"] == 1


def test_a_company_without_orders_has_no_fifths():
    nobody = population(3).assign(recency_days=np.nan, frequency=np.nan, monetary=np.nan)

    assert cut_points(nobody) == CutPoints((), (), ())
    assert rfm(nobody, cut_points(nobody)).isna().all(axis=None)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=80))
def test_more_never_means_a_lower_fifth_and_equals_share_one(values):
    people = population(len(values)).assign(frequency=np.array(values, dtype=float))
    fifths = quintile(np.arange(51.0), cut_points(people).frequency)

    assert np.all(np.diff(fifths) >= 0)
    assert set(fifths) <= {1.0, 2.0, 3.0, 4.0, 5.0}


@given(st.lists(st.integers(0, 50), min_size=1, max_size=80))
def test_a_longer_silence_never_means_a_higher_fifth(values):
    people = population(len(values)).assign(recency_days=np.array(values, dtype=float))

    fifths = quintile(np.arange(51.0), cut_points(people).recency_days, more_is_better=False)

    assert np.all(np.diff(fifths) <= 0)
