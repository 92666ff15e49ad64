"""Who did what to which thing, when and why: one row per decision, written with the decision.

Field-level changes are kept beside this by database triggers (django-pghistory), so that bulk loads and
plain SQL leave their trace as well.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import pgtrigger
from django.db import models

from crm.people import Role, User


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, user: User) -> AuditQuerySet:
        return self if user.is_authenticated and user.is_active and user.role == Role.ADMIN else self.none()


class AuditEvent(models.Model):
    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=60, help_text="Noun and verb: suggestion.accepted")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True, db_index=True)
    reason = models.TextField(blank=True)
    figures = models.JSONField(default=dict)

    objects: ClassVar[models.Manager[AuditEvent]] = AuditQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_subject")]
        triggers = [
            pgtrigger.Protect(name="audit_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]


def record(
    *,
    verb: str,
    subject: models.Model,
    by: User | None,
    at: datetime,
    account_id: int | None = None,
    reason: str = "",
    **figures: Any,
) -> AuditEvent:
    """Write the event in the caller's transaction; `figures` must be JSON."""
    return AuditEvent.objects.create(
        at=at,
        by=by,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        account_id=account_id,
        reason=reason,
        figures=figures,
    )
