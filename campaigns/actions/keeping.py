"""Working out the sums of a large revision for its board."""

from __future__ import annotations

from datetime import datetime

from campaigns.models import CampaignRevision, KeptSums
from campaigns.queries import campaigns, costs, effects, kept, reach
from crm import jobs
from crm.long_questions import over_many_rows

TASK = "campaigns.keep_sums"


def ask_for(*, revision: CampaignRevision, at: datetime) -> None:
    """Once a minute at most, however often somebody asks. Of a small revision nothing is kept."""
    if kept.is_large(revision):
        jobs.enqueue(TASK, key=f"{TASK}:{revision.pk}:{at:%Y%m%d%H%M}", at=at, revision_id=revision.pk)


def keep(*, revision: CampaignRevision, at: datetime) -> None:
    """All parts as of one moment; what was kept before gives way at once."""
    with over_many_rows():
        parts = {
            **{cut: effects.sums(revision, as_of=at, cut=cut) for cut in effects.CUTS},
            "adoption": campaigns.adoption_sums(revision),
            "costs": [costs.sums(revision, as_of=at)],
            "reach": reach.sums(revision, as_of=at),
        }
        KeptSums.objects.bulk_create(
            (KeptSums(revision=revision, part=part, rows=rows, as_of=at) for part, rows in parts.items()),
            update_conflicts=True,
            unique_fields=["revision", "part"],
            update_fields=["rows", "as_of"],
        )
