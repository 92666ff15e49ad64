"""Writing down what happened with a customer: the log, the needs heard in it, and the next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.actions import needs as need_actions
from accounts.actions.follow_ups import NextStep, plan
from accounts.models import Account, Activity, Contact, FollowUp, Need, Topic, Touch
from accounts.models.activities import ActivityKind
from crm import audit, slots
from crm.history import values_before
from crm.people import User

REACHED = {Activity.Result.TALKED, Activity.Result.DONE}


EDITABLE = ("kind", "result", "reaction", "note", "contact_id", "minutes", "at", "custom")
TWICE_WITHIN = timedelta(minutes=2)


class NotTheirs(Exception):
    """Only who wrote a log corrects it."""


class Conflict(Exception):
    """The log was corrected meanwhile; nothing was written. `current` is the row as it is now."""

    def __init__(self, current: Activity) -> None:
        super().__init__(current.version)
        self.current = current


class NoTwin(Exception):
    """There is no other log of the same moment to join this one into."""


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
    custom: Mapping[str, Any] | None = None,
    extras: Mapping[str, Any] | None = None,
) -> Activity:
    """Write the activity with its needs, its touch and the follow-up in one transaction.

    Sent twice with the same `client_id`, it exists once; with another body it raises `DifferentLog`.
    `custom` are values that were checked. `extras` is handed to whoever fills the slot `after_log` (a proposal marked as made, say).
    """
    with transaction.atomic():
        activity, is_new = _written(
            by=by,
            client_id=client_id,
            account=account,
            contact=contact,
            kind=kind,
            result=result,
            reaction=reaction,
            note=note,
            at=happened_at or at,
            minutes=minutes,
            custom=dict(custom or {}),
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


def _written(*, by: User, client_id: UUID, **body: Any) -> tuple[Activity, bool]:
    """The new log, or the one that was sent with this id before. Written first: hardly any is sent twice."""
    try:
        with transaction.atomic():
            return Activity.objects.create(by=by, client_id=client_id, **body), True
    except IntegrityError:
        return Activity.objects.get(by=by, client_id=client_id), False


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


# -- Correcting what was written ---------------------------------------------------------------------


def correct(*, activity: Activity, version: int, changes: Mapping[str, Any], by: User, at: datetime) -> Activity:
    """Its writer puts right what `EDITABLE` names; what it draws on the attention budget follows.

    Raises `NotTheirs` and `Conflict`.
    """
    if unknown := changes.keys() - set(EDITABLE):
        raise TypeError(f"A log has no {sorted(unknown)} to correct.")
    if activity.by_id != by.pk:
        raise NotTheirs
    if changes.get("result") == Activity.Result.ABSENT:
        changes = {**changes, "reaction": ""}
    with transaction.atomic():
        if not Activity.objects.filter(pk=activity.pk, version=version).update(**changes, version=F("version") + 1):
            raise Conflict(Activity.objects.select_related("account", "by").get(pk=activity.pk))
        activity.refresh_from_db()
        _untouch(activity)
        _touch(activity)
        audit.record(
            verb="activity.corrected",
            subject=activity,
            by=by,
            at=at,
            account_id=activity.account_id,
            fields=sorted(changes),
        )
    return activity


def take_back(*, activity: Activity, by: User, at: datetime) -> Activity:
    """The last correction undone, from the history the database keeps."""
    if activity.by_id != by.pk:
        raise NotTheirs
    before = values_before(activity, EDITABLE)
    return correct(activity=activity, version=activity.version, changes=before, by=by, at=at) if before else activity


def withdraw(*, activity: Activity, by: User, at: datetime) -> None:
    """A log that was a slip goes again, with what was heard and planned in it. What was done meanwhile stays.

    Raises `NotTheirs`.
    """
    if activity.by_id != by.pk:
        raise NotTheirs
    with transaction.atomic():
        audit.record(verb="activity.withdrawn", subject=activity, by=by, at=at, account_id=activity.account_id)
        FollowUp.objects.open().filter(source_activity=activity).delete()
        Need.objects.open().filter(activity=activity).delete()
        _untouch(activity)
        activity.delete()


def _untouch(activity: Activity) -> None:
    Touch.objects.filter(source=f"activity:{activity.pk}").delete()


# -- One conversation written down twice -------------------------------------------------------------


def twin_of(activity: Activity) -> Activity | None:
    """The log of the same customer that the same person wrote just before, if it tells of the same moment."""
    twins = Activity.objects.filter(
        account=activity.account_id,
        by=activity.by_id,
        at__range=(activity.at - TWICE_WITHIN, activity.at + TWICE_WITHIN),
        created_at__gte=activity.created_at - TWICE_WITHIN,
        pk__lt=activity.pk,
    )
    return twins.order_by("-pk").first()


def join(*, activity: Activity, by: User, at: datetime) -> Activity:
    """Put the second log into the first and return that. Nothing that was heard or promised is lost.

    Raises `NotTheirs`, and `NoTwin` when there is no first one.
    """
    if activity.by_id != by.pk:
        raise NotTheirs
    with transaction.atomic():
        first = twin_of(activity)
        if first is None:
            raise NoTwin
        correct(activity=first, version=first.version, changes=_both(first, activity), by=by, at=at)
        heard = Need.objects.filter(activity=first).values("topic", "words")
        for need in Need.objects.filter(activity=activity):
            said = {"topic": need.topic_id, "words": need.words}
            need.delete() if said in heard else Need.objects.filter(pk=need.pk).update(activity=first)
        FollowUp.objects.filter(source_activity=activity).update(source_activity=first)
        _untouch(activity)
        audit.record(
            verb="activity.joined", subject=first, by=by, at=at, account_id=first.account_id, joined=activity.pk
        )
        activity.delete()
    return first


def _both(first: Activity, second: Activity) -> dict[str, Any]:
    """The words of both; of everything else what the second one knows, else the first."""
    notes = dict.fromkeys(note for note in (first.note, second.note) if note)
    reached = [each for each in (second, first) if each.result in REACHED] or [second]
    return {
        "note": "\n".join(notes),
        "kind": reached[0].kind,
        "result": reached[0].result,
        "reaction": second.reaction or first.reaction,
        "contact_id": second.contact_id or first.contact_id,
        "custom": {**first.custom, **second.custom},
        "minutes": max((each.minutes for each in (first, second) if each.minutes is not None), default=None),
    }
