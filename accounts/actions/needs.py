"""Needs: what the customer told us, in their words, and when it was solved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Account, Activity, Contact, Need, Topic
from crm import audit
from crm.people import User


class NoWords(Exception):
    """A need without the customer's words is an opinion of ours; nothing was written."""


class AlreadySolved(Exception):
    """Somebody else marked the need as solved before."""


def write(
    *,
    account: Account,
    topic: Topic,
    words: str,
    by: User,
    at: datetime,
    contact: Contact | None = None,
    activity: Activity | None = None,
    custom: Mapping[str, Any] | None = None,
) -> Need:
    """Raises `NoWords` when there is nothing but blanks. `custom` are values that were checked."""
    if not words.strip():
        raise NoWords
    with transaction.atomic():
        need = Need.objects.create(
            account=account,
            contact=contact,
            topic=topic,
            words=words.strip()[:300],
            heard_on=timezone.localdate(at),
            by=by,
            activity=activity,
            custom=dict(custom or {}),
        )
        audit.record(verb="need.heard", subject=need, by=by, at=at, account_id=account.pk, topic=topic.code)
    return need


def solve(*, need: Need, solution: str, by: User, at: datetime) -> Need:
    """Raises `AlreadySolved` when it was solved in the meantime."""
    with transaction.atomic():
        changed = Need.objects.open().filter(pk=need.pk).update(solved_on=timezone.localdate(at), solution=solution)
        if not changed:
            raise AlreadySolved
        audit.record(verb="need.solved", subject=need, by=by, at=at, account_id=need.account_id, reason=solution)
    need.refresh_from_db()
    return need
