"""From what happened to what was taken: one row for each event and webhook, posted until somebody takes it.

The post runs outside of any transaction; what came of it and the next try are written in one. A
worker that dies between the two posts again, under the same id, by which the receiver knows it.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import F, Q

from crm import audit, sealing, slots
from crm.jobs import enqueue
from crm.notices import Notice, tell_all
from crm.people import Role, User
from crm.webhooks import posting, signing
from crm.webhooks.models import Delivery, Webhook

TASK = "crm.deliver"
TEST = "webhook.test"
AGENT = "Sodate-CRM webhooks"
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Between the tries; after the last one, a little over three days on, an event is given up."""
PATIENCE = timedelta(days=3)
"""So long a webhook may fail without a single success before it is switched off."""
KEPT = timedelta(days=30)


def announce(kind: str, *, subject: models.Model, at: datetime, **data: Any) -> None:
    """Tell every webhook that wants this kind, after the caller's transaction. `data` must be JSON, ids before names.

    `kind` is one that `slots.webhook_kinds` knows, so that whoever sets up a webhook could choose it.
    """
    assert kind in slots.webhook_kinds, kind
    hooks = [hook for hook in Webhook.objects.filter(is_enabled=True) if hook.wants(kind)]
    if hooks:
        message = _message(kind, at, {"object": subject._meta.model_name, "id": subject.pk, **data})
        _owe(hooks, kind, message, at)


@transaction.atomic
def send_test(*, webhook: Webhook, by: User, at: datetime) -> Delivery:
    """An event that means nothing, to see whether it arrives."""
    [delivery] = _owe([webhook], TEST, _message(TEST, at, {"object": "webhook", "id": webhook.pk}), at)
    audit.record(verb="webhook.tested", subject=webhook, by=by, at=at)
    return delivery


def _message(kind: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "timestamp": at.isoformat(), "data": data}


def _owe(hooks: list[Webhook], kind: str, message: dict[str, Any], at: datetime) -> list[Delivery]:
    event = uuid4()
    rows = [Delivery(webhook=hook, event_id=event, kind=kind, payload=message, at=at, next_at=at) for hook in hooks]
    made = Delivery.objects.bulk_create(rows)
    for delivery in made:
        _enqueue(delivery.pk, at)
    return made


def _enqueue(delivery_id: int, at: datetime) -> None:
    enqueue(TASK, key=f"deliver:{delivery_id}:{at.timestamp()}", at=at, delivery_id=delivery_id)


@transaction.atomic
def send_again(*, delivery: Delivery, by: User, at: datetime) -> None:
    """From the beginning, whatever became of it before; the receiver sees the same id."""
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.WAITING, tries=0, next_at=at)
    audit.record(verb="delivery.sent_again", subject=delivery, by=by, at=at)
    _enqueue(delivery.pk, at)


# ------------------------------------------------------------------------------------- one try


def deliver(*, delivery_id: int, at: datetime) -> None:
    """Post what is due and keep what came of it; nothing when it was taken, given up or put off meanwhile."""
    due = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.WAITING, next_at__lte=at)
    delivery = due.select_related("webhook").first()
    if delivery is None:
        return
    try:
        answer = _post(delivery, at) if delivery.webhook.is_enabled else posting.Answer(problem="switched_off")
    except sealing.Unreadable:
        answer = posting.Answer(problem="unreadable")
    with transaction.atomic():
        _keep(delivery, answer, at)


def _post(delivery: Delivery, at: datetime) -> posting.Answer:
    hook = delivery.webhook
    body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
    signed = signing.headers(
        message=message_id(delivery.event_id), timestamp=int(at.timestamp()), body=body, secrets=hook.secrets(at)
    )
    return posting.post(
        hook.url, body=body, headers={**signed, "Content-Type": "application/json", "User-Agent": AGENT}
    )


def message_id(event: UUID) -> str:
    return f"msg_{event.hex}"


def _keep(delivery: Delivery, answer: posting.Answer, at: datetime) -> None:
    hook = Webhook.objects.select_for_update().filter(pk=delivery.webhook_id).first()
    if hook is None:
        return  # removed while we spoke
    next_at = _next_try(delivery, answer, at)
    state = Delivery.State.TAKEN if answer.is_taken else Delivery.State.WAITING if next_at else Delivery.State.GIVEN_UP
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state,
        tries=F("tries") + 1,
        tried_at=at,
        next_at=next_at,
        status=answer.status,
        problem=answer.problem,
        answer=answer.body,
    )
    if next_at:
        _enqueue(delivery.pk, next_at)
    _judge(hook, answer, at)


def _next_try(delivery: Delivery, answer: posting.Answer, at: datetime) -> datetime | None:
    """None when nothing more is to be tried."""
    is_over = answer.is_taken or answer.problem in ("gone", "switched_off") or delivery.tries >= len(WAITS)
    return None if is_over else at + WAITS[delivery.tries]


def _judge(hook: Webhook, answer: posting.Answer, at: datetime) -> None:
    """Who says that it is gone, or fails for days, is switched off; administrators are told."""
    since = None if answer.is_taken else hook.failing_since or at
    if since != hook.failing_since:
        Webhook.objects.filter(pk=hook.pk).update(failing_since=since)
    is_gone = answer.problem == "gone"
    if hook.is_enabled and (is_gone or (since is not None and at - since >= PATIENCE)):
        _switch_off(hook, "gone" if is_gone else "failing", at)


def _switch_off(hook: Webhook, reason: str, at: datetime) -> None:
    Webhook.objects.filter(pk=hook.pk).update(is_enabled=False)
    audit.record(verb="webhook.switched_off", subject=hook, by=None, at=at, reason=reason)
    figures = {"host": urlsplit(hook.url).hostname, "reason": reason}
    key, url = f"webhook.switched_off:{hook.pk}:{at.isoformat()}", f"/settings/webhooks/{hook.pk}/"
    told = User.objects.filter(Q(pk=hook.by_id) | Q(role=Role.ADMIN), is_active=True)
    tell_all(Notice(to=to, code="webhook.off", key=key, at=at, url=url, figures=figures) for to in told)


def forget(*, at: datetime) -> None:
    """The log goes back a month."""
    Delivery.objects.filter(at__lt=at - KEPT).exclude(state=Delivery.State.WAITING).delete()
