from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from accounts.scoring.purchases import Dropout, PurchaseModel, fit_buying, fit_purchases, fit_spend


@pytest.fixture(scope="module")
def cdnow() -> pd.DataFrame:
    """Columns x, t_x, T (weeks) and zbar (mean spend of repeat purchases) of 2,357 customers."""
    return pd.read_csv(Path(__file__).parent / "data" / "cdnow.csv", comment="#")


@pytest.fixture(scope="module")
def paper(cdnow) -> PurchaseModel:
    return fit_purchases(cdnow["x"], cdnow["t_x"], cdnow["T"], dropout=Dropout.AFTER_REPEATS)


def test_bg_nbd_reproduces_the_published_estimates(paper, cdnow):
    likelihood = paper.log_likelihood(cdnow["x"], cdnow["t_x"], cdnow["T"]).sum()

    estimates = (paper.r, paper.alpha, paper.a, paper.b)
    assert estimates == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=0.0006)
    assert likelihood == pytest.approx(-9582.4, abs=0.05)


def test_bg_nbd_reproduces_the_published_forecast_of_one_customer(paper):
    """Worked example of the 2004 spreadsheet note: x = 2, t_x = 30.43, T = 38.86 gives 1.226."""
    assert paper.expected_purchases(39, [2], [30.43], [38.86])[0] == pytest.approx(1.226, abs=0.001)


def test_bg_nbd_holds_everyone_without_a_repeat_for_alive(paper):
    assert paper.p_alive([0, 0], [0, 0], [10, 500]).tolist() == [1.0, 1.0]


def test_mbg_nbd_doubts_a_long_silence_after_the_first_purchase(cdnow):
    model = fit_purchases(cdnow["x"], cdnow["t_x"], cdnow["T"])

    soon, late = model.p_alive([0, 0], [0, 0], [5, 500])

    assert 1 > soon > late > 0
    assert model.log_likelihood(cdnow["x"], cdnow["t_x"], cdnow["T"]).sum() > -9582.4


@pytest.mark.parametrize("dropout", list(Dropout))
def test_drawn_futures_average_to_the_formula(dropout):
    model = PurchaseModel(0.5, 6.0, 0.9, 1.6, dropout)
    facts = [0, 2, 8], [0, 20, 36], [39, 39, 39]

    drawn = model.draw_purchases(52, *facts, draws=40_000, rng=np.random.default_rng(3))

    error = drawn.std(axis=1) / np.sqrt(drawn.shape[1])
    assert np.all(np.abs(drawn.mean(axis=1) - model.expected_purchases(52, *facts)) < 4 * error)


def test_simulated_customers_give_their_parameters_back():
    rng, n = np.random.default_rng(8), 6_000
    age = rng.uniform(50, 100, n)
    rate, leaving = rng.gamma(0.8, 1 / 8.0, n), rng.beta(1.2, 4.0, n)
    x, tx = np.zeros(n), np.zeros(n)
    active, now = rng.random(n) >= leaving, np.zeros(n)
    while active.any():
        now = now + rng.exponential(1 / rate)
        bought = active & (now <= age)
        x, tx = x + bought, np.where(bought, now, tx)
        active = bought & (rng.random(n) >= leaving)

    model = fit_purchases(x, tx, age)

    assert (model.r, model.alpha) == pytest.approx((0.8, 8.0), rel=0.15)
    assert model.a / (model.a + model.b) == pytest.approx(1.2 / 5.2, rel=0.15)


def test_the_forecast_is_smooth_where_its_formula_divides_by_zero():
    facts = [2.0], [20.0], [39.0]

    at_one = PurchaseModel(0.5, 6.0, 1.0, 1.6).expected_purchases(52, *facts)
    beside = PurchaseModel(0.5, 6.0, 1.001, 1.6).expected_purchases(52, *facts)

    assert at_one == pytest.approx(beside, rel=0.01)


def test_gamma_gamma_reproduces_the_published_estimates(cdnow):
    """Fader and Hardie (2013), section 4: p = 6.25, q = 3.74, gamma = 15.44."""
    model = fit_spend(cdnow["x"], cdnow["zbar"])

    assert (model.p, model.q, model.scale) == pytest.approx((6.25, 3.74, 15.44), abs=0.01)


def test_few_purchases_are_drawn_to_what_everybody_spends(cdnow):
    model = fit_spend(cdnow["x"], cdnow["zbar"])
    nobody, once, often = model.expected_spend([0, 1, 50], [0, 100, 100])

    assert nobody == pytest.approx(model.p * model.scale / (model.q - 1))
    assert nobody < once < often < 100


def test_without_any_repeat_there_is_no_rhythm():
    with pytest.raises(ValueError, match="nobody has bought twice"):
        fit_buying([0, 0], [0, 0], [30, 60], [0, 0])


def test_somebody_who_buys_nearly_every_day_has_a_finite_future():
    model = PurchaseModel(r=1.4177, alpha=9.7147, a=0.1873, b=262.57, dropout=Dropout.AFTER_ANY_PURCHASE)

    expected = model.expected_purchases(3650, [54, 298, 325], [353, 364, 365], [354, 364, 365])

    assert np.all(np.isfinite(expected))
    assert list(expected) == sorted(expected)
    assert expected[0] == pytest.approx(497.77, abs=0.5)
