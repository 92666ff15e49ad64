"""Cases as their list and their page show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import Case
from crm.audit import AuditEvent
from crm.bilingual import pick
from crm.people import User

PAGE = 50
VIEWS = ("open", "mine", "late", "closed")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a case; `owner` names to whom it was handed."""

    verb: str
    at: datetime
    by: str
    owner: str = ""


def listed(reader: User, view: str, today: date, before: int | None = None) -> tuple[list[Case], int | None]:
    """The newest first, and the number that the next page goes on before."""
    rows = of_view(Case.objects.visible_to(reader), view, reader, today)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("account", "owner").order_by("-pk")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def of_view(rows: Any, view: str, reader: User, today: date) -> QuerySet[Case]:
    if view == "closed":
        return rows.filter(reported_at__isnull=False)
    if view == "mine":
        return rows.open().filter(owner=reader)
    if view == "late":
        return rows.filter(solved_at=None, reported_at=None, due_on__lt=today)
    return rows.open()


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
