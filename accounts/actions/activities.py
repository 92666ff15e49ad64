"""Writing down what happened with a customer: the log, the needs heard in it, and the next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.actions import needs as need_actions
from accounts.models import Account, Activity, Contact, FollowUp, Topic, Touch
from accounts.models.activities import ActivityKind
from crm import audit, slots
from crm.people import User

REACHED = {Activity.Result.TALKED, Activity.Result.DONE}


class DifferentLog(Exception):
    """The client's id was used before for another log; nothing was written."""


@dataclass(frozen=True, slots=True)
class NextStep:
    kind: str
    text: str
    due_on: date
    due_time: time | None = None


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


def plan(
    *,
    account: Account,
    owner: User,
    by: User,
    at: datetime,
    step: NextStep,
    contact: Contact | None = None,
    activity: Activity | None = None,
) -> FollowUp:
    """Put a follow-up into the owner's day."""
    with transaction.atomic():
        follow_up = FollowUp.objects.create(
            account=account,
            contact=contact,
            owner=owner,
            kind=step.kind,
            text=step.text,
            due_on=step.due_on,
            due_time=step.due_time,
            source_activity=activity,
        )
        audit.record(
            verb="follow_up.planned",
            subject=follow_up,
            by=by,
            at=at,
            account_id=account.pk,
            due_on=step.due_on.isoformat(),
        )
    return follow_up


def complete(*, follow_up: FollowUp, by: User, at: datetime) -> FollowUp:
    """Tick it off; ticking twice changes nothing."""
    with transaction.atomic():
        changed = FollowUp.objects.open().filter(pk=follow_up.pk).update(done_at=at, done_by=by)
        if changed:
            audit.record(verb="follow_up.done", subject=follow_up, by=by, at=at, account_id=follow_up.account_id)
    follow_up.refresh_from_db()
    return follow_up


def reopen(*, follow_up: FollowUp, by: User, at: datetime) -> FollowUp:
    """Take the tick back."""
    with transaction.atomic():
        changed = FollowUp.objects.filter(pk=follow_up.pk, done_at__isnull=False).update(done_at=None, done_by=None)
        if changed:
            audit.record(verb="follow_up.reopened", subject=follow_up, by=by, at=at, account_id=follow_up.account_id)
    follow_up.refresh_from_db()
    return follow_up
