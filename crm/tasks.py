"""Signs of life, the outbox: run one item, sweep for what a lost hint or a dead worker left behind; webhooks and mails.

An item may run twice when a worker dies after the work and before `finish`; so what it calls is idempotent.
"""

import logging
from datetime import date

from celery import current_app, shared_task
from django.utils import timezone

from crm import digest, health
from crm.jobs import OutboxItem, claim, fail, finish
from crm.webhooks import telling

log = logging.getLogger(__name__)

HINTS = 200
"""In one sweep: workers that are behind are not helped by more hints."""


@shared_task(name="crm.heartbeat")
def heartbeat() -> None:
    """That this runs shows that broker and worker live; `crm.celery` signs for beat when it is sent."""
    health.sign("worker")


@shared_task(name="crm.run_outbox_item")
def run_outbox_item(item_id: int) -> None:
    with claim(item_id, at=timezone.now()) as item:
        if item:
            _work_on(item)


def _work_on(item: OutboxItem) -> None:
    try:
        with health.signing("worker"):
            current_app.tasks[item.task].run(**item.arguments)
    except Exception as error:
        log.exception("Outbox item %s (%s) failed", item.pk, item.task)
        fail(item, error=repr(error))
    else:
        finish(item, at=timezone.now())


@shared_task(name="crm.sweep_outbox")
def sweep_outbox() -> None:
    due = OutboxItem.objects.due(timezone.now()).order_by("due_at").values_list("pk", flat=True)
    for item_id in due[:HINTS]:
        run_outbox_item.delay(item_id)


@shared_task(name="crm.deliver")
def deliver(delivery_id: int) -> None:
    telling.deliver(delivery_id=delivery_id, at=timezone.now())


@shared_task(name="crm.forget_deliveries")
def forget_deliveries() -> None:
    telling.forget(at=timezone.now())


@shared_task(name="crm.ask_for_digests")
def ask_for_digests() -> None:
    digest.ask_for_all(at=timezone.now())


@shared_task(name="crm.send_digest")
def send_digest(user_id: int, on: str) -> None:
    digest.send(user_id=user_id, on=date.fromisoformat(on), at=timezone.now())
