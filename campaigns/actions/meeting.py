"""Counting which campaigns mean the same customers, for the calendar and the builder of a company with many customers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q

from accounts.queries.facts import day_of
from campaigns.models import CampaignRevision, Counted, Shared
from campaigns.queries import audience, together
from campaigns.queries.together import Group
from crm import jobs

TASK = "campaigns.count_shared"
LOCK = 7_262_020
FEW = 5
"""More audiences than these that have changed are counted with all the others in one pass."""


def ask_for_all(*, key: str, at: datetime) -> None:
    """When the day or the scores are others than before; `key` names which."""
    jobs.enqueue(TASK, key=f"{TASK}:{key}", at=at)


def keep_up(*, at: datetime) -> int:
    """Count the audiences that are new or have changed; how many. Nothing is kept where pages count for themselves."""
    if not together.is_large():
        return 0
    owed = together.owed(on=day_of(at).on)
    if len(owed) > FEW:
        return keep_all(at=at)
    for revision in owed:
        keep(revision=revision, at=at)
    return len(owed)


@transaction.atomic
def keep_all(*, at: datetime) -> int:
    """Everything anew as of this moment; what is over goes. Returns how many revisions were counted."""
    if not together.is_large():
        return 0
    _one_at_a_time()
    on = day_of(at).on
    revisions = together.ahead(on=on)
    marks = together.audiences(revisions)
    found = together.groups(revisions, audience.active(), on=on)
    Shared.objects.all().delete()
    Counted.objects.all().delete()
    _store(found, marks, at=at)
    return len(revisions)


@transaction.atomic
def keep(*, revision: CampaignRevision, at: datetime) -> None:
    """One revision with each of the others: only its own customers are looked at."""
    _one_at_a_time()
    on = day_of(at).on
    marks = together.audiences([revision])
    found = together.groups(_with_others(revision, on), audience.active(), on=on, meant_by=revision)
    Shared.objects.filter(Q(one=revision) | Q(other=revision)).delete()
    Counted.objects.filter(revision=revision).delete()
    _store(found, marks, at=at)


def _with_others(revision: CampaignRevision, on: date) -> list[CampaignRevision]:
    return [revision, *(each for each in together.ahead(on=on) if each.pk != revision.pk)]


def _store(found: Iterable[Group], marks: Mapping[int, str], *, at: datetime) -> None:
    """The pairs in which a counted revision takes part, and the audiences as they stood before they were counted."""
    rows = (
        Shared(one_id=one, other_id=other, team_id=team, owner_id=owner, customers=many)
        for (one, other, team, owner), many in _by_pair(found, marks).items()
    )
    Shared.objects.bulk_create(rows, batch_size=5000)
    Counted.objects.bulk_create(Counted(revision_id=pk, audience=mark, as_of=at) for pk, mark in marks.items())


def _by_pair(found: Iterable[Group], concerned: Container[int]) -> Counter[tuple[int, int, int | None, int | None]]:
    pairs: Counter[tuple[int, int, int | None, int | None]] = Counter()
    for group in found:
        for one, other in group.pairs:
            if one in concerned or other in concerned:
                pairs[one, other, group.team, group.owner] += group.customers
    return pairs


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
