"""Thresholds of the guard and the other policies: versioned data with an owner and a reason.

The kinds of rule are code (`campaigns.deciding.guard`); a change of a number is a new version.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.people import User


class PolicySet(models.Model):
    version = models.PositiveIntegerField(unique=True)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()


class PolicyRule(models.Model):
    class Kind(models.TextChoices):
        ELIGIBILITY = "eligibility", _("Eligibility")
        APPLICABILITY = "applicability", _("Applicability")
        SUITABILITY = "suitability", _("Suitability")
        CONTACT = "contact", _("Contact policy")

    class Scope(models.TextChoices):
        ORGANISATION = "organisation", _("Organisation")
        GROUP = "group", _("Group of actions")
        ACTION = "action", _("One action")

    policy_set = models.ForeignKey(PolicySet, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=13, choices=Kind.choices)
    code = models.CharField(max_length=40)
    scope = models.CharField(max_length=12, choices=Scope.choices, default=Scope.ORGANISATION)
    scope_key = models.CharField(max_length=80, blank=True)
    thresholds = models.JSONField(default=dict)
    is_enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy_set", "code", "scope", "scope_key"], name="one_rule_per_scope")
        ]


class CurrentPolicy(models.Model):
    policy_set = models.ForeignKey(PolicySet, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_policy_in_force")]
