"""Follow-ups: what was promised to a customer, on which day, and the reminder in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, Activity, Case, Contact, FollowUp
from crm import audit
from crm.history import values_before
from crm.notices import Notice, tell_all
from crm.people import User
from crm.workdays import working_day_from

EDITABLE = ("kind", "text", "text_en", "due_on", "due_time", "remind_at", "owner_id", "contact_id")
AT_ONCE = 500
"""Reminders of one sweep."""


class Conflict(Exception):
    """Somebody changed the follow-up meanwhile; nothing was written. `current` is the row as it is now."""

    def __init__(self, current: FollowUp) -> None:
        super().__init__(current.version)
        self.current = current


@dataclass(frozen=True, slots=True)
class NextStep:
    kind: str
    text: str
    due_on: date
    due_time: time | None = None
    text_en: str = ""
    remind_at: datetime | None = None


def plan(
    *,
    account: Account,
    owner: User,
    by: User,
    at: datetime,
    step: NextStep,
    contact: Contact | None = None,
    activity: Activity | None = None,
    case: Case | None = None,
) -> FollowUp:
    """Put a follow-up into the owner's day; a holiday gives way to the next working day."""
    with transaction.atomic():
        follow_up = FollowUp.objects.create(
            account=account,
            contact=contact,
            owner=owner,
            kind=step.kind,
            text=step.text,
            text_en=step.text_en,
            due_on=working_day_from(step.due_on),
            due_time=step.due_time,
            remind_at=step.remind_at,
            source_activity=activity,
            case=case,
        )
        audit.record(
            verb="follow_up.planned",
            subject=follow_up,
            by=by,
            at=at,
            account_id=account.pk,
            due_on=follow_up.due_on.isoformat(),
        )
    return follow_up


def edit(*, follow_up: FollowUp, version: int, by: User, at: datetime, **changes: Any) -> FollowUp:
    """Change what `EDITABLE` names. A moved day takes its reminder along; raises `Conflict`."""
    if unknown := changes.keys() - set(EDITABLE):
        raise TypeError(f"A follow-up has no {sorted(unknown)} to change.")
    if "due_on" in changes:
        changes["due_on"] = working_day_from(changes["due_on"])
    if "remind_at" not in changes:
        changes["remind_at"] = _taken_along(follow_up, changes)
    if changes["remind_at"] != follow_up.remind_at:
        changes["reminded_at"] = None
    with transaction.atomic():
        rows = FollowUp.objects.filter(pk=follow_up.pk, version=version)
        if not rows.update(**changes, version=F("version") + 1):
            raise Conflict(FollowUp.objects.get(pk=follow_up.pk))
        audit.record(
            verb="follow_up.edited",
            subject=follow_up,
            by=by,
            at=at,
            account_id=follow_up.account_id,
            fields=sorted(changes),
        )
    follow_up.refresh_from_db()
    return follow_up


def _taken_along(follow_up: FollowUp, changes: dict[str, Any]) -> datetime | None:
    """The reminder as long before the new moment as it was before the old one."""
    if follow_up.remind_at is None:
        return None
    day, hour = changes.get("due_on", follow_up.due_on), changes.get("due_time", follow_up.due_time)
    return follow_up.remind_at + (due_moment(day, hour) - due_moment(follow_up.due_on, follow_up.due_time))


MORNING = time(9)


def due_moment(day: date, hour: time | None) -> datetime:
    """What is due some time on a day is due in the morning, as far as reminders are concerned."""
    return datetime.combine(day, hour or MORNING, tzinfo=timezone.get_current_timezone())


def take_back(*, follow_up: FollowUp, by: User, at: datetime) -> FollowUp:
    """The last change undone, from the history the database keeps; nothing happens where there was none."""
    before = values_before(follow_up, EDITABLE)
    if before is None:
        return follow_up
    return edit(follow_up=follow_up, version=follow_up.version, by=by, at=at, **before)


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


def remind(*, at: datetime) -> int:
    """Tell the owners of what is due for a reminder, each reminder once, however many sweeps run at a time.

    Nobody is told about a customer whom they do not see any more.
    """
    with transaction.atomic():
        due = FollowUp.objects.open().filter(remind_at__lte=at, reminded_at=None)
        locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("account", "owner")
        found = list(locked.order_by("remind_at")[:AT_ONCE])
        tell_all(_reminder(follow_up, at) for follow_up in _in_sight(found))
        FollowUp.objects.filter(pk__in=[follow_up.pk for follow_up in found]).update(reminded_at=at)
    return len(found)


def _in_sight(found: Sequence[FollowUp]) -> list[FollowUp]:
    """Those whose owner may still see the customer: it may have changed hands since the promise."""
    numbers = [follow_up.pk for follow_up in found]
    owners = {follow_up.owner for follow_up in found}
    seen = {
        (owner, number)
        for owner in owners
        for number in FollowUp.objects.visible_to(owner).filter(pk__in=numbers).values_list("pk", flat=True)
    }
    return [follow_up for follow_up in found if (follow_up.owner, follow_up.pk) in seen]


def _reminder(follow_up: FollowUp, at: datetime) -> Notice:
    return Notice(
        to=follow_up.owner,
        code="follow_up.due",
        key=f"follow_up:{follow_up.pk}:{follow_up.remind_at:%Y-%m-%dT%H:%MZ}",
        at=at,
        url=reverse("follow-up-edit", args=[follow_up.pk]),
        figures={
            "customer": follow_up.account.name,
            "customer_en": follow_up.account.name_en,
            "text": follow_up.text,
            "text_en": follow_up.text_en,
            "due_on": follow_up.due_on.isoformat(),
            "due_time": follow_up.due_time and f"{follow_up.due_time:%H:%M}",
        },
    )
