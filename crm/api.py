"""What the API shares: the two refusals that HTTP has names for, who may call, and how a body is read."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.fields import empty
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from crm import custom_fields
from crm.http import CallerRequest


class Clash(APIException):
    """The row is not in the state that the call assumes; `detail` shows what it is now, in its own types."""

    status_code = status.HTTP_409_CONFLICT

    def __init__(self, detail: Mapping[str, Any]) -> None:
        """The framework would make words of figures and truth values."""
        super().__init__()
        self.detail = dict(detail)


class Refused(APIException):
    """The call is well formed and a rule says no; `detail` holds the reasons."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


class SightedViewSet(GenericViewSet[Any]):
    """Every list and every row starts from what the caller may see; anything else is a 404."""

    request: CallerRequest

    def get_queryset(self) -> QuerySet[Any]:
        rows: Any = self.queryset.all()  # type: ignore[union-attr, arg-type]
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        return rows.visible_to(self.request.user)


class ReadOnly(ListModelMixin, RetrieveModelMixin, SightedViewSet):
    """A list and a row."""


def taken(shape: type[Serializer[Any]], request: CallerRequest) -> dict[str, Any]:
    """The validated body; a body that does not fit answers 400 with the fields named."""
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


class CustomValuesField(serializers.DictField):
    """`custom` of something new: checked like on screen, so that a required value cannot be left out."""

    def __init__(self, *, on: str, **kwargs: Any) -> None:
        super().__init__(**{"required": False, **kwargs})
        self.on = on

    def run_validation(self, data: Any = empty) -> dict[str, Any]:
        values = super().run_validation({} if data is empty else data)
        try:
            return custom_fields.clean(self.on, values)
        except custom_fields.Invalid as refusal:
            raise serializers.ValidationError(refusal.errors) from refusal
