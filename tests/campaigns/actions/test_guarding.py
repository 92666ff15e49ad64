"""The guard worked out ahead says what the facts say, whatever happens in between."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import Account, Activity, Case, Consent, Contact, Need, NpsResponse, Subscription, Touch
from accounts.queries.facts import day_of
from campaigns.actions import guarding, policies
from campaigns.deciding.policies import Rule
from campaigns.models import GuardDay, GuardDue, GuardState
from campaigns.models.guarding import WATCHED
from campaigns.queries.fall_out import Asking, in_state
from campaigns.queries.policies import policies_in_force
from crm.models import OutboxItem
from tests.factories.accounts import (
    AccountFactory,
    ActivityFactory,
    CaseFactory,
    ContactFactory,
    NeedFactory,
    NpsFactory,
    SubscriptionFactory,
)
from tests.factories.campaigns import respond

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(now):
    return Asking(day_of(now), policies_in_force())


@pytest.fixture
def account(cast, now):
    account = AccountFactory(owner=cast.aiko)
    guarding.renew_all(at=now)
    return account


def state_of(account):
    return GuardState.objects.get(pk=account.pk).rule


def doubtful():
    return set(GuardDue.objects.values_list("account_id", flat=True))


HAPPENINGS = {
    "accounts_activity": lambda account, now: ActivityFactory(
        account=account, by=account.owner, reaction="upset", at=now
    ),
    "accounts_case": lambda account, now: CaseFactory(account=account),
    "accounts_consent": lambda account, now: Consent.objects.create(
        account=account, channel="sales", is_granted=False, at=now, source="call"
    ),
    "accounts_need": lambda account, now: NeedFactory(account=account),
    "accounts_npsresponse": lambda account, now: NpsFactory(account=account, score=9, answered_at=now),
    "accounts_subscription": lambda account, now: SubscriptionFactory(account=account),
    "accounts_touch": lambda account, now: Touch.objects.create(account=account, kind="call", at=now, is_offer=True),
    "campaigns_response": lambda account, now: respond(account, None, "lost", now),
}
MODELS = {
    "accounts_activity": Activity,
    "accounts_case": Case,
    "accounts_consent": Consent,
    "accounts_need": Need,
    "accounts_npsresponse": NpsResponse,
    "accounts_subscription": Subscription,
    "accounts_touch": Touch,
}


def test_every_table_that_is_watched_is_tried():
    assert {*HAPPENINGS, "accounts_account"} == set(WATCHED)


@pytest.mark.parametrize("table", HAPPENINGS)
def test_whatever_happens_makes_the_customer_doubtful(table, account, now):
    HAPPENINGS[table](account, now)
    assert doubtful() == {account.pk}

    guarding.renew_due(at=now)
    assert doubtful() == set()

    if table in MODELS:  # nobody changes what was answered; only a merge moves it
        MODELS[table].objects.filter(account=account).update(account=account)
        assert doubtful() == {account.pk}


def test_who_comes_leaves_or_decides_matters_where_somebody_refused(account, now):
    boss = ContactFactory(account=account, part="decider")
    assert doubtful() == set(), "nobody refused anything yet"

    Consent.objects.create(account=account, contact=boss, channel="sales", is_granted=False, at=now, source="call")
    guarding.renew_due(at=now + timedelta(minutes=1))
    assert state_of(account) == "OPTED_OUT"

    successor = ContactFactory(account=account, part="decider")
    guarding.renew_due(at=now + timedelta(minutes=2))
    assert state_of(account) != "OPTED_OUT"

    Contact.objects.filter(pk=successor.pk).update(part="user")
    guarding.renew_due(at=now + timedelta(minutes=3))
    assert state_of(account) == "OPTED_OUT"

    boss.delete()
    guarding.renew_due(at=now + timedelta(minutes=4))
    assert state_of(account) != "OPTED_OUT"


def test_a_row_that_moves_makes_both_doubtful(account, now):
    other = AccountFactory()
    case = CaseFactory(account=account)
    guarding.renew_due(at=now)

    Case.objects.filter(pk=case.pk).update(account=other)
    assert doubtful() == {account.pk, other.pk}

    guarding.renew_due(at=now)
    Case.objects.filter(pk=case.pk).delete()
    assert doubtful() == {other.pk}


def test_an_open_case_closes_the_guard_and_its_end_opens_it_again(account, now):
    before = state_of(account)
    case = CaseFactory(account=account, opened_at=now - timedelta(hours=1))
    assert guarding.renew_due(at=now) > 0
    assert state_of(account) == "OPEN_CASE"

    Case.objects.filter(pk=case.pk).update(solved_at=now, reported_at=now)
    guarding.renew_due(at=now + timedelta(minutes=1))
    assert state_of(account) == before != "OPEN_CASE"


def test_a_new_customer_gets_a_state(account, now):
    new = AccountFactory()
    guarding.renew_due(at=now)

    assert state_of(new) == "NO_NEED"


def test_events_are_worked_off_the_oldest_first_and_some_at_a_time(account, now):
    others = [AccountFactory() for _ in range(3)]

    assert guarding.renew_due(at=now, events=2) == 2
    assert doubtful() == {others[2].pk}
    assert guarding.renew_due(at=now, events=2) == 1
    assert guarding.renew_due(at=now, events=2) == 0


def test_before_the_first_time_nothing_is_kept(cast, now, asking):
    AccountFactory(owner=cast.aiko)

    assert guarding.renew_due(at=now) == 0
    assert not GuardState.objects.exists()
    assert not asking.is_worked_out


def test_keeping_up_begins_with_everybody_and_goes_on_with_the_doubtful(cast, now):
    first = AccountFactory(owner=cast.aiko)
    guarding.keep_up(at=now)
    assert state_of(first) == "NO_NEED"

    CaseFactory(account=first, opened_at=now - timedelta(hours=1))
    guarding.keep_up(at=now)
    assert (state_of(first), doubtful()) == ("OPEN_CASE", set())

    guarding.keep_up(at=now + timedelta(days=2))
    assert GuardDay.objects.get().day == day_of(now).on + timedelta(days=2)


def test_states_speak_for_their_day_and_the_next_and_for_their_rules_alone(account, asking, now):
    def speaks(days=0, **changes):
        return replace(asking, today=day_of(now + timedelta(days=days)), **changes).is_worked_out

    assert [speaks(days) for days in (-1, 0, 1, 2)] == [False, True, True, False]
    assert not speaks(policies=replace(asking.policies, version="another"))


def test_new_rules_ask_for_everybody(account, cast, asking, now):
    edition = policies.publish(
        rules=[Rule("LOW_HEALTH", "suitability", {"below": 1})],
        reason="Too strict",
        by=cast.fumi,
        at=now,
    )
    assert OutboxItem.objects.filter(task=guarding.TASK, key=f"{guarding.TASK}:edition:{edition.version}").exists()

    guarding.renew_all(at=now)
    assert GuardDay.objects.get().edition == str(edition.version)


def test_lists_find_by_the_state_what_they_find_by_the_facts(cast, now):
    CaseFactory(account__owner=cast.aiko)
    AccountFactory(owner=cast.aiko)
    today = day_of(now).on
    wanted = [["open_case"], ["no_need"], ["clear"], ["open_case", "no_need"], []]

    by_facts = [set(Account.objects.filter(in_state(states, today))) for states in wanted]
    guarding.renew_all(at=now)
    by_state = [set(Account.objects.filter(in_state(states, today))) for states in wanted]

    assert by_state == by_facts
    assert by_facts[0] and by_facts[1]
