"""Pausing offers nothing new and takes nothing away that a rep has taken up; a guardrail pauses by itself."""

from datetime import date, timedelta

import pytest

from campaigns import tasks
from campaigns.actions import running, suggestions
from campaigns.actions.campaigns import NotPossible
from campaigns.models import CampaignRevision, Suggestion
from campaigns.queries.today import queue
from crm.audit import AuditEvent
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


def state_of(row):
    row.refresh_from_db()
    return row.state


def test_a_paused_revision_is_offered_nowhere_and_comes_back_as_it_was(revision, cast, now):
    waiting, snoozed, elsewhere = offered(revision, cast), offered(revision, cast), offered(None, cast)
    suggestions.snooze(suggestion=snoozed, until=date(2026, 12, 1), by=cast.aiko, at=now)

    paused = running.pause(revision=revision, by=cast.daisuke, at=now)
    assert queue(cast.aiko, now.date())[0] == [elsewhere]
    assert (state_of(waiting), state_of(snoozed)) == ("withdrawn", "withdrawn")

    running.resume(revision=paused, by=cast.daisuke, at=now + timedelta(days=1))
    assert (state_of(waiting), state_of(snoozed), state_of(revision)) == ("open", "snoozed", "launched")


def test_what_a_rep_has_taken_up_goes_on(revision, cast, now):
    taken = offered(revision, cast)
    Suggestion.objects.filter(pk=taken.pk).update(state="accepted", decided_by=cast.aiko, decided_at=now)

    running.pause(revision=revision, by=cast.daisuke, at=now)

    assert state_of(taken) == "accepted"


def test_what_ran_out_during_the_pause_stays_away(revision, cast, now):
    over = offered(revision, cast, expires_on=date(2026, 11, 25))
    running.pause(revision=revision, by=cast.daisuke, at=now)

    running.resume(revision=revision, by=cast.daisuke, at=now + timedelta(days=5))

    assert state_of(over) == "withdrawn"


def test_what_is_undone_while_it_is_paused_waits_with_the_others(revision, cast, now):
    undone = offered(revision, cast)
    suggestions.dismiss(suggestion=undone, reason="no_need", by=cast.aiko, at=now)
    running.pause(revision=revision, by=cast.daisuke, at=now)

    suggestions.undo(suggestion=undone, by=cast.aiko, at=now)
    assert (state_of(undone), undone.withdrawn_rule) == ("withdrawn", "PAUSED")

    running.resume(revision=revision, by=cast.daisuke, at=now)
    assert state_of(undone) == "open"


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
