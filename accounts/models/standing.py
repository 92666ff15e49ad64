"""Where each account stands: dated snapshots, written under a run and switched on all at once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models.accounts import Account
from crm.sight import SightedQuerySet, ThroughAccount


class Stage(models.TextChoices):
    SEED = "seed", pgettext_lazy("loyalty stage", "Seed")
    SPROUT = "sprout", pgettext_lazy("loyalty stage", "Sprout")
    LEAF = "leaf", pgettext_lazy("loyalty stage", "Leaf")
    BLOOM = "bloom", pgettext_lazy("loyalty stage", "Bloom")
    TREE = "tree", pgettext_lazy("loyalty stage", "Tree")


class ScoreRun(models.Model):
    """One look at all accounts as of a date. Nobody reads its snapshots before `finished_at`."""

    as_of = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    rules_version = models.CharField(max_length=20)
    accounts = models.PositiveIntegerField(default=0)


class CurrentScores(models.Model):
    """The one switch: which finished run everybody reads."""

    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, related_name="+")
    switched_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_switch")]


class ScoreSnapshot(ThroughAccount):
    """Scores are 0-100 and null where nothing is known. Contributions add up to their score exactly."""

    run = models.ForeignKey(ScoreRun, on_delete=models.CASCADE, related_name="snapshots", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="snapshots", db_index=False)
    as_of = models.DateField()
    recency_days = models.PositiveIntegerField(null=True)
    frequency = models.PositiveIntegerField(null=True)
    monetary = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    r = models.PositiveSmallIntegerField(null=True)
    f = models.PositiveSmallIntegerField(null=True)
    m = models.PositiveSmallIntegerField(null=True)
    nps = models.PositiveSmallIntegerField(null=True)
    nps_on = models.DateField(null=True)
    ltv = models.BigIntegerField(null=True)
    yearly_value = models.BigIntegerField(null=True)
    margin_rate = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    expected_years = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    ltv_sources = models.JSONField(default=dict)
    loyalty = models.PositiveSmallIntegerField(null=True)
    loyalty_parts = models.JSONField(default=list)
    health = models.PositiveSmallIntegerField(null=True)
    health_parts = models.JSONField(default=list)
    health_change = models.SmallIntegerField(null=True, help_text="Against some 90 days before.")
    stage = models.CharField(max_length=6, choices=Stage.choices, blank=True)

    objects: ClassVar[models.Manager[ScoreSnapshot]] = SightedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "account"], include=["health", "ltv"], name="one_snapshot_per_run"),
            models.CheckConstraint(
                condition=(Q(health=None) | Q(health__lte=100)) & (Q(loyalty=None) | Q(loyalty__lte=100)),
                name="scores_are_0_to_100",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-as_of"], name="snapshot_history"),
            models.Index(fields=["run", "health", "account"], name="snapshot_by_health"),
            models.Index(fields=["run", "ltv", "account"], name="snapshot_by_ltv"),
            models.Index(fields=["run", "nps", "account"], name="snapshot_by_nps"),
            models.Index(fields=["run", "loyalty", "account"], name="snapshot_by_loyalty"),
            models.Index(fields=["run", "health_change", "account"], name="snapshot_by_change"),
            models.Index(fields=["run", "stage", "account"], name="snapshot_by_stage"),
        ]
