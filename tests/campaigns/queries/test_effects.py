from datetime import UTC, date, datetime, timedelta

import pytest

from campaigns.measure.uplift import Verdict
from campaigns.models import Proposal
from campaigns.queries import effects
from tests.factories.accounts import AccountFactory, CaseFactory, NpsFactory, PlanFactory, SubscriptionFactory
from tests.factories.campaigns import LaunchedFactory, SuggestionFactory, TargetFactory

pytestmark = pytest.mark.django_db

LAUNCH = datetime(2026, 11, 1, tzinfo=UTC)
DURING = datetime(2026, 11, 10, tzinfo=UTC)


@pytest.fixture
def revision():
    return LaunchedFactory(ends_on=date(2026, 11, 30))


def only(revision, now):
    [part] = effects.outcomes(revision, as_of=now)
    return part


@pytest.mark.parametrize("arm", ["treated", "holdout"])
def test_a_win_counts_in_both_arms_however_it_came_about(revision, now, arm):
    target = TargetFactory(revision=revision, arm=arm)
    assert only(revision, now).arm(arm).won == 0

    SubscriptionFactory(account=target.account, product=PlanFactory(rank=2), starts_on=date(2026, 11, 10))

    assert only(revision, now).arm(arm).won == 1


def test_a_won_proposal_of_the_same_step_counts(revision, now):
    target = TargetFactory(revision=revision)
    suggestion = SuggestionFactory(account=target.account, path=revision.path)
    Proposal.objects.create(
        account=target.account,
        suggestion=suggestion,
        owner=revision.launched_by,
        state="won",
        created_at=DURING,
        decided_at=DURING,
    )

    assert only(revision, now).treated.won == 1


def test_a_higher_plan_of_the_same_family_counts_as_well(revision, now):
    target = TargetFactory(revision=revision)
    SubscriptionFactory(account=target.account, product=PlanFactory(rank=3), starts_on=date(2026, 11, 10))

    assert only(revision, now).treated.won == 1


@pytest.mark.parametrize(
    ("rank", "starts_on"), [(2, date(2026, 10, 31)), (2, date(2026, 12, 24)), (1, date(2026, 11, 10))]
)
def test_what_began_before_after_or_lower_is_no_win(revision, now, rank, starts_on):
    target = TargetFactory(revision=revision)
    SubscriptionFactory(account=target.account, product=PlanFactory(rank=rank), starts_on=starts_on)

    assert only(revision, now).treated.won == 0


def test_two_contracts_of_one_customer_are_one_win(revision, now):
    target = TargetFactory(revision=revision)
    for day in (9, 10):
        SubscriptionFactory(account=target.account, product=PlanFactory(rank=2), starts_on=date(2026, 11, day))

    assert only(revision, now).treated.won == 1


def test_nothing_counts_after_the_end(revision, now):
    target = TargetFactory(revision=revision)
    SubscriptionFactory(account=target.account, product=PlanFactory(rank=2), starts_on=date(2026, 11, 10))
    NpsFactory(account=target.account, answered_at=DURING)
    CaseFactory(account=target.account, opened_at=DURING)
    found = only(revision, now).treated
    assert (found.won, found.scores, found.complained) == (1, [9], 1)

    revision.ended_at = datetime(2026, 11, 5, tzinfo=UTC)
    revision.save()

    found = only(revision, now).treated
    assert (found.won, found.scores, found.complained) == (0, [], 0)


def test_answers_and_complaints_of_the_period_count_by_arm(revision, now):
    treated = TargetFactory(revision=revision)
    held = TargetFactory(revision=revision, arm="holdout")
    for score in (7, 9):
        NpsFactory(account=treated.account, score=score, answered_at=DURING)
    NpsFactory(account=treated.account, score=2, answered_at=LAUNCH - timedelta(days=1))
    NpsFactory(account=AccountFactory(), score=1, answered_at=DURING)
    CaseFactory(account=held.account, opened_at=DURING)
    CaseFactory(account=held.account, opened_at=DURING, kind="question")

    part = only(revision, now)

    assert (sorted(part.treated.scores), part.treated.complained) == ([7, 9], 0)
    assert (part.holdout.scores, part.holdout.complained) == ([], 1)


def test_the_parts_of_a_cut_add_up_to_the_whole(revision, now, cast):
    for rep, stratum in ((cast.aiko, "1:leaf"), (cast.chie, "1:seed"), (cast.chie, "2:leaf")):
        target = TargetFactory(revision=revision, account__owner=rep, stratum=stratum)
        NpsFactory(account=target.account, answered_at=DURING)

    whole = only(revision, now).treated
    for cut, keys in (("tier", ["1", "2"]), ("team", sorted(map(str, (cast.east.pk, cast.west.pk))))):
        parts = effects.outcomes(revision, as_of=now, cut=cut)
        assert [part.key for part in parts] == keys
        assert sum(part.treated.customers for part in parts) == whole.customers == 3
        assert sum(len(part.treated.scores) for part in parts) == len(whole.scores) == 3


def test_a_clear_difference_is_an_effect_and_a_small_one_is_not(revision, now):
    for arm, customers, wins in (("treated", 60, 40), ("holdout", 30, 2)):
        for number in range(customers):
            target = TargetFactory(revision=revision, arm=arm)
            if number < wins:
                SubscriptionFactory(account=target.account, product=PlanFactory(rank=2), starts_on=DURING.date())

    [found] = effects.measured(revision, as_of=now)

    assert found.effects.sales.verdict is Verdict.EFFECT_UP
    assert found.effects.sales.difference == pytest.approx(40 / 60 - 2 / 30)
    assert found.effects.complaints.verdict is Verdict.TOO_EARLY


def test_a_crossed_guardrail_is_named(now):
    revision = LaunchedFactory(guardrail_nps="8.0", guardrail_complaint_share="0.050")
    for _ in range(8):
        target = TargetFactory(revision=revision)
        NpsFactory(account=target.account, score=7, answered_at=DURING)
        CaseFactory(account=target.account, opened_at=DURING)

    [found] = effects.measured(revision, as_of=now)

    assert found.crossed == ("NPS", "COMPLAINTS")


def test_every_revision_of_a_campaign_is_measured_on_its_own_targets(revision, now):
    first = LaunchedFactory(
        campaign=revision.campaign, number=2, state="superseded", ended_at=DURING, path=revision.path
    )
    for one, many in ((revision, 12), (first, 3)):
        for _ in range(many):
            TargetFactory(revision=one)
            TargetFactory(revision=one, arm="holdout")

    found = effects.sales_by_revision(revision.campaign_id, as_of=now)

    assert {pk: uplift.treated.n for pk, uplift in found.items()} == {revision.pk: 12, first.pk: 3}
