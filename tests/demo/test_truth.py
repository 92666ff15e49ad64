"""The hidden truth, and customers who answer by it."""

from __future__ import annotations

import numpy as np
import pytest

from demo import respond
from demo.truth import CHUNK, TOPIC, Truth, truth

TOPICS = ("storage", "sharing")


@pytest.fixture(scope="module")
def customers() -> Truth:
    return truth(seed=11, accounts=CHUNK)


def test_the_first_customers_stay_the_same_when_more_are_drawn(customers: Truth) -> None:
    more = truth(seed=11, accounts=CHUNK + 500)

    assert len(more) == CHUNK + 500
    assert np.array_equal(more.anyway[:CHUNK], customers.anyway)
    assert np.array_equal(more.needs[:CHUNK], customers.needs)


def test_shares_and_chances_stay_between_0_and_1(customers: Truth) -> None:
    chance = customers.anyway + customers.uplift(TOPICS)

    for values in (customers.satisfaction, customers.fullness, chance, customers.annoyance(TOPICS)):
        assert values.min() >= 0
        assert values.max() <= 1


def test_few_upgrade_without_being_asked_and_more_of_them_when_full(customers: Truth) -> None:
    full = customers.fullness >= 0.8

    assert 0.01 < customers.anyway.mean() < 0.08
    assert customers.anyway[full].mean() > 3 * customers.anyway[~full].mean()


def test_a_pitch_moves_those_with_the_need_and_annoys_those_without(customers: Truth) -> None:
    needed = customers.needs[:, [TOPIC[topic] for topic in TOPICS]].any(axis=1)
    uplift, annoyance = customers.uplift(TOPICS), customers.annoyance(TOPICS)

    assert uplift[needed].mean() > 4 * uplift[~needed].mean()
    assert annoyance[~needed].mean() > annoyance[needed].mean() + 0.1


def test_the_unhappy_are_annoyed_and_not_moved(customers: Truth) -> None:
    unhappy, happy = customers.satisfaction < 0.35, customers.satisfaction > 0.7

    assert customers.uplift(TOPICS)[unhappy].max() == 0
    assert customers.annoyance(TOPICS)[unhappy].mean() > 2 * customers.annoyance(TOPICS)[happy].mean()


def test_a_fair_comparison_finds_the_uplift_again(customers: Truth) -> None:
    rng = np.random.default_rng(3)
    treated = rng.random(len(customers)) < 0.5
    asked, left_alone = customers.take(np.flatnonzero(treated)), customers.take(np.flatnonzero(~treated))

    won = respond.answers(asked, TOPICS, rng).won
    came_anyway = respond.unasked(left_alone, rng)

    measured = won.mean() - came_anyway.mean()
    error = np.sqrt(won.var() / len(won) + came_anyway.var() / len(came_anyway))
    assert abs(measured - customers.uplift(TOPICS).mean()) < 4 * error
    assert error < 0.01


def test_leaving_both_halves_alone_finds_nothing(customers: Truth) -> None:
    rng = np.random.default_rng(4)
    half = rng.random(len(customers)) < 0.5

    one = respond.unasked(customers.take(np.flatnonzero(half)), rng)
    other = respond.unasked(customers.take(np.flatnonzero(~half)), rng)

    error = np.sqrt(one.var() / len(one) + other.var() / len(other))
    assert abs(one.mean() - other.mean()) < 4 * error


def test_only_who_did_not_say_yes_complains(customers: Truth) -> None:
    said = respond.answers(customers, TOPICS, np.random.default_rng(5))

    assert said.complains.sum() > 50
    assert not (said.complains & ~said.annoyed).any()
    assert not (said.annoyed & said.won).any()
    assert (said.nps_shift[said.annoyed] < 0).all()
