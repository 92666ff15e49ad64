from datetime import date, timedelta
from uuid import uuid4

import pytest

from accounts.actions import activities, follow_ups
from accounts.models import Activity, FollowUp, Need, Touch
from crm import slots
from crm.models import AuditEvent
from tests.factories.accounts import AccountFactory, ActivityFactory, TopicFactory


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko)


def log(account, cast, now, **changes):
    fields = {"kind": "call", "result": "talked", "client_id": uuid4(), "by": cast.aiko, **changes}
    return activities.log(account=account, at=now, **fields)


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


# -- Correcting --------------------------------------------------------------------------------------


def test_a_correction_changes_what_the_log_draws_on_the_attention_budget(account, cast, now):
    activity = log(account, cast, now, result="talked")

    activities.correct(activity=activity, version=1, changes={"result": "absent"}, by=cast.aiko, at=now)

    assert [touch.counts for touch in Touch.objects.filter(source=f"activity:{activity.pk}")] == [False]


def test_a_call_that_was_a_note_leaves_no_touch(account, cast, now):
    activity = log(account, cast, now)

    activities.correct(activity=activity, version=1, changes={"kind": "note"}, by=cast.aiko, at=now)

    assert not Touch.objects.exists()


def test_nobody_else_corrects_a_log(account, cast, now):
    activity = log(account, cast, now)

    with pytest.raises(activities.NotTheirs):
        activities.correct(activity=activity, version=1, changes={"note": "違う"}, by=cast.emi, at=now)

    assert Activity.objects.get().note == ""


def test_of_two_corrections_to_the_same_version_the_second_is_refused(account, cast, now):
    activity = log(account, cast, now)
    activities.correct(activity=activity, version=1, changes={"note": "先"}, by=cast.aiko, at=now)

    with pytest.raises(activities.Conflict) as refusal:
        activities.correct(activity=activity, version=1, changes={"note": "後"}, by=cast.aiko, at=now)

    assert refusal.value.current.note == "先"


def test_a_correction_is_taken_back_with_its_touch(account, cast, now):
    activity = log(account, cast, now, note="前の言葉")
    activities.correct(activity=activity, version=1, changes={"kind": "note", "note": "後の言葉"}, by=cast.aiko, at=now)

    activities.take_back(activity=activity, by=cast.aiko, at=now)

    assert (activity.note, activity.kind, activity.version) == ("前の言葉", "call", 3)
    assert Touch.objects.count() == 1


def test_what_is_no_part_of_a_log_is_a_mistake_in_the_code(account, cast, now):
    with pytest.raises(TypeError):
        activities.correct(activity=log(account, cast, now), version=1, changes={"by": 1}, by=cast.aiko, at=now)


# -- Written down twice ------------------------------------------------------------------------------


def twice(account, cast, now, **second):
    first = log(account, cast, now, client_id=uuid4(), note="見積を頼まれた", minutes=3)
    return first, log(account, cast, now + timedelta(seconds=30), client_id=uuid4(), **second)


def test_two_logs_of_one_moment_become_one_and_nothing_is_lost(account, cast, now):
    topic = TopicFactory()
    step = follow_ups.NextStep(kind="mail", text="見積を送る", due_on=date(2026, 11, 27))
    first, second = twice(
        account, cast, now, note="部長も同席", reaction="positive", minutes=5, topics=[topic], next_step=step
    )

    joined = activities.join(activity=second, by=cast.aiko, at=now)

    assert joined == first == Activity.objects.get()
    assert (joined.note, joined.reaction, joined.minutes) == ("見積を頼まれた\n部長も同席", "positive", 5)
    assert (Need.objects.get().activity, FollowUp.objects.get().source_activity) == (first, first)
    assert Touch.objects.count() == 1


def test_a_call_that_was_answered_in_the_end_counts_as_answered(account, cast, now):
    _first, second = twice(account, cast, now, result="absent")

    assert activities.join(activity=second, by=cast.aiko, at=now).result == "talked"


def test_the_same_need_heard_twice_is_kept_once(account, cast, now):
    topic = TopicFactory()
    log(account, cast, now, client_id=uuid4(), topics=[topic], need_words="共有したい")
    second = log(account, cast, now, client_id=uuid4(), topics=[topic], need_words="共有したい")

    activities.join(activity=second, by=cast.aiko, at=now)

    assert Need.objects.count() == 1


@pytest.mark.parametrize(
    "apart", [timedelta(minutes=2, seconds=1), timedelta(days=-1)], ids=["two minutes later", "the day before"]
)
def test_logs_of_different_moments_are_not_joined(account, cast, now, apart):
    log(account, cast, now, client_id=uuid4())
    second = log(account, cast, now, client_id=uuid4(), happened_at=now + apart)

    with pytest.raises(activities.NoTwin):
        activities.join(activity=second, by=cast.aiko, at=now)

    assert Activity.objects.count() == 2


def test_the_log_of_a_colleague_is_no_twin(account, cast, now):
    log(account, cast, now, client_id=uuid4())
    second = log(account, cast, now, client_id=uuid4(), by=cast.ben)

    assert activities.twin_of(second) is None


def test_custom_values_of_both_logs_stay_and_the_second_one_wins(account, cast, now):
    first = ActivityFactory(account=account, by=cast.aiko, at=now, custom={"machine": "A-7", "stops": 3})
    second = ActivityFactory(account=account, by=cast.aiko, at=now, custom={"stops": 4})

    activities.join(activity=second, by=cast.aiko, at=now)

    first.refresh_from_db()
    assert first.custom == {"machine": "A-7", "stops": 4}


def test_nobody_else_joins_two_logs(account, cast, now):
    _first, second = twice(account, cast, now)

    with pytest.raises(activities.NotTheirs):
        activities.join(activity=second, by=cast.emi, at=now)
