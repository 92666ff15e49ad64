"""Customers and the facts about them, as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from accounts.models import (
    Account,
    AccountFile,
    Activity,
    Case,
    Consent,
    Contact,
    FollowUp,
    Need,
    NpsResponse,
    ScoreSnapshot,
    Subscription,
    Topic,
    UsageReading,
)
from accounts.models.accounts import Channel
from accounts.models.activities import ActivityKind
from crm.api import CustomValuesField

THIRTEEN_DIGITS = RegexValidator(r"^([0-9]{13})?$", "A corporate number has 13 digits.")


class StandingSerializer(serializers.ModelSerializer[ScoreSnapshot]):
    class Meta:
        model = ScoreSnapshot
        fields = (
            "as_of",
            "health",
            "health_change",
            "health_parts",
            "loyalty",
            "loyalty_parts",
            "stage",
            "nps",
            "nps_on",
            "ltv",
            "yearly_value",
            "margin_rate",
            "expected_years",
            "r",
            "f",
            "m",
        )


class AccountSerializer(serializers.ModelSerializer[Account]):
    class Meta:
        model = Account
        fields = (
            "id",
            "kind",
            "external_id",
            "name",
            "name_en",
            "reading",
            "corporate_number",
            "industry",
            "employees",
            "city",
            "phone",
            "domain",
            "owner",
            "team",
            "customer_since",
            "custom",
            "version",
        )
        read_only_fields = fields


class AccountDetailSerializer(AccountSerializer):
    standing = serializers.SerializerMethodField()

    class Meta:
        model = Account
        fields = (*AccountSerializer.Meta.fields, "standing")
        read_only_fields = fields

    def get_standing(self, account: Account) -> dict[str, Any] | None:
        standing = self.context.get("standing")
        return StandingSerializer(standing).data if standing else None


class NewAccountSerializer(serializers.ModelSerializer[Account]):
    custom = CustomValuesField(on="account")

    class Meta:
        model = Account
        fields = ("name", "name_en", "reading", "corporate_number", "employees", "city", "phone", "domain", "custom")
        extra_kwargs: dict[str, Any] = {"corporate_number": {"validators": []}}


class AddedAccountSerializer(NewAccountSerializer):
    """`even_if_alike` adds a customer that resembles known ones; never one of a known name or corporate number."""

    even_if_alike = serializers.BooleanField(required=False, default=False)

    class Meta:
        model = Account
        fields = (*NewAccountSerializer.Meta.fields, "even_if_alike")
        extra_kwargs = NewAccountSerializer.Meta.extra_kwargs


class CandidateReasonSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    points = serializers.IntegerField()


class CandidateSerializer(serializers.Serializer[Any]):
    account = serializers.IntegerField(source="account.pk")
    name = serializers.CharField(source="account.name")
    score = serializers.IntegerField(source="finding.score")
    reasons = CandidateReasonSerializer(source="finding.reasons", many=True)


class LooksKnownSerializer(serializers.Serializer[Any]):
    """Nothing was written. `known_to` is whom to ask: about the very customer, or about one of this name out of sight."""

    candidates = CandidateSerializer(many=True, required=False)
    elsewhere = serializers.BooleanField(required=False)
    known_to = serializers.CharField(allow_null=True)


class AccountEditSerializer(serializers.ModelSerializer[Account]):
    version = serializers.IntegerField(min_value=1)

    class Meta:
        model = Account
        fields = (
            "version",
            "name",
            "name_en",
            "reading",
            "corporate_number",
            "industry",
            "employees",
            "city",
            "city_en",
            "address",
            "phone",
            "domain",
        )
        extra_kwargs: dict[str, Any] = {"corporate_number": {"validators": [THIRTEEN_DIGITS]}}


class ContactSerializer(serializers.ModelSerializer[Contact]):
    class Meta:
        model = Contact
        fields = (
            "id",
            "account",
            "name",
            "name_en",
            "reading",
            "department",
            "title",
            "part",
            "email",
            "phone",
            "wishes",
            "left_on",
            "custom",
            "version",
        )
        read_only_fields = fields


CONTACT_FIELDS = ("name", "name_en", "reading", "department", "title", "part", "email", "phone", "wishes")


class NewContactSerializer(serializers.ModelSerializer[Contact]):
    class Meta:
        model = Contact
        fields = CONTACT_FIELDS


class ContactEditSerializer(serializers.ModelSerializer[Contact]):
    version = serializers.IntegerField(min_value=1)

    class Meta:
        model = Contact
        fields = ("version", *CONTACT_FIELDS, "left_on")


class SubscriptionSerializer(serializers.ModelSerializer[Subscription]):
    class Meta:
        model = Subscription
        fields = (
            "id",
            "account",
            "product",
            "seats",
            "monthly_amount",
            "starts_on",
            "renews_on",
            "is_auto_renewed",
            "ended_on",
            "custom",
            "version",
        )
        read_only_fields = fields


class SubscriptionEditSerializer(serializers.ModelSerializer[Subscription]):
    version = serializers.IntegerField(min_value=1)

    class Meta:
        model = Subscription
        fields = ("version", "renews_on", "is_auto_renewed")


class FileSerializer(serializers.ModelSerializer[AccountFile]):
    class Meta:
        model = AccountFile
        fields = ("id", "account", "name", "content_type", "size", "sha256", "at", "by")
        read_only_fields = fields


class TagSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=40)


class UsageSerializer(serializers.ModelSerializer[UsageReading]):
    meter = serializers.SlugRelatedField("code", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = UsageReading
        fields = ("id", "account", "meter", "read_on", "value", "allowance")
        read_only_fields = fields


class NeedSerializer(serializers.ModelSerializer[Need]):
    topic = serializers.SlugRelatedField("code", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = Need
        fields = (
            "id",
            "account",
            "contact",
            "topic",
            "words",
            "heard_on",
            "solved_on",
            "solution",
            "custom",
            "version",
        )
        read_only_fields = fields


class NewNeedSerializer(serializers.Serializer[Any]):
    topic = serializers.SlugRelatedField("code", queryset=Topic.objects.all())
    words = serializers.CharField(max_length=300)
    custom = CustomValuesField(on="need")


class SolutionSerializer(serializers.Serializer[Any]):
    solution = serializers.CharField(max_length=200)


class CaseSerializer(serializers.ModelSerializer[Case]):
    class Meta:
        model = Case
        fields = (
            "id",
            "account",
            "contact",
            "owner",
            "kind",
            "subject",
            "severity",
            "details",
            "due_on",
            "solution",
            "opened_at",
            "solved_at",
            "reported_at",
            "custom",
            "version",
        )
        read_only_fields = fields


class NewCaseSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Case.Kind.choices)
    subject = serializers.CharField(max_length=200)
    severity = serializers.ChoiceField(Case.Severity.choices, required=False)
    details = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    contact = serializers.IntegerField(required=False, allow_null=True)


class OpenCaseSerializer(NewCaseSerializer):
    custom = CustomValuesField(on="case")


class CaseEditSerializer(NewCaseSerializer):
    version = serializers.IntegerField(min_value=1)


class AssignSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    owner = serializers.IntegerField()


class CaseSolutionSerializer(serializers.Serializer[Any]):
    solution = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class NpsSerializer(serializers.ModelSerializer[NpsResponse]):
    class Meta:
        model = NpsResponse
        fields = ("id", "account", "contact", "score", "comment", "answered_at", "loop_closed_at")
        read_only_fields = fields


class WhatWasDoneSerializer(serializers.Serializer[Any]):
    what_was_done = serializers.CharField(max_length=1000)


class FollowUpSerializer(serializers.ModelSerializer[FollowUp]):
    class Meta:
        model = FollowUp
        fields = (
            "id",
            "account",
            "contact",
            "owner",
            "case",
            "kind",
            "text",
            "due_on",
            "due_time",
            "remind_at",
            "done_at",
            "version",
        )
        read_only_fields = fields


class NextStepSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(ActivityKind.choices)
    text = serializers.CharField(max_length=200)
    due_on = serializers.DateField()
    due_time = serializers.TimeField(required=False, allow_null=True)
    remind_at = serializers.DateTimeField(required=False, allow_null=True)


class FollowUpEditSerializer(NextStepSerializer):
    version = serializers.IntegerField(min_value=1)
    contact = serializers.IntegerField(required=False, allow_null=True)


class ConsentSerializer(serializers.ModelSerializer[Consent]):
    class Meta:
        model = Consent
        fields = ("id", "account", "contact", "channel", "is_granted", "at", "by", "source", "proof")
        read_only_fields = fields


class NewConsentSerializer(serializers.ModelSerializer[Consent]):
    contact = serializers.IntegerField(required=False, allow_null=True)
    channels = serializers.ListField(child=serializers.ChoiceField(Channel.choices), allow_empty=False)

    class Meta:
        model = Consent
        fields = ("contact", "channels", "is_granted", "source", "proof")
        extra_kwargs: dict[str, Any] = {"proof": {"max_length": 1000}}


class SpanSerializer(serializers.Serializer[Any]):
    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)


class CalendarEntrySerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    key = serializers.CharField()
    on = serializers.DateField()
    hour = serializers.TimeField(allow_null=True)
    account = serializers.IntegerField(source="account.pk")
    words = serializers.CharField()
    url = serializers.CharField()


class CorrectionSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    kind = serializers.ChoiceField(ActivityKind.choices)
    result = serializers.ChoiceField(Activity.Result.choices)
    reaction = serializers.ChoiceField(Activity.Reaction.choices, allow_blank=True)
    note = serializers.CharField(allow_blank=True, max_length=5000)
    contact = serializers.IntegerField(allow_null=True)
    minutes = serializers.IntegerField(min_value=0, max_value=24 * 60, allow_null=True)
    at = serializers.DateTimeField()


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    class Meta:
        model = Activity
        fields = (
            "id",
            "account",
            "contact",
            "by",
            "kind",
            "result",
            "reaction",
            "note",
            "at",
            "minutes",
            "client_id",
            "custom",
            "version",
        )
        read_only_fields = fields


class NewActivitySerializer(serializers.Serializer[Any]):
    client_id = serializers.UUIDField()
    kind = serializers.ChoiceField(ActivityKind.choices)
    result = serializers.ChoiceField(Activity.Result.choices)
    reaction = serializers.ChoiceField(Activity.Reaction.choices, required=False, default="")
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=5000)
    contact = serializers.IntegerField(required=False, allow_null=True)
    happened_at = serializers.DateTimeField(required=False)
    minutes = serializers.IntegerField(required=False, min_value=0, max_value=24 * 60)
    topics = serializers.SlugRelatedField("code", queryset=Topic.objects.all(), many=True, required=False)
    next_step = NextStepSerializer(required=False)
    custom = CustomValuesField(on="activity")
    extras = serializers.DictField(required=False)


class TimelineEntrySerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    key = serializers.CharField()
    category = serializers.CharField()
    verb = serializers.CharField()
    text = serializers.CharField()
    quote = serializers.CharField()
    who = serializers.CharField()
