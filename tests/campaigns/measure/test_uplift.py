from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from campaigns.measure.uplift import (
    Banner,
    Crossing,
    Guardrail,
    Method,
    Moments,
    RatePlan,
    Verdict,
    check_guardrail,
    effects,
    mean_band,
    mean_uplift,
    moments_uplift,
    narrowed,
    rate_band,
    rate_uplift,
    sample_ratio,
)


@st.composite
def arms(draw):
    n = draw(st.integers(1, 600))
    return draw(st.integers(0, n)), n


SALES_UP = rate_uplift(treated=(120, 389), holdout=(14, 167))
NOTHING_YET = rate_uplift(treated=(62, 389), holdout=(14, 167))
FAIR = sample_ratio(treated=389, holdout=167, planned_share=0.30)


def upside_down(row):
    return replace(row, verdict=Verdict.EFFECT_DOWN, difference=-row.difference, low=-row.high, high=-row.low)


def test_a_clear_difference_is_an_effect():
    assert (SALES_UP.verdict, SALES_UP.is_effect, SALES_UP.information_needed) == (Verdict.EFFECT_UP, True, 1.0)
    assert SALES_UP.difference == pytest.approx(120 / 389 - 14 / 167)
    assert SALES_UP.days_to_know(18) == 0


def test_what_one_look_would_call_a_gain_is_too_early_when_people_look_daily():
    assert (NOTHING_YET.verdict, NOTHING_YET.is_effect) == (Verdict.TOO_EARLY, False)
    assert NOTHING_YET.low < 0 < NOTHING_YET.difference < NOTHING_YET.high


def test_too_early_says_how_long_it_may_take():
    assert 1.5 < NOTHING_YET.information_needed < 2
    assert NOTHING_YET.days_to_know(18) == pytest.approx(18 * (NOTHING_YET.information_needed - 1), abs=1)


def test_a_difference_of_nothing_has_no_foreseeable_end():
    told = rate_uplift(treated=(40, 400), holdout=(20, 200))

    assert (told.verdict, told.information_needed, told.days_to_know(18)) == (Verdict.TOO_EARLY, None, None)


def test_a_loss_is_an_effect_too():
    assert rate_uplift(treated=(10, 389), holdout=(40, 167)).verdict is Verdict.EFFECT_DOWN


def test_without_a_holdout_there_is_no_effect():
    told = rate_uplift(treated=(62, 389), holdout=(0, 0))

    assert (told.verdict, told.difference, told.low) == (Verdict.NO_HOLDOUT, None, None)
    assert mean_uplift(treated=[1.0] * 30, holdout=[]).verdict is Verdict.NO_HOLDOUT


def test_a_handful_of_successes_is_judged_by_exact_limits():
    told = rate_uplift(treated=(9, 200), holdout=(0, 200))

    assert (told.verdict, told.method, told.fewest_met) == (Verdict.TOO_EARLY, Method.EXACT_SEQUENCE, True)
    assert told.low < 0 < told.difference < told.high


def test_a_handful_on_one_side_alone_can_be_enough():
    assert rate_uplift(treated=(9, 20), holdout=(0, 20)).verdict is Verdict.EFFECT_UP


@pytest.mark.parametrize("successes", [0, 30])
def test_when_nobody_or_everybody_did_it_there_is_nothing_to_tell(successes):
    told = rate_uplift(treated=(successes, 30), holdout=(successes, 30))

    assert (told.verdict, told.fewest_met, told.difference, told.low) == (Verdict.TOO_EARLY, False, 0, None)


def test_a_band_of_looks_says_at_each_what_one_look_says():
    yes1, yes0 = np.array([[0, 3, 20], [9, 60, 389]]), np.array([[0, 1, 4], [0, 14, 167]])
    band = rate_band(yes1, 389, yes0, 167)

    for place in np.ndindex(2, 3):
        told = rate_uplift(treated=(int(yes1[place]), 389), holdout=(int(yes0[place]), 167))
        assert told.low == (None if np.isnan(band.low[place]) else band.low[place])
        assert told.high == (None if np.isnan(band.high[place]) else band.high[place])


def test_a_band_of_means_says_at_each_what_one_look_says():
    rng = np.random.default_rng(1)
    y1, y0, x1, x0 = (rng.gamma(1, 100, (4, n)) for n in (40, 20, 40, 20))
    progress = np.array([0.2, 0.5, 0.9, 1.0])
    band = mean_band(y1, y0, (x1, x0), progress=progress)

    for look in range(4):
        told = mean_uplift(
            treated=y1[look],
            holdout=y0[look],
            treated_before=x1[look],
            holdout_before=x0[look],
            progress=progress[look],
        )
        assert (told.low, told.high) == (pytest.approx(band.low[look]), pytest.approx(band.high[look]))


def test_more_successes_than_customers_are_refused():
    with pytest.raises(ValueError, match="is not a rate"):
        rate_uplift(treated=(5, 4), holdout=(1, 4))


@given(arms(), arms())
def test_the_interval_holds_the_estimate_and_stays_possible(treated, holdout):
    told = rate_uplift(treated=treated, holdout=holdout)
    assume(told.fewest_met)

    assert -1 <= told.low <= told.difference <= told.high <= 1


@given(arms(), arms())
def test_an_effect_is_said_only_when_the_interval_excludes_nought(treated, holdout):
    told = rate_uplift(treated=treated, holdout=holdout)
    assume(told.fewest_met)

    assert told.is_effect == (told.low > 0 or told.high < 0)


@given(arms(), arms())
def test_swapping_the_arms_turns_the_interval_round(treated, holdout):
    told, turned = (
        rate_uplift(treated=treated, holdout=holdout),
        rate_uplift(treated=holdout, holdout=treated),
    )
    assume(told.fewest_met)

    assert (turned.low, turned.high) == (pytest.approx(-told.high), pytest.approx(-told.low))


@given(arms(), arms())
def test_more_confidence_gives_an_interval_around_the_narrower_one(treated, holdout):
    wide = rate_uplift(treated=treated, holdout=holdout, confidence=0.99)
    narrow = rate_uplift(treated=treated, holdout=holdout, confidence=0.9)
    assume(wide.fewest_met)

    assert wide.low <= narrow.low <= narrow.high <= wide.high


@given(st.integers(10, 200), st.integers(200, 600), arms())
def test_one_more_success_never_lowers_the_difference(successes, n, holdout):
    before = rate_uplift(treated=(successes, n + 1), holdout=holdout)
    after = rate_uplift(treated=(successes + 1, n + 1), holdout=holdout)
    assume(before.difference is not None)

    assert after.difference > before.difference


values = st.lists(st.floats(0, 1e6), min_size=10, max_size=60)


@given(values, values, st.floats(0.05, 2))
def test_means_keep_their_estimate_inside(treated, holdout, progress):
    told = mean_uplift(treated=treated, holdout=holdout, progress=progress)
    assume(told.fewest_met)

    assert told.low <= told.difference <= told.high


def test_short_samples_reach_further():
    few, many = np.arange(10.0), np.tile(np.arange(10.0), 40)

    def errors(sample):
        told = mean_uplift(treated=sample, holdout=sample, winsorise=None)
        return told.high / np.sqrt(2 * sample.var(ddof=1) / sample.size)

    assert errors(few) > 3.5
    assert errors(many) == pytest.approx(3.035, abs=0.02)


def test_one_giant_order_does_not_decide_a_campaign():
    rng = np.random.default_rng(1)
    treated, holdout = rng.gamma(2, 100, 500), rng.gamma(2, 100, 500)
    giant = np.append(treated[:-1], 1e7)

    calm = mean_uplift(treated=giant, holdout=holdout)
    shaken = mean_uplift(treated=giant, holdout=holdout, winsorise=None)

    assert abs(calm.difference) < 50
    assert shaken.difference > 10_000


def test_with_values_from_before_the_method_is_cuped():
    before = np.arange(40.0)

    told = mean_uplift(treated=before + 5, holdout=before, treated_before=before, holdout_before=before, winsorise=None)

    assert told.method is Method.CUPED_SEQUENCE
    assert told.difference == pytest.approx(5.0)


def test_sums_say_the_same_as_the_values_they_were_made_of():
    y1, y0, x1, x0 = np.random.default_rng(2).gamma(2, 100, (4, 50))

    of_values = mean_uplift(treated=y1, holdout=y0, treated_before=x1, holdout_before=x0, progress=0.4, winsorise=None)

    assert moments_uplift(Moments.of(y1, x1), Moments.of(y0, x0), progress=0.4) == of_values


@pytest.mark.parametrize(("n", "verdict"), [(0, Verdict.NO_HOLDOUT), (9, Verdict.TOO_EARLY)])
def test_sums_of_too_few_customers_prove_nothing(n, verdict):
    none = np.zeros(())

    told = moments_uplift(Moments(50, none + 9, none, none + 1, none, none), Moments(n, *[none] * 5))

    assert (told.verdict, told.low) == (verdict, None)


def test_what_was_there_before_is_not_counted_as_effect():
    rng = np.random.default_rng(3)
    before1, before0 = rng.normal(120, 20, 300), rng.normal(100, 20, 300)

    plain = mean_uplift(treated=before1, holdout=before0)
    fair = mean_uplift(
        treated=before1 + rng.normal(0, 5, 300), holdout=before0 + rng.normal(0, 5, 300),
        treated_before=before1, holdout_before=before0,
    )  # fmt: skip

    assert plain.verdict is Verdict.EFFECT_UP
    assert fair.verdict is Verdict.TOO_EARLY


def test_values_before_and_after_must_be_of_the_same_customers():
    with pytest.raises(ValueError, match="same customers"):
        mean_uplift(treated=[1] * 20, holdout=[1] * 20, treated_before=[1] * 19, holdout_before=[1] * 20)


def test_an_unknown_value_is_refused():
    with pytest.raises(ValueError, match="counts as 0"):
        mean_uplift(treated=[float("nan")] * 20, holdout=[1.0] * 20)


def test_the_very_first_moment_shows_no_interval_rather_than_an_endless_one():
    told = mean_uplift(treated=np.arange(20.0), holdout=np.arange(20.0), progress=1e-6)

    assert (told.verdict, told.low, told.high) == (Verdict.TOO_EARLY, None, None)


def test_values_that_never_vary_prove_nothing():
    told = mean_uplift(treated=[2.0] * 20, holdout=[1.0] * 20)

    assert (told.verdict, told.difference, told.low) == (Verdict.TOO_EARLY, 1.0, None)


def test_arms_as_drawn_raise_no_alarm():
    assert (FAIR.is_mismatch, FAIR.p > 0.9) == (False, True)


def test_a_tenth_of_the_holdout_lost_raises_the_alarm_on_a_large_campaign():
    assert sample_ratio(treated=38_900, holdout=15_000, planned_share=0.30).is_mismatch


def test_nobody_yet_is_no_mismatch():
    assert not sample_ratio(treated=0, holdout=0, planned_share=0.30).is_mismatch


def test_chance_alone_raises_the_alarm_at_most_once_in_a_thousand():
    held = np.random.default_rng(4).binomial(1000, 0.3, 5000)
    p = {int(h): sample_ratio(treated=1000 - int(h), holdout=int(h), planned_share=0.3) for h in np.unique(held)}

    assert np.mean([p[int(h)].is_mismatch for h in held]) <= 0.0025


def rows(**changed):
    return effects(**({"sales": SALES_UP, "loyalty": NOTHING_YET, "complaints": NOTHING_YET, "ratio": FAIR} | changed))


def test_sales_up_and_loyalty_down_is_the_banner():
    told = rows(loyalty=upside_down(SALES_UP))

    assert told.banner is Banner.SALES_UP_LOYALTY_DOWN


def test_sales_up_and_complaints_up_is_the_same_banner():
    assert rows(complaints=SALES_UP).banner is Banner.SALES_UP_LOYALTY_DOWN


def test_harm_is_said_without_any_sales():
    assert rows(sales=NOTHING_YET, complaints=SALES_UP).banner is Banner.HARM


def test_a_gain_says_when_harm_is_not_ruled_out():
    assert rows().banner is Banner.HARM_NOT_RULED_OUT


def test_no_gain_and_no_harm_needs_no_banner():
    assert rows(sales=NOTHING_YET).banner is None


def test_a_mismatch_of_the_arms_silences_every_row():
    lost = sample_ratio(treated=38_900, holdout=15_000, planned_share=0.30)

    told = rows(ratio=lost, loyalty=upside_down(SALES_UP))

    assert {told.sales.verdict, told.loyalty.verdict, told.complaints.verdict} == {Verdict.MISMATCH}
    assert told.banner is None


def test_looks_narrow_to_what_all_agree_on():
    assert narrowed([(-1.0, 5.0), (0.5, 4.0), (0.0, 6.0)]) == (0.5, 4.0)
    assert narrowed([(0.0, 1.0), (2.0, 3.0)]) is None


@pytest.mark.parametrize(
    ("value", "n", "expected"),
    [(8.0, 8, Crossing.HELD), (7.9, 8, Crossing.CROSSED), (7.9, 7, Crossing.TOO_FEW), (None, 0, Crossing.TOO_FEW)],
)
def test_a_floor_is_crossed_below_it_once_there_are_answers(value, n, expected):
    assert check_guardrail(Guardrail("NPS_AFTER", 8.0, is_floor=True), value=value, n=n) is expected


@pytest.mark.parametrize(("value", "expected"), [(0.02, Crossing.HELD), (0.021, Crossing.CROSSED)])
def test_a_ceiling_is_crossed_above_it(value, expected):
    assert check_guardrail(Guardrail("COMPLAINT_RATE", 0.02, is_floor=False), value=value, n=100) is expected


def test_the_plan_moves_the_narrowest_place_but_not_the_estimate():
    early = rate_uplift(treated=(62, 389), holdout=(14, 167), plan=RatePlan(389, 167, 0.5))
    late = rate_uplift(treated=(62, 389), holdout=(14, 167), plan=RatePlan(389, 167, 0.14))

    assert early.difference == late.difference
    assert late.high - late.low < early.high - early.low
