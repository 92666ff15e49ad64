"""Pausing offers nothing new and takes nothing away that a rep has taken up; a guardrail pauses by itself."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import tasks
from campaigns.actions import campaigns, running, suggestions
from campaigns.actions.campaigns import NotPossible
from campaigns.models import CampaignRevision, Proposal, Suggestion
from campaigns.queries.calls import suggestion_for
from campaigns.queries.today import queue
from crm.audit import AuditEvent
from crm.jobs import OutboxItem
from crm.notices import Notice
from tests.factories.accounts import AccountFactory, NpsFactory
from tests.factories.campaigns import LaunchedFactory, SuggestionFactory, TargetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def revision(cast):
    return LaunchedFactory(campaign__owner=cast.daisuke, guardrail_nps="8.0")


def offered(revision, cast, **fields):
    return SuggestionFactory(revision=revision, account=AccountFactory(owner=cast.aiko), **fields)


def answers(revision, cast, now, score, many=8):
    for _ in range(many):
        account = AccountFactory(owner=cast.aiko, team=cast.east)
        NpsFactory(account=TargetFactory(revision=revision, account=account).account, score=score, answered_at=now)


def follow(revision, at):
    return running.follow(revision_id=revision.pk, at=at)


def state_of(row):
    row.refresh_from_db()
    return row.state


def test_a_paused_revision_is_offered_nowhere_and_comes_back_as_it_was(revision, cast, now):
    waiting, snoozed, elsewhere = offered(revision, cast), offered(revision, cast), offered(None, cast)
    suggestions.snooze(suggestion=snoozed, until=date(2026, 12, 1), by=cast.aiko, at=now)

    paused = running.pause(revision=revision, by=cast.daisuke, at=now)
    assert follow(revision, now) == 2
    assert queue(cast.aiko, now.date())[0] == [elsewhere]
    assert (state_of(waiting), state_of(snoozed)) == ("withdrawn", "withdrawn")

    running.resume(revision=paused, by=cast.daisuke, at=now + timedelta(days=1))
    assert follow(revision, now + timedelta(days=1)) == 2
    assert (state_of(waiting), state_of(snoozed), state_of(revision)) == ("open", "snoozed", "launched")


def test_what_a_rep_has_taken_up_goes_on(revision, cast, now):
    taken = offered(revision, cast)
    Suggestion.objects.filter(pk=taken.pk).update(state="accepted", decided_by=cast.aiko, decided_at=now)

    running.pause(revision=revision, by=cast.daisuke, at=now)

    assert follow(revision, now) == 0
    assert state_of(taken) == "accepted"


def test_what_ran_out_during_the_pause_stays_away(revision, cast, now):
    over = offered(revision, cast, expires_on=date(2026, 11, 25))
    running.pause(revision=revision, by=cast.daisuke, at=now)
    follow(revision, now)

    running.resume(revision=revision, by=cast.daisuke, at=now + timedelta(days=5))

    assert follow(revision, now + timedelta(days=5)) == 0
    assert state_of(over) == "withdrawn"


def test_what_is_undone_while_it_is_paused_waits_with_the_others(revision, cast, now):
    undone = offered(revision, cast)
    suggestions.dismiss(suggestion=undone, reason="no_need", by=cast.aiko, at=now)
    running.pause(revision=revision, by=cast.daisuke, at=now)

    suggestions.undo(suggestion=undone, by=cast.aiko, at=now)
    assert (state_of(undone), undone.withdrawn_rule) == ("withdrawn", "PAUSED")

    running.resume(revision=revision, by=cast.daisuke, at=now)
    follow(revision, now)
    assert state_of(undone) == "open"


@pytest.mark.parametrize("halt", ["pause", "end"])
def test_nothing_of_a_halted_campaign_can_be_decided_before_its_suggestions_are_taken_away(revision, cast, now, halt):
    waiting = offered(revision, cast)
    if halt == "pause":
        running.pause(revision=revision, by=cast.daisuke, at=now)
    else:
        campaigns.end(revision=revision, reason="学び", by=cast.daisuke, at=now)
    assert state_of(waiting) == "open"

    assert queue(cast.aiko, now.date())[0] == []
    assert suggestion_for(waiting.account_id, cast.aiko) is None
    with pytest.raises(suggestions.AlreadyTaken):
        suggestions.accept(suggestion=waiting, by=cast.aiko, at=now)
    with pytest.raises(suggestions.AlreadyTaken):
        suggestions.snooze(suggestion=waiting, until=date(2026, 12, 1), by=cast.aiko, at=now)
    with pytest.raises(suggestions.AlreadyTaken):
        suggestions.dismiss(suggestion=waiting, reason="no_need", by=cast.aiko, at=now)
    assert not Proposal.objects.exists()


def test_what_is_undone_after_the_end_stays_away(revision, cast, now):
    undone = offered(revision, cast)
    suggestions.dismiss(suggestion=undone, reason="no_need", by=cast.aiko, at=now)
    campaigns.end(revision=revision, reason="学び", by=cast.daisuke, at=now)

    suggestions.undo(suggestion=undone, by=cast.aiko, at=now)

    assert state_of(undone) == "expired"


def test_a_pause_and_a_resume_in_a_row_end_with_everything_offered(revision, cast, now, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 2)
    waiting = [offered(revision, cast) for _ in range(5)]
    running.pause(revision=revision, by=cast.daisuke, at=now)
    assert follow(revision, now) == 5
    running.resume(revision=revision, by=cast.daisuke, at=now)
    paused, resumed = OutboxItem.objects.filter(task=running.TASK).order_by("pk")

    tasks.follow_the_revision(**paused.arguments)
    assert {state_of(row) for row in waiting} == {"open"}
    tasks.follow_the_revision(**resumed.arguments)

    assert {state_of(row) for row in waiting} == {"open"}
    moved = AuditEvent.objects.filter(verb="campaign.suggestions_moved").order_by("pk")
    assert list(moved.values_list("figures__to", "figures__moved")) == [("paused", 5), ("launched", 5)]


def test_pausing_asks_as_much_for_many_suggestions_as_for_one(cast, now, django_assert_num_queries):
    few, many = (LaunchedFactory(campaign__owner=cast.daisuke) for _ in range(2))
    offered(few, cast)
    for _ in range(50):
        offered(many, cast)
    with CaptureQueriesContext(connection) as asked:
        running.pause(revision=few, by=cast.daisuke, at=now)

    with django_assert_num_queries(len(asked)):
        running.pause(revision=many, by=cast.daisuke, at=now)


def test_only_what_runs_is_paused_and_only_what_is_paused_goes_on(revision, cast, now):
    with pytest.raises(NotPossible):
        running.resume(revision=revision, by=cast.daisuke, at=now)
    running.pause(revision=revision, by=cast.daisuke, at=now)
    with pytest.raises(NotPossible):
        running.pause(revision=revision, by=cast.daisuke, at=now)


def test_a_crossed_guardrail_pauses_once_and_tells_planner_and_manager_once(revision, cast, now):
    waiting = offered(revision, cast)
    answers(revision, cast, now, score=3)

    tasks.check_guardrails()
    tasks.check_guardrails()
    follow(revision, now)

    assert (state_of(revision), revision.pause_rule, state_of(waiting)) == ("paused", "NPS", "withdrawn")
    told = Notice.objects.filter(code="campaign.guardrail").values_list("to__email", flat=True)
    assert sorted(told) == sorted([cast.daisuke.email, cast.emi.email])
    assert AuditEvent.objects.filter(verb="campaign.paused").values_list("by", "figures__rule").get() == (None, "NPS")


def test_happy_customers_pause_nothing(revision, cast, now):
    answers(revision, cast, now, score=9)

    assert running.check_guardrails(revision=revision, at=now) == ""
    assert state_of(revision) == "launched"


def test_after_a_guardrail_it_goes_on_only_with_a_reason_which_holds_for_a_week(revision, cast, now):
    answers(revision, cast, now, score=3)
    running.check_guardrails(revision=revision, at=now)
    with pytest.raises(running.ReasonMissing):
        running.resume(revision=revision, by=cast.daisuke, at=now, reason=" ")

    running.resume(revision=revision, by=cast.daisuke, at=now, reason="障害は直りました")
    revision = CampaignRevision.objects.get(pk=revision.pk)

    assert running.check_guardrails(revision=revision, at=now + timedelta(days=6)) == ""
    assert running.check_guardrails(revision=revision, at=now + timedelta(days=8)) == "NPS"
