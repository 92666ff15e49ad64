"""A launch at a set time: an approved revision is launched by itself, once, or somebody is told why it was not."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns import notices
from campaigns.actions import launches
from campaigns.actions.campaigns import Clash, NotPossible, NotReady, missing
from campaigns.models import CampaignRevision
from crm import audit
from crm.audit import AuditEvent
from crm.people import User

State = CampaignRevision.State
SET = "campaign.launch_set"


class NotLater(Exception):
    """The time to launch at has passed already."""


@transaction.atomic
def set_launch(*, revision: CampaignRevision, launch_at: datetime | None, by: User, at: datetime) -> CampaignRevision:
    """Have an approved revision launched by itself, or take that back (None).

    Raises NotPossible, NotLater, NotReady, and Clash when the revision was saved since the caller read it.
    """
    locked = CampaignRevision.objects.select_for_update(no_key=True, of=("self",)).get(pk=revision.pk)
    if locked.state != State.APPROVED:
        raise NotPossible(locked.state)
    if locked.version != revision.version:
        raise Clash(locked)
    if launch_at is not None:
        _check(locked, launch_at, at)
    _store(locked, launch_at)
    audit.record(verb=SET, subject=locked, by=by, at=at, launch_at=launch_at.isoformat() if launch_at else None)
    return locked


def _check(revision: CampaignRevision, launch_at: datetime, at: datetime) -> None:
    """The plan must hold on the day of the launch, not only today."""
    if launch_at <= at:
        raise NotLater
    lacking = missing(revision, at=launch_at)
    if lacking:
        raise NotReady(lacking)


def due(*, at: datetime) -> list[int]:
    rows = CampaignRevision.objects.filter(state=State.APPROVED, launch_at__lte=at)
    return list(rows.order_by("launch_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def launch_due(*, revision_id: int, at: datetime) -> bool:
    """Launch a revision whose time has come, in the name of whoever set it.

    Of any number of workers one does it. When it is refused the time is cleared and the planner hears why.
    """
    waiting = CampaignRevision.objects.filter(pk=revision_id, state=State.APPROVED, launch_at__lte=at)
    revision = waiting.select_for_update(no_key=True, of=("self",), skip_locked=True).first()
    if revision is None:
        return False
    by = _set_by(revision)
    try:
        launches.launch(revision=revision, by=by, at=at)
    except NotReady as lacking:
        _refuse(revision, lacking.codes, by=by, at=at)
        return False
    return True


def _set_by(revision: CampaignRevision) -> User:
    last = AuditEvent.objects.filter(verb=SET, subject_type=revision._meta.label_lower, subject_id=revision.pk)
    event = last.select_related("by").order_by("-at", "-pk").first()
    return event.by if event and event.by else revision.campaign.owner


def _refuse(revision: CampaignRevision, codes: tuple[str, ...], *, by: User, at: datetime) -> None:
    _store(revision, None)
    audit.record(verb="campaign.launch_refused", subject=revision, by=None, at=at, missing=list(codes))
    notices.launch_refused(revision, by, codes, at)


def _store(revision: CampaignRevision, launch_at: datetime | None) -> None:
    revision.launch_at, revision.version = launch_at, revision.version + 1
    revision.save(update_fields=["launch_at", "version"])
