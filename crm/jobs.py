"""Work that must not be lost: an outbox in the same transaction, swept until done; the queue is only a hint.

A task is named by its registered name, so that actions need not import tasks. Who works on an item holds an
advisory lock of PostgreSQL: it ends with the connection, so what a killed worker held is free at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, ClassVar

from celery import current_app
from django.db import connection, models, transaction
from django.db.models import Q

LONGEST_WAIT = timedelta(hours=1)


class OutboxQuerySet(models.QuerySet["OutboxItem"]):
    def due(self, at: datetime) -> OutboxQuerySet:
        return self.filter(done_at=None, due_at__lte=at)


class OutboxItem(models.Model):
    task = models.CharField(max_length=120)
    arguments = models.JSONField(default=dict)
    key = models.CharField(max_length=120, unique=True, help_text="The same key is enqueued once.")
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    objects: ClassVar[models.Manager[OutboxItem]] = OutboxQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at=None), name="outbox_due")]


class Heartbeat(models.Model):
    """The last sign of life of a part of the system: worker, beat."""

    part = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()


def enqueue(task: str, *, key: str, at: datetime, **arguments: Any) -> OutboxItem:
    """Ask for `task` (a registered name) to run at least once after this transaction commits."""
    item, _ = OutboxItem.objects.get_or_create(key=key, defaults={"task": task, "arguments": arguments, "due_at": at})

    def hint() -> None:
        """Tell a worker now; when the broker is away, the sweep finds the row later."""
        current_app.tasks["crm.run_outbox_item"].apply_async(args=(item.pk,), retry=False)

    transaction.on_commit(hint, robust=True)
    return item


def enqueue_all(task: str, *, at: datetime, arguments: Mapping[str, Mapping[str, Any]]) -> None:
    """As `enqueue` for each key of `arguments`, in one statement; a sweep tells the workers of the first, the next ones of the
    others."""
    OutboxItem.objects.bulk_create(
        (OutboxItem(task=task, key=key, arguments=dict(named), due_at=at) for key, named in arguments.items()),
        ignore_conflicts=True,
    )
    transaction.on_commit(lambda: current_app.tasks["crm.sweep_outbox"].apply_async(retry=False), robust=True)


@contextmanager
def claim(item_id: int, *, at: datetime) -> Iterator[OutboxItem | None]:
    """Hold the item while working on it; None when somebody else does, or when it is done or not due yet.

    Each claim puts off the next one, so an item that kills its workers does not keep them all busy.
    """
    lock = f"outbox:{item_id}"
    if not advisory("pg_try_advisory_lock", lock):
        yield None
        return
    try:
        item = OutboxItem.objects.due(at).filter(pk=item_id).first()
        if item:
            item.attempts, item.due_at = item.attempts + 1, at + _wait(item.attempts)
            item.save(update_fields=["attempts", "due_at"])
        yield item
    finally:
        advisory("pg_advisory_unlock", lock)


def advisory(function: str, name: str) -> bool:
    """Call one of PostgreSQL's functions for locks that end with the connection; what it says."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])


def _wait(failed: int) -> timedelta:
    """Nothing before the second attempt, then 1, 3, 7 … seconds, at most an hour."""
    return min(timedelta(seconds=2 ** min(failed, 12) - 1), LONGEST_WAIT)


def finish(item: OutboxItem, *, at: datetime) -> None:
    OutboxItem.objects.filter(pk=item.pk).update(done_at=at, last_error="")


def fail(item: OutboxItem, *, error: str) -> None:
    """Keep the words of the failure; `claim` has already put off the next attempt."""
    OutboxItem.objects.filter(pk=item.pk).update(last_error=error[:2000])
