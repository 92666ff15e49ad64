"""What the API reads and answers about themes, changes, plays and the measure log."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import ProductFamily
from campaigns.models import CampaignRevision, Change, Judgement, Look, Play
from campaigns.phrases import MOMENTS

WRITTEN = [choice for choice in Play.Kind.choices if choice[0] != Play.Kind.LESSON]
"""Lessons come of the end of a campaign; nobody writes them by themselves."""


class TitleSerializer(serializers.Serializer[Any]):
    title_ja = serializers.CharField(max_length=120)
    title_en = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class IntoSerializer(serializers.Serializer[Any]):
    into = serializers.IntegerField(min_value=1)


class NotesSerializer(serializers.Serializer[Any]):
    notes = serializers.ListField(child=serializers.IntegerField(), max_length=500, allow_empty=False)


class JudgementSerializer(serializers.ModelSerializer[Judgement]):
    class Meta:
        model = Judgement
        fields = ("figure", "decision", "note", "by", "at")
        read_only_fields = ("by", "at")


class ChangeSerializer(serializers.ModelSerializer[Change]):
    class Meta:
        model = Change
        fields = ("id", "revision", "part", "note_ja", "note_en", "themes", "by", "at", "told_at")
        read_only_fields = ("id", "revision", "by", "at", "told_at")


class LessonSerializer(serializers.Serializer[Any]):
    lesson_ja = serializers.CharField(max_length=1000)
    lesson_en = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class DiffLineSerializer(serializers.Serializer[Any]):
    part = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()


class PlaySerializer(serializers.ModelSerializer[Play]):
    class Meta:
        model = Play
        fields = (
            "id",
            "kind",
            "state",
            "trigger",
            "family",
            "reaction",
            "title_ja",
            "title_en",
            "body_ja",
            "body_en",
            "learned_from",
            "by",
            "at",
            "retired_at",
            "version",
        )
        read_only_fields = fields


class NewPlaySerializer(serializers.ModelSerializer[Play]):
    kind = serializers.ChoiceField(WRITTEN)
    trigger = serializers.ChoiceField(list(MOMENTS), required=False, allow_blank=True, default="")
    family = serializers.PrimaryKeyRelatedField(
        queryset=ProductFamily.objects.all(), required=False, allow_null=True, default=None
    )

    class Meta:
        model = Play
        fields: tuple[str, ...] = (
            "kind",
            "trigger",
            "family",
            "reaction",
            "title_ja",
            "title_en",
            "body_ja",
            "body_en",
        )


class EditPlaySerializer(NewPlaySerializer):
    version = serializers.IntegerField(min_value=1)

    class Meta(NewPlaySerializer.Meta):
        fields = (*NewPlaySerializer.Meta.fields, "version")


class UseSerializer(serializers.Serializer[Any]):
    suggestion = serializers.IntegerField(min_value=1)


class FiguresSerializer(serializers.Serializer[Any]):
    """`low` and `high` are the Wilson interval of the share won; null below five uses on suggestions."""

    used = serializers.IntegerField()
    accepted = serializers.IntegerField()
    won = serializers.IntegerField()
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()

    def get_low(self, figures: Any) -> float | None:
        return figures.low if figures.is_enough else None

    def get_high(self, figures: Any) -> float | None:
        return figures.high if figures.is_enough else None


class FittingSerializer(serializers.Serializer[Any]):
    play = PlaySerializer()
    figures = FiguresSerializer()
    is_used = serializers.BooleanField()


class LookSerializer(serializers.ModelSerializer[Look]):
    class Meta:
        model = Look
        fields = ("row", "on", "verdict", "treated", "holdout", "difference", "low", "high")
        read_only_fields = fields


class MeasureSerializer(serializers.ModelSerializer[CampaignRevision]):
    """A revision with the newest look at each row of its effect."""

    owner = serializers.IntegerField(source="campaign.owner_id", read_only=True)
    looks = serializers.SerializerMethodField()

    class Meta:
        model = CampaignRevision
        fields = (
            "id",
            "campaign",
            "number",
            "state",
            "owner",
            "launched_at",
            "ended_at",
            "lesson_ja",
            "lesson_en",
            "looks",
        )
        read_only_fields = fields

    def get_looks(self, revision: CampaignRevision) -> list[dict[str, Any]]:
        return [dict(LookSerializer(look).data) for look in self.context["looks"].get(revision.pk, ())]
