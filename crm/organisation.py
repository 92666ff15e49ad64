"""The one organisation of this deployment, with the numbers it may choose for itself."""

from __future__ import annotations

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from crm.bilingual import BilingualName
from crm.once import once_a_request


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
        return cls.objects.filter(pk=1).first() or cls(pk=1, name_ja="Sodate CRM", name_en="Sodate CRM")
