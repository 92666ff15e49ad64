"""Imports as on screen: upload, map, check, mend, import, take back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions.imports import Unreadable, batches
from accounts.forms.imports import teams_for
from accounts.models import ImportBatch, ImportProblem
from accounts.queries.imports import explain, reason_of
from crm.api import Clash, ReadOnly, Refused, taken
from crm.http import CallerRequest
from crm.people import Role
from crm.uploads import cap_uploads


class Importers(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return getattr(request.user, "role", None) in (Role.MANAGER, Role.PLANNER, Role.ADMIN)


class ImportSerializer(serializers.ModelSerializer[ImportBatch]):
    class Meta:
        model = ImportBatch
        fields = (
            "id", "layout", "file_name", "encoding", "sheet", "headers", "mapping", "counts", "state", "rows_done",
            "uploaded_at", "started_at", "finished_at", "undone_at", "undo_until", "version",
        )  # fmt: skip


class UploadSerializer(serializers.Serializer[Any]):
    layout = serializers.CharField(max_length=40)
    file = serializers.FileField()


class MappingSerializer(serializers.Serializer[Any]):
    """`mapping` leads from the number of a column of the file, from 0, to a column of the layout."""

    mapping = serializers.DictField(child=serializers.CharField(max_length=60))
    existing = serializers.ChoiceField(choices=batches.EXISTING, default="overwrite")
    doubles = serializers.ChoiceField(choices=batches.DOUBLES, default="new")
    team = serializers.IntegerField(required=False, allow_null=True, default=None)
    save_as = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class FixSerializer(serializers.Serializer[Any]):
    """`cells` null leaves the row out; `everywhere` puts them right in every row that holds the same."""

    line = serializers.IntegerField(min_value=1)
    cells = serializers.DictField(child=serializers.CharField(allow_blank=True), allow_null=True)
    everywhere = serializers.BooleanField(default=False)


class RunSerializer(serializers.Serializer[Any]):
    with_refused = serializers.BooleanField(default=False)


class ImportProblemSerializer(serializers.ModelSerializer[ImportProblem]):
    reason = serializers.SerializerMethodField()

    class Meta:
        model = ImportProblem
        fields = ("line", "column", "code", "figures", "reason", "cells")

    def get_reason(self, problem: ImportProblem) -> str:
        known = problem.code not in ("DOUBLE", "EDITED_SINCE", "IN_USE")
        return reason_of(problem.code, problem.figures) if known else ""


class ImportViewSet(ReadOnly):
    queryset = ImportBatch.objects.order_by("-uploaded_at", "-pk")
    serializer_class = ImportSerializer
    permission_classes = (IsAuthenticated, Importers)
    parser_classes = (JSONParser, MultiPartParser)
    filterset_fields = ("state", "layout")

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """The limit is set before a token of the session is looked for, because looking reads the body."""
        cap_uploads(request, batches.UPLOAD_BYTES)
        return super().initialize_request(request, *args, **kwargs)

    @extend_schema(request=UploadSerializer, responses={201: ImportSerializer})
    def create(self, request: CallerRequest) -> Response:
        if "file" not in request.data and getattr(request.upload_handlers[0], "is_too_large", False):
            raise Refused({"code": batches.too_big().code, "reason": explain(batches.too_big())})
        given = taken(UploadSerializer, request)
        try:
            batch = batches.upload(
                file=given["file"],
                file_name=given["file"].name,
                layout=given["layout"],
                by=request.user,
                at=timezone.now(),
            )
        except Unreadable as wrong:
            raise Refused({"code": wrong.problem.code, "reason": explain(wrong.problem)}) from wrong
        except batches.NotYours as refusal:
            raise Refused({"layout": "Not for you."}) from refusal
        return Response(ImportSerializer(batch).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=MappingSerializer, responses=ImportSerializer)
    @action(detail=True, methods=["post"], url_path="columns", url_name="columns")
    def columns(self, request: CallerRequest, pk: str) -> Response:
        batch = self.get_object()
        given = taken(MappingSerializer, request)
        team = given.pop("team")
        given["team"] = get_object_or_404(teams_for(request.user), pk=team) if team else None
        return self._done(batch, lambda: batches.map_columns(batch=batch, by=request.user, at=timezone.now(), **given))

    @extend_schema(responses=ImportProblemSerializer(many=True))
    @action(detail=True, filterset_fields=(), pagination_class=None)
    def problems(self, request: CallerRequest, pk: str) -> Response:
        """The first thousand; `after` is the line to go on behind."""
        after = request.query_params.get("after", "0")
        problems = ImportProblem.objects.to_mend().filter(batch=self.get_object())
        found = problems.filter(line__gt=int(after) if after.isdecimal() and len(after) < 10 else 0)
        return Response(ImportProblemSerializer(found.order_by("line", "pk")[:1000], many=True).data)

    @extend_schema(request=FixSerializer, responses=ImportSerializer)
    @action(detail=True, methods=["post"], url_path="fix", url_name="fix")
    def fix(self, request: CallerRequest, pk: str) -> Response:
        batch = self.get_object()
        given = taken(FixSerializer, request)
        return self._done(batch, lambda: batches.fix(batch=batch, by=request.user, at=timezone.now(), **given))

    @extend_schema(request=RunSerializer, responses=ImportSerializer)
    @action(detail=True, methods=["post"], url_path="run", url_name="run")
    def run(self, request: CallerRequest, pk: str) -> Response:
        batch = self.get_object()
        given = taken(RunSerializer, request)
        return self._done(batch, lambda: batches.start(batch=batch, by=request.user, at=timezone.now(), **given))

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"], url_path="undo", url_name="undo")
    def undo(self, request: CallerRequest, pk: str) -> Response:
        batch = self.get_object()
        return self._done(batch, lambda: batches.undo(batch=batch, by=request.user, at=timezone.now()))

    def _done(self, batch: ImportBatch, deed: Any) -> Response:
        try:
            deed()
        except batches.MappingRefused as refusal:
            raise Refused(
                {"mapping": [{"code": code, "column": column} for code, column in refusal.reasons]}
            ) from refusal
        except batches.NotNow as late:
            raise Clash({"state": ImportBatch.objects.get(pk=batch.pk).state}) from late
        return Response(ImportSerializer(batch).data)
