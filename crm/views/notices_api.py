"""The reader's own notices, with the words they have on screen."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from crm import notices
from crm.api import ReadOnly
from crm.http import CallerRequest
from crm.notices import Notice


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    words = serializers.CharField(read_only=True)

    class Meta:
        model = Notice
        fields = ("id", "code", "words", "figures", "url", "at", "read_at")
        read_only_fields = fields


class NoticeViewSet(ReadOnly):
    queryset = Notice.objects.all()
    serializer_class = NoticeSerializer
    filterset_fields = ("code",)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def read(self, request: CallerRequest, pk: str) -> Response:
        notices.read(self.get_queryset().filter(pk=self.get_object().pk), at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)
