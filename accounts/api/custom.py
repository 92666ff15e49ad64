"""Values of custom fields, written by key at `…/custom/` of every object that has them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.actions import custom as custom_actions
from crm import custom_fields
from crm.api import Clash, ReadOnly, taken
from crm.http import CallerRequest


class CustomValuesSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    custom = serializers.DictField(help_text="Keys to write; null takes a value away, other keys stay.")


class WithCustomValues(ReadOnly):
    @extend_schema(request=CustomValuesSerializer)
    @action(detail=True, methods=["patch"], url_path="custom", url_name="custom")
    def write_custom(self, request: CallerRequest, pk: str) -> Response:
        row = self.get_object()
        body = taken(CustomValuesSerializer, request)
        try:
            row = custom_actions.set_values(
                row=row, version=body["version"], by=request.user, at=timezone.now(), values=body["custom"]
            )
        except custom_fields.Invalid as refusal:
            raise serializers.ValidationError({"custom": refusal.errors}) from refusal
        except custom_actions.Conflict as conflict:
            raise Clash({"current": self.get_serializer(conflict.current).data}) from conflict
        return Response(self.get_serializer(row).data)
