from datetime import timedelta

import pytest
from celery import shared_task

from crm import jobs, tasks
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


def test_the_same_key_is_owed_once(item, now):
    again = jobs.enqueue("tests.note", key="note:1", at=now, text="done")

    assert (again, OutboxItem.objects.count()) == (item, 1)


def test_work_that_is_done_is_not_done_again(item):
    tasks.run_outbox_item(item.pk)
    tasks.run_outbox_item(item.pk)

    assert ran == ["done"]


def test_only_one_worker_gets_the_lease(item, now):
    assert jobs.claim(item.pk, at=now) is not None

    assert jobs.claim(item.pk, at=now) is None


def test_a_dead_workers_lease_runs_out(item, now):
    jobs.claim(item.pk, at=now)

    assert jobs.claim(item.pk, at=now + jobs.LEASE + timedelta(seconds=1)) is not None


def test_what_failed_waits_longer_each_time(db, now):
    item = jobs.enqueue("tests.note", key="note:2", at=now, text="fails")
    waits = []
    for _ in range(3):
        OutboxItem.objects.filter(pk=item.pk).update(due_at=now)
        claimed = jobs.claim(item.pk, at=now)
        jobs.fail(claimed, error="no", at=now)
        waits.append(OutboxItem.objects.get(pk=item.pk).due_at - now)

    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]


def test_a_failure_is_kept_with_its_words_and_tried_again(db, now):
    item = jobs.enqueue("tests.note", key="note:3", at=now, text="fails")

    tasks.run_outbox_item(item.pk)

    item.refresh_from_db()
    assert (item.done_at, item.claimed_until, item.last_error) == (None, None, "RuntimeError('no')")


def test_a_rolled_back_action_owes_nothing(transactional_db, now):
    from django.db import transaction

    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.enqueue("tests.note", key="note:4", at=now, text="done")
        raise RuntimeError

    assert not OutboxItem.objects.exists()
