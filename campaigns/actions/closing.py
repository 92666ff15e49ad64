"""What a revision that ended, or gave way to the next, leaves on the reps' tables is taken away at once."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from campaigns.actions import keeping
from campaigns.models import CampaignRevision
from crm import audit, jobs

State = CampaignRevision.State

TASK = "campaigns.close_suggestions"
OVER = (State.ENDED, State.SUPERSEDED)
BATCH = 5000

CLOSE = """
    UPDATE campaigns_suggestion SET state = 'expired', version = version + 1
    WHERE id IN (SELECT id FROM campaigns_suggestion WHERE revision_id = %s AND state IN ('open', 'snoozed')
                 ORDER BY id LIMIT %s FOR NO KEY UPDATE)
      AND revision_id = %s AND state IN ('open', 'snoozed')"""
"""Locked by their number, as everybody does; a row that the next revision has taken over meanwhile is left to it."""


def ask_for(*, revision: CampaignRevision, at: datetime) -> None:
    jobs.enqueue(TASK, key=f"{TASK}:{revision.pk}", at=at, revision_id=revision.pk)


def close(*, revision_id: int, at: datetime) -> int:
    """Let expire what nobody has decided about, however much it is; what a rep has taken up goes on.

    Returns how many were closed. Nothing happens while the revision runs.
    """
    revision = CampaignRevision.objects.get(pk=revision_id)
    if revision.state not in OVER:
        return 0
    closed = 0
    while many := _close_some(revision_id):
        closed += many
    keeping.ask_for(revision=revision, at=at)
    if closed:
        audit.record(verb="campaign.suggestions_closed", subject=revision, by=None, at=at, closed=closed)
    return closed


@transaction.atomic
def _close_some(revision_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [revision_id, BATCH, revision_id])
        return cursor.rowcount
