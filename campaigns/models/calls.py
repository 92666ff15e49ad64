"""Calling through a list, one customer after the other: how far somebody came, and what each call gave."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models import Account, Activity
from campaigns.models.campaigns import CampaignRevision
from campaigns.models.suggestions import Suggestion
from crm.people import User
from crm.sight import SightedQuerySet, ThroughAccount


class RoundQuerySet(models.QuerySet["CallRound"]):
    def visible_to(self, user: User | AnonymousUser) -> RoundQuerySet:
        """One's own."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self.filter(by=user)


class CallRound(models.Model):
    """Somebody calls through a list. It stays where they were, on whatever device they go on.

    The customers are not copied: whoever comes next is looked for behind the place of the last one.
    """

    class Source(models.TextChoices):
        TODAY = "today", pgettext_lazy("calls", "Today")
        CAMPAIGN = "campaign", pgettext_lazy("calls", "Targets of a campaign")
        CUSTOMERS = "customers", pgettext_lazy("calls", "List of customers")

    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="call_rounds")
    source = models.CharField(max_length=9, choices=Source.choices)
    revision = models.ForeignKey(CampaignRevision, null=True, on_delete=models.CASCADE, related_name="+")
    query = models.TextField(blank=True, help_text="State of the list of customers, as in its address.")
    ids = models.JSONField(null=True, help_text="Of selected customers; null: all that the source holds.")
    total = models.PositiveIntegerField(help_text="How many there were at the beginning, counted to 10,001.")
    number = models.PositiveIntegerField(default=0, help_text="Of the step that waits for a result.")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[CallRound]] = RoundQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["by", "-started_at"], name="call_rounds_newest")]


class CallStep(ThroughAccount):
    """One customer of a round; `place` is where the source goes on behind them."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", pgettext_lazy("call outcome", "Wants the offer")
        LATER = "later", pgettext_lazy("call outcome", "Interested, later")
        DECLINED = "declined", pgettext_lazy("call outcome", "Declined")
        ABSENT = "absent", pgettext_lazy("call outcome", "No answer")
        WRONG_NUMBER = "wrong", pgettext_lazy("call outcome", "Wrong number")
        TALKED = "talked", pgettext_lazy("call outcome", "Talked")
        UPSET = "upset", pgettext_lazy("call outcome", "Upset")
        SKIPPED = "skipped", pgettext_lazy("call outcome", "Skipped")

    round = models.ForeignKey(CallRound, on_delete=models.CASCADE, related_name="steps", db_index=False)
    number = models.PositiveIntegerField()
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="call_steps")
    suggestion = models.ForeignKey(Suggestion, null=True, on_delete=models.SET_NULL, related_name="+")
    place = models.TextField(blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True, help_text="Empty: still to come.")
    activity = models.ForeignKey(Activity, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[CallStep]] = SightedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="steps_of_a_round_are_numbered"),
            models.UniqueConstraint(fields=["round", "account"], name="a_round_meets_a_customer_once"),
        ]
