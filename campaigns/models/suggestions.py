"""Decisions of the engine, the suggestions that came out of them, and what people made of them."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, Need, Product, ProductFamily, UpgradePath
from campaigns.models.campaigns import CampaignRevision
from campaigns.models.policies import PolicySet
from crm.bilingual import pick
from crm.people import User
from crm.sight import SightedQuerySet, ThroughAccount


class Lane(models.TextChoices):
    UP = "up", _("Higher plan, seats and options")
    CROSS_SELL = "cross_sell", _("What goes with it")
    TRIAL = "trial", _("Trials")
    RIGHT_SIZE = "right_size", _("Right-sizing")
    REORDER = "reorder", _("Reorder")


class DecisionRun(models.Model):
    class Origin(models.TextChoices):
        NIGHTLY = "nightly", _("Nightly run")
        CAMPAIGN = "campaign", _("Campaign")

    origin = models.CharField(max_length=8, choices=Origin.choices)
    as_of = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    policy_set = models.ForeignKey(PolicySet, on_delete=models.PROTECT, related_name="+")
    model_version = models.CharField(max_length=60)
    model_notes = models.JSONField(default=dict)
    revision = models.ForeignKey(CampaignRevision, null=True, on_delete=models.CASCADE, related_name="+")
    chunks = models.PositiveIntegerField(default=0)
    chunks_done = models.PositiveIntegerField(default=0)


class SuggestionQuerySet(SightedQuerySet):
    def open(self) -> SuggestionQuerySet:
        """What is offered now. Of a campaign that is paused or over nothing is, from that very moment."""
        halted = CampaignRevision.objects.filter(state__in=CampaignRevision.HALTED_STATES)
        return self.filter(state=Suggestion.State.OPEN).exclude(revision__in=halted.values("pk"))


class Suggestion(ThroughAccount):
    """The system's advice to a rep for one account; never sent to a customer by itself."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("suggestion", "Open")
        SNOOZED = "snoozed", pgettext_lazy("suggestion", "Later")
        ACCEPTED = "accepted", pgettext_lazy("suggestion", "Accepted")
        PROPOSED = "proposed", pgettext_lazy("suggestion", "Proposed")
        WON = "won", pgettext_lazy("suggestion", "Won")
        LOST = "lost", pgettext_lazy("suggestion", "Lost")
        DISMISSED = "dismissed", pgettext_lazy("suggestion", "Dismissed")
        EXPIRED = "expired", pgettext_lazy("suggestion", "Expired")
        WITHDRAWN = "withdrawn", pgettext_lazy("suggestion", "Withdrawn by the guard")

    UNDECIDED = (State.OPEN, State.SNOOZED, State.EXPIRED, State.WITHDRAWN)

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="suggestions", db_index=False)
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="suggestions")
    kind = models.CharField(max_length=10, choices=UpgradePath.Kind.choices)
    lane = models.CharField(max_length=10, choices=Lane.choices)
    action_key = models.CharField(max_length=160, help_text="What is offered: path:std-to-prem, family:TEA")
    path = models.ForeignKey(UpgradePath, null=True, on_delete=models.PROTECT, related_name="suggestions")
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+")
    family = models.ForeignKey(ProductFamily, on_delete=models.PROTECT, related_name="+")
    seats = models.PositiveIntegerField(null=True)
    trigger = models.CharField(max_length=40)
    period = models.CharField(max_length=20, help_text="The same advice is given once in a period: 2026-Q4")
    need = models.ForeignKey(Need, null=True, on_delete=models.PROTECT, related_name="suggestions")
    known_need = models.CharField(max_length=40, help_text="The code of the dated sign of need.")
    benefit_ja = models.CharField(max_length=300)
    benefit_en = models.CharField(max_length=300)
    reasons = models.JSONField(help_text="Codes with figures, source, date and link; at least one.")
    factors = models.JSONField(default=dict)
    price_now = models.IntegerField(null=True, help_text="Yen a month.")
    price_next = models.IntegerField(null=True)
    score = models.PositiveSmallIntegerField(default=0)
    score_benefit = models.PositiveSmallIntegerField(default=0)
    score_timing = models.PositiveSmallIntegerField(default=0)
    score_relationship = models.PositiveSmallIntegerField(default=0)
    priority = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    rank = models.PositiveSmallIntegerField(default=1, help_text="Among the suggestions of the account.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    expires_on = models.DateField()
    snoozed_until = models.DateField(null=True)
    snoozed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    withdrawn_rule = models.CharField(max_length=40, blank=True)
    run = models.ForeignKey(DecisionRun, null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(
        CampaignRevision, null=True, on_delete=models.PROTECT, related_name="suggestions", db_index=False
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Suggestion]] = SuggestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "action_key", "trigger", "period"], name="advice_is_given_once"),
            models.CheckConstraint(
                condition=~Q(benefit_ja="") & ~Q(benefit_en="") & ~Q(known_need="") & ~Q(trigger=""),
                name="no_suggestion_without_need_and_benefit",
            ),
            models.CheckConstraint(condition=~Q(reasons=[]), name="no_suggestion_without_a_reason"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "snoozed", "expired", "withdrawn"])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="a_decision_has_who_and_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "snoozed_at", "-score", "-priority", "id"],
                condition=Q(state="open"),
                name="suggestion_queue",
            ),
            models.Index(
                fields=["snoozed_at", "-score", "-priority", "id"],
                condition=Q(state="open"),
                name="suggestion_all_open",
            ),
            models.Index(fields=["decided_by", "-decided_at"], name="suggestion_decided"),
            models.Index(fields=["account", "state"], name="suggestion_of_account"),
            models.Index(fields=["revision", "state"], name="suggestion_of_revision"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def benefit(self) -> str:
        return pick(self.benefit_ja, self.benefit_en)

    @property
    def price_change(self) -> int | None:
        if self.price_now is None or self.price_next is None:
            return None
        return self.price_next - self.price_now


APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class Decision(ThroughAccount):
    """Every candidate the engine looked at, and where it stopped: append-only, so that a day can be replayed."""

    run = models.ForeignKey(DecisionRun, on_delete=models.CASCADE, related_name="decisions")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="decisions", db_index=False)
    suggestion = models.ForeignKey(Suggestion, null=True, on_delete=models.SET_NULL, related_name="decisions")
    action_key = models.CharField(max_length=160)
    lane = models.CharField(max_length=10, choices=Lane.choices)
    source = models.CharField(max_length=20)
    stopped_at = models.CharField(max_length=20, blank=True, help_text="Empty when it became a suggestion.")
    rule = models.CharField(max_length=40, blank=True)
    factors = models.JSONField(default=dict)
    score = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    rank = models.PositiveSmallIntegerField(null=True)
    arm = models.CharField(max_length=12, default="engine")
    probability = models.DecimalField(max_digits=6, decimal_places=5, default=1)

    objects: ClassVar[models.Manager[Decision]] = SightedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "run"], name="decision_of_account")]
        triggers = [pgtrigger.Protect(name="decision_is_append_only", operation=pgtrigger.Update)]


class DismissReason(models.TextChoices):
    NO_NEED = "no_need", pgettext_lazy("dismissal", "No need at present")
    BAD_TIMING = "bad_timing", pgettext_lazy("dismissal", "The timing does not fit")
    BUDGET = "budget", pgettext_lazy("dismissal", "Difficult for budget reasons")
    OTHER_OFFER = "other_offer", pgettext_lazy("dismissal", "Another offer fits better")
    RELATIONSHIP = "relationship", pgettext_lazy("dismissal", "The relationship comes first")
    WRONG_DATA = "wrong_data", pgettext_lazy("dismissal", "The data is old or wrong")


class Response(ThroughAccount):
    """What somebody did with a suggestion; the newest row is the present, all rows are the history."""

    class Kind(models.TextChoices):
        OPENED = "opened", pgettext_lazy("response", "Opened")
        ACCEPTED = "accepted", pgettext_lazy("response", "Accepted")
        SNOOZED = "snoozed", pgettext_lazy("response", "Later")
        DISMISSED = "dismissed", pgettext_lazy("response", "Dismissed")
        PROPOSED = "proposed", pgettext_lazy("response", "Proposed")
        WON = "won", pgettext_lazy("response", "Won")
        LOST = "lost", pgettext_lazy("response", "Lost")
        WITHDRAWN = "withdrawn", pgettext_lazy("response", "Withdrawn")
        UNDONE = "undone", pgettext_lazy("response", "Taken back")

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="responses", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="responses", db_index=False)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    reason = models.CharField(max_length=40, blank=True)
    ask_again_on = models.DateField(null=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Response]] = SightedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account", "-at"], name="response_newest"),
            models.Index(fields=["suggestion", "-at"], name="response_of_suggestion"),
        ]
        triggers = [pgtrigger.Protect(name="response_is_append_only", operation=pgtrigger.Update)]


class ProposalQuerySet(SightedQuerySet):
    def open(self) -> ProposalQuerySet:
        return self.filter(state__in=[Proposal.State.PREPARING, Proposal.State.PROPOSED])


class LostReason(models.TextChoices):
    PRICE = "price", pgettext_lazy("lost", "The price step is too large")
    NO_NEED = "no_need", pgettext_lazy("lost", "No need after all")
    LATER = "later", pgettext_lazy("lost", "Decided for later")
    COMPETITOR = "competitor", pgettext_lazy("lost", "Chose another company")
    OTHER = "other", pgettext_lazy("lost", "Another reason")


@pghistory.track()
class Proposal(ThroughAccount):
    """What the rep takes to the customer, from the acceptance of a suggestion to its outcome."""

    class State(models.TextChoices):
        PREPARING = "preparing", pgettext_lazy("proposal", "Preparing")
        PROPOSED = "proposed", pgettext_lazy("proposal", "Proposed")
        WON = "won", pgettext_lazy("proposal", "Won")
        LOST = "lost", pgettext_lazy("proposal", "Lost")
        WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Taken back")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="proposals", db_index=False)
    suggestion = models.OneToOneField(Suggestion, on_delete=models.PROTECT, related_name="proposal")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="proposals", db_index=False)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PREPARING)
    monthly_change = models.IntegerField(null=True, help_text="Yen a month.")
    created_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    is_disclosure_told = models.BooleanField(default=False)
    lost_reason = models.CharField(max_length=12, choices=LostReason.choices, blank=True)
    note = models.TextField(blank=True)
    nps_before = models.PositiveSmallIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Proposal]] = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["won", "lost"]) | Q(decided_at__isnull=False), name="an_outcome_has_a_date"
            ),
            models.CheckConstraint(condition=~Q(state="lost") | ~Q(lost_reason=""), name="a_loss_has_a_reason"),
        ]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="proposal_of_account"),
            models.Index(fields=["owner"], condition=Q(state__in=["preparing", "proposed"]), name="proposal_open"),
            models.Index(
                fields=["owner", "-decided_at"], condition=Q(state__in=["won", "lost"]), name="proposal_outcomes"
            ),
            models.Index(fields=["-decided_at"], condition=Q(state__in=["won", "lost"]), name="proposal_all_outcomes"),
        ]

    @property
    def is_decided(self) -> bool:
        return self.state in (self.State.WON, self.State.LOST)
