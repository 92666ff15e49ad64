"""The proof by simulation: what the board may claim is true as often as it says.

Every campaign here is looked at on each of its 39 days, as people do, through the functions that the board uses.
`pytest -s` prints the figures.
"""

from collections.abc import Iterator

import numpy as np
import pytest

from campaigns.measure.uplift import Band, RatePlan, mean_band, mean_uplift, narrowed, rate_band

DAYS = 39
CAMPAIGNS = 1000
DAY = np.arange(1, DAYS + 1)
N1, N0 = 389, 167

FAIR, HUGE, SMALL, LOPSIDED = (389, 167), (2000, 500), (60, 30), (900, 100)
"""Customers addressed and held out."""


def false_alarms(looks: Band) -> float:
    """Share of campaigns that are called an effect on at least one day."""
    return float(((looks.low > 0) | (looks.high < 0)).any(axis=1).mean())


def covered(looks: Band, truth: np.ndarray) -> tuple[float, float]:
    """Share of campaigns whose interval holds the truth at every look, and at the last; no interval excludes nothing."""
    outside = (looks.low > truth) | (looks.high < truth)
    return float(1 - outside.any(axis=1).mean()), float(1 - outside[:, -1].mean())


def off_by(estimates: np.ndarray, truth: float) -> tuple[float, float]:
    """The mean error of the estimates and the Monte-Carlo error of that mean."""
    return float(estimates.mean() - truth), float(estimates.std(ddof=1) / np.sqrt(len(estimates)))


# ---------------------------------------------------------------- rates


def conversions(p1: float, p0: float, sizes: tuple[int, int] = FAIR, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Successes so far, campaigns by days, of one frozen audience that answers over the days."""
    rng = np.random.default_rng(seed)

    def arm(n: int, p: float) -> np.ndarray:
        shares = np.full(DAYS, p / DAYS)
        return rng.multinomial(n, [*shares, 1 - p], CAMPAIGNS)[:, :-1].cumsum(axis=1)

    return arm(sizes[0], p1), arm(sizes[1], p0)


def looks_at(yes1: np.ndarray, yes0: np.ndarray, sizes: tuple[int, int] = FAIR) -> Band:
    return rate_band(yes1, sizes[0], yes0, sizes[1], plan=RatePlan(*sizes, 0.10))


def naive_z(yes1: np.ndarray, yes0: np.ndarray) -> np.ndarray:
    pooled = (yes1 + yes0) / (N1 + N0)
    error = np.sqrt(pooled * (1 - pooled) * (1 / N1 + 1 / N0))
    return np.divide(yes1 / N1 - yes0 / N0, error, out=np.zeros_like(error), where=error > 0)


@pytest.mark.parametrize("sizes", [FAIR, HUGE, SMALL, LOPSIDED])
@pytest.mark.parametrize("share", [0.005, 0.02, 0.10])
def test_daily_looks_at_a_rate_raise_at_most_five_percent_false_alarms(sizes, share):
    """Few successes as well: these are where the limits of each arm are exact."""
    alarms = false_alarms(looks_at(*conversions(share, share, sizes), sizes))
    print(f"A/A, {sizes[0]} and {sizes[1]} customers, {share:.1%} say yes: {alarms:.1%} false alarms")

    assert alarms <= 0.05


def test_the_plain_test_looked_at_daily_fails_on_the_same_campaigns():
    alarms = (np.abs(naive_z(*conversions(0.10, 0.10))) > 1.96).any(axis=1).mean()
    print(f"The same campaigns with a plain test each day: {alarms:.1%} false alarms")

    assert alarms > 0.15


@pytest.mark.parametrize("sizes", [FAIR, SMALL, LOPSIDED])
@pytest.mark.parametrize(("p1", "p0"), [(0.18, 0.10), (0.05, 0.05), (0.40, 0.55), (0.03, 0.01)])
def test_rate_intervals_cover_the_truth_at_every_look_and_at_the_end(p1, p0, sizes):
    looks = looks_at(*conversions(p1, p0, sizes, seed=2), sizes)
    always, at_last = covered(looks, (p1 - p0) * DAY / DAYS)
    print(f"{p1:.0%} against {p0:.0%}, {sizes}: covered at every look {always:.1%}, at the last {at_last:.1%}")

    assert always >= 0.95
    assert at_last >= 0.95


@pytest.mark.parametrize("lift", [0.0, 0.03, 0.08])
def test_a_known_lift_in_a_rate_is_recovered_without_bias(lift):
    last = looks_at(*(arm[:, -1:] for arm in conversions(0.10 + lift, 0.10, seed=3)))
    error, noise = off_by(last.difference[:, 0], lift)
    print(f"A lift of {lift:.1%} is measured {error:+.4%} off (Monte-Carlo error {noise:.4%})")

    assert abs(error) < 3 * noise


def test_a_large_lift_is_found_in_most_campaigns():
    last = looks_at(*(arm[:, -1:] for arm in conversions(0.26, 0.10, seed=4)))

    assert false_alarms(last) > 0.8


def test_what_all_looks_agree_on_still_holds_the_truth():
    """Answers of customers who come in day by day: the true difference is the same at each look."""
    rng, a_day = np.random.default_rng(8), (10, 5)
    yes1, yes0 = (rng.binomial(n, p, (CAMPAIGNS, DAYS)).cumsum(axis=1) for n, p in zip(a_day, (0.3, 0.2), strict=True))
    plan, held, narrower = RatePlan(a_day[0] * DAYS, a_day[1] * DAYS, 0.25), 0, 0
    bands = [rate_band(yes1[:, d], a_day[0] * (d + 1), yes0[:, d], a_day[1] * (d + 1), plan=plan) for d in range(DAYS)]
    low, high = (np.stack([getattr(band, end) for band in bands], axis=1) for end in ("low", "high"))
    for ours, theirs in zip(low, high, strict=True):
        known = ~np.isnan(ours)
        common = narrowed(list(zip(ours[known], theirs[known], strict=True)))
        held += common is not None and common[0] <= 0.1 <= common[1]
        narrower += common is not None and common[1] - common[0] < theirs[-1] - ours[-1]

    assert held / CAMPAIGNS >= 0.95
    assert narrower / CAMPAIGNS > 0.3


# ---------------------------------------------------------------- means


def spend(
    lift: float, campaigns: int = CAMPAIGNS, n: int = 240, seed: int = 5
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Who is addressed, yen a customer before launch (56 days) and on each of 39 days after it: n customers, a
    third of them held out, fifty campaigns at a time. People differ, buy now and then, and a basket is a gamma draw."""
    rng = np.random.default_rng(seed)
    treated = np.arange(n) >= n // 3
    for _ in range(campaigns // 50):
        pace = rng.gamma(1.5, 0.1, (50, 1, n))
        before = baskets(rng, rng.poisson(pace * 56))
        after = baskets(rng, rng.poisson(np.broadcast_to(pace * (1 + lift * treated), (50, DAYS, n))))
        yield treated, before, after.cumsum(axis=1)


def baskets(rng: np.random.Generator, many: np.ndarray) -> np.ndarray:
    """What so many baskets cost together."""
    yen = np.zeros(many.shape)
    yen[many > 0] = rng.gamma(2 * many[many > 0], 500)
    return yen


def spend_looks(campaigns: Iterator, *, winsorise: float | None = 0.99) -> tuple[Band, Band]:
    """Every look with CUPED and, for comparison, without."""
    adjusted, plain = [], []
    for treated, before, so_far in campaigns:
        arms = so_far[..., treated], so_far[..., ~treated]
        known = tuple(
            np.broadcast_to(before[..., who], arm.shape) for who, arm in ((treated, arms[0]), (~treated, arms[1]))
        )
        adjusted.append(mean_band(*arms, known, progress=DAY / DAYS, winsorise=winsorise))
        plain.append(mean_band(*arms, progress=DAY / DAYS, winsorise=winsorise))
    return joined(adjusted), joined(plain)


def joined(bands: list[Band]) -> Band:
    return Band(*(np.concatenate([getattr(band, name) for band in bands]) for name in Band.__slots__))


TRUE_LIFT = 0.25 * 1.5 * 0.1 * 1000
"""Yen a customer and a day that a lift of a quarter adds in `spend`."""


def test_daily_looks_at_spend_raise_at_most_five_percent_false_alarms():
    adjusted, plain = spend_looks(spend(0.0))
    alarms, plain_alarms = false_alarms(adjusted), float((np.abs(plain.z) > 1.96).any(axis=1).mean())
    print(f"A/A, yen a customer with CUPED: {alarms:.1%} false alarms; a plain test each day: {plain_alarms:.1%}")

    assert alarms <= 0.05
    assert plain_alarms > 0.10


def test_a_known_lift_in_spend_is_recovered_and_covered_at_every_look():
    looks, _plain = spend_looks(spend(0.25, 500), winsorise=None)
    always, at_last = covered(looks, TRUE_LIFT * DAY)
    error, noise = off_by(looks.difference[:, -1], TRUE_LIFT * DAYS)
    print(
        f"Yen a customer: covered at every look {always:.1%}, at the last {at_last:.1%}, {error:+.1f} yen off ({noise:.1f})"
    )

    assert always >= 0.95
    assert at_last >= 0.95
    assert abs(error) < 3 * noise


def test_pulling_back_the_top_percent_costs_little_of_a_known_lift():
    looks, _plain = spend_looks(spend(0.25, 300))

    assert looks.difference[:, -1].mean() == pytest.approx(TRUE_LIFT * DAYS, rel=0.10)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.866])
def test_cuped_shrinks_the_interval_as_theory_says(correlation):
    """By sqrt(1 - correlation squared), and the estimates scatter that much less as well."""
    rng, n1, n0 = np.random.default_rng(6), 200, 100
    before = rng.normal(size=(3000, n1 + n0))
    after = correlation * before + np.sqrt(1 - correlation**2) * rng.normal(size=before.shape)
    arms, known = (after[:, :n1], after[:, n1:]), (before[:, :n1], before[:, n1:])
    plain, adjusted = mean_band(*arms, winsorise=None), mean_band(*arms, known, winsorise=None)
    widths = ((adjusted.high - adjusted.low) / (plain.high - plain.low)).mean()
    theory = np.sqrt(1 - correlation**2)
    print(f"CUPED at correlation {correlation}: interval times {widths:.3f}, theory {theory:.3f}")

    assert widths == pytest.approx(theory, rel=0.01)
    assert adjusted.difference.std() / plain.difference.std() == pytest.approx(theory, rel=0.04)


def test_cuped_does_not_move_what_is_measured():
    rng = np.random.default_rng(9)
    before, after = rng.normal(size=(2, 50)), rng.normal(size=(2, 50))
    as_it_was, shifted = (mean_band(after[0] + gain, after[1], tuple(before), winsorise=None) for gain in (0, 3))

    assert shifted.difference == pytest.approx(as_it_was.difference + 3)


def test_answers_that_come_in_one_by_one_are_covered_too():
    """NPS answers of a running period: the clock is the number of answers, not the day."""
    rng, campaigns, held = np.random.default_rng(7), 300, 0
    scale, chance = np.arange(11), np.array([1, 1, 1, 1, 2, 4, 6, 14, 25, 25, 20]) / 100
    for _ in range(campaigns):
        ours, theirs = rng.choice(scale, 130, p=chance), rng.choice(scale, 65, p=chance)
        looks = [
            mean_uplift(treated=ours[: 2 * k], holdout=theirs[:k], progress=k / 65, winsorise=None)
            for k in range(10, 66, 5)
        ]
        held += all(look.low <= 0 <= look.high for look in looks)

    assert held / campaigns >= 0.95
