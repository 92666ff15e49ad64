from datetime import date
from uuid import uuid4

import pytest

from accounts.actions import activities, follow_ups
from accounts.models import Activity, FollowUp, Need, Touch
from crm import slots
from crm.models import AuditEvent
from tests.factories.accounts import AccountFactory, TopicFactory


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko)


def log(account, cast, now, **changes):
    fields = {"kind": "call", "result": "talked", "client_id": uuid4(), **changes}
    return activities.log(account=account, by=cast.aiko, at=now, **fields)


def test_a_logged_call_leaves_a_touch_and_an_audit_event(account, cast, now):
    activity = log(account, cast, now, reaction="positive", note="部長も同席")

    touch = Touch.objects.get()
    assert (touch.account, touch.kind, touch.counts) == (account, "call", True)
    event = AuditEvent.objects.get(verb="activity.logged")
    assert (event.by, event.subject_id, event.account_id) == (cast.aiko, activity.pk, account.pk)


def test_a_call_nobody_answered_does_not_draw_on_the_attention_budget(account, cast, now):
    log(account, cast, now, result="absent")

    assert Touch.objects.get().counts is False


def test_a_note_is_no_touch(account, cast, now):
    log(account, cast, now, kind="note", result="done")

    assert not Touch.objects.exists()


def test_sent_twice_it_exists_once(account, cast, now):
    client_id = uuid4()

    first = log(account, cast, now, client_id=client_id, topics=[TopicFactory()])
    second = log(account, cast, now, client_id=client_id, topics=[TopicFactory()])

    assert first == second
    assert (Activity.objects.count(), Touch.objects.count(), Need.objects.count()) == (1, 1, 1)


def test_the_same_id_with_another_body_is_refused(account, cast, now):
    client_id = uuid4()
    log(account, cast, now, client_id=client_id, note="A")

    with pytest.raises(activities.DifferentLog):
        log(account, cast, now, client_id=client_id, note="B")

    assert Activity.objects.get().note == "A"


def test_needs_and_the_next_step_are_written_in_the_same_save(account, cast, now):
    step = follow_ups.NextStep(kind="mail", text="見積を送る", due_on=date(2026, 11, 27))

    activity = log(account, cast, now, note="共有したい", topics=[TopicFactory()], next_step=step)

    need, follow_up = Need.objects.get(), FollowUp.objects.get()
    assert (need.words, need.activity, need.heard_on) == ("共有したい", activity, date(2026, 11, 24))
    assert (follow_up.text, follow_up.due_on, follow_up.owner) == ("見積を送る", date(2026, 11, 27), cast.aiko)


def test_nothing_remains_when_a_later_step_fails(account, cast, now, monkeypatch):
    def fail(**kwargs):
        raise RuntimeError

    monkeypatch.setattr(slots, "after_log", [fail])

    with pytest.raises(RuntimeError):
        log(account, cast, now, topics=[TopicFactory()])

    assert not Activity.objects.exists()
    assert not Need.objects.exists()
    assert not Touch.objects.exists()
    assert not AuditEvent.objects.exists()
