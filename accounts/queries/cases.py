"""Cases as their page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Case
from crm.audit import AuditEvent
from crm.bilingual import pick


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a case; `owner` names to whom it was handed."""

    verb: str
    at: datetime
    by: str
    owner: str = ""


def history(case: Case) -> list[Step]:
    """Whoever sees a case may see what was done about it."""
    rows = AuditEvent.objects.filter(subject_type="accounts.case", subject_id=case.pk).select_related("by")
    return [
        Step(
            verb=row.verb,
            at=row.at,
            by=row.by.label if row.by else "",
            owner=pick(row.figures.get("owner", ""), row.figures.get("owner_en", "")),
        )
        for row in rows.order_by("at", "pk")
    ]
