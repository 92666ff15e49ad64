"""The playbook: what works in which situation, who used it and what came of it. And short training on a campaign."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import Account, Activity, ProductFamily
from campaigns.models.campaigns import CampaignRevision
from campaigns.models.suggestions import Suggestion
from crm.bilingual import pick
from crm.people import User
from crm.sight import SightedQuerySet, ThroughAccount


class Play(models.Model):
    """Written once, read by everybody; an empty `trigger`, `family` or `reaction` fits any."""

    class Kind(models.TextChoices):
        TALK = "talk", pgettext_lazy("play", "Talk")
        QUESTION = "question", pgettext_lazy("play", "Question")
        OBJECTION = "objection", pgettext_lazy("play", "Objection and answer")
        STORY = "story", pgettext_lazy("play", "Story")
        LESSON = "lesson", pgettext_lazy("play", "Lesson")

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("play", "Proposed")
        PUBLISHED = "published", pgettext_lazy("play", "In the playbook")

    kind = models.CharField(max_length=9, choices=Kind.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PUBLISHED)
    trigger = models.CharField(max_length=40, blank=True)
    family = models.ForeignKey(ProductFamily, null=True, blank=True, on_delete=models.SET_NULL, related_name="plays")
    reaction = models.CharField(max_length=8, choices=Activity.Reaction.choices, blank=True)
    title_ja = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    body_ja = models.TextField()
    body_en = models.TextField(blank=True)
    learned_from = models.ForeignKey(
        CampaignRevision, null=True, blank=True, on_delete=models.SET_NULL, related_name="lessons"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="plays")
    at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Play]] = SightedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["trigger", "family"], condition=Q(retired_at=None), name="plays_that_fit")]

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        """What was proposed is seen by its writer and by those who take it up."""
        if not user.is_rep:
            return Q()
        return Q(state=cls.State.PUBLISHED) | Q(by=user)

    @property
    def title(self) -> str:
        return pick(self.title_ja, self.title_en)

    @property
    def body(self) -> str:
        return pick(self.body_ja, self.body_en)


class PlayUse(ThroughAccount):
    """Somebody used a play with a customer; what came of it is read from the suggestion."""

    play = models.ForeignKey(Play, on_delete=models.CASCADE, related_name="uses")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    suggestion = models.ForeignKey(Suggestion, null=True, blank=True, on_delete=models.SET_NULL, related_name="uses")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[PlayUse]] = SightedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["play", "suggestion"], name="a_play_is_used_once_on_a_suggestion")
        ]


class TrainingQuerySet(models.QuerySet["TrainingItem"]):
    def in_force(self) -> TrainingQuerySet:
        return self.filter(retired_at=None)


class TrainingItem(models.Model):
    """Some minutes of reading with two questions, asked before a campaign is taken to customers.

    What somebody has answered is not rewritten: it is retired, and another one takes its place.
    """

    revision = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="training")
    body_ja = models.TextField()
    body_en = models.TextField(blank=True)
    link = models.URLField(max_length=300, blank=True, help_text="A page or a film to look at beside the text.")
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[TrainingItem]] = TrainingQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(minutes=None) | Q(minutes__lte=60), name="training_is_short")]

    @property
    def body(self) -> str:
        return pick(self.body_ja, self.body_en)


class TrainingQuestion(models.Model):
    """`choices_*` has one answer a line; `right` counts from 0."""

    item = models.ForeignKey(TrainingItem, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    words_ja = models.CharField(max_length=200)
    words_en = models.CharField(max_length=200, blank=True)
    choices_ja = models.TextField()
    choices_en = models.TextField(blank=True)
    right = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="training_questions_are_numbered"),
            models.CheckConstraint(condition=Q(number__in=[1, 2]), name="two_training_questions"),
        ]

    @property
    def words(self) -> str:
        return pick(self.words_ja, self.words_en)

    @property
    def choices(self) -> list[str]:
        return [line.strip() for line in pick(self.choices_ja, self.choices_en).splitlines() if line.strip()]


class TrainingResult(models.Model):
    item = models.ForeignKey(TrainingItem, on_delete=models.CASCADE, related_name="results")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)
    passed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "user"], name="one_training_result_a_person")]
