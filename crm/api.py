"""What the API shares: the two refusals that HTTP has names for, and who may call."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet


class Clash(APIException):
    """The row is not in the state that the call assumes; `detail` shows what it is now."""

    status_code = status.HTTP_409_CONFLICT


class Refused(APIException):
    """The call is well formed and a rule says no; `detail` holds the reasons."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


class SightedViewSet(GenericViewSet[Any]):
    """Every list and every row starts from what the caller may see; anything else is a 404."""

    request: Request

    def get_queryset(self) -> QuerySet[Any]:
        assert self.queryset is not None
        rows = self.queryset.all()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        return rows.visible_to(self.request.user)
