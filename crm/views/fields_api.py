"""The custom fields in use, for whoever reads or writes `custom`: everybody sees them in every form."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from crm.api import ReadOnly
from crm.custom_fields import CustomField


class CustomFieldSerializer(serializers.ModelSerializer[CustomField]):
    class Meta:
        model = CustomField
        fields = (
            "id",
            "on",
            "key",
            "kind",
            "name_ja",
            "name_en",
            "help_ja",
            "help_en",
            "choices",
            "is_required",
            "lowest",
            "highest",
            "longest",
            "position",
        )
        read_only_fields = fields


class CustomFieldViewSet(ReadOnly):
    queryset = CustomField.objects.filter(is_archived=False)
    serializer_class = CustomFieldSerializer
    filterset_fields = ("on", "kind")

    def get_queryset(self) -> QuerySet[Any]:
        return self.queryset.all()
