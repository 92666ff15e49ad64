"""One call that finds customers, contacts, needs, activities and colleagues, as the search on screen does."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import serializers as shapes
from accounts.queries import search
from crm.http import CallerRequest
from crm.models import User

AT_MOST = 50


class ColleagueSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ("id", "name", "name_en", "email", "team")
        read_only_fields = fields


class FoundSerializer(serializers.Serializer[search.Found]):
    customers = shapes.AccountSerializer(many=True)
    contacts = shapes.ContactSerializer(many=True)
    needs = shapes.NeedSerializer(many=True)
    activities = shapes.ActivitySerializer(many=True)
    colleagues = ColleagueSerializer(many=True)
    cut = serializers.ListField(child=serializers.CharField(), help_text="Kinds of which there may be more.")


class AskedSerializer(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=100)
    limit = serializers.IntegerField(min_value=1, max_value=AT_MOST, default=10)


class SearchView(APIView):
    @extend_schema(
        parameters=[AskedSerializer, OpenApiParameter("q", required=True, description="Every word must be met.")],
        responses=FoundSerializer,
    )
    def get(self, request: CallerRequest) -> Response:
        asked = AskedSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = search.search(request.user, asked.validated_data["q"], asked.validated_data["limit"])
        return Response(FoundSerializer(found).data)
