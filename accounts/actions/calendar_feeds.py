"""The secret address under which a calendar program reads somebody's calendar: made, renewed, switched off."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from accounts.models import CalendarFeed
from crm import audit
from crm.people import User

SECRET_BYTES = 32


def renew(*, user: User, at: datetime) -> str:
    """The secret part of the new address, which nobody can be told again; the old address ends at once."""
    token = secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        feed, _ = CalendarFeed.objects.update_or_create(
            user=user, defaults={"token_hash": hash_of(token), "created_at": at}
        )
        audit.record(verb="calendar_feed.renewed", subject=feed, by=user, at=at)
    return token


def switch_off(*, user: User, at: datetime) -> None:
    with transaction.atomic():
        feed = CalendarFeed.objects.filter(user=user).first()
        if feed:
            audit.record(verb="calendar_feed.switched_off", subject=feed, by=user, at=at)
            feed.delete()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
