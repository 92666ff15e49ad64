"""What a revision leaves on the tables when it ends."""

from datetime import timedelta

import pytest

from campaigns.actions import campaigns, closing
from campaigns.models import Suggestion
from crm.audit import AuditEvent
from crm.jobs import OutboxItem
from tests.factories.campaigns import LaunchedFactory, SuggestionFactory

pytestmark = pytest.mark.django_db


def ended(now, **fields):
    return LaunchedFactory(state="ended", ended_at=now, **fields)


def test_a_stop_asks_for_its_suggestions_to_be_closed_at_once(cast, now):
    revision = LaunchedFactory(campaign__owner=cast.daisuke)

    campaigns.end(revision=revision, reason="学び", by=cast.daisuke, at=now)

    item = OutboxItem.objects.get(task=closing.TASK)
    assert (item.arguments, item.due_at) == ({"revision_id": revision.pk}, now)


def test_what_nobody_has_decided_about_is_closed_and_what_was_taken_up_goes_on(cast, now):
    revision = ended(now)
    states = ("open", "snoozed", "accepted", "proposed", "won", "withdrawn")
    made = {state: suggestion(cast, now, revision, state).pk for state in states}

    assert closing.close(revision_id=revision.pk, at=now) == 2

    left = dict(Suggestion.objects.values_list("pk", "state"))
    assert {state: left[number] for state, number in made.items()} == {
        **dict.fromkeys(("open", "snoozed"), "expired"),
        **{state: state for state in states[2:]},
    }
    assert AuditEvent.objects.get(verb="campaign.suggestions_closed").figures == {"closed": 2}


def test_more_than_one_batch_is_closed_and_a_second_call_finds_nothing(cast, now, monkeypatch):
    monkeypatch.setattr(closing, "BATCH", 2)
    revision, other = ended(now), LaunchedFactory()
    for _number in range(5):
        suggestion(cast, now, revision, "open")
    suggestion(cast, now, other, "open")

    assert closing.close(revision_id=revision.pk, at=now) == 5
    assert closing.close(revision_id=revision.pk, at=now) == 0
    assert Suggestion.objects.open().get().revision == other


def test_nothing_is_closed_while_the_revision_runs(cast, now):
    revision = LaunchedFactory()
    suggestion(cast, now, revision, "open")

    assert closing.close(revision_id=revision.pk, at=now + timedelta(days=1)) == 0
    assert Suggestion.objects.open().count() == 1


def suggestion(cast, now, revision, state):
    decided = {"decided_at": now, "decided_by": cast.aiko} if state in ("accepted", "proposed", "won") else {}
    return SuggestionFactory(revision=revision, state=state, **decided)
