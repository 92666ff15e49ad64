"""The field's voice: notes on a revision, gathered into themes that get a state and an answer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from campaigns.models.campaigns import CampaignRevision
from crm.bilingual import pick
from crm.people import User
from crm.sight import SightedQuerySet, of_teams


class Theme(models.Model):
    class State(models.TextChoices):
        TO_DECIDE = "to_decide", pgettext_lazy("theme", "To decide")
        IN_REVISION = "in_revision", pgettext_lazy("theme", "In the next revision")
        KEEP = "keep", pgettext_lazy("theme", "Keep")
        DECLINED = "declined", pgettext_lazy("theme", "Declined")

    revision = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="themes")
    title_ja = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=11, choices=State.choices, default=State.TO_DECIDE)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Theme]] = SightedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(answer=""), name="a_declined_theme_says_why")
        ]

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        return Q() if user.plans_campaigns else Q(revision__state__in=CampaignRevision.PUBLIC_STATES)

    @property
    def label(self) -> str:
        return pick(self.title_ja, self.title_en)


class Feedback(models.Model):
    """In the writer's words. A rep reads their own and their team's, planners read all."""

    revision = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="feedback")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="feedback")
    theme = models.ForeignKey(Theme, null=True, blank=True, on_delete=models.SET_NULL, related_name="notes")
    words = models.TextField()
    words_en = models.TextField(blank=True)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Feedback]] = SightedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "feedback"
        indexes = [models.Index(fields=["revision", "-at"], name="feedback_newest")]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="feedback_has_words")]

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        return of_teams(user, team="by__team_id", owner="by_id")

    @property
    def label(self) -> str:
        return pick(self.words, self.words_en)
