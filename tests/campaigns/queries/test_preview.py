import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Product
from campaigns.actions.guarding import renew_all
from campaigns.models import ArmMembership
from campaigns.queries import preview
from tests.factories.accounts import (
    AccountFactory,
    CaseFactory,
    NeedFactory,
    NpsFactory,
    PathFactory,
    PlanFactory,
    PriceFactory,
    SubscriptionFactory,
)
from tests.factories.campaigns import RevisionFactory, TargetFactory

pytestmark = pytest.mark.django_db


def happy(rep, seats=80):
    account = AccountFactory(owner=rep)
    SubscriptionFactory(account=account, product=PlanFactory(rank=1), seats=seats, monthly_amount=seats * 1200)
    NeedFactory(account=account, words="拠点間で共有したい")
    NpsFactory(account=account)
    return account


def test_the_figures_add_up(cast, now):
    for rep in (cast.aiko, cast.aiko, cast.chie):
        happy(rep)
    NpsFactory(account=happy(cast.aiko), score=1)
    CaseFactory(account=happy(cast.aiko))

    found = preview.preview(RevisionFactory(), as_of=now)

    assert found.matched == 5
    assert found.matched - sum(found.excluded.values()) == found.reachable == found.treated + found.held_out == 3
    assert (found.excluded["unhappy"], found.excluded["open_case"]) == (1, 1)
    assert (found.reps, found.most_per_rep) == (2, 2)


@pytest.mark.parametrize("is_worked_out", [False, True])
def test_whom_a_comparison_leaves_alone_is_counted_once_and_after_every_rule(cast, now, is_worked_out):
    revision, path = RevisionFactory(), PlanFactory(rank=2)
    held = TargetFactory(account=happy(cast.aiko), arm="holdout", revision__path__to_product=path).account
    both, unhappy = in_control(happy(cast.aiko), now), in_control(happy(cast.aiko), now)
    TargetFactory(account=both, arm="holdout", revision=held.targets.get().revision)
    NpsFactory(account=unhappy, score=1)
    in_control(happy(cast.chie), now)
    for rep in (cast.aiko, cast.chie, cast.chie):
        happy(rep)
    if is_worked_out:
        renew_all(at=now)

    found = preview.preview(revision, as_of=now)

    assert (found.matched, found.excluded["control"], found.excluded["unhappy"], found.reachable) == (7, 3, 1, 3)
    assert (found.reps, found.most_per_rep) == (2, 2)


def in_control(account, now):
    ArmMembership.objects.create(experiment="always-on", account=account, arm="control", method="test", at=now)
    return account


def test_each_customer_is_counted_once_under_the_first_rule(cast, now):
    account = happy(cast.aiko)
    NpsFactory(account=account, score=1)
    CaseFactory(account=account)

    found = preview.preview(RevisionFactory(), as_of=now)

    assert (found.excluded["unhappy"], found.excluded["open_case"]) == (1, 0)


def test_the_gain_is_the_mean_difference_of_a_year(cast, now):
    PriceFactory(product=PlanFactory(rank=2), amount=1800)
    happy(cast.aiko, seats=10)
    happy(cast.aiko, seats=30)

    found = preview.preview(RevisionFactory(goal_wins=5), as_of=now)

    assert found.yearly_gain == 600 * 20 * 12
    assert found.expected_gain(5) == 5 * found.yearly_gain


def test_without_a_price_or_a_step_there_is_no_gain(cast, now):
    happy(cast.aiko)

    assert preview.preview(RevisionFactory(), as_of=now).yearly_gain is None
    assert preview.preview(RevisionFactory(path=None), as_of=now).yearly_gain is None


def test_the_statements_are_the_same_however_many_customers(cast, now):
    revision = RevisionFactory()
    happy(cast.aiko)
    preview.preview(revision, as_of=now)  # the organisation is remembered from here on

    def statements():
        with CaptureQueriesContext(connection) as asked:
            preview.preview(revision, as_of=now)
        return len(asked)

    of_one = statements()
    for _ in range(10):
        happy(cast.aiko)
    assert statements() == of_one <= 14


def test_examples_come_with_the_need_that_speaks_for_them(cast, now):
    account = happy(cast.aiko)

    [example] = preview.examples(RevisionFactory(), user=cast.daisuke, as_of=now)

    assert (example.account, example.words, example.badge) == (account, "拠点間で共有したい", "")


def test_examples_of_who_is_left_out_say_why(cast, now):
    CaseFactory(account=happy(cast.aiko))

    [example] = preview.examples(RevisionFactory(), user=cast.daisuke, as_of=now, left_out=True)

    assert example.badge == "open_case"


def test_examples_stay_within_the_readers_sight(cast, now):
    happy(cast.chie)

    assert preview.examples(RevisionFactory(), user=cast.daisuke, as_of=now)
    assert preview.examples(RevisionFactory(), user=cast.aiko, as_of=now) == []


def test_the_margin_of_an_upgrade_is_what_is_left_of_both_prices(cast, now):
    happy(cast.aiko)
    revision = RevisionFactory()
    PriceFactory(product=revision.path.to_product, amount=1800)
    Product.objects.filter(pk=revision.path.to_product_id).update(margin_rate="0.600")
    Product.objects.filter(pk=revision.path.from_product_id).update(margin_rate="0.500")
    revision.path.refresh_from_db()

    found = preview.preview(revision, as_of=now)

    assert found.yearly_gain == 600 * 80 * 12
    assert found.yearly_margin == (1800 * 0.6 - 1200 * 0.5) * 80 * 12


@pytest.mark.parametrize(("kind", "monthly"), [("option", 80 * 300), ("seats", 300)])
def test_an_addition_stands_beside_what_they_hold_and_of_seats_one_is_counted(cast, now, kind, monthly):
    happy(cast.aiko)
    revision = RevisionFactory(path=PathFactory(key=f"plus-{kind}", kind=kind, from_product=PlanFactory(rank=1)))
    PriceFactory(product=revision.path.to_product, amount=300)

    assert preview.preview(revision, as_of=now).yearly_gain == monthly * 12
