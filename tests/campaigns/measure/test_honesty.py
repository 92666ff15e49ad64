"""The proof by simulation: what the board may claim is true as often as it says.

Every campaign here is looked at on each of its 39 days, as people do.
"""

import numpy as np
import pytest

from campaigns.measure.uplift import RatePlan, cuped, mean_uplift, rate_uplift

DAYS = 39
CAMPAIGNS = 1000
N1, N0 = 389, 167


def conversions(p1: float, p0: float, campaigns: int = CAMPAIGNS, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Successes so far, campaigns by days, of one frozen audience that answers over the days."""
    rng, days = np.random.default_rng(seed), np.arange(1, DAYS + 1) / DAYS

    def arm(n: int, p: float) -> np.ndarray:
        said_yes_on = rng.random((campaigns, n))
        return np.stack([(said_yes_on < p * day).sum(axis=1) for day in days], axis=1)

    return arm(N1, p1), arm(N0, p0)


def looks_at(yes1: np.ndarray, yes0: np.ndarray):
    plan = RatePlan(N1, N0, 0.10)
    for ours, theirs in zip(yes1.tolist(), yes0.tolist(), strict=True):
        yield [rate_uplift(treated=(a, N1), holdout=(b, N0), plan=plan) for a, b in zip(ours, theirs, strict=True)]


def naive_z(yes1: np.ndarray, yes0: np.ndarray) -> np.ndarray:
    pooled = (yes1 + yes0) / (N1 + N0)
    error = np.sqrt(pooled * (1 - pooled) * (1 / N1 + 1 / N0))
    return np.divide(yes1 / N1 - yes0 / N0, error, out=np.zeros_like(error), where=error > 0)


@pytest.fixture(scope="module")
def nothing_happened() -> tuple[np.ndarray, np.ndarray]:
    return conversions(0.10, 0.10)


def test_daily_looks_at_a_rate_raise_at_most_five_percent_false_alarms(nothing_happened):
    alarms = sum(any(look.is_effect for look in looks) for looks in looks_at(*nothing_happened))

    assert alarms / CAMPAIGNS <= 0.05


def test_the_plain_test_looked_at_daily_fails_on_the_same_campaigns(nothing_happened):
    alarms = (np.abs(naive_z(*nothing_happened)) > 1.96).any(axis=1).mean()

    assert alarms > 0.15


@pytest.mark.parametrize(("p1", "p0"), [(0.18, 0.10), (0.05, 0.05), (0.40, 0.55)])
def test_rate_intervals_cover_the_truth_at_every_look(p1, p0):
    truth = (p1 - p0) * np.arange(1, DAYS + 1) / DAYS

    covered = [
        all(look.low is None or look.low <= true <= look.high for look, true in zip(looks, truth, strict=True))
        for looks in looks_at(*conversions(p1, p0, campaigns=400, seed=2))
    ]

    assert np.mean(covered) >= 0.95


def test_a_known_lift_in_a_rate_is_recovered_without_bias():
    yes1, yes0 = conversions(0.18, 0.10, seed=3)
    last = [looks[-1] for looks in looks_at(yes1[:, -1:], yes0[:, -1:])]
    found = np.array([look.difference for look in last])

    assert abs(found.mean() - 0.08) < 4 * found.std() / np.sqrt(CAMPAIGNS)
    assert all(look.difference > 0 for look in last if look.is_effect)


def test_a_large_lift_is_found_in_most_campaigns():
    looks = [looks[-1] for looks in looks_at(*conversions(0.26, 0.10, campaigns=200, seed=4))]

    assert np.mean([look.is_effect for look in looks]) > 0.8


def spend(lift: float, campaigns: int, n: int = 300, seed: int = 5):
    """Yen a customer before launch (56 days) and on each of 39 days after it, n customers, a third
    of them held out: people differ, buy now and then, and a basket is a gamma draw."""
    rng = np.random.default_rng(seed)
    treated = np.arange(n) >= n // 3
    for _ in range(campaigns):
        pace = rng.gamma(1.5, 0.1, n)
        before = rng.gamma(2 * rng.poisson(pace * 56) + 1e-9, 500)
        daily = rng.gamma(2 * rng.poisson(pace * (1 + lift * treated), (DAYS, n)) + 1e-9, 500)
        yield treated, before, daily.cumsum(axis=0)


def uplift_of(treated, before, after, *, progress=1.0, winsorise=0.99):
    return mean_uplift(
        treated=after[treated],
        holdout=after[~treated],
        treated_before=before[treated],
        holdout_before=before[~treated],
        progress=progress,
        winsorise=winsorise,
    )


def test_daily_looks_at_spend_raise_at_most_five_percent_false_alarms():
    campaigns = list(spend(0.0, 250))

    alarms = [any(look.is_effect for look in daily_looks(*campaign)) for campaign in campaigns]
    plain_alarms = [max(plain_z(treated, so_far)) > 1.96 for treated, _, so_far in campaigns]

    assert np.mean(alarms) <= 0.05
    assert np.mean(plain_alarms) > 0.10


def daily_looks(treated, before, so_far):
    return [uplift_of(treated, before, after, progress=(day + 1) / DAYS) for day, after in enumerate(so_far)]


def plain_z(treated, so_far) -> np.ndarray:
    ours, theirs = so_far[:, treated], so_far[:, ~treated]
    error = np.sqrt(ours.var(axis=1) / ours.shape[1] + theirs.var(axis=1) / theirs.shape[1])
    return np.abs(ours.mean(axis=1) - theirs.mean(axis=1)) / error


def test_a_known_lift_in_spend_is_recovered_and_covered():
    truth = 0.25 * 1.5 * 0.1 * DAYS * 1000
    looks = [uplift_of(*campaign[:2], campaign[2][-1], winsorise=None) for campaign in spend(0.25, 300)]
    found = np.array([look.difference for look in looks])

    assert abs(found.mean() - truth) < 4 * found.std() / np.sqrt(len(found))
    assert np.mean([look.low <= truth <= look.high for look in looks]) >= 0.95


def test_pulling_back_the_top_percent_costs_little_of_a_known_lift():
    truth = 0.25 * 1.5 * 0.1 * DAYS * 1000
    found = [uplift_of(*campaign[:2], campaign[2][-1]).difference for campaign in spend(0.25, 300)]

    assert np.mean(found) == pytest.approx(truth, rel=0.10)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.866])
def test_cuped_shrinks_the_variance_as_theory_says(correlation):
    rng, campaigns, n1, n0 = np.random.default_rng(6), 3000, 200, 100
    plain, adjusted = np.empty(campaigns), np.empty(campaigns)
    for i in range(campaigns):
        before = rng.normal(size=n1 + n0)
        after = correlation * before + np.sqrt(1 - correlation**2) * rng.normal(size=n1 + n0)
        y1, y0 = cuped(after[:n1], after[n1:], before[:n1], before[n1:])
        plain[i] = after[:n1].mean() - after[n1:].mean()
        adjusted[i] = y1.mean() - y0.mean()

    assert adjusted.var() / plain.var() == pytest.approx(1 - correlation**2, rel=0.08)


def test_answers_that_come_in_one_by_one_are_covered_too():
    """NPS answers of a running period: the clock is the number of answers, not the day."""
    rng, campaigns, covered = np.random.default_rng(7), 300, 0
    scale, chance = np.arange(11), np.array([1, 1, 1, 1, 2, 4, 6, 14, 25, 25, 20]) / 100
    for _ in range(campaigns):
        ours, theirs = rng.choice(scale, 130, p=chance), rng.choice(scale, 65, p=chance)
        looks = [
            mean_uplift(treated=ours[: 2 * k], holdout=theirs[:k], progress=k / 65, winsorise=None)
            for k in range(10, 66, 5)
        ]
        covered += all(look.low <= 0 <= look.high for look in looks)

    assert covered / campaigns >= 0.95
