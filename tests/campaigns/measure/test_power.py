from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.measure.power import (
    ArmName,
    deal_variants,
    detectable_mean,
    detectable_rate,
    draw_holdout,
    holdout_size,
    size_to_detect,
)


def test_556_customers_can_show_7_8_points():
    told = detectable_rate(n=556, holdout_share=0.30, base_rate=0.10)

    assert (told.treated, told.holdout) == (389, 167)
    assert round(100 * told.once, 1) == 7.8
    assert round(100 * told.daily, 1) == 10.8


def test_cuped_halves_what_a_thousand_customers_can_show():
    """Real spend with a deviation of 1.12 times its mean, three quarters explained by before."""
    plain = detectable_mean(n=1000, holdout_share=0.10, deviation=1.12)
    adjusted = detectable_mean(n=1000, holdout_share=0.10, deviation=1.12, correlation=0.75**0.5)

    assert (round(plain.once, 2), round(adjusted.once, 3)) == (0.33, 0.165)


def test_without_a_holdout_nothing_can_be_shown():
    told = detectable_rate(n=5, holdout_share=0.0, base_rate=0.10)

    assert (told.treated, told.holdout, told.once, told.daily) == (5, 0, None, None)


@pytest.mark.parametrize("daily", [False, True])
def test_size_and_difference_are_two_sides_of_one_formula(daily):
    n = size_to_detect(0.05, holdout_share=0.30, base_rate=0.10, daily=daily)
    told = detectable_rate(n=n, holdout_share=0.30, base_rate=0.10)

    assert (told.daily if daily else told.once) == pytest.approx(0.05, rel=0.01)


@pytest.mark.parametrize(("difference", "share"), [(0.0, 0.3), (0.05, 0.0), (0.05, 1.0)])
def test_an_impossible_question_has_no_size(difference, share):
    with pytest.raises(ValueError, match="needs a difference"):
        size_to_detect(difference, holdout_share=share, base_rate=0.1)


def test_the_detectable_difference_is_found_four_times_in_five():
    rng, p = np.random.default_rng(2), detectable_rate(n=2000, holdout_share=0.5, base_rate=0.47)
    treated = rng.binomial(p.treated, 0.47 + p.once, 20_000) / p.treated
    holdout = rng.binomial(p.holdout, 0.47, 20_000) / p.holdout
    pooled = (treated + holdout) / 2
    z = (treated - holdout) / np.sqrt(pooled * (1 - pooled) * (1 / p.treated + 1 / p.holdout))

    assert np.mean(z > 1.96) == pytest.approx(0.80, abs=0.02)


@given(st.integers(20, 5000), st.floats(0.1, 0.4), st.floats(0.02, 0.9))
def test_more_customers_show_smaller_differences(n, share, base_rate):
    few = detectable_rate(n=n, holdout_share=share, base_rate=base_rate)
    many = detectable_rate(n=2 * n + 2, holdout_share=share, base_rate=base_rate)

    assert many.once < few.once < few.daily


strata_of = st.lists(st.sampled_from("abcdef"), max_size=200)


@given(strata_of, st.floats(0, 1), st.integers(0, 2**32))
def test_the_draw_is_exact_in_all_and_within_one_in_each_stratum(strata, share, seed):
    arms = draw_holdout(strata, share, seed)
    held = Counter(stratum for stratum, arm in zip(strata, arms, strict=True) if arm is ArmName.HOLDOUT)

    assert held.total() == holdout_size(len(strata), share)
    for stratum, size in Counter(strata).items():
        assert abs(held[stratum] - size * share) < 1 + 1e-6


@given(strata_of, st.integers(0, 2**32))
def test_the_same_seed_draws_the_same_arms(strata, seed):
    assert draw_holdout(strata, 0.3, seed) == draw_holdout(strata, 0.3, seed)


def test_another_seed_draws_other_arms():
    assert draw_holdout("a" * 100, 0.3, 1) != draw_holdout("a" * 100, 0.3, 2)


def test_everyone_has_the_same_chance_to_be_left_alone():
    """Five customers alone in their stratum and ten together: lots decide, not the order."""
    strata = ["a", "b", "c", "d", "e", *"f" * 10]
    held = np.zeros(15)
    for seed in range(4000):
        held += [arm is ArmName.HOLDOUT for arm in draw_holdout(strata, 0.2, seed)]

    assert np.abs(held / 4000 - 0.2).max() < 0.03


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_beyond_everybody_is_refused(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        draw_holdout("ab", share, 1)


def test_halves_round_up():
    assert (holdout_size(556, 0.30), holdout_size(5, 0.1), holdout_size(0, 0.3)) == (167, 1, 0)


@given(
    st.lists(st.sampled_from("abc"), max_size=200),
    st.lists(st.integers(1, 3), min_size=1, max_size=4),
    st.integers(0, 99),
)
def test_each_variant_has_its_share_of_each_stratum(strata, weights, seed):
    dealt = deal_variants(strata, weights, seed)

    def most_off(members):
        share = [len(members) * weight / sum(weights) for weight in weights]
        return max(abs(members.count(variant) - share[variant]) for variant in range(len(weights)))

    parts = [dealt, *([got for got, stratum in zip(dealt, strata, strict=True) if stratum == of] for of in set(strata))]
    assert all(most_off(part) <= max(weights) for part in parts)


def test_variants_are_dealt_by_lot_and_the_same_again():
    assert deal_variants("a" * 100, [1, 1], 1) == deal_variants("a" * 100, [1, 1], 1)
    assert deal_variants("a" * 100, [1, 1], 1) != deal_variants("a" * 100, [1, 1], 2)
    assert deal_variants("a" * 100, [1, 1], 1).count(0) == 50


@pytest.mark.parametrize("weights", [[], [0, 1]])
def test_a_variant_without_a_share_is_refused(weights):
    with pytest.raises(ValueError, match="weight"):
        deal_variants("ab", weights, 1)
