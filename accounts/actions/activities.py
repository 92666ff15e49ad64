"""Writing down what happened with a customer: the log, the needs heard in it, and the next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.actions import needs as need_actions
from accounts.actions.follow_ups import NextStep, plan
from accounts.models import Account, Activity, Contact, Topic, Touch
from accounts.models.activities import ActivityKind
from crm import audit, slots
from crm.people import User

REACHED = {Activity.Result.TALKED, Activity.Result.DONE}


class DifferentLog(Exception):
    """The client's id was used before for another log; nothing was written."""


def log(
    *,
    account: Account,
    by: User,
    at: datetime,
    client_id: UUID,
    kind: str,
    result: str,
    reaction: str = "",
    note: str = "",
    contact: Contact | None = None,
    happened_at: datetime | None = None,
    minutes: int | None = None,
    topics: Sequence[Topic] = (),
    need_words: str = "",
    next_step: NextStep | None = None,
    extras: Mapping[str, Any] | None = None,
) -> Activity:
    """Write the activity with its needs, its touch and the follow-up in one transaction.

    Sent twice with the same `client_id`, it exists once; with another body it raises `DifferentLog`.
    `extras` is handed to whoever fills the slot `after_log` (a proposal marked as made, say).
    """
    with transaction.atomic():
        activity, is_new = Activity.objects.get_or_create(
            by=by,
            client_id=client_id,
            defaults={
                "account": account,
                "contact": contact,
                "kind": kind,
                "result": result,
                "reaction": reaction,
                "note": note,
                "at": happened_at or at,
                "minutes": minutes,
            },
        )
        if not is_new:
            return _same_or_refuse(activity, account=account, kind=kind, result=result, reaction=reaction, note=note)
        _touch(activity)
        for topic in topics:
            need_actions.write(
                account=account,
                topic=topic,
                words=need_words or note or topic.label,
                contact=contact,
                activity=activity,
                by=by,
                at=at,
            )
        if next_step:
            plan(account=account, owner=by, by=by, at=at, step=next_step, contact=contact, activity=activity)
        for filling in slots.after_log:
            filling(activity=activity, by=by, at=at, extras=extras or {})
        audit.record(
            verb="activity.logged",
            subject=activity,
            by=by,
            at=at,
            account_id=account.pk,
            kind=kind,
            result=result,
            reaction=reaction,
        )
    return activity


def _same_or_refuse(activity: Activity, *, account: Account, **body: str) -> Activity:
    stored = {name: getattr(activity, name) for name in body}
    if activity.account_id != account.pk or stored != body:
        raise DifferentLog
    return activity


def _touch(activity: Activity) -> None:
    """A conversation draws on the attention budget; a call nobody answered and a note do not."""
    if activity.kind == ActivityKind.NOTE:
        return
    Touch.objects.create(
        account_id=activity.account_id,
        contact_id=activity.contact_id,
        kind=activity.kind,
        at=activity.at,
        counts=activity.result in REACHED,
        source=f"activity:{activity.pk}",
    )
