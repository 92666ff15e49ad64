"""The caller's own settings, as on the page of settings."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from crm import slots
from crm.http import CallerRequest
from crm.people import User


class MeSerializer(serializers.ModelSerializer[User]):
    bell_without = serializers.ListField(child=serializers.CharField(), required=False)
    mail_without = serializers.ListField(child=serializers.CharField(), required=False)

    class Meta:
        model = User
        own = ("language", "theme", "has_single_keys", "wants_digest", "bell_without", "mail_without")
        read_only_fields = ("id", "email", "name", "name_en", "role", "team")
        fields = (*read_only_fields, *own)

    def validate_bell_without(self, groups: list[str]) -> list[str]:
        unknown = [group for group in groups if group not in slots.notice_groups]
        if unknown:
            raise serializers.ValidationError(f"Unknown: {', '.join(unknown)}")
        return groups

    validate_mail_without = validate_bell_without


class MeView(APIView):
    @extend_schema(responses=MeSerializer)
    def get(self, request: CallerRequest) -> Response:
        return Response(MeSerializer(request.user).data)

    @extend_schema(request=MeSerializer, responses=MeSerializer)
    def patch(self, request: CallerRequest) -> Response:
        body: Any = MeSerializer(request.user, data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        body.save()
        return Response(body.data)
