from datetime import UTC, datetime

import pytest

from campaigns.measure.uplift import rate_uplift
from campaigns.models import Proposal, Variant
from campaigns.queries import costs
from tests.factories.accounts import ActivityFactory
from tests.factories.campaigns import LaunchedFactory, OfferFactory, SuggestionFactory, TargetFactory

pytestmark = pytest.mark.django_db

DURING = datetime(2026, 11, 10, tzinfo=UTC)


@pytest.fixture
def revision():
    offer = OfferFactory(cost_per_account=2_000)
    return LaunchedFactory(offer=offer, cost_per_contact=1_500, budget=10_000)


def advised(revision, **fields):
    target = TargetFactory(revision=revision, account__owner=revision.launched_by, **fields)
    return SuggestionFactory(account=target.account, revision=revision, path=revision.path)


def win(suggestion, at=DURING):
    state = {"account": suggestion.account, "suggestion": suggestion, "owner": suggestion.owner, "created_at": at}
    return Proposal.objects.create(**state, state="won", decided_at=at)


def talk(suggestion, at=DURING, **fields):
    return ActivityFactory(account=suggestion.account, **{"by": suggestion.owner, "kind": "call", "at": at, **fields})


def test_conversations_and_extras_that_were_taken_cost(revision, now):
    suggestion = advised(revision)
    talk(suggestion)
    talk(suggestion)
    win(suggestion)

    found = costs.costs(revision, as_of=now)

    assert (found.contacts, found.contact_yen, found.taken, found.offer_yen) == (2, 3_000, 1, 2_000)
    assert (found.total, found.budget_share, found.is_over) == (5_000, 0.5, False)


@pytest.mark.parametrize(
    "fields",
    [{"kind": "note"}, {"result": "absent"}, {"at": datetime(2026, 10, 31, tzinfo=UTC)}],
    ids=["a note", "nobody answered", "before the launch"],
)
def test_what_was_no_conversation_of_the_campaign_costs_nothing(revision, now, fields):
    talk(advised(revision), **fields)

    assert costs.costs(revision, as_of=now).contacts == 0


def test_talks_with_the_holdout_and_by_others_cost_nothing(revision, now, cast):
    talk(advised(revision, arm="holdout"))
    talk(advised(revision), by=cast.chie)

    assert costs.costs(revision, as_of=now).total == 0


def test_a_variant_with_its_own_extra_costs_what_that_one_costs(revision, now):
    dear = OfferFactory(code="dear", cost_per_account=9_000)
    variant = Variant.objects.create(revision=revision, letter="B", offer=dear)
    win(advised(revision, variant=variant))

    found = costs.costs(revision, as_of=now)

    assert (found.offer_yen, found.is_over) == (9_000, False)


def test_incentives_and_the_fixed_cost_are_counted_as_they_were_typed(now):
    revision = LaunchedFactory(incentive=3_000, fixed_cost=40_000)
    win(advised(revision))
    advised(revision)

    found = costs.costs(revision, as_of=now)

    assert (found.wins, found.incentive_yen, found.fixed_yen, found.total) == (1, 3_000, 40_000, 43_000)


def test_more_than_the_budget_is_over_it(revision, now):
    for _ in range(6):
        win(advised(revision))

    assert costs.costs(revision, as_of=now).is_over


SPENT = costs.Costs(contacts=10, contact_yen=40_000, taken=5, offer_yen=10_000, budget=None)


def test_what_came_back_is_the_margin_of_all_addressed_less_the_cost():
    margin = rate_uplift(treated=(120, 400), holdout=(20, 200))  # any effect with an interval
    back = costs.returned(margin, SPENT)

    assert back.margin == pytest.approx(0.2 * 400)
    assert back.ratio == pytest.approx((80 - 50_000) / 50_000)
    assert back.ratio_low < back.ratio < back.ratio_high
    assert back.is_clear  # all of it is a loss


def test_a_return_that_may_be_gain_or_loss_is_not_clear():
    margin = rate_uplift(treated=(120, 400), holdout=(20, 200))

    assert not costs.returned(margin, costs.Costs(10, 80, 0, 0, None)).is_clear


def test_without_an_interval_or_a_cost_only_what_is_known_is_told():
    nothing = costs.Costs(0, 0, 0, 0, None)
    back = costs.returned(rate_uplift(treated=(0, 400), holdout=(0, 200)), nothing)

    assert (back.margin, back.low, back.ratio) == (0, None, None)


def test_without_a_margin_or_a_holdout_nothing_came_back_that_could_be_told():
    assert costs.returned(None, SPENT) is None
    assert costs.returned(rate_uplift(treated=(4, 400), holdout=(0, 0)), SPENT) is None
