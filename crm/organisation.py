"""The one organisation of this deployment, with the numbers it may choose for itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q

from crm import audit
from crm.bilingual import BilingualName
from crm.once import once_a_request
from crm.people import User
from crm.together import Parts, prepared


@pghistory.track()
class Organisation(BilingualName):
    time_zone = models.CharField(max_length=40, default="Asia/Tokyo")
    fiscal_year_starts_in = models.PositiveSmallIntegerField(
        default=4, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    currency = models.CharField(max_length=3, default="JPY")
    suggestions_per_day = models.PositiveSmallIntegerField(default=7)
    suggestions_per_account = models.PositiveSmallIntegerField(default=3)
    touches_allowed = models.PositiveSmallIntegerField(default=3, help_text="Attention budget per account.")
    touches_window_days = models.PositiveSmallIntegerField(default=30)
    control_share = models.DecimalField(max_digits=4, decimal_places=3, default="0.050")
    control_salt = models.CharField(max_length=40, default="always-on")
    privacy_days = models.PositiveSmallIntegerField(
        default=14,
        db_default=14,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text="Within how many days we answer a person who asks about their data.",
    )
    contract_years = models.PositiveSmallIntegerField(
        default=7, db_default=7, help_text="How long the party of an ended contract must be kept."
    )
    campaigns_need_second_person = models.BooleanField(
        default=True, db_default=True, help_text="A plan is launched only after somebody else has approved it."
    )
    is_demo = models.BooleanField(default=False, help_text="Holds the demonstration company.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_organisation")]

    @classmethod
    @once_a_request
    def current(cls) -> Organisation:
        """The stored organisation, or an unsaved one with the defaults on a fresh database."""
        rows: list[Organisation] = _stored()["organisations"]
        return rows[0] if rows else cls(pk=1, name_ja="Sodate CRM", name_en="Sodate CRM")


@prepared()
def _stored() -> Parts:
    return {"organisations": Organisation.objects.filter(pk=1)}


CHOSEN = ("campaigns_need_second_person",)
"""What administrators decide on the page of the organisation's settings."""


@transaction.atomic
def decide(*, by: User, at: datetime, **chosen: Any) -> Organisation:
    """Change what is in CHOSEN; what stays as it was leaves no trace."""
    unknown = set(chosen) - set(CHOSEN)
    if unknown:
        raise ValueError(f"{sorted(unknown)} are not decided here")
    Organisation.objects.get_or_create(pk=1, defaults={"name_ja": "Sodate CRM", "name_en": "Sodate CRM"})
    organisation = Organisation.objects.select_for_update().get(pk=1)
    changed = {name: value for name, value in chosen.items() if getattr(organisation, name) != value}
    if not changed:
        return organisation
    for name, value in changed.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(changed))
    audit.record(verb="organisation.decided", subject=organisation, by=by, at=at, **changed)
    return organisation
