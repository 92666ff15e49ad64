"""How a list stands, kept under a name: one's own views, and those that others share."""

from __future__ import annotations

import json
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from crm.api import Clash, ReadOnly, taken
from crm.http import CallerRequest
from crm.lists import saving
from crm.lists.asking import ask
from crm.lists.fields import Asker
from crm.lists.filters import Refused
from crm.lists.spec import lists
from crm.lists.state import State, UnknownOrder
from crm.saved_views import Density, SavedView


class SavedViewSerializer(serializers.ModelSerializer[SavedView]):
    class Meta:
        model = SavedView
        fields = (
            "id",
            "list_key",
            "owner",
            "name",
            "is_shared",
            "is_default",
            "filters",
            "sort",
            "columns",
            "density",
            "position",
            "version",
        )
        read_only_fields = fields


class HowItStandsSerializer(serializers.Serializer[Any]):
    """What is left out stands as in the list's own first view."""

    filters = serializers.ListField(child=serializers.DictField(), required=False)
    sort = serializers.CharField(max_length=80, required=False)
    columns = serializers.ListField(child=serializers.CharField(max_length=80), required=False)
    density = serializers.ChoiceField(Density.choices, required=False)


class NewSavedViewSerializer(HowItStandsSerializer):
    list_key = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=60)
    is_shared = serializers.BooleanField(required=False, default=False)


class RenamedViewSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)
    is_shared = serializers.BooleanField()


class SavedViewViewSet(ReadOnly):
    queryset = SavedView.objects.all()
    serializer_class = SavedViewSerializer
    filterset_fields = ("list_key", "is_shared")

    @extend_schema(request=NewSavedViewSerializer, responses={201: SavedViewSerializer})
    def create(self, request: CallerRequest) -> Response:
        body = taken(NewSavedViewSerializer, request)
        if body["list_key"] not in lists:
            raise serializers.ValidationError({"list_key": sorted(lists)})
        named = {name: body.pop(name) for name in ("list_key", "name", "is_shared")}
        view = self._kept(saving.keep, state=standing(request, named["list_key"], body), **named)
        return Response(SavedViewSerializer(view).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=RenamedViewSerializer, responses=SavedViewSerializer)
    def partial_update(self, request: CallerRequest, pk: str) -> Response:
        view = self._kept(saving.rename, view=self.get_object(), **taken(RenamedViewSerializer, request))
        return Response(SavedViewSerializer(view).data)

    @extend_schema(request=HowItStandsSerializer, responses=SavedViewSerializer)
    @action(detail=True, methods=["post"])
    def change(self, request: CallerRequest, pk: str) -> Response:
        view: SavedView = self.get_object()
        state = standing(request, view.list_key, taken(HowItStandsSerializer, request))
        return Response(SavedViewSerializer(self._kept(saving.change, view=view, state=state)).data)

    @extend_schema(request=None, responses=SavedViewSerializer)
    @action(detail=True, methods=["post"], url_path="make-default", url_name="make-default")
    def make_default(self, request: CallerRequest, pk: str) -> Response:
        """It opens first for its owner."""
        return Response(SavedViewSerializer(self._kept(saving.make_default, view=self.get_object())).data)

    def destroy(self, request: CallerRequest, pk: str) -> Response:
        self._kept(saving.remove, view=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _kept(self, deed: Any, **what: Any) -> Any:
        try:
            return deed(by=self.request.user, at=timezone.now(), **what)
        except (saving.NotYours, saving.MayNotShare) as refusal:
            raise PermissionDenied from refusal
        except saving.NameTaken as taken_name:
            raise Clash({"name": "You have a view of that name."}) from taken_name


def standing(request: CallerRequest, list_key: str, asked_for: dict[str, Any]) -> State:
    """The list as the body describes it, checked like an address on screen."""
    texts = {"filter": json.dumps(asked_for.get("filters", [])), "sort": asked_for.get("sort", "")}
    texts |= {"columns": ",".join(asked_for.get("columns", [])), "density": asked_for.get("density", "")}
    query = QueryDict(urlencode({name: text for name, text in texts.items() if text}))
    try:
        asked = ask(lists[list_key], Asker(request.user, timezone.now()), query)
        asked.check()
    except Refused as refused:
        raise serializers.ValidationError(
            {"filters": {"position": str(refused.position), "part": refused.part}}
        ) from refused
    except UnknownOrder as unknown:
        raise serializers.ValidationError({"sort": "unknown"}) from unknown
    return asked.state
