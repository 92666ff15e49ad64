from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.scoring.nps import (
    Answer,
    Band,
    account_nps,
    account_nps_frame,
    band,
    net_promoter,
    net_promoter_of,
)

TODAY = date(2026, 11, 24)
counts = st.integers(0, 200)
answers = st.builds(
    Answer,
    contact=st.sampled_from(["Saeki", "Omori", "Oda"]),
    score=st.integers(0, 10),
    on=st.integers(0, 1000).map(lambda days: TODAY - timedelta(days=days)),
    is_decision_maker=st.booleans(),
)


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (0, Band.DETRACTOR),
        (6, Band.DETRACTOR),
        (7, Band.PASSIVE),
        (8, Band.PASSIVE),
        (9, Band.PROMOTER),
        (10, Band.PROMOTER),
    ],
)
def test_bands_begin_where_everybody_draws_them(score, expected):
    assert band(score) is expected


@pytest.mark.parametrize("score", [-1, 11, 7.5])
def test_an_answer_off_the_scale_is_refused(score):
    with pytest.raises(ValueError, match="between 0 and 10"):
        band(score)


def test_the_figure_is_promoters_minus_detractors_in_points():
    told = net_promoter(promoters=25, passives=15, detractors=10)

    assert (told.figure, told.n, told.is_enough) == (30.0, 50, True)
    # sqrt((.5 + .2 - .3^2) / 50) = .11045
    assert told.standard_error == pytest.approx(11.045, abs=0.001)


def test_the_interval_adds_three_answers():
    told = net_promoter(promoters=25, passives=15, detractors=10)

    # p = 25.75/53, d = 10.75/53: centre 28.30, error sqrt((.68868 - .08010) / 53) = .10716
    assert (told.low, told.high) == (pytest.approx(7.30, abs=0.01), pytest.approx(49.30, abs=0.01))


def test_below_thirty_answers_it_is_not_enough():
    assert not net_promoter(promoters=20, passives=5, detractors=4).is_enough
    assert net_promoter(promoters=20, passives=5, detractors=5).is_enough


def test_nobody_asked_has_no_figure():
    told = net_promoter_of([])

    assert (told.figure, told.low, told.high, told.n) == (None, None, None, 0)


@given(counts, counts, counts)
def test_one_more_promoter_never_lowers_figure_or_interval(promoters, passives, detractors):
    before = net_promoter(promoters=promoters, passives=passives, detractors=detractors)
    after = net_promoter(promoters=promoters + 1, passives=passives, detractors=detractors)

    if before.n:
        assert after.figure >= before.figure - 1e-9
        assert after.low >= before.low - 1e-9


@given(counts, counts, counts)
def test_turning_a_detractor_into_a_promoter_never_lowers_the_figure(promoters, passives, detractors):
    before = net_promoter(promoters=promoters, passives=passives, detractors=detractors + 1)
    after = net_promoter(promoters=promoters + 1, passives=passives, detractors=detractors)

    assert after.figure > before.figure


@given(counts, counts, counts)
def test_figure_and_interval_stay_on_the_scale(promoters, passives, detractors):
    told = net_promoter(promoters=promoters + 1, passives=passives, detractors=detractors)

    assert -100 <= told.low <= told.high <= 100
    assert -100 <= told.figure <= 100


def test_the_interval_covers_at_ten_answers_where_the_plain_one_does_not():
    rng = np.random.default_rng(11)
    drawn = rng.multinomial(10, [0.5, 0.3, 0.2], size=4000)
    rows = [net_promoter(promoters=int(p), passives=int(n), detractors=int(d)) for p, n, d in drawn]

    adjusted = np.mean([row.low <= 30 <= row.high for row in rows])
    plain = np.mean([abs(row.figure - 30) <= 1.96 * row.standard_error for row in rows])

    assert adjusted >= 0.94
    assert plain < adjusted


def test_only_the_newest_answer_of_a_contact_counts():
    told = account_nps([Answer("Saeki", 3, date(2026, 4, 1)), Answer("Saeki", 9, date(2026, 10, 30))], as_of=TODAY)

    assert (told.score, told.figure, told.n) == (9.0, 100.0, 1)
    assert (told.latest, told.latest_on) == (9, date(2026, 10, 30))


def test_decision_makers_weigh_double():
    on = date(2026, 10, 30)

    told = account_nps([Answer("Saeki", 9, on), Answer("Omori", 6, on, is_decision_maker=True)], as_of=TODAY)

    assert told.score == pytest.approx(7.0)
    assert told.figure == pytest.approx(-100 / 3)


def test_an_answer_of_a_year_ago_weighs_half():
    told = account_nps([Answer("Saeki", 10, TODAY), Answer("Oda", 4, TODAY - timedelta(days=365))], as_of=TODAY)

    assert told.score == pytest.approx((10 + 4 * 0.5) / 1.5)


def test_answers_of_the_future_and_of_long_ago_are_silent():
    told = account_nps(
        [Answer("Saeki", 10, TODAY + timedelta(days=1)), Answer("Oda", 4, TODAY - timedelta(days=731))], as_of=TODAY
    )

    assert (told.score, told.n) == (None, 0)


@given(st.lists(answers, max_size=6), st.integers(0, 5))
def test_a_happier_answer_never_lowers_the_account(told, position):
    if position >= len(told) or told[position].score == 10:
        return
    happier = list(told)
    old = told[position]
    happier[position] = Answer(old.contact, old.score + 1, old.on, old.is_decision_maker)

    before, after = account_nps(told, as_of=TODAY), account_nps(happier, as_of=TODAY)

    if before.n:
        assert after.score >= before.score - 1e-9
        assert after.figure >= before.figure - 1e-9


@given(st.lists(answers, min_size=1, max_size=8))
def test_many_accounts_at_once_give_the_same_as_one_by_one(told):
    frame = pd.DataFrame(
        {
            "account": 7,
            "contact": [each.contact for each in told],
            "score": [each.score for each in told],
            "on": pd.to_datetime([each.on for each in told]),
            "is_decision_maker": [each.is_decision_maker for each in told],
        }
    )

    together, alone = account_nps_frame(frame, as_of=TODAY), account_nps(told, as_of=TODAY)

    assert together["nps_score"].get(7) == alone.score
    assert together["nps_n"].get(7, 0) == alone.n
