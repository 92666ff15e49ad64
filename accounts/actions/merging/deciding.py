"""What people say of a pair: not the same, or somebody please merge it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.actions.merging.journal import Journal
from accounts.matching import as_json, compare
from accounts.models import Account, DuplicatePair
from accounts.queries.duplicates import party_of
from crm import audit
from crm.people import User


class AlreadyDecided(Exception):
    """Somebody decided on the pair before."""


class SameCustomer(Exception):
    """A customer cannot be compared with itself."""


def bring_together(*, one: Account, other: Account, by: User, at: datetime) -> DuplicatePair:
    """The pair of two customers that somebody wants to compare, whether or not the search found it.

    What was decided of it before stays. A new one that the rules do not think alike, and that nobody decides on or
    proposes, is gone with the next search.
    """
    if one.pk == other.pk:
        raise SameCustomer
    first, second = sorted((one, other), key=lambda account: account.pk)
    with transaction.atomic():
        pair, is_new = DuplicatePair.objects.get_or_create(
            first=first, second=second, defaults={"found_at": at, **_likeness(first, second, by)}
        )
        if is_new:
            audit.record(verb="pair.picked", subject=pair, by=by, at=at, account_id=first.pk, other=second.pk)
    return pair


def _likeness(first: Account, second: Account, by: User) -> dict[str, Any]:
    finding = compare(party_of(first), party_of(second))
    return {"score": finding.score, "reasons": [{"code": "picked", "points": 0, "by": by.pk}, *as_json(finding)]}


def call_distinct(*, pair: DuplicatePair, by: User, at: datetime) -> DuplicatePair:
    """Two customers that only look alike; they are not offered again."""
    with transaction.atomic():
        found = DuplicatePair.objects.open().filter(pk=pair.pk)
        if not found.update(state=DuplicatePair.State.DISTINCT, decided_at=at, decided_by=by):
            raise AlreadyDecided
        audit.record(verb="pair.distinct", subject=pair, by=by, at=at, account_id=pair.first_id, other=pair.second_id)
    pair.refresh_from_db()
    return pair


def propose(*, pair: DuplicatePair, by: User, at: datetime) -> DuplicatePair:
    """Whoever may not merge says that it should be done; once is enough."""
    with transaction.atomic():
        held = DuplicatePair.objects.open().select_for_update().filter(pk=pair.pk).first()
        if held is None:
            raise AlreadyDecided
        if not any(reason["code"] == "proposed" for reason in held.reasons):
            held.reasons = [{"code": "proposed", "points": 0, "by": by.pk}, *held.reasons]
            held.save(update_fields=["reasons"])
            audit.record(
                verb="pair.proposed", subject=held, by=by, at=at, account_id=held.first_id, other=held.second_id
            )
    return held


def carry_over(journal: Journal) -> None:
    """Whom the gone one is not the same as, the survivor is not either."""
    here, gone = journal.survivor, journal.gone
    distinct = DuplicatePair.objects.filter(Q(first=gone) | Q(second=gone), state=DuplicatePair.State.DISTINCT).exclude(
        Q(first=here) | Q(second=here)
    )
    for pair in distinct.order_by("pk"):
        other = pair.second_id if pair.first_id == gone.pk else pair.first_id
        first, second = sorted((here.pk, other))
        known = DuplicatePair.objects.filter(first=first, second=second).first()
        if known:
            if known.state == DuplicatePair.State.OPEN:
                journal.change([known], state=pair.state, decided_at=pair.decided_at, decided_by_id=pair.decided_by_id)
        else:
            journal.add(_like(pair, first, second))


def _like(pair: DuplicatePair, first: int, second: int) -> DuplicatePair:
    return DuplicatePair(
        first_id=first,
        second_id=second,
        score=pair.score,
        reasons=pair.reasons,
        state=pair.state,
        found_at=pair.found_at,
        decided_at=pair.decided_at,
        decided_by_id=pair.decided_by_id,
    )
