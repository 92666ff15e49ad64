"""Suggestions, proposals and campaigns, as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.actions.campaigns import STEP_FIELDS
from campaigns.actions.variants import parts_of
from campaigns.models import (
    Announcement,
    Answer,
    Campaign,
    CampaignRevision,
    Feedback,
    Look,
    Play,
    Proposal,
    Question,
    Reaction,
    Remark,
    Suggestion,
    Target,
    Theme,
    TrainingQuestion,
    Variant,
)
from campaigns.models.suggestions import DismissReason, LostReason
from campaigns.queries.base_rates import Source


class SuggestionSerializer(serializers.ModelSerializer[Suggestion]):
    class Meta:
        model = Suggestion
        fields = (
            "id",
            "account",
            "owner",
            "kind",
            "lane",
            "action_key",
            "path",
            "product",
            "family",
            "seats",
            "trigger",
            "known_need",
            "need",
            "benefit_ja",
            "benefit_en",
            "reasons",
            "price_now",
            "price_next",
            "score",
            "score_benefit",
            "score_timing",
            "score_relationship",
            "rank",
            "state",
            "expires_on",
            "snoozed_until",
            "revision",
            "version",
        )
        read_only_fields = fields


class VersionSerializer(serializers.Serializer[Any]):
    """Which version the caller saw; without it the newest is meant."""

    version = serializers.IntegerField(min_value=1, required=False)


class SnoozeSerializer(VersionSerializer):
    until = serializers.DateField()


class DismissSerializer(VersionSerializer):
    reason = serializers.ChoiceField(DismissReason.choices)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    ask_again_on = serializers.DateField(required=False, allow_null=True)


class ProposalSerializer(serializers.ModelSerializer[Proposal]):
    class Meta:
        model = Proposal
        fields = (
            "id",
            "account",
            "suggestion",
            "owner",
            "state",
            "monthly_change",
            "created_at",
            "proposed_at",
            "decided_at",
            "is_disclosure_told",
            "lost_reason",
            "note",
            "version",
        )
        read_only_fields = fields


class WinSerializer(VersionSerializer):
    is_disclosure_told = serializers.BooleanField(default=False)


class LoseSerializer(VersionSerializer):
    reason = serializers.ChoiceField(LostReason.choices)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    ask_again_on = serializers.DateField(required=False, allow_null=True)


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    class Meta:
        model = Campaign
        fields = ("id", "name_ja", "name_en", "owner", "created_at")
        read_only_fields = fields


class NewCampaignSerializer(serializers.Serializer[Any]):
    name_ja = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True)


PLANNED = tuple(name for names in STEP_FIELDS.values() for name in names)


class VariantSerializer(serializers.ModelSerializer[Any]):
    """`share` is in percent; the shares of a revision are 100 in all."""

    share = serializers.IntegerField(min_value=1, max_value=99)

    class Meta:
        model = Variant
        fields = ("name_ja", "name_en", "opening_ja", "opening_en", "offer", "share")


class RevisionSerializer(serializers.ModelSerializer[CampaignRevision]):
    """`evidence` has the figures as they were when they were chosen; `/evidence/` has them as they are now."""

    variants = serializers.SerializerMethodField()

    @extend_schema_field(VariantSerializer(many=True))
    def get_variants(self, revision: CampaignRevision) -> Any:
        return VariantSerializer(parts_of(revision), many=True).data

    class Meta:
        model = CampaignRevision
        fields = (
            "id",
            "campaign",
            "number",
            "state",
            *PLANNED,
            "launch_at",
            "launched_at",
            "paused_at",
            "pause_rule",
            "ended_at",
            "fall_out",
            "version",
        )
        read_only_fields = fields


class RevisionEditSerializer(serializers.ModelSerializer[CampaignRevision]):
    """Fields of one step; `step` and the `version` that the caller read are required.

    `evidence` are keys of `/figures/`; each is kept with the figure as it is now. `variants` take the place of those there were.
    """

    step = serializers.ChoiceField(list(STEP_FIELDS))
    version = serializers.IntegerField(min_value=1)
    evidence = serializers.ListField(child=serializers.CharField(max_length=90), max_length=20, required=False)
    variants: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=VariantSerializer(), required=False, max_length=4
    )
    plays = serializers.PrimaryKeyRelatedField(
        many=True, required=False, queryset=Play.objects.filter(retired_at=None, state=Play.State.PUBLISHED)
    )

    class Meta:
        model = CampaignRevision
        fields = ("step", "version", *PLANNED)
        extra_kwargs = {name: {"required": False} for name in PLANNED if name not in ("evidence", "variants", "plays")}


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000)


class ApprovalSerializer(serializers.Serializer[Any]):
    """Open remarks are confirmed on purpose."""

    in_spite_of_remarks = serializers.BooleanField(required=False, default=False)


class SendBackSerializer(serializers.Serializer[Any]):
    """The reason may be left out where open remarks say it."""

    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class FigureAtSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField()
    among = serializers.IntegerField()
    on = serializers.DateField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class FigureSerializer(serializers.Serializer[Any]):
    """`then` is null until it is chosen, `now` when it is no longer worked out."""

    key = serializers.CharField()
    words = serializers.CharField()
    then = FigureAtSerializer(allow_null=True)
    now = FigureAtSerializer(allow_null=True)


class RangeSerializer(serializers.Serializer[Any]):
    low = serializers.FloatField()
    expected = serializers.FloatField()
    high = serializers.FloatField()


class ExpectationSerializer(serializers.Serializer[Any]):
    """Wins more than without it, and yen of yearly margin; null while it cannot be said. `source` is `goal` or `earlier`."""

    source = serializers.CharField()  # type: ignore[assignment]
    wins = RangeSerializer(allow_null=True)
    margin = RangeSerializer(allow_null=True)
    contact_yen = serializers.IntegerField()
    win_yen = serializers.IntegerField()
    fixed_yen = serializers.IntegerField()
    cost = serializers.IntegerField()
    budget = serializers.IntegerField(allow_null=True)
    is_over = serializers.BooleanField()
    goal_share = serializers.FloatField(allow_null=True)
    is_goal_beyond = serializers.BooleanField()
    is_goal_visible = serializers.BooleanField(allow_null=True)


class RemarkAnswerSerializer(serializers.ModelSerializer[Remark]):
    class Meta:
        model = Remark
        fields = ("id", "words", "by", "at")
        read_only_fields = fields


class RemarkSerializer(serializers.ModelSerializer[Remark]):
    replies = RemarkAnswerSerializer(many=True, read_only=True)

    class Meta:
        model = Remark
        fields = (
            "id",
            "revision",
            "answers",
            "step",
            "field",
            "words",
            "by",
            "at",
            "settled_at",
            "settled_by",
            "replies",
        )
        read_only_fields = fields


class NewRemarkSerializer(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=1000)
    step = serializers.ChoiceField(list(STEP_FIELDS), required=False, allow_blank=True, default="")
    field = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class LaunchTimeSerializer(serializers.Serializer[Any]):
    launch_at = serializers.DateTimeField(allow_null=True)


class ResumeSerializer(serializers.Serializer[Any]):
    """The reason is required when a guardrail had paused it."""

    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class AnnouncementSerializer(serializers.ModelSerializer[Announcement]):
    is_unread = serializers.BooleanField(read_only=True)
    reaction = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = Announcement
        fields = ("id", "revision", "sent_at", "reminders", "reminded_at", "is_unread", "reaction")
        read_only_fields = fields


class ReadingSerializer(serializers.Serializer[Any]):
    """People: of those addressed, who opened it, who read it (reacted), who agreed."""

    addressed = serializers.IntegerField()
    opened = serializers.IntegerField()
    read = serializers.IntegerField()
    agreed = serializers.IntegerField()


class ReactionSerializer(serializers.Serializer[Any]):
    reaction = serializers.ChoiceField(Reaction.choices)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class TrainingQuestionSerializer(serializers.ModelSerializer[TrainingQuestion]):
    """`choices_*` has one answer a line; `right` counts from 0."""

    class Meta:
        model = TrainingQuestion
        fields = ("words_ja", "words_en", "choices_ja", "choices_en", "right")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Otherwise nobody could ever pass."""
        if attrs.get("right", 0) >= len(TrainingQuestion(**attrs).choices):
            raise serializers.ValidationError({"right": "There is no such choice."})
        return attrs


class NewTrainingSerializer(serializers.Serializer[Any]):
    body_ja = serializers.CharField(max_length=5000)
    body_en = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    link = serializers.URLField(max_length=300, required=False, allow_blank=True)
    minutes = serializers.IntegerField(min_value=1, max_value=60, required=False, allow_null=True)
    questions: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=TrainingQuestionSerializer(), min_length=2, max_length=2
    )


class TrainingOfTeamSerializer(serializers.Serializer[Any]):
    team = serializers.IntegerField(source="team.pk", allow_null=True)
    addressed = serializers.IntegerField()
    tried = serializers.IntegerField()
    passed = serializers.IntegerField()


class TrainingSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="item.pk")
    body_ja = serializers.CharField(source="item.body_ja")
    body_en = serializers.CharField(source="item.body_en")
    link = serializers.CharField(source="item.link")
    minutes = serializers.IntegerField(source="item.minutes", allow_null=True)
    retired_at = serializers.DateTimeField(source="item.retired_at", allow_null=True)
    questions = TrainingQuestionSerializer(many=True)
    teams = TrainingOfTeamSerializer(many=True)


class WordsSerializer(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=1000)


class ReplySerializer(serializers.ModelSerializer[Answer]):
    class Meta:
        model = Answer
        fields = ("id", "words", "by", "at")
        read_only_fields = fields


class QuestionSerializer(serializers.ModelSerializer[Question]):
    answers = ReplySerializer(many=True, read_only=True)

    class Meta:
        model = Question
        fields = ("id", "announcement", "words", "by", "at", "answers")
        read_only_fields = fields


class FeedbackSerializer(serializers.ModelSerializer[Feedback]):
    class Meta:
        model = Feedback
        fields = ("id", "revision", "by", "theme", "words", "source", "activity", "reaction", "told_manager_at", "at")
        read_only_fields = fields


class NewFeedbackSerializer(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=2000)


class ThemeSerializer(serializers.ModelSerializer[Theme]):
    class Meta:
        model = Theme
        fields = (
            "id",
            "revision",
            "title_ja",
            "title_en",
            "is_confirmed",
            "state",
            "answer",
            "answered_by",
            "answered_at",
        )
        read_only_fields = fields


class NewThemeSerializer(serializers.Serializer[Any]):
    title_ja = serializers.CharField(max_length=120)
    title_en = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    notes = serializers.ListField(child=serializers.IntegerField(), max_length=500, default=list)


class AnswerSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(Theme.State.choices)
    answer = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class EffectSerializer(serializers.Serializer[Any]):
    verdict = serializers.CharField()
    difference = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    confidence = serializers.FloatField()


class RowsSerializer(serializers.Serializer[Any]):
    """Sales, loyalty and complaints: treated minus holdout, always together."""

    sales = EffectSerializer()
    loyalty = EffectSerializer()
    complaints = EffectSerializer()


class PartSerializer(serializers.Serializer[Any]):
    """The whole, or one part of a cut: `key` is a tier's rank, a team, a variant's letter or "B:A"."""

    key = serializers.CharField()
    treated = serializers.IntegerField(source="outcome.treated.customers")
    holdout = serializers.IntegerField(source="outcome.holdout.customers")
    is_mismatch = serializers.BooleanField(source="effects.ratio.is_mismatch")
    among = serializers.IntegerField()
    crossed = serializers.ListField(child=serializers.CharField())
    effects = RowsSerializer()
    margin = EffectSerializer(allow_null=True)


class MomentSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateTimeField(
        help_text="The moment the figures are of: now; of a large campaign, when its sums were last worked out."
    )


class EffectsSerializer(MomentSerializer, RowsSerializer):
    """The rows of the whole; `margin` is yen of yearly margin a customer, `parts` those of the cut asked for."""

    margin = EffectSerializer(allow_null=True)
    parts = PartSerializer(many=True)


class ReturnSerializer(serializers.Serializer[Any]):
    margin = serializers.FloatField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    ratio = serializers.FloatField(allow_null=True)
    ratio_low = serializers.FloatField(allow_null=True)
    ratio_high = serializers.FloatField(allow_null=True)


class CostsSerializer(MomentSerializer):
    """Yen since the launch; `returned` is None while nothing can be said."""

    contacts = serializers.IntegerField()
    contact_yen = serializers.IntegerField()
    taken = serializers.IntegerField()
    offer_yen = serializers.IntegerField()
    wins = serializers.IntegerField()
    incentive_yen = serializers.IntegerField()
    fixed_yen = serializers.IntegerField()
    total = serializers.IntegerField()
    budget = serializers.IntegerField(allow_null=True)
    is_over = serializers.BooleanField()
    returned = ReturnSerializer(allow_null=True)


class ShareSerializer(serializers.Serializer[Any]):
    key = serializers.IntegerField(allow_null=True)
    planned = serializers.IntegerField()
    reached = serializers.IntegerField()


class FunnelStepSerializer(serializers.Serializer[Any]):
    """`rate` is the share of the step before; null on the first and when nobody got there."""

    code = serializers.CharField()
    count = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)


class TeamAdoptionSerializer(serializers.Serializer[Any]):
    team = serializers.IntegerField(source="team.pk", allow_null=True)
    steps = FunnelStepSerializer(source="funnel.steps", many=True)


class AdoptionSerializer(MomentSerializer):
    """Addressed customers from announced to won, whole and by the team that had them at the launch."""

    steps = FunnelStepSerializer(many=True)
    teams = TeamAdoptionSerializer(many=True)


class ReachSerializer(MomentSerializer):
    """Of the customers the caller may see; `missed` counts by reason, each customer under the first that holds."""

    planned = serializers.IntegerField()
    reached = serializers.IntegerField()
    teams = ShareSerializer(many=True)
    reps = ShareSerializer(many=True)
    missed = serializers.DictField(child=serializers.IntegerField())


class MissedSerializer(serializers.ModelSerializer[Target]):
    class Meta:
        model = Target
        fields = ("account", "team", "rep")
        read_only_fields = fields


class MissedPageSerializer(serializers.Serializer[Any]):
    """`after` leads on, None at the end."""

    results = MissedSerializer(many=True)
    after = serializers.IntegerField(allow_null=True)


class LookSerializer(serializers.ModelSerializer[Look]):
    class Meta:
        model = Look
        fields = ("on", "row", "verdict", "treated", "holdout", "difference", "low", "high")
        read_only_fields = fields


class PreviewSerializer(serializers.Serializer[Any]):
    matched = serializers.IntegerField()
    excluded = serializers.DictField(child=serializers.IntegerField())
    reachable = serializers.IntegerField()
    treated = serializers.IntegerField()
    held_out = serializers.IntegerField()
    reps = serializers.IntegerField()
    most_per_rep = serializers.IntegerField()
    yearly_gain = serializers.IntegerField(allow_null=True)
    yearly_margin = serializers.IntegerField(allow_null=True)
    detectable = serializers.FloatField(allow_null=True)
    base_rate = serializers.FloatField(source="base.rate", help_text="Share that says yes without a campaign.")
    base_rate_source = serializers.ChoiceField(
        [source.value for source in Source], source="base.source", help_text="Whose comparison groups told it."
    )
