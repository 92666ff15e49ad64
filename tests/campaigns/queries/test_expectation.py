from dataclasses import replace

import pytest

from campaigns.models import Look, Variant
from campaigns.queries import expectation
from campaigns.queries.base_rates import BaseRate, Source
from campaigns.queries.preview import Preview
from tests.factories.campaigns import LaunchedFactory, OfferFactory, RevisionFactory

pytestmark = pytest.mark.django_db

OUTLOOK = Preview(
    matched=600,
    excluded={},
    reachable=500,
    treated=400,
    held_out=100,
    reps=20,
    most_per_rep=25,
    yearly_gain=300_000,
    detectable=0.08,
    yearly_margin=100_000,
)


def test_what_is_typed_is_what_it_is_expected_to_cost():
    money = {"cost_per_contact": 500, "incentive": 3_000, "fixed_cost": 50_000, "budget": 400_000}
    revision = RevisionFactory(goal_wins=60, offer=OfferFactory(cost_per_account=1_000), **money)

    found = expectation.expected(revision, OUTLOOK)

    assert (found.contact_yen, found.win_yen, found.fixed_yen) == (400 * 500, 60 * 4_000, 50_000)
    assert (found.cost, found.is_over) == (490_000, True)


def test_the_extras_of_variants_are_weighed():
    revision = RevisionFactory(goal_wins=10, offer=OfferFactory(cost_per_account=1_000))
    dear = OfferFactory(code="dear", cost_per_account=5_000)
    Variant.objects.create(revision=revision, letter="A", weight=3)
    Variant.objects.create(revision=revision, letter="B", weight=1, offer=dear)

    assert expectation.expected(revision, OUTLOOK).win_yen == 10 * 2_000


def test_the_goal_says_what_margin_is_expected_and_whether_it_can_be_seen():
    found = expectation.expected(RevisionFactory(goal_wins=60), OUTLOOK)

    assert (found.source, found.wins.expected, found.margin.expected) == ("goal", 20, 2_000_000)
    assert (found.is_goal_usual, found.is_goal_visible) == (False, False)
    assert expectation.expected(RevisionFactory(goal_wins=40), OUTLOOK).is_goal_usual


def test_a_goal_beyond_all_that_are_addressed_is_said():
    assert expectation.expected(RevisionFactory(goal_wins=401), OUTLOOK).is_goal_beyond
    assert not expectation.expected(RevisionFactory(goal_wins=400), OUTLOOK).is_goal_beyond


def test_what_counts_as_usual_goes_by_what_was_measured():
    measured = replace(OUTLOOK, base=BaseRate(0.05, Source.CAMPAIGN, 90))

    found = expectation.expected(RevisionFactory(goal_wins=40), measured)

    assert (found.is_goal_usual, found.wins.expected) == (False, 20)


def test_an_earlier_revision_says_it_better_than_a_goal(now):
    first = LaunchedFactory(state="ended")
    figures = {"verdict": "EFFECT_UP", "treated": 300, "holdout": 90, "difference": 0.10, "low": 0.02, "high": 0.18}
    Look.objects.create(revision=first, on=now.date(), row=Look.Row.SALES, **figures)
    second = RevisionFactory(campaign=first.campaign, number=2, path=first.path, goal_wins=60)

    found = expectation.expected(second, OUTLOOK)

    assert (found.source, found.number) == ("earlier", 1)
    assert (found.wins.low, found.wins.expected, found.wins.high) == pytest.approx((8, 40, 72))


def test_without_a_goal_or_a_margin_nothing_is_claimed():
    assert expectation.expected(RevisionFactory(), OUTLOOK).wins is None
    unknown = replace(OUTLOOK, yearly_margin=None)
    assert expectation.expected(RevisionFactory(goal_wins=60), unknown).margin is None


def test_a_cost_beyond_all_that_it_may_bring_is_a_loss():
    revision = RevisionFactory(goal_wins=60, fixed_cost=4_000_000)

    assert expectation.expected(revision, OUTLOOK).is_loss
