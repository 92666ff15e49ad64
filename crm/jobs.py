"""Work that must not be lost: an outbox in the same transaction, swept until done; the queue is only a hint.

A task is named by its registered name, so that actions need not import tasks.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from celery import current_app
from django.db import models, transaction
from django.db.models import F, Q

LEASE = timedelta(minutes=10)


class OutboxQuerySet(models.QuerySet["OutboxItem"]):
    def due(self, at: datetime) -> OutboxQuerySet:
        """Not done, due, and leased by nobody who may still be alive."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lt=at), done_at=None, due_at__lte=at)


class OutboxItem(models.Model):
    task = models.CharField(max_length=120)
    arguments = models.JSONField(default=dict)
    key = models.CharField(max_length=120, unique=True, help_text="The same key is enqueued once.")
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
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
    transaction.on_commit(partial(_hint, item.pk), robust=True)
    return item


def _hint(item_id: int) -> None:
    """Tell a worker now; when the broker is away, the sweep finds the row later."""
    current_app.tasks["crm.run_outbox_item"].apply_async(args=(item_id,), retry=False)


def claim(item_id: int, *, at: datetime) -> OutboxItem | None:
    """Take the lease by one conditional update; None when somebody else has it or it is done."""
    taken = (
        OutboxItem.objects.filter(pk=item_id)
        .filter(pk__in=OutboxItem.objects.due(at).values("pk"))
        .update(claimed_until=at + LEASE, attempts=F("attempts") + 1)
    )
    return OutboxItem.objects.get(pk=item_id) if taken else None


def finish(item: OutboxItem, *, at: datetime) -> None:
    OutboxItem.objects.filter(pk=item.pk).update(done_at=at, claimed_until=None, last_error="")


def fail(item: OutboxItem, *, error: str, at: datetime) -> None:
    """Free the lease and wait longer each time: 1, 2, 4 … minutes, at most an hour."""
    wait = min(timedelta(minutes=2 ** min(item.attempts - 1, 6)), timedelta(hours=1))
    OutboxItem.objects.filter(pk=item.pk).update(claimed_until=None, last_error=error[:2000], due_at=at + wait)
