"""The field's voice: notes on a revision, gathered into themes that get a state and an answer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import Activity
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
    is_confirmed = models.BooleanField(default=True, help_text="Proposed themes wait for a person.")
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
        """A proposed theme is seen by those who decide on it."""
        if user.plans_campaigns:
            return Q()
        return Q(revision__state__in=CampaignRevision.PUBLIC_STATES, is_confirmed=True)

    @property
    def label(self) -> str:
        return pick(self.title_ja, self.title_en)


class Feedback(models.Model):
    """In the writer's words. A rep reads their own and their team's, planners read all."""

    class Source(models.TextChoices):
        BOARD = "board", pgettext_lazy("feedback", "Board")
        LOG = "log", pgettext_lazy("feedback", "Log")
        ANNOUNCEMENT = "announcement", pgettext_lazy("feedback", "Announcement")

    revision = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="feedback")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="feedback")
    theme = models.ForeignKey(Theme, null=True, blank=True, on_delete=models.SET_NULL, related_name="notes")
    words = models.TextField()
    words_en = models.TextField(blank=True)
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.BOARD)
    activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reaction = models.CharField(max_length=8, choices=Activity.Reaction.choices, blank=True)
    told_manager_at = models.DateTimeField(null=True, blank=True, help_text="Unanswered for five days.")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Feedback]] = SightedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "feedback"
        indexes = [
            models.Index(fields=["revision", "-at"], name="feedback_newest"),
            models.Index(fields=["-at", "-id"], name="feedback_of_all"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="feedback_has_words")]

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        return of_teams(user, team="by__team_id", owner="by_id")

    @property
    def label(self) -> str:
        return pick(self.words, self.words_en)


class Change(models.Model):
    """What a revision does otherwise than the one before, and the themes that caused it; their writers are credited."""

    class Part(models.TextChoices):
        WHY = "why", pgettext_lazy("change", "Why")
        AUDIENCE = "audience", pgettext_lazy("change", "Audience")
        OFFER = "offer", pgettext_lazy("change", "Offer")
        TALK = "talk", pgettext_lazy("change", "Talk")
        POLICY = "policy", pgettext_lazy("change", "Policy")

    revision = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="changes")
    part = models.CharField(max_length=8, choices=Part.choices)
    note_ja = models.CharField(max_length=300)
    note_en = models.CharField(max_length=300, blank=True)
    themes = models.ManyToManyField(Theme, blank=True, related_name="changes")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the writers heard what became of it.")

    @property
    def note(self) -> str:
        return pick(self.note_ja, self.note_en)


class Judgement(models.Model):
    """What was decided about a figure of the Check tab."""

    class Decision(models.TextChoices):
        KEEP = "keep", pgettext_lazy("judgement", "Keep as it is")
        CHANGE = "change", pgettext_lazy("judgement", "Change in the next revision")
        STOP = "stop", pgettext_lazy("judgement", "Stop")

    class Figure(models.TextChoices):
        READ = "read", pgettext_lazy("figure", "Read")
        ACCEPTED = "accepted", pgettext_lazy("figure", "Accepted")
        PROPOSED = "proposed", pgettext_lazy("figure", "Proposed")
        WON = "won", pgettext_lazy("figure", "Won")
        SALES = "sales", pgettext_lazy("figure", "Sales against the holdout")
        LOYALTY = "loyalty", pgettext_lazy("figure", "Loyalty")
        HARM = "harm", pgettext_lazy("figure", "Complaints")
        COST = "cost", pgettext_lazy("figure", "Cost and return")

    revision = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="judgements")
    figure = models.CharField(max_length=8, choices=Figure.choices)
    decision = models.CharField(max_length=6, choices=Decision.choices)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "figure"], name="one_judgement_a_figure")]
