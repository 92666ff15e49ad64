"""What we did and will do with a customer, and what we noticed by ourselves."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.accounts import Account, Contact
from accounts.models.bigrams import Bigrams, Blocks, Words
from crm.bilingual import pick
from crm.custom_fields import HasCustomFields
from crm.people import User
from crm.sight import SightedQuerySet, ThroughAccount


class ActivityKind(models.TextChoices):
    CALL = "call", _("Call")
    VISIT = "visit", _("Visit")
    MAIL = "mail", pgettext_lazy("activity", "Email")
    MEETING = "meeting", _("Meeting")
    NOTE = "note", _("Note")


NOTE_BIGRAMS = Bigrams(Words("note"))


@pghistory.track()
class Activity(HasCustomFields, ThroughAccount):
    """In the rep's words. The client's own id makes a log that is sent twice exist once."""

    class Result(models.TextChoices):
        TALKED = "talked", pgettext_lazy("call result", "Talked")
        ABSENT = "absent", pgettext_lazy("call result", "No answer")
        CALL_BACK = "call_back", pgettext_lazy("call result", "Will call back")
        DONE = "done", pgettext_lazy("call result", "Done")

    class Reaction(models.TextChoices):
        POSITIVE = "positive", pgettext_lazy("reaction", "Positive")
        NEUTRAL = "neutral", pgettext_lazy("reaction", "Neutral")
        UPSET = "upset", pgettext_lazy("reaction", "Upset")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="activities", db_index=False)
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="activities", db_index=False)
    kind = models.CharField(max_length=8, choices=ActivityKind.choices)
    result = models.CharField(max_length=9, choices=Result.choices)
    reaction = models.CharField(max_length=8, choices=Reaction.choices, blank=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    client_id = models.UUIDField()
    version = models.PositiveIntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Activity]] = SightedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            models.Index(fields=["account", "-at", "-id"], name="activity_newest"),
            GinIndex(Blocks("id"), NOTE_BIGRAMS, name="activity_grams"),
            models.Index(fields=["at", "id"], name="activity_in_time"),
            models.Index(fields=["by", "-at"], name="activity_of_person"),
        ]
        constraints = [models.UniqueConstraint(fields=["by", "client_id"], name="a_log_exists_once")]


class FollowUpQuerySet(SightedQuerySet):
    def open(self) -> FollowUpQuerySet:
        return self.filter(done_at=None)


@pghistory.track()
class FollowUp(ThroughAccount):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="follow_ups")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="follow_ups")
    kind = models.CharField(max_length=8, choices=ActivityKind.choices, default=ActivityKind.CALL)
    text = models.CharField(max_length=200)
    text_en = models.CharField(max_length=200, blank=True)
    due_on = models.DateField()
    due_time = models.TimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    source_activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    case = models.ForeignKey(
        "accounts.Case", null=True, blank=True, on_delete=models.SET_NULL, related_name="follow_ups"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[FollowUp]] = FollowUpQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "due_on"], condition=Q(done_at=None), name="follow_up_due"),
            models.Index(fields=["remind_at"], condition=Q(done_at=None, reminded_at=None), name="follow_up_to_remind"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="done_at_goes_with_done_by",
            )
        ]

    @property
    def label(self) -> str:
        return pick(self.text, self.text_en)


class Touch(ThroughAccount):
    """The ledger of approaches over every channel; what counts draws on the attention budget."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        VISIT = "visit", _("Visit")
        MAIL = "mail", _("Email")
        MEETING = "meeting", _("Meeting")
        SURVEY = "survey", _("Survey")
        PROPOSAL = "proposal", _("Proposal")
        CAMPAIGN = "campaign", _("Campaign")
        SERVICE = "service", _("Service")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="touches", db_index=False)
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField()
    is_offer = models.BooleanField(default=False, help_text="Something was offered for sale.")
    counts = models.BooleanField(default=True, help_text="Draws on the attention budget; service does not.")
    source = models.CharField(max_length=60, blank=True, help_text="What caused it: activity:12, proposal:3")

    objects: ClassVar[models.Manager[Touch]] = SightedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "touches"
        indexes = [models.Index(fields=["account", "-at"], name="touch_newest")]
        constraints = [models.UniqueConstraint(fields=["source"], condition=~Q(source=""), name="a_cause_touches_once")]


class ObservedSignal(ThroughAccount):
    """A dated sign that nobody had to ask for: a page viewed, a feature tried, a late payment."""

    class Kind(models.TextChoices):
        PLAN_VIEWED = "plan_viewed", _("Looked at a higher plan")
        FEATURE_TRIED = "feature_tried", _("Tried a feature of a higher plan")
        MILESTONE = "milestone", _("Reached a milestone")
        LATE_PAYMENT = "late_payment", _("Paid late")
        CANCEL_HINT = "cancel_hint", _("Asked about cancelling")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="signals", db_index=False)
    kind = models.CharField(max_length=13, choices=Kind.choices)
    at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)
    product = models.ForeignKey("accounts.Product", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[ObservedSignal]] = SightedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-at"], name="signal_newest")]


class CalendarFeed(models.Model):
    """The secret address under which a calendar program reads somebody's follow-ups. Only its hash is kept."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
