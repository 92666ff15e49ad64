"""Calling through a list: one customer after the other, one transaction a result, and the place is kept."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Activity, Consent, FollowUp, Touch
from campaigns.actions import calls, suggestions
from campaigns.models import CallRound, CallStep, Proposal
from campaigns.queries import calls as queries
from crm.models import AuditEvent
from tests.campaigns.worlds import nobody_in_control, offered, suggest, welcome
from tests.factories.accounts import AccountFactory, CaseFactory, ContactFactory, FollowUpFactory
from tests.factories.campaigns import LaunchedFactory, TargetFactory

pytestmark = pytest.mark.django_db


def listed(by, now, **more):
    return calls.begin(by=by, at=now, source="customers", query="?view=mine", **more)


def turn(tour):
    return tour.steps.get(number=tour.number)


@pytest.fixture
def three(cast):
    return [AccountFactory(owner=cast.aiko, name=name, reading=name) for name in ("あ社", "い社", "う社")]


@pytest.fixture
def wanted(cast, now):
    """Somebody to whom one thing may be offered."""
    nobody_in_control()
    account = welcome(cast.aiko)
    suggest(now)
    return account, offered(account)[0]


def test_a_list_is_met_in_its_order_and_ends(cast, now, three):
    tour = listed(cast.aiko, now)
    met = []
    while not tour.ended_at:
        met.append(turn(tour).account)
        tour = calls.settle(step=turn(tour), outcome="talked", by=cast.aiko, at=now)

    assert (met, tour.total) == (three, 3)
    assert Activity.objects.filter(by=cast.aiko, kind="call", result="talked").count() == 3


def test_it_goes_on_where_somebody_was_and_only_for_them(cast, now, three):
    tour = calls.skip(step=turn(listed(cast.aiko, now)), by=cast.aiko, at=now)

    assert listed(cast.aiko, now + timedelta(hours=1)) == tour
    assert turn(tour).account == three[1]
    assert not CallRound.objects.visible_to(cast.emi).exists()
    calls.end(tour=tour, by=cast.aiko, at=now)
    assert turn(listed(cast.aiko, now)).account == three[0]


def test_selected_rows_are_a_list_of_their_own(cast, now, three):
    tour = listed(cast.aiko, now, ids=[three[2].pk, three[0].pk])

    assert (tour.total, turn(tour).account) == (2, three[0])
    assert turn(calls.skip(step=turn(tour), by=cast.aiko, at=now)).account == three[2]


def test_who_moves_to_the_end_of_the_list_by_the_call_is_not_met_again(cast, now, three):
    query = "?view=mine&sort=last_contact"
    tour = calls.begin(by=cast.aiko, at=now, source="customers", query=query)
    for _ in three:
        tour = calls.settle(step=turn(tour), outcome="talked", by=cast.aiko, at=now)

    assert tour.ended_at
    assert tour.steps.count() == 3


def test_an_empty_list_is_not_begun(cast, now):
    with pytest.raises(calls.Nobody):
        listed(cast.aiko, now)

    assert not CallRound.objects.exists()


def test_who_wants_the_offer_gets_a_proposal_and_a_log_at_once(cast, now, wanted):
    account, suggestion = wanted
    tour = calls.begin(by=cast.aiko, at=now, source="today")
    step = turn(tour)

    calls.settle(step=step, outcome="accepted", suggestion=suggestion, note="来週お見積り", by=cast.aiko, at=now)

    log = Activity.objects.get(by=cast.aiko, account=account)
    assert (log.kind, log.result, log.reaction, log.note) == ("call", "talked", "positive", "来週お見積り")
    assert Proposal.objects.get(suggestion=suggestion).state == "preparing"
    assert CallStep.objects.get(pk=step.pk).activity == log
    assert AuditEvent.objects.filter(verb="call.settled", subject_id=step.pk).exists()


def test_a_guard_that_closed_meanwhile_leaves_nothing_written(cast, now, wanted):
    account, suggestion = wanted
    tour = calls.begin(by=cast.aiko, at=now, source="today")
    CaseFactory(account=account, opened_at=now - timedelta(minutes=1))

    with pytest.raises(suggestions.NotWelcome):
        calls.settle(step=turn(tour), outcome="accepted", suggestion=suggestion, by=cast.aiko, at=now)

    assert not Activity.objects.filter(by=cast.aiko, kind="call", at=now).exists()
    assert turn(tour).outcome == ""


@pytest.mark.parametrize(
    ("outcome", "more", "state"),
    [("declined", {"reason": "budget"}, "dismissed"), ("later", {}, "snoozed"), ("absent", {}, "open")],
)
def test_each_result_is_undone_with_all_that_it_did(outcome, more, state, cast, now, wanted):
    account, suggestion = wanted
    tour = calls.begin(by=cast.aiko, at=now, source="today")
    before = FollowUp.objects.count(), Touch.objects.count(), Activity.objects.count()
    tour = calls.settle(step=turn(tour), outcome=outcome, suggestion=suggestion, by=cast.aiko, at=now, **more)
    suggestion.refresh_from_db()
    assert suggestion.state == state

    tour = calls.undo(tour=tour, by=cast.aiko, at=now + timedelta(seconds=20))

    suggestion.refresh_from_db()
    assert suggestion.state == "open"
    assert before == (FollowUp.objects.count(), Touch.objects.count(), Activity.objects.count())
    assert (turn(tour).account, turn(tour).outcome, tour.ended_at) == (account, "", None)


def test_a_result_is_undone_for_half_a_minute_and_a_skip_always(cast, now, three):
    tour = calls.skip(step=turn(listed(cast.aiko, now)), by=cast.aiko, at=now)
    assert turn(calls.undo(tour=tour, by=cast.aiko, at=now + timedelta(days=1))).account == three[0]

    tour = calls.settle(step=turn(listed(cast.aiko, now)), outcome="absent", by=cast.aiko, at=now)
    with pytest.raises(suggestions.TooLate):
        calls.undo(tour=tour, by=cast.aiko, at=now + timedelta(seconds=31))


def test_a_result_sent_twice_counts_once(cast, now, three):
    step = turn(listed(cast.aiko, now))
    calls.settle(step=step, outcome="talked", by=cast.aiko, at=now)

    with pytest.raises(calls.Moved):
        calls.settle(step=CallStep.objects.get(pk=step.pk), outcome="upset", by=cast.aiko, at=now)

    assert Activity.objects.filter(by=cast.aiko).count() == 1


def test_nothing_is_wanted_where_nothing_was_offered(cast, now, three):
    with pytest.raises(calls.NoOffer):
        calls.settle(step=turn(listed(cast.aiko, now)), outcome="accepted", by=cast.aiko, at=now)


@pytest.mark.parametrize(
    ("outcome", "kind", "text"),
    [("absent", "call", "Call again"), ("wrong", "note", "Find the right number"), ("upset", "call", "Call to listen")],
)
def test_the_next_step_is_planned(outcome, kind, text, cast, now, three):
    calls.settle(step=turn(listed(cast.aiko, now)), outcome=outcome, by=cast.aiko, at=now)

    planned = FollowUp.objects.get(account=three[0])
    assert (planned.kind, planned.text_en, planned.owner) == (kind, text, cast.aiko)


def test_targets_of_a_campaign_are_called_unless_somebody_decided(cast, now):
    revision = LaunchedFactory()
    mine = [TargetFactory(revision=revision, account=AccountFactory(owner=cast.aiko), rep=cast.aiko) for _ in range(2)]
    TargetFactory(revision=revision, account=AccountFactory(owner=cast.aiko), rep=cast.aiko, arm="holdout")
    TargetFactory(revision=revision, account=AccountFactory(owner=cast.chie), rep=cast.chie)

    tour = calls.begin(by=cast.aiko, at=now, source="campaign", revision=revision)

    assert (tour.total, turn(tour).account) == (2, mine[0].account)
    assert turn(calls.skip(step=turn(tour), by=cast.aiko, at=now)).account == mine[1].account


def test_today_brings_the_suggestions_and_then_what_was_promised(cast, now, wanted):
    promised = AccountFactory(owner=cast.aiko)
    FollowUpFactory(account=promised, owner=cast.aiko, kind="call", due_on=now.date())

    tour = calls.begin(by=cast.aiko, at=now, source="today")
    tour = calls.skip(step=turn(tour), by=cast.aiko, at=now)

    assert (tour.total, turn(tour).account) == (2, promised)
    assert calls.skip(step=turn(tour), by=cast.aiko, at=now).ended_at


# ------------------------------------------------------------------------------ what stands on the screen


def test_whoever_the_guard_protects_is_called_without_a_pitch(cast, now, wanted):
    account, suggestion = wanted
    told = queries.call_of(account, cast.aiko, on=now.date())
    assert (told.may_offer, told.suggestion) == (True, suggestion)

    CaseFactory(account=account, opened_at=now - timedelta(minutes=1))
    told = queries.call_of(Account.objects.get(pk=account.pk), cast.aiko, on=now.date())
    assert not told.may_offer
    assert told.against[0].rule == "OPEN_CASE"
    assert told.script == queries.Script()


def test_who_refused_calls_is_not_dialled_and_a_colleague_is(cast, now):
    account = AccountFactory(owner=cast.aiko, phone="03-1111-2222")
    silent = ContactFactory(account=account, phone="０３（４４４４）５５５５")
    told = queries.call_of(account, cast.aiko, on=now.date())
    assert (told.person, told.dial, told.is_phone_closed) == (silent, "0344445555", False)

    Consent.objects.create(account=account, contact=silent, channel="phone", is_granted=False, at=now, source="call")
    assert queries.call_of(account, cast.aiko, on=now.date()).is_phone_closed

    other = ContactFactory(account=account, phone="")
    told = queries.call_of(account, cast.aiko, on=now.date())
    assert (told.person, told.dial, told.is_phone_closed) == (other, "0311112222", False)


def test_a_long_list_costs_what_a_short_one_costs(cast, now, three, captured):
    tour = listed(cast.aiko, now)
    short = captured(lambda: calls.skip(step=turn(tour), by=cast.aiko, at=now))
    AccountFactory.create_batch(40, owner=cast.aiko)
    tour.refresh_from_db()
    assert captured(lambda: calls.skip(step=turn(tour), by=cast.aiko, at=now)) == short


@pytest.fixture
def captured():
    def count(deed):
        with CaptureQueriesContext(connection) as asked:
            deed()
        assert not [one["sql"] for one in asked if "OFFSET" in one["sql"]]
        return len(asked)

    return count


@pytest.fixture
def promised(cast, now, three):
    """For today: a call, a mail; for tomorrow: another call."""
    due = {"account": three[0], "owner": cast.aiko, "due_on": now.date()}
    call, mail = FollowUpFactory(kind="call", **due), FollowUpFactory(kind="mail", **due)
    return call, mail, FollowUpFactory(kind="call", **(due | {"due_on": now.date() + timedelta(days=1)}))


def done():
    return set(FollowUp.objects.exclude(done_at=None))


@pytest.mark.parametrize("outcome", ["talked", "later", "upset"])
def test_a_conversation_keeps_the_calls_that_were_promised_for_today(outcome, cast, now, promised):
    tour = listed(cast.aiko, now)

    tour = calls.settle(step=turn(tour), outcome=outcome, by=cast.aiko, at=now)

    assert done() == {promised[0]}
    calls.undo(tour=tour, by=cast.aiko, at=now)
    assert done() == set()


@pytest.mark.parametrize("outcome", ["absent", "wrong"])
def test_a_call_that_reached_nobody_keeps_no_promise(outcome, cast, now, promised):
    calls.settle(step=turn(listed(cast.aiko, now)), outcome=outcome, kept=promised[:1], by=cast.aiko, at=now)

    assert done() == set()


def test_a_call_that_is_promised_already_is_not_promised_twice(cast, now, promised):
    before = FollowUp.objects.open().count()
    calls.settle(step=turn(listed(cast.aiko, now)), outcome="absent", by=cast.aiko, at=now)

    assert FollowUp.objects.open().count() == before


def test_what_was_chosen_is_ticked_off_and_nothing_else(cast, now, promised):
    calls.settle(step=turn(listed(cast.aiko, now)), outcome="talked", kept=[promised[1]], by=cast.aiko, at=now)

    assert done() == {promised[1]}


def test_the_totals_say_what_came_of_a_round(cast, now, three):
    tour, minute = listed(cast.aiko, now), timedelta(minutes=1)
    tour = calls.settle(step=turn(tour), outcome="absent", by=cast.aiko, at=now + 3 * minute)
    tour = calls.settle(step=turn(tour), outcome="upset", by=cast.aiko, at=now + 63 * minute)
    tour = calls.undo(tour=tour, by=cast.aiko, at=now + 63 * minute)
    tour = calls.settle(step=turn(tour), outcome="talked", by=cast.aiko, at=now + 64 * minute)
    tour = calls.skip(step=turn(tour), by=cast.aiko, at=now + 65 * minute)

    totals = queries.totals_of(tour)

    assert (totals.called, totals.reached, totals.skipped) == (2, 1, 1)
    assert dict(totals.results) == {"absent": 1, "talked": 1}
    assert (totals.minutes, totals.planned) == (3 + 30 + 1, 1)


def test_the_totals_of_a_long_round_cost_what_those_of_a_short_one_cost(cast, now, three, captured):
    tour = calls.skip(step=turn(listed(cast.aiko, now)), by=cast.aiko, at=now)
    few = captured(lambda: queries.totals_of(tour))
    others = AccountFactory.create_batch(50, owner=cast.aiko)
    CallStep.objects.bulk_create(
        CallStep(round=tour, number=100 + n, account=account, outcome="talked", at=now)
        for n, account in enumerate(others)
    )

    assert captured(lambda: queries.totals_of(tour)) == few
