from datetime import UTC, date, datetime, timedelta

import pytest

from campaigns.measure.uplift import Verdict
from campaigns.models import Proposal, Target, Variant
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
    assert getattr(only(revision, now), arm).won == 0

    SubscriptionFactory(account=target.account, product=PlanFactory(rank=2), starts_on=date(2026, 11, 10))

    assert getattr(only(revision, now), arm).won == 1


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
    assert (found.won, found.answers, found.complained) == (1, 1, 1)

    revision.ended_at = datetime(2026, 11, 5, tzinfo=UTC)
    revision.save()

    found = only(revision, now).treated
    assert (found.won, found.answers, found.complained) == (0, 0, 0)


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

    assert (part.treated.mean_score, part.treated.answers, part.treated.complained) == (8.0, 2, 0)
    assert float(part.treated.scores.variance) == 2.0
    assert (part.holdout.answers, part.holdout.complained) == (0, 1)


def test_the_parts_of_a_cut_add_up_to_the_whole(revision, now, cast):
    for rep, stratum in ((cast.aiko, "1:leaf"), (cast.chie, "1:seed"), (cast.chie, "2:leaf")):
        target = TargetFactory(revision=revision, account__owner=rep, stratum=stratum)
        NpsFactory(account=target.account, answered_at=DURING)

    whole = only(revision, now).treated
    for cut, keys in (("tier", ["1", "2"]), ("team", sorted(map(str, (cast.east.pk, cast.west.pk))))):
        parts = effects.outcomes(revision, as_of=now, cut=cut)
        assert [part.key for part in parts] == keys
        assert sum(part.treated.customers for part in parts) == whole.customers == 3
        assert sum(part.treated.answers for part in parts) == whole.answers == 3


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

    again = effects.sales_by_revision(revision.campaign_id, as_of=now, known={first.pk: found[revision.pk]})
    assert {pk: uplift.treated.n for pk, uplift in again.items()} == {revision.pk: 12, first.pk: 12}


# ---------------------------------------------------------------------------------- yen a customer


def hold(target, rank, amount, **fields):
    return SubscriptionFactory(account=target.account, product=PlanFactory(rank=rank), monthly_amount=amount, **fields)


def step_up(target, before, after):
    """From plan 1 to plan 2 in the middle of the period."""
    hold(target, 1, before, starts_on=date(2026, 1, 1), ended_on=DURING.date(), end_reason="changed")
    hold(target, 2, after, starts_on=DURING.date())


def with_margin(rate):
    for rank in (1, 2):
        plan = PlanFactory(rank=rank)
        plan.margin_rate = rate
        plan.save()


def test_a_gain_is_a_year_of_margin_on_what_is_paid_more(revision, now):
    with_margin("0.500")
    step_up(TargetFactory(revision=revision), 10_000, 16_000)
    hold(TargetFactory(revision=revision), 1, 10_000, starts_on=date(2026, 1, 1))

    treated = only(revision, now).treated

    assert float(treated.gain.mean) * treated.customers == 6_000 * 12 * 0.5
    assert treated.gained == 1


def test_who_cancelled_counts_with_a_loss(revision, now):
    with_margin("0.500")
    hold(TargetFactory(revision=revision), 1, 10_000, starts_on=date(2026, 1, 1), ended_on=DURING.date())

    assert float(only(revision, now).treated.gain.mean) == -60_000


def test_each_product_counts_at_its_own_margin(revision, now):
    with_margin("0.500")
    plan = PlanFactory(rank=2)
    plan.margin_rate = "0.250"
    plan.save()
    step_up(TargetFactory(revision=revision), 10_000, 16_000)

    assert float(only(revision, now).treated.gain.mean) == 12 * (16_000 * 0.25 - 10_000 * 0.5)


def test_without_a_margin_in_the_catalogue_no_yen_are_told(revision, now):
    TargetFactory(revision=revision)

    [found] = effects.measured(revision, as_of=now)

    assert found.margin is None


def campaign_of(revision, *, treated=40, held=20, wins=20):
    with_margin("0.500")
    for number in range(treated + held):
        target = TargetFactory(
            revision=revision, arm="treated" if number < treated else "holdout", value_before=12_000 * (number % 5 + 1)
        )
        if number < wins:
            step_up(target, 1_000 * (number % 5 + 1), 2_000 * (number % 5 + 1))


def test_what_a_customer_brings_more_is_told_with_its_interval(revision, now):
    campaign_of(revision)

    [found] = effects.measured(revision, as_of=now)

    assert found.margin.method == "CUPED_SEQUENCE"
    assert found.margin.low < found.margin.difference < found.margin.high
    assert found.margin.treated.n == 40


def test_with_few_who_changed_anything_the_yen_have_no_interval(revision, now):
    campaign_of(revision, wins=9)

    [found] = effects.measured(revision, as_of=now)

    assert (found.margin.verdict, found.margin.low) == (Verdict.TOO_EARLY, None)


def test_lost_customers_silence_the_yen_too(revision, now):
    campaign_of(revision, treated=60, held=2)

    [found] = effects.measured(revision, as_of=now)

    assert found.margin.verdict is Verdict.MISMATCH


# ---------------------------------------------------------------------------------- parts of it


def test_parts_have_wider_intervals_so_that_all_hold_together(revision, now, cast):
    campaign_of(revision)
    [alone] = effects.measured(revision, as_of=now)
    Target.objects.update(team=cast.east)
    [same] = effects.measured(revision, as_of=now, cut="team")
    Target.objects.filter(arm="holdout", pk__in=Target.objects.values("pk")[:5]).update(team=cast.west)
    other = TargetFactory(revision=revision, account__owner=cast.chie)
    Target.objects.filter(pk=other.pk).update(team=cast.west)
    parts = effects.measured(revision, as_of=now, cut="team")

    assert (same.among, same.effects.sales.confidence) == (1, 0.95)
    assert same.effects.sales.low == alone.effects.sales.low
    assert [(part.among, part.effects.sales.confidence) for part in parts] == [(2, 0.975)] * 2


def test_variants_are_held_against_the_holdout_and_against_each_other(revision, now):
    one, two = (Variant.objects.create(revision=revision, letter=letter) for letter in "AB")
    for variant, many in ((one, 7), (two, 8), (None, 6)):
        for _ in range(many):
            TargetFactory(revision=revision, arm="treated" if variant else "holdout", variant=variant)

    found = effects.measured(revision, as_of=now, cut="variant")

    sizes = [(part.key, part.outcome.treated.customers, part.outcome.holdout.customers) for part in found]
    assert sizes == [("A", 7, 6), ("B", 8, 6), ("B:A", 8, 7)]
    assert [round(part.effects.ratio.planned_share, 3) for part in found] == [0.462, 0.462, 0.5]
    assert {part.among for part in found} == {3}


def test_without_variants_there_is_nothing_to_compare(revision, now):
    TargetFactory(revision=revision)

    assert effects.measured(revision, as_of=now, cut="variant") == []
