"""What customers say: needs, cases, and whether they would recommend us."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.accounts import Account, Contact
from accounts.models.activities import Activity
from accounts.models.bigrams import Bigrams, Blocks, Words
from accounts.models.catalogue import Topic
from crm.bilingual import pick
from crm.custom_fields import HasCustomFields
from crm.people import User
from crm.sight import SightedQuerySet, ThroughAccount


class NeedQuerySet(SightedQuerySet):
    def open(self) -> NeedQuerySet:
        return self.filter(solved_on=None)


NEED_BIGRAMS = Bigrams(Words("words", "words_en"))


@pghistory.track()
class Need(HasCustomFields, ThroughAccount):
    """In the customer's words, never translated; the English words are kept where they were given."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="needs", db_index=False)
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="needs")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="needs")
    words = models.CharField(max_length=300)
    words_en = models.CharField(max_length=300, blank=True)
    heard_on = models.DateField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.SET_NULL, related_name="needs")
    solved_on = models.DateField(null=True, blank=True)
    solution = models.CharField(max_length=200, blank=True)
    solution_en = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Need]] = NeedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account", "-heard_on"], name="need_newest"),
            GinIndex(Blocks("id"), NEED_BIGRAMS, name="need_grams"),
            models.Index(fields=["heard_on", "id"], name="need_in_time"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="a_need_has_words")]

    @property
    def said(self) -> str:
        return pick(self.words, self.words_en)

    @property
    def solved_by(self) -> str:
        return pick(self.solution, self.solution_en)


class CaseQuerySet(SightedQuerySet):
    def open(self) -> CaseQuerySet:
        """Unsolved, or solved and not yet reported to the customer."""
        return self.filter(reported_at=None)


@pghistory.track()
class Case(HasCustomFields, ThroughAccount):
    class Kind(models.TextChoices):
        COMPLAINT = "complaint", _("Complaint")
        QUESTION = "question", _("Question")
        OUTAGE = "outage", _("Outage")

    class Severity(models.TextChoices):
        LOW = "low", pgettext_lazy("severity", "Low")
        NORMAL = "normal", pgettext_lazy("severity", "Normal")
        HIGH = "high", pgettext_lazy("severity", "High")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="cases")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    external_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    subject = models.CharField(max_length=200)
    subject_en = models.CharField(max_length=200, blank=True)
    severity = models.CharField(max_length=6, choices=Severity.choices, default=Severity.NORMAL, db_default="normal")
    details = models.TextField(blank=True, db_default="")
    due_on = models.DateField(null=True, blank=True)
    solution = models.TextField(blank=True, db_default="")
    opened_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True, help_text="When the customer was told of the solution.")
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Case]] = CaseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account"], condition=Q(reported_at=None), name="case_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(reported_at=None) | Q(solved_at__isnull=False), name="reported_means_solved"
            )
        ]

    @property
    def label(self) -> str:
        return pick(self.subject, self.subject_en)


class NpsResponse(ThroughAccount):
    class Band(models.TextChoices):
        PROMOTER = "promoter", _("Promoter")
        PASSIVE = "passive", _("Passive")
        DETRACTOR = "detractor", _("Detractor")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="nps_responses", db_index=False)
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    external_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    comment_en = models.TextField(blank=True)
    answered_at = models.DateTimeField()
    loop_closed_at = models.DateTimeField(null=True, blank=True, help_text="When an unhappy customer was heard.")
    loop_closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[NpsResponse]] = SightedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-answered_at"], name="nps_newest")]
        constraints = [models.CheckConstraint(condition=Q(score__lte=10), name="nps_is_0_to_10")]

    @property
    def said(self) -> str:
        return pick(self.comment, self.comment_en)

    @property
    def band(self) -> NpsResponse.Band:
        if self.score >= 9:
            return self.Band.PROMOTER
        return self.Band.PASSIVE if self.score >= 7 else self.Band.DETRACTOR
