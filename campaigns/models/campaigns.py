"""Campaigns as numbered revisions; what was launched never changes, the next revision does."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, UpgradePath
from campaigns.models.offers import Offer
from crm.bilingual import BilingualName, pick
from crm.people import Team, User
from crm.sight import SightedQuerySet, ThroughAccount


@pghistory.track()
class Campaign(BilingualName):
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="campaigns")
    is_template = models.BooleanField(default=False, help_text="Copied to begin others; never launched itself.")
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Campaign]] = SightedQuerySet.as_manager()

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        """Planners see all; the field sees what was launched."""
        if user.plans_campaigns:
            return Q()
        public = CampaignRevision.objects.filter(state__in=CampaignRevision.PUBLIC_STATES)
        return Q(pk__in=public.values("campaign_id"))


class RevisionQuerySet(SightedQuerySet):
    def running(self) -> RevisionQuerySet:
        return self.filter(state=CampaignRevision.State.LAUNCHED)


@pghistory.track()
class CampaignRevision(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("campaign", "Draft")
        WAITING = "waiting", pgettext_lazy("campaign", "Waiting for approval")
        APPROVED = "approved", pgettext_lazy("campaign", "Approved")
        LAUNCHING = "launching", pgettext_lazy("campaign", "Launching")
        LAUNCHED = "launched", pgettext_lazy("campaign", "Running")
        PAUSED = "paused", pgettext_lazy("campaign", "Paused")
        ENDED = "ended", pgettext_lazy("campaign", "Ended")
        SUPERSEDED = "superseded", pgettext_lazy("campaign", "Superseded")

    EDITABLE_STATES = (State.DRAFT,)
    PUBLIC_STATES = (State.LAUNCHING, State.LAUNCHED, State.PAUSED, State.ENDED, State.SUPERSEDED)
    HALTED_STATES = (State.PAUSED, State.ENDED, State.SUPERSEDED)
    """Nothing of it is offered, whatever its suggestions still say."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    why_ja = models.TextField(blank=True)
    why_en = models.TextField(blank=True)
    customer_benefit_ja = models.TextField(blank=True)
    customer_benefit_en = models.TextField(blank=True)
    rep_benefit_ja = models.TextField(blank=True)
    rep_benefit_en = models.TextField(blank=True)
    steps_ja = models.TextField(blank=True, help_text="How, one step a line.")
    steps_en = models.TextField(blank=True)
    evidence = models.JSONField(
        default=list, blank=True, help_text="Codes of figures that the why stands on, each with what it was and when."
    )
    goal_wins = models.PositiveIntegerField(null=True, blank=True)
    guardrail_nps = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    guardrail_complaint_share = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    audience = models.JSONField(default=list, help_text="Conditions, all of which must hold.")
    segments = models.ManyToManyField(
        "campaigns.Segment", blank=True, related_name="revisions", help_text="Whose conditions the audience took over."
    )
    path = models.ForeignKey(UpgradePath, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    opening_ja = models.CharField(max_length=300, blank=True)
    opening_en = models.CharField(max_length=300, blank=True)
    questions_ja = models.TextField(blank=True, help_text="What to ask before anything is offered, one a line.")
    questions_en = models.TextField(blank=True)
    plays = models.ManyToManyField("campaigns.Play", blank=True, related_name="revisions")
    budget = models.PositiveBigIntegerField(null=True, blank=True, help_text="Yen for all that the revision costs.")
    cost_per_contact = models.PositiveIntegerField(default=0, help_text="Yen that one conversation costs us.")
    incentive = models.PositiveIntegerField(default=0, db_default=0, help_text="Yen paid out for one win.")
    fixed_cost = models.PositiveBigIntegerField(default=0, db_default=0, help_text="Yen however many are reached.")
    pace = models.PositiveSmallIntegerField(null=True, blank=True, help_text="New suggestions a rep and a working day.")
    holdout_share = models.DecimalField(max_digits=3, decimal_places=2, default="0.20")
    seed = models.PositiveBigIntegerField(default=1, help_text="Makes the draw of the holdout repeatable.")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    launch_at = models.DateTimeField(null=True, blank=True, help_text="When it is to be launched by itself.")
    launched_at = models.DateTimeField(null=True, blank=True)
    launched_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_rule = models.CharField(max_length=40, blank=True, help_text="The guardrail that paused it; empty: a person.")
    ended_at = models.DateTimeField(null=True, blank=True)
    lesson_ja = models.TextField(blank=True, help_text="What was learned, written when it ends.")
    lesson_en = models.TextField(blank=True)
    copied_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="copies")
    fall_out = models.JSONField(default=dict, help_text="Counts by rule, frozen at launch.")
    change_note_ja = models.TextField(blank=True)
    change_note_en = models.TextField(blank=True)
    changed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Who last wrote on the plan."
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[CampaignRevision]] = RevisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="revisions_are_numbered"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "waiting", "approved"])
                | (
                    (~Q(why_ja="") | ~Q(why_en=""))
                    & (~Q(customer_benefit_ja="") | ~Q(customer_benefit_en=""))
                    & Q(launched_at__isnull=False, launched_by__isnull=False, path__isnull=False)
                ),
                name="why_before_how",
            ),
            models.CheckConstraint(
                condition=Q(holdout_share__gte=0, holdout_share__lte="0.40"), name="holdout_is_at_most_40_percent"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="revision_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(state__in=["launching", "launched", "paused"]),
                name="one_runs_at_a_time",
            ),
        ]

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        return Q() if user.plans_campaigns else Q(state__in=cls.PUBLIC_STATES)

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE_STATES

    @property
    def is_running(self) -> bool:
        return self.state == self.State.LAUNCHED

    @property
    def is_paused(self) -> bool:
        return self.state == self.State.PAUSED

    @property
    def has_guardrail(self) -> bool:
        return self.guardrail_nps is not None or self.guardrail_complaint_share is not None

    @property
    def why(self) -> str:
        return pick(self.why_ja, self.why_en)

    @property
    def customer_benefit(self) -> str:
        return pick(self.customer_benefit_ja, self.customer_benefit_en)

    @property
    def rep_benefit(self) -> str:
        return pick(self.rep_benefit_ja, self.rep_benefit_en)

    @property
    def steps(self) -> list[str]:
        return [line.strip() for line in pick(self.steps_ja, self.steps_en).splitlines() if line.strip()]

    @property
    def opening(self) -> str:
        return pick(self.opening_ja, self.opening_en)

    @property
    def questions(self) -> list[str]:
        return [line.strip() for line in pick(self.questions_ja, self.questions_en).splitlines() if line.strip()]

    @property
    def lesson(self) -> str:
        return pick(self.lesson_ja, self.lesson_en)

    @property
    def change_notes(self) -> list[str]:
        lines = pick(self.change_note_ja, self.change_note_en).splitlines()
        return [line.strip() for line in lines if line.strip()]


class Variant(models.Model):
    """One way of addressing the same customers; who gets which is drawn at launch, within the strata."""

    revision = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="variants")
    letter = models.CharField(max_length=1)
    name_ja = models.CharField(max_length=60, blank=True, db_default="")
    name_en = models.CharField(max_length=60, blank=True, db_default="")
    opening_ja = models.CharField(max_length=300, blank=True)
    opening_en = models.CharField(max_length=300, blank=True)
    offer = models.ForeignKey(Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    weight = models.PositiveSmallIntegerField(default=1, help_text="Its share is this over the sum of all.")

    class Meta:
        ordering = ["letter"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "letter"], name="a_variant_has_its_letter"),
            models.CheckConstraint(condition=Q(letter__in=["A", "B", "C", "D"]), name="variants_are_a_to_d"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="a_variant_has_a_share"),
        ]

    @property
    def opening(self) -> str:
        return pick(self.opening_ja, self.opening_en)


@pghistory.track()
class Segment(BilingualName):
    """Conditions kept under a name; an audience that is made from one takes a copy.

    One that was retired is offered to no further audience; those that took it over keep what they took.
    """

    about_ja = models.TextField(blank=True, help_text="Whom it means, and what it is good for.")
    about_en = models.TextField(blank=True)
    conditions = models.JSONField(default=list)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="segments")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Segment]] = SightedQuerySet.as_manager()

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        return Q() if user.plans_campaigns else Q(pk=None)

    @property
    def about(self) -> str:
        return pick(self.about_ja, self.about_en)

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None


class Picked(ThroughAccount):
    """A customer that somebody chose by hand for a draft, whatever the conditions of the audience say."""

    revision = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="picked")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="picked")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Picked]] = SightedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "account"], name="a_customer_is_picked_once")]


class RemarkQuerySet(SightedQuerySet):
    def open(self) -> RemarkQuerySet:
        """What began a thread that nobody has settled."""
        return self.filter(answers=None, settled_at=None)


class Remark(models.Model):
    """Said about a plan by those who plan and approve it. What answers another remark hangs on it and is settled with it."""

    revision = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="remarks")
    answers = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies")
    step = models.CharField(max_length=12, blank=True)
    field = models.CharField(max_length=40, blank=True, db_default="", help_text="What it speaks of; empty: the step.")
    words = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[Remark]] = RemarkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["revision", "at"], name="remarks_in_order")]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="a_remark_has_words"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False, answers=None),
                name="a_remark_is_settled_whole",
            ),
        ]

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        return Q() if user.plans_campaigns else Q(pk=None)

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None


class DayFigure(models.Model):
    """A figure about all customers as it was on a day, kept so that no page has to count them."""

    code = models.CharField(max_length=24)
    part = models.CharField(max_length=60, blank=True, help_text="Such as the plan that it is about.")
    on = models.DateField()
    value = models.FloatField()
    among = models.PositiveIntegerField(help_text="Customers that it was worked out from.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "part", "on"], name="a_figure_is_kept_once_a_day")]


class KeptSums(models.Model):
    """The sums that the board of a large revision is drawn from, as they were at a moment. See `campaigns.queries.kept`."""

    revision = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="kept_sums")
    part = models.CharField(max_length=12)
    rows = models.JSONField(default=list)
    as_of = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "part"], name="sums_are_kept_once")]


class LaunchChunk(models.Model):
    """A slice of a launch; `done_at` is set in the transaction that makes its suggestions."""

    revision = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "number"], name="chunks_are_numbered")]


class Target(ThroughAccount):
    """An account that a revision addressed or left alone on purpose: frozen at launch, never redrawn."""

    class Arm(models.TextChoices):
        TREATED = "treated", _("Addressed")
        HOLDOUT = "holdout", _("Holdout")

    revision = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="targets")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="targets")
    arm = models.CharField(max_length=7, choices=Arm.choices)
    variant = models.ForeignKey(Variant, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    stratum = models.CharField(max_length=80)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    rep = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    chunk = models.PositiveIntegerField()
    value_before = models.BigIntegerField(default=0, help_text="Yen a year at launch; the covariate of CUPED.")
    health_before = models.PositiveSmallIntegerField(null=True)

    objects: ClassVar[models.Manager[Target]] = SightedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "account"], name="a_target_exists_once")]
        indexes = [
            models.Index(fields=["revision", "chunk"], name="target_chunk"),
            models.Index(fields=["revision", "arm"], name="target_arm"),
            models.Index(fields=["revision", "rep", "id"], condition=Q(arm="treated"), name="target_of_rep"),
        ]


class Announcement(models.Model):
    """The message that brings a revision to the field."""

    revision = models.OneToOneField(CampaignRevision, on_delete=models.CASCADE, related_name="announcement")
    sent_at = models.DateTimeField()
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(reminders__lte=2), name="reminded_at_most_twice")]

    objects: ClassVar[models.Manager[Announcement]] = SightedQuerySet.as_manager()

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        return Q() if user.plans_campaigns or user.is_manager else Q(receipts__user=user)


class Reaction(models.TextChoices):
    AGREE = "agree", pgettext_lazy("announcement", "Agree with the why")
    QUESTION = "question", pgettext_lazy("announcement", "I have a question")
    DOES_NOT_FIT = "does_not_fit", pgettext_lazy("announcement", "Does not fit the field")


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def unread(self) -> ReceiptQuerySet:
        return self.filter(reacted_at=None)


class Receipt(models.Model):
    """One per addressed person. Opening is not reading: a reaction is the read receipt."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="receipts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="receipts")
    opened_at = models.DateTimeField(null=True)
    reaction = models.CharField(max_length=12, choices=Reaction.choices, blank=True)
    note = models.TextField(blank=True)
    reacted_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Receipt]] = ReceiptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["announcement", "user"], name="one_receipt_a_person"),
            models.CheckConstraint(
                condition=Q(reaction="", reacted_at=None) | (~Q(reaction="") & Q(reacted_at__isnull=False)),
                name="reaction_goes_with_reacted_at",
            ),
        ]

    @property
    def is_read(self) -> bool:
        return self.reacted_at is not None


class Question(models.Model):
    """Asked under an announcement; everybody who was addressed reads it with its answers."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="questions")
    words = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Question]] = SightedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["announcement", "at"], name="questions_in_order")]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="a_question_has_words")]

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        return Q(announcement__in=Announcement.objects.filter(Announcement.sight_rule(user)))


class Answer(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    words = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="an_answer_has_words")]


class Look(models.Model):
    """One row of the effect as it was on a day; looks are never changed afterwards."""

    class Row(models.TextChoices):
        SALES = "sales", pgettext_lazy("effect", "Sales")
        LOYALTY = "loyalty", pgettext_lazy("effect", "Loyalty")
        HARM = "harm", pgettext_lazy("effect", "Complaints")

    revision = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="looks")
    on = models.DateField()
    row = models.CharField(max_length=8, choices=Row.choices)
    verdict = models.CharField(max_length=12)
    treated = models.PositiveIntegerField()
    holdout = models.PositiveIntegerField()
    base = models.FloatField(null=True, help_text="What the holdout had: the share that won by itself, or the mean.")
    difference = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "row", "on"], name="one_look_a_day")]
