"""Reports that leave the product: who took what when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from crm import audit
from crm.people import User


def hand_out(*, revisions: Sequence[int], form: str, by: User, at: datetime) -> None:
    """The measure log of these revisions, printed or as a file."""
    audit.record(verb="measures.reported", subject=by, by=by, at=at, form=form, revisions=list(revisions))
