from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from celery import current_app, shared_task
from django.db import connection
from kombu.exceptions import OperationalError

from crm import celery, jobs, tasks
from crm.models import OutboxItem

ran = []


@shared_task(name="tests.note")
def note(text: str) -> None:
    if text == "fails":
        raise RuntimeError("no")
    ran.append(text)


@pytest.fixture(autouse=True)
def empty():
    ran.clear()


@pytest.fixture
def item(db, now):
    return jobs.enqueue("tests.note", key="note:1", at=now, text="done")


@pytest.fixture
def committed(transactional_db, now):
    return jobs.enqueue("tests.note", key="note:1", at=now, text="done")


def claimed(item, at):
    with jobs.claim(item.pk, at=at) as claimed:
        return claimed


def in_another_worker(work):
    """What `work` returns on a connection of its own, which ends with it."""

    def run():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_the_same_key_is_owed_once(item, now):
    again = jobs.enqueue("tests.note", key="note:1", at=now, text="done")

    assert (again, OutboxItem.objects.count()) == (item, 1)


def test_work_that_is_done_is_not_done_again(item):
    tasks.run_outbox_item(item.pk)
    tasks.run_outbox_item(item.pk)

    assert ran == ["done"]


def test_only_one_worker_holds_an_item(committed, now):
    with jobs.claim(committed.pk, at=now) as mine:
        assert mine == committed
        assert in_another_worker(lambda: claimed(committed, now)) is None

    assert in_another_worker(lambda: claimed(committed, now + timedelta(hours=1))) == committed


def test_what_a_dead_worker_held_is_free_at_once(committed, now):
    def die():
        jobs.claim(committed.pk, at=now).__enter__()  # nobody will ever leave it

    in_another_worker(die)

    assert claimed(committed, now + timedelta(seconds=1)) == committed


def test_each_attempt_puts_off_the_next(item, now):
    waits = []
    for _ in range(4):
        OutboxItem.objects.filter(pk=item.pk).update(due_at=now)
        waits.append(claimed(item, now).due_at - now)

    assert waits == [timedelta(seconds=seconds) for seconds in (0, 1, 3, 7)]


def test_the_wait_ends_at_an_hour(item, now):
    OutboxItem.objects.filter(pk=item.pk).update(attempts=500)

    assert claimed(item, now).due_at == now + timedelta(hours=1)


def test_a_failure_is_kept_with_its_words_and_tried_again(db, now):
    item = jobs.enqueue("tests.note", key="note:3", at=now, text="fails")

    tasks.run_outbox_item(item.pk)

    item.refresh_from_db()
    assert (item.done_at, item.last_error, item.attempts) == (None, "RuntimeError('no')", 1)


def test_a_rolled_back_action_owes_nothing(transactional_db, now):
    from django.db import transaction

    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.enqueue("tests.note", key="note:4", at=now, text="done")
        raise RuntimeError

    assert not OutboxItem.objects.exists()


def test_a_broker_that_is_away_disturbs_nobody(transactional_db, now, monkeypatch, caplog):
    def away(*args, **options):
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.run_outbox_item, "apply_async", away)

    item = jobs.enqueue("tests.note", key="note:5", at=now, text="done")

    assert OutboxItem.objects.due(now).get() == item
    assert "no broker" in caplog.text


def test_workers_start_one_after_the_other(transactional_db):
    """Two that make the queue's trigger at once run into a deadlock."""

    def may_start():
        return jobs.advisory("pg_try_advisory_lock", celery.WORKER_STARTS)

    celery.wait_for_its_turn()
    assert in_another_worker(may_start) is False

    celery.let_the_next_start()
    assert in_another_worker(may_start) is True


def test_many_keys_are_owed_in_one_statement_and_each_once(item, now, django_assert_num_queries):
    wanted = {f"note:{number}": {"text": "done"} for number in range(1, 40)}

    with django_assert_num_queries(1):
        jobs.enqueue_all("tests.note", at=now, arguments=wanted)

    assert OutboxItem.objects.filter(task="tests.note").count() == 39
    assert OutboxItem.objects.get(key="note:39").arguments == {"text": "done"}


def test_a_sweep_tells_the_workers_of_many_at_once(db, now, django_capture_on_commit_callbacks, monkeypatch):
    swept = []
    monkeypatch.setattr(current_app.tasks["crm.sweep_outbox"], "apply_async", lambda **_how: swept.append(True))

    with django_capture_on_commit_callbacks(execute=True):
        jobs.enqueue_all("tests.note", at=now, arguments={"note:1": {"text": "done"}, "note:2": {"text": "done"}})

    assert swept == [True]
