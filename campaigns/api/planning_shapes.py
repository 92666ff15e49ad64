"""Shapes of segments, picked customers, templates and the calendar."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import UpgradePath
from campaigns.models import Campaign, CampaignRevision, Offer, Segment
from campaigns.queries.audience import AudienceField
from campaigns.queries.schedule import STATES

MOST_IDS = 1_000
TEXTS = ("name_ja", "name_en", "about_ja", "about_en")


class SegmentSerializer(serializers.ModelSerializer[Segment]):
    class Meta:
        model = Segment
        fields = ("id", *TEXTS, "conditions", "owner", "created_at", "changed_at", "retired_at", "version")
        read_only_fields = fields


class NewSegmentSerializer(serializers.ModelSerializer[Segment]):
    conditions = serializers.ListField(child=serializers.DictField(), max_length=20)

    class Meta:
        model = Segment
        fields = (*TEXTS, "conditions")


class EditSegmentSerializer(NewSegmentSerializer):
    version = serializers.IntegerField(min_value=1)

    class Meta:
        model = Segment
        fields = (*TEXTS, "conditions", "version")
        extra_kwargs = {"name_ja": {"required": False}}

    conditions = serializers.ListField(child=serializers.DictField(), max_length=20, required=False)


class SegmentSizeSerializer(serializers.Serializer[Any]):
    """Both counted to 10,000: 10,001 means more. `clear` are those to whom the guard forbids no offer."""

    matched = serializers.IntegerField()
    clear = serializers.IntegerField()


class TakeSegmentSerializer(serializers.Serializer[Any]):
    segment = serializers.IntegerField()
    version = serializers.IntegerField(min_value=1, help_text="Of the revision.")


class PickSerializer(serializers.Serializer[Any]):
    """Customers by id, or all for whom the conditions of the list of customers hold."""

    ids = serializers.ListField(child=serializers.IntegerField(), max_length=MOST_IDS, required=False)
    filter = serializers.ListField(child=serializers.DictField(), required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in data) == ("filter" in data):
            raise serializers.ValidationError("Say either ids or filter.")
        return data


class UnpickSerializer(serializers.Serializer[Any]):
    ids = serializers.ListField(
        child=serializers.IntegerField(), max_length=MOST_IDS, allow_null=True, help_text="null: all of them."
    )


class OutcomeSerializer(serializers.Serializer[Any]):
    """`left_out` is how many by why (unseen, already); `guarded` how many of the added the guard would hold back today."""

    asked_for = serializers.IntegerField()
    added = serializers.IntegerField()
    left_out = serializers.DictField(child=serializers.IntegerField())
    guarded = serializers.DictField(child=serializers.IntegerField())
    is_too_many = serializers.BooleanField()


class ManySerializer(serializers.Serializer[Any]):
    customers = serializers.IntegerField()


class PickedOneSerializer(serializers.Serializer[Any]):
    account = serializers.IntegerField(source="account.pk")
    badge = serializers.CharField()


class PickedPageSerializer(serializers.Serializer[Any]):
    """`after` leads on, null at the end."""

    customers = serializers.IntegerField(source="many")
    results = PickedOneSerializer(many=True, source="rows")
    after = serializers.IntegerField(source="last", allow_null=True)


class CopySerializer(serializers.Serializer[Any]):
    name_ja = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    as_template = serializers.BooleanField(required=False, default=False)


class TemplateSerializer(serializers.ModelSerializer[Campaign]):
    class Meta:
        model = Campaign
        fields = ("id", "name_ja", "name_en", "owner", "created_at")
        read_only_fields = fields


class StepChoiceSerializer(serializers.ModelSerializer[UpgradePath]):
    from_product = serializers.CharField(source="from_product.code", default=None)
    to_product = serializers.CharField(source="to_product.code")
    benefit = serializers.CharField()

    class Meta:
        model = UpgradePath
        fields = ("id", "key", "kind", "from_product", "to_product", "benefit")
        read_only_fields = fields


class ExtraChoiceSerializer(serializers.ModelSerializer[Offer]):
    label = serializers.CharField()  # type: ignore[assignment]
    terms = serializers.CharField()

    class Meta:
        model = Offer
        fields = ("id", "label", "terms", "valid_until")
        read_only_fields = fields


class OptionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class ConditionFieldSerializer(serializers.Serializer[Any]):
    """What a condition may say; without `options` its value is a whole number."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    operators = serializers.ListField(child=serializers.CharField())
    unit = serializers.CharField()
    options = serializers.SerializerMethodField()

    @extend_schema_field(OptionSerializer(many=True))
    def get_options(self, field: AudienceField) -> list[dict[str, str]]:
        return [{"code": code, "label": label} for code, label in (field.options() if field.options else ())]


class ChoicesSerializer(serializers.Serializer[Any]):
    """In the language of the call."""

    steps = StepChoiceSerializer(many=True)
    extras = ExtraChoiceSerializer(many=True)
    conditions = ConditionFieldSerializer(many=True)


class StarterSerializer(serializers.Serializer[Any]):
    """In the language of the call."""

    code = serializers.CharField()
    name = serializers.CharField()
    about = serializers.CharField()
    why = serializers.CharField()
    conditions = serializers.ListField(child=serializers.DictField())


class FromStarterSerializer(serializers.Serializer[Any]):
    """Without a name it takes that of the template."""

    name_ja = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class CalendarAskedSerializer(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()
    owner = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    state = serializers.ChoiceField(list(STATES), required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if not 0 <= (data["last"] - data["first"]).days <= 366:
            raise serializers.ValidationError("A year at most, from first to last.")
        return data


class PlannedSerializer(serializers.ModelSerializer[CampaignRevision]):
    class Meta:
        model = CampaignRevision
        fields = ("id", "campaign", "number", "state")
        read_only_fields = fields


class BarSerializer(serializers.Serializer[Any]):
    revision = PlannedSerializer()
    kind = serializers.CharField()
    first = serializers.DateField(source="span.first")
    last = serializers.DateField(source="span.last")
    is_open = serializers.BooleanField()


class CalendarSerializer(serializers.Serializer[Any]):
    """`undated` are plans without a last day; `is_cut` when there are more bars than are told."""

    bars = BarSerializer(many=True)
    undated = PlannedSerializer(many=True)
    is_cut = serializers.BooleanField()


class OverlapSerializer(serializers.Serializer[Any]):
    """Customers in common, counted to 10,000: 10,001 means more."""

    one = serializers.IntegerField(source="one.revision.pk")
    other = serializers.IntegerField(source="other.revision.pk")
    first = serializers.DateField(source="shared.first")
    last = serializers.DateField(source="shared.last")
    customers = serializers.IntegerField()


class WeekSerializer(serializers.Serializer[Any]):
    monday = serializers.DateField()
    campaigns = serializers.IntegerField()
    most = serializers.IntegerField()
    over = serializers.IntegerField()
    capacity = serializers.IntegerField()


class BudgetSerializer(serializers.Serializer[Any]):
    offer_days = serializers.IntegerField()
    touches = serializers.IntegerField()
    touch_days = serializers.IntegerField()
    a_day = serializers.IntegerField()


class WarningsSerializer(serializers.Serializer[Any]):
    overlaps = OverlapSerializer(many=True)
    weeks = WeekSerializer(many=True)
    budget = BudgetSerializer()
    is_cut = serializers.BooleanField()
    as_of = serializers.DateTimeField(allow_null=True, help_text="When customers were counted; null: just now.")
    uncounted = serializers.IntegerField(
        help_text="Campaigns whose customers are still being counted: their audience is new, or has changed since."
    )
