"""Customers picked by hand for a draft: they are meant whatever its conditions say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.models import Account
from campaigns.actions.campaigns import NotPossible
from campaigns.models import CampaignRevision, Picked
from campaigns.queries.picked import MOST
from crm import audit
from crm.people import User


class TooMany(Exception):
    """More than 10,000 would be picked; a segment says that better."""


@transaction.atomic
def pick(*, revision: CampaignRevision, accounts: QuerySet[Account], by: User, at: datetime) -> int:
    """How many were added; who is picked already stays as they are. Raises NotPossible, TooMany.

    `accounts` holds only what `by` sees.
    """
    locked = _draft(revision)
    there = Picked.objects.filter(revision=locked)
    new = accounts.exclude(pk__in=there.values("account")).order_by("pk")
    ids = list(new.values_list("pk", flat=True)[: MOST + 1])
    if there.count() + len(ids) > MOST:
        raise TooMany
    Picked.objects.bulk_create(Picked(revision=locked, account_id=pk, by=by, at=at) for pk in ids)
    _changed(locked, by)
    audit.record(verb="campaign.picked", subject=locked, by=by, at=at, customers=len(ids))
    return len(ids)


@transaction.atomic
def unpick(*, revision: CampaignRevision, account_ids: Sequence[int] | None, by: User, at: datetime) -> int:
    """How many were taken out; None takes out all. Raises NotPossible."""
    locked = _draft(revision)
    rows = Picked.objects.visible_to(by).filter(revision=locked)
    gone, _by_model = (rows if account_ids is None else rows.filter(account__in=account_ids)).delete()
    _changed(locked, by)
    audit.record(verb="campaign.unpicked", subject=locked, by=by, at=at, customers=gone)
    return gone


def _draft(revision: CampaignRevision) -> CampaignRevision:
    """Locked, so that nobody launches it meanwhile."""
    locked = CampaignRevision.objects.select_for_update(no_key=True).get(pk=revision.pk)
    if not locked.is_editable:
        raise NotPossible(locked.state)
    return locked


def _changed(revision: CampaignRevision, by: User) -> None:
    """Whoever read it before looks once more before it is approved or launched."""
    CampaignRevision.objects.filter(pk=revision.pk).update(version=F("version") + 1, changed_by=by)
