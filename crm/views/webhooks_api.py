"""Webhooks by API, for administrators. The secret is in the answer that makes it and in no other."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response

from crm import slots
from crm.api import ReadOnly, Refused, taken
from crm.http import CallerRequest
from crm.webhooks import Delivery, Webhook, addresses, managing, telling, words


class AdministratorsOnly(BasePermission):
    def has_permission(self, request: Any, view: Any) -> bool:
        return bool(request.user.is_admin)


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    class Meta:
        model = Webhook
        fields: tuple[str, ...] = ("id", "url", "events", "is_enabled", "failing_since", "old_until", "created_at")
        read_only_fields = fields


class WithSecretSerializer(WebhookSerializer):
    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")
        read_only_fields = fields


class NewWebhookSerializer(serializers.Serializer[Any]):
    url = serializers.URLField(max_length=500)
    events = serializers.ListField(child=serializers.CharField(), default=list)

    def validate_url(self, url: str) -> str:
        try:
            addresses.read(url)
        except addresses.NotAllowed as refusal:
            raise serializers.ValidationError(words.problem(refusal.code), code=refusal.code) from refusal
        return url

    def validate_events(self, events: list[str]) -> list[str]:
        unknown = [each for each in events if each not in slots.webhook_kinds]
        if unknown:
            raise serializers.ValidationError(f"Unknown: {', '.join(unknown)}")
        return events


class ChangedWebhookSerializer(NewWebhookSerializer):
    """All three together: what is left out would be unclear."""

    events = serializers.ListField(child=serializers.CharField())
    is_enabled = serializers.BooleanField()


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    class Meta:
        model = Delivery
        fields = (
            "id",
            "webhook",
            "event_id",
            "kind",
            "payload",
            "state",
            "tries",
            "at",
            "tried_at",
            "next_at",
            "status",
            "problem",
            "answer",
        )
        read_only_fields = fields


class WebhookViewSet(ReadOnly):
    queryset = Webhook.objects.all()
    serializer_class = WebhookSerializer
    permission_classes = (IsAuthenticated, AdministratorsOnly)

    @extend_schema(request=NewWebhookSerializer, responses={201: WithSecretSerializer})
    def create(self, request: CallerRequest) -> Response:
        fields = taken(NewWebhookSerializer, request)
        try:
            made = managing.add(**fields, by=request.user, at=timezone.now())
        except managing.TooMany as full:
            raise Refused({"code": "too_many", "detail": f"At most {managing.MOST} webhooks."}) from full
        return Response(WithSecretSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ChangedWebhookSerializer)
    def update(self, request: CallerRequest, pk: str) -> Response:
        found = self.get_object()
        fields = taken(ChangedWebhookSerializer, request)
        changed = managing.change(webhook=found, **fields, by=request.user, at=timezone.now())
        return Response(self.get_serializer(changed).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: CallerRequest, pk: str) -> Response:
        managing.remove(webhook=self.get_object(), by=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=WithSecretSerializer)
    @action(detail=True, methods=["post"])
    def rotate(self, request: CallerRequest, pk: str) -> Response:
        rotated = managing.rotate(webhook=self.get_object(), by=request.user, at=timezone.now())
        return Response(WithSecretSerializer(rotated).data)

    @extend_schema(request=None, responses={201: DeliverySerializer})
    @action(detail=True, methods=["post"])
    def test(self, request: CallerRequest, pk: str) -> Response:
        sent = telling.send_test(webhook=self.get_object(), by=request.user, at=timezone.now())
        return Response(DeliverySerializer(sent).data, status=status.HTTP_201_CREATED)


class DeliveryViewSet(ReadOnly):
    queryset = Delivery.objects.all()
    serializer_class = DeliverySerializer
    permission_classes = (IsAuthenticated, AdministratorsOnly)
    filterset_fields = ("webhook", "state", "kind")

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="send-again")
    def send_again(self, request: CallerRequest, pk: str) -> Response:
        telling.send_again(delivery=self.get_object(), by=request.user, at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)
