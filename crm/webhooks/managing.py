"""Setting up who is told: for administrators. A secret is in the answer of what makes it, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from crm import audit, sealing
from crm.people import User
from crm.webhooks import addresses, signing
from crm.webhooks.models import Webhook

MOST = 20
BOTH_HOLD = timedelta(days=1)


class TooMany(Exception):
    """Every event is written once for each webhook."""


@transaction.atomic
def add(*, url: str, events: Sequence[str] = (), by: User, at: datetime) -> Webhook:
    """`events` empty means all. Raises `addresses.NotAllowed` and TooMany."""
    addresses.read(url)
    if Webhook.objects.count() >= MOST:
        raise TooMany
    webhook = Webhook.objects.create(
        url=url, events=list(events), sealed=sealing.seal(signing.new_secret()), by=by, created_at=at
    )
    audit.record(verb="webhook.added", subject=webhook, by=by, at=at, url=url, events=list(events))
    return webhook


@transaction.atomic
def change(*, webhook: Webhook, url: str, events: Sequence[str], is_enabled: bool, by: User, at: datetime) -> Webhook:
    """Switched on again it begins with a clean slate. Raises `addresses.NotAllowed`."""
    addresses.read(url)
    if is_enabled and not webhook.is_enabled:
        webhook.failing_since = None
    webhook.url, webhook.events, webhook.is_enabled = url, list(events), is_enabled
    webhook.save(update_fields=["url", "events", "is_enabled", "failing_since"])
    figures = {"url": url, "events": webhook.events, "is_enabled": is_enabled}
    audit.record(verb="webhook.changed", subject=webhook, by=by, at=at, **figures)
    return webhook


@transaction.atomic
def rotate(*, webhook: Webhook, by: User, at: datetime) -> Webhook:
    """A new secret; the old one signs as well for a day, so that the receiver can change over."""
    webhook.old_sealed, webhook.old_until = (webhook.sealed, at + BOTH_HOLD) if _is_readable(webhook) else ("", None)
    webhook.secret = signing.new_secret()
    webhook.save(update_fields=["sealed", "old_sealed", "old_until"])
    audit.record(verb="webhook.secret_rotated", subject=webhook, by=by, at=at)
    return webhook


def _is_readable(webhook: Webhook) -> bool:
    """A secret whose key is lost signs nothing; the new one holds at once."""
    try:
        return bool(webhook.secret)
    except sealing.Unreadable:
        return False


@transaction.atomic
def seal_again() -> int:
    """Put every secret under the present SECRET_KEY; how many cannot be read and have to be made anew."""
    lost = 0
    for webhook in Webhook.objects.select_for_update().order_by("pk"):
        try:
            webhook.sealed = sealing.renewed(webhook.sealed)
            webhook.old_sealed = sealing.renewed(webhook.old_sealed) if webhook.old_sealed else ""
        except sealing.Unreadable:
            lost += 1
        else:
            webhook.save(update_fields=["sealed", "old_sealed"])
    return lost


@transaction.atomic
def remove(*, webhook: Webhook, by: User, at: datetime) -> None:
    """With its log."""
    audit.record(verb="webhook.removed", subject=webhook, by=by, at=at, url=webhook.url)
    webhook.delete()
