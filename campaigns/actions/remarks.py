"""What planners say to each other about a plan: threads at the field they speak of, open until somebody settles them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns import notices
from campaigns.actions.campaigns import NAMES, STEP_FIELDS, NotPossible
from campaigns.models import CampaignRevision, Remark
from crm import audit
from crm.people import User


class NothingSaid(ValueError):
    """A remark without words."""


class NoSuchPlace(ValueError):
    """A remark speaks of a step, or of a field of that step."""


class AlreadySettled(Exception):
    """Somebody settled the thread; it is opened again before it goes on."""


@transaction.atomic
def write(*, revision: CampaignRevision, words: str, step: str = "", field: str = "", by: User, at: datetime) -> Remark:
    """Begin a thread about a plan that is not launched yet; without a step it is about the whole."""
    if revision.state in CampaignRevision.PUBLIC_STATES:
        raise NotPossible(revision.state)
    fields = (*STEP_FIELDS.get(step, ()), *(NAMES if step == "aim" else ()))
    if (step and step not in STEP_FIELDS) or (field and field not in fields):
        raise NoSuchPlace(f"{step}.{field}")
    said = Remark.objects.create(revision=revision, step=step, field=field, words=_said(words), by=by, at=at)
    audit.record(verb="remark.written", subject=said, by=by, at=at, revision=revision.pk, step=step, field=field)
    notices.remarked(said, at)
    return said


@transaction.atomic
def answer(*, remark: Remark, words: str, by: User, at: datetime) -> Remark:
    """Go on with a thread; `remark` may be any part of it. Whoever began it hears of it. Raises AlreadySettled."""
    first = _thread(remark)
    if first.is_settled:
        raise AlreadySettled
    said = Remark.objects.create(
        revision_id=first.revision_id,
        answers=first,
        step=first.step,
        field=first.field,
        words=_said(words),
        by=by,
        at=at,
    )
    audit.record(verb="remark.answered", subject=said, by=by, at=at, thread=first.pk)
    notices.remark_answered(said, first, at)
    return said


@transaction.atomic
def settle(*, remark: Remark, by: User, at: datetime) -> Remark:
    """Close a thread; one that is closed stays as it is."""
    first = _thread(remark)
    if not first.is_settled:
        first.settled_at, first.settled_by = at, by
        first.save(update_fields=["settled_at", "settled_by"])
        audit.record(verb="remark.settled", subject=first, by=by, at=at)
    return first


@transaction.atomic
def reopen(*, remark: Remark, by: User, at: datetime) -> Remark:
    first = _thread(remark)
    if first.is_settled:
        first.settled_at = first.settled_by = None
        first.save(update_fields=["settled_at", "settled_by"])
        audit.record(verb="remark.reopened", subject=first, by=by, at=at)
    return first


def _thread(remark: Remark) -> Remark:
    """The remark that began it, locked."""
    rows = Remark.objects.select_for_update(no_key=True, of=("self",)).select_related("revision__campaign", "by")
    return rows.get(pk=remark.answers_id or remark.pk)


def _said(words: str) -> str:
    if not words.strip():
        raise NothingSaid
    return words.strip()
