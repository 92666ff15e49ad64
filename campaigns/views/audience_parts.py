"""What stands in the step of the audience beside its conditions: segments, and customers picked by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from campaigns.models import CampaignRevision
from campaigns.queries import picked, segments
from crm.people import User


def parts(revision: CampaignRevision, user: User, now: datetime) -> dict[str, Any]:
    return {
        "segments_taken": segments.taken_by(revision),
        "segments_left": segments.choosable(user, revision) if revision.is_editable else [],
        "picked": picked.page(revision, user, as_of=now, size=picked.SHOWN),
    }
