"""Which arm of a standing experiment an account belongs to, stored with its date and never redrawn."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from crm.sight import SightedQuerySet, ThroughAccount


class ArmMembership(ThroughAccount):
    class Arm(models.TextChoices):
        ENGINE = "engine", _("Suggestions")
        CONTROL = "control", _("Always-on control")

    experiment = models.CharField(max_length=40)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="arms")
    arm = models.CharField(max_length=12, choices=Arm.choices)
    method = models.CharField(max_length=40)
    at = models.DateTimeField()

    objects = SightedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["experiment", "account"], name="an_arm_is_drawn_once")]
        indexes = [models.Index(fields=["experiment", "arm", "account"], name="who_is_in_an_arm")]
