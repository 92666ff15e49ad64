"""What Sodate promises, each with a control: without the obstacle the offer would be there."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Consent, Need, NpsResponse, ScoreSnapshot, Touch, UpgradePath
from accounts.models.accounts import Account
from campaigns.actions import proposals, suggestions
from campaigns.models import Decision, Suggestion
from campaigns.queries.decisions import guards_for
from tests.campaigns import worlds
from tests.campaigns.worlds import TODAY, offered, suggest, welcome
from tests.factories.accounts import ActivityFactory, CaseFactory, ContactFactory
from tests.factories.campaigns import LaunchedFactory, TargetFactory

pytestmark = pytest.mark.django_db

SELLING = ("up", "cross_sell", "trial")


def answers_six(account: Account) -> None:
    NpsResponse.objects.filter(account=account).update(score=6)


def complains(account: Account) -> None:
    CaseFactory(account=account, kind="complaint")


def was_upset(account: Account) -> None:
    ActivityFactory(account=account, reaction="upset")


def slides(account: Account) -> None:
    ScoreSnapshot.objects.filter(account=account).update(health=39)


def opts_out(account: Account) -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    Consent.objects.create(account=account, channel="sales", is_granted=False, at=at, source="mail")


def decider_opts_out(account: Account) -> None:
    """Whatever their staff allowed."""
    ContactFactory(account=account, part="user")
    at = datetime(2026, 11, 1, tzinfo=UTC)
    boss = ContactFactory(account=account, part="decider")
    Consent.objects.create(account=account, contact=boss, channel="sales", is_granted=False, at=at, source="mail")


def says_no_need(account: Account) -> None:
    Need.objects.filter(account=account).update(solved_on=date(2026, 11, 20))


def was_approached_three_times(account: Account) -> None:
    for days in (3, 10, 20):
        at = datetime(2026, 11, 24, tzinfo=UTC) - timedelta(days=days)
        Touch.objects.create(account=account, kind="call", at=at)


def was_never_asked(account: Account) -> None:
    NpsResponse.objects.filter(account=account).delete()


def was_offered_something_lately(account: Account) -> None:
    at = datetime(2026, 11, 4, tzinfo=UTC)
    Touch.objects.create(account=account, kind="campaign", at=at, is_offer=True, counts=False)


OBSTACLES = [
    pytest.param(answers_six, "DETRACTOR", id="a detractor"),
    pytest.param(complains, "OPEN_CASE", id="an open complaint"),
    pytest.param(was_upset, "UPSET", id="somebody upset"),
    pytest.param(slides, "LOW_HEALTH", id="failing health"),
    pytest.param(opts_out, "OPTED_OUT", id="the opted-out"),
    pytest.param(decider_opts_out, "OPTED_OUT", id="a decision maker who opted out"),
    pytest.param(says_no_need, "NO_NEED", id="somebody without a need"),
    pytest.param(was_approached_three_times, "OVER_BUDGET", id="somebody approached often enough"),
    pytest.param(was_never_asked, "NEVER_ASKED", id="somebody never asked"),
    pytest.param(was_offered_something_lately, "RECENT_OFFER", id="somebody offered something lately"),
]


@pytest.fixture
def twins(cast):
    """Two customers alike in everything."""
    worlds.nobody_in_control()
    return welcome(cast.aiko), welcome(cast.aiko)


@pytest.mark.parametrize(("obstacle", "rule"), OBSTACLES)
def test_nothing_is_ever_offered_to(twins, now, obstacle, rule):
    account, control = twins
    obstacle(account)

    suggest(now)

    assert [found.action_key for found in offered(control)] == ["plan-1-to-2"]
    assert not Suggestion.objects.filter(account=account, lane__in=SELLING).exists()
    assert rule in set(Decision.objects.filter(account=account).values_list("rule", flat=True))
    assert [check.rule for check in guards_for([account.pk], TODAY)[account.pk].blockers] == [rule]
    assert guards_for([control.pk], TODAY)[control.pk].allowed


@pytest.mark.parametrize(("obstacle", "rule"), OBSTACLES)
def test_the_guard_is_asked_again_when_a_rep_accepts(twins, cast, now, obstacle, rule):
    account, control = twins
    suggest(now)
    (mine,), (other,) = offered(account), offered(control)
    obstacle(account)

    with pytest.raises(suggestions.NotWelcome) as refusal:
        suggestions.accept(suggestion=mine, by=cast.aiko, at=now)

    assert refusal.value.checks[0].rule == rule
    assert suggestions.accept(suggestion=other, by=cast.aiko, at=now).state == "preparing"


@pytest.mark.parametrize(("obstacle", "rule"), OBSTACLES)
def test_the_guard_is_asked_again_when_it_is_put_to_the_customer(twins, cast, now, obstacle, rule):
    account, _control = twins
    suggest(now)
    mine, other = (suggestions.accept(suggestion=offered(each)[0], by=cast.aiko, at=now) for each in twins)
    obstacle(account)

    with pytest.raises(suggestions.NotWelcome) as refusal:
        proposals.mark_proposed(proposal=mine, by=cast.aiko, at=now)

    assert refusal.value.checks[0].rule == rule
    assert proposals.mark_proposed(proposal=other, by=cast.aiko, at=now).state == "proposed"


def test_a_smaller_plan_that_keeps_an_unhappy_customer_stays_possible(cast, now):
    worlds.nobody_in_control()
    account = welcome(cast.aiko)
    answers_six(account)
    path = account.subscriptions.get().product.paths_from.get()
    type(path).objects.update(kind="right_size", from_product=path.to_product, to_product=path.from_product)
    account.subscriptions.update(product=path.to_product, monthly_amount=144_000)
    account.usage.update(value=100, allowance=2_400)
    ScoreSnapshot.objects.update(health=35, health_change=-12)

    suggest(now)

    assert [found.lane for found in offered(account)] == ["right_size"]


def test_an_open_suggestion_is_taken_back_the_night_the_customer_turns_unhappy(twins, now):
    account, control = twins
    suggest(now)
    assert offered(account)
    answers_six(account)

    suggest(now + timedelta(hours=12))

    assert offered(account) == []
    assert Suggestion.objects.get(account=account).withdrawn_rule == "DETRACTOR"
    assert len(offered(control)) == 1


def test_a_holdout_is_never_offered_the_step_of_its_campaign(twins, now):
    account, control = twins
    path = worlds.ladder()
    revision = LaunchedFactory(path=path)
    TargetFactory(revision=revision, account=account, arm="holdout")
    TargetFactory(revision=revision, account=control, arm="treated")

    suggest(now)

    assert offered(account) == []
    assert Decision.objects.get(account=account).rule == "CAMPAIGN_HOLDOUT"
    assert [found.revision for found in offered(control)] == [revision]


def test_a_holdout_drawn_after_the_suggestion_stays_untouched_too(twins, cast, now):
    account, control = twins
    suggest(now)
    mine, other = offered(account)[0], offered(control)[0]
    TargetFactory(revision=LaunchedFactory(path=worlds.ladder()), account=account, arm="holdout")

    with pytest.raises(suggestions.NotWelcome) as refusal:
        suggestions.accept(suggestion=mine, by=cast.aiko, at=now)

    assert [check.rule for check in refusal.value.checks] == ["CAMPAIGN_HOLDOUT"]
    suggestions.accept(suggestion=other, by=cast.aiko, at=now)


def test_a_holdout_is_free_again_when_the_campaign_has_ended(twins, now):
    account, _control = twins
    revision = LaunchedFactory(path=worlds.ladder(), state="ended")
    TargetFactory(revision=revision, account=account, arm="holdout")

    suggest(now)

    assert len(offered(account)) == 1


def test_a_campaign_makes_suggestions_for_those_it_may_address_and_for_nobody_else(twins, now):
    account, control = twins
    complains(account)
    revision = LaunchedFactory(path=worlds.ladder())
    for each in twins:
        TargetFactory(revision=revision, account=each, arm="treated")
    addressed = [each.pk for each in twins]

    made = suggestions.suggest_for_campaign(revision=revision, account_ids=addressed, as_of=now)
    again = suggestions.suggest_for_campaign(revision=revision, account_ids=addressed, as_of=now)

    assert (made, again) == (1, 1)
    assert Suggestion.objects.get().account == control
    assert Suggestion.objects.get().revision == revision


def test_two_campaigns_with_the_same_step_do_not_take_each_others_customers(twins, now):
    first, second = LaunchedFactory(path=worlds.ladder()), LaunchedFactory(path=worlds.ladder())
    addressed = [each.pk for each in twins]
    for revision, customers in ((first, twins[:1]), (second, twins)):
        for each in customers:
            TargetFactory(revision=revision, account=each, arm="treated")
    suggestions.suggest_for_campaign(revision=first, account_ids=addressed[:1], as_of=now)

    suggestions.suggest_for_campaign(revision=second, account_ids=addressed, as_of=now)

    assert dict(Suggestion.objects.values_list("account", "revision")) == dict(
        zip(addressed, (first.pk, second.pk), strict=True)
    )
    refused = Decision.objects.filter(run__revision=second, account=addressed[0])
    assert refused.values_list("stopped_at", "rule").get() == ("limit", "IN_HAND")


def test_a_step_that_was_closed_is_offered_to_nobody(twins, now):
    account, _control = twins
    suggest(now)
    assert offered(account)
    UpgradePath.objects.update(is_open=False)

    suggest(now + timedelta(hours=1))

    assert not Suggestion.objects.open().exists()


def test_the_guard_of_a_list_costs_the_same_for_one_and_for_many(cast, now, django_assert_num_queries):
    worlds.nobody_in_control()
    accounts = [welcome(cast.aiko).pk for _ in range(5)]
    guards_for(accounts, TODAY)

    with django_assert_num_queries(3):
        guards_for(accounts[:1], TODAY)
    with django_assert_num_queries(3):
        guards_for(accounts, TODAY)


def test_the_same_facts_and_the_same_rules_give_the_same_decisions(twins, now):
    shape = ("action_key", "stopped_at", "rule", "factors", "score", "rank", "arm", "probability")
    first = suggest(now)
    second = suggest(now + timedelta(minutes=1))

    decided = [list(Decision.objects.filter(run=run).order_by("account").values(*shape)) for run in (first, second)]

    assert decided[0] == decided[1]
    assert len(decided[0]) == 2
