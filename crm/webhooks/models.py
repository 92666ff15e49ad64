"""Who is told, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from crm import sealing
from crm.people import User
from crm.sight import SightedQuerySet
from crm.webhooks import words


class Webhook(models.Model):
    """An address that hears of some kinds of events. The secret is shown once, and stands sealed in its row."""

    url = models.URLField(max_length=500)
    events = models.JSONField(default=list, help_text="Kinds such as campaign.launched; empty: all.")
    sealed = models.TextField(help_text="The secret that signs; see `crm.sealing`.")
    old_sealed = models.TextField(blank=True, help_text="The one before, which signs as well until `old_until`.")
    old_until = models.DateTimeField(null=True, blank=True)
    is_enabled = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Webhook]] = SightedQuerySet.as_manager()

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        return Q() if user.is_admin else Q(pk=None)

    def wants(self, kind: str) -> bool:
        return not self.events or kind in self.events

    @property
    def secret(self) -> str:
        """Raises `sealing.Unreadable` when SECRET_KEY is another one now."""
        return sealing.unseal(self.sealed)

    @secret.setter
    def secret(self, secret: str) -> None:
        self.sealed = sealing.seal(secret)

    def secrets(self, at: datetime) -> list[str]:
        """The newest first; the one before signs as well until its day is over. Raises `sealing.Unreadable`."""
        is_old_good = self.old_until is not None and at < self.old_until
        return [self.secret, sealing.unseal(self.old_sealed)] if is_old_good else [self.secret]


class Delivery(models.Model):
    """One event for one webhook: what is sent, how often it was tried, and what was answered last."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("delivery", "Waiting")
        TAKEN = "taken", pgettext_lazy("delivery", "Delivered")
        GIVEN_UP = "given_up", pgettext_lazy("delivery", "Given up")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.UUIDField()
    kind = models.CharField(max_length=60)
    payload = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    answer = models.TextField(blank=True, help_text="The beginning of what came back.")
    next_at = models.DateTimeField(null=True, blank=True, help_text="When it is tried again.")

    objects: ClassVar[models.Manager[Delivery]] = SightedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["webhook", "event_id"], name="an_event_is_delivered_once")]
        indexes = [models.Index(fields=["webhook", "-at", "-id"], name="deliveries_newest")]

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        return Webhook.sight_rule(user)

    @property
    def problem_words(self) -> str:
        return words.problem(self.problem)
