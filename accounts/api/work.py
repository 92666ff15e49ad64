"""What people write down and owe each other: logs, follow-ups, cases, consent, and the calendar of it all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actions import activities, cases, follow_ups
from accounts.api import serializers as shapes
from accounts.api.custom import WithCustomValues
from accounts.models import Account, Activity, Case, Consent, FollowUp
from accounts.queries.calendar import entries
from crm.api import Clash, ReadOnly, Refused, taken
from crm.http import CallerRequest
from crm.lists.api import Listed
from crm.people import User

LONGEST = timedelta(days=400)


def changes_from(shape: type[serializers.Serializer[Any]], request: CallerRequest) -> tuple[int, dict[str, Any]]:
    """The version that was read, and what is named in the body and nothing else."""
    body = shape(data=request.data, partial=True)
    body.is_valid(raise_exception=True)
    changes = dict(body.validated_data)
    version = changes.pop("version", None)
    if version is None:
        raise Refused({"version": "Say which version you changed."})
    return version, changes


def with_contact(account: Account, changes: dict[str, Any]) -> dict[str, Any]:
    """A contact of this very customer, or nobody."""
    if "contact" not in changes:
        return changes
    contact = changes.pop("contact")
    return changes | {"contact_id": get_object_or_404(account.contacts, pk=contact).pk if contact else None}


class ActivityViewSet(Listed, WithCustomValues):
    list_key = "activities"
    queryset = Activity.objects.all()
    serializer_class = shapes.ActivitySerializer
    filterset_fields = ("account", "by", "kind")

    @extend_schema(request=shapes.CorrectionSerializer)
    def partial_update(self, request: CallerRequest, pk: str) -> Response:
        activity = self.get_object()
        if activity.by_id != request.user.pk:
            raise PermissionDenied
        version, changes = changes_from(shapes.CorrectionSerializer, request)
        changes = with_contact(activity.account, changes)
        return self._done(activities.correct, activity=activity, version=version, changes=changes)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def join(self, request: CallerRequest, pk: str) -> Response:
        return self._done(activities.join, activity=self.get_object())

    def _done(self, deed: Any, **arguments: Any) -> Response:
        try:
            activity = deed(by=self.request.user, at=timezone.now(), **arguments)
        except activities.NotTheirs as foreign:
            raise PermissionDenied from foreign
        except activities.NoTwin as alone:
            raise Clash({"detail": "There is no other log of that moment."}) from alone
        except activities.Conflict as conflict:
            raise Clash({"current": self.get_serializer(conflict.current).data}) from conflict
        return Response(self.get_serializer(activity).data)


class CaseViewSet(Listed, WithCustomValues):
    list_key = "cases"
    queryset = Case.objects.select_related("account", "owner", "contact")
    serializer_class = shapes.CaseSerializer
    filterset_fields = ("account", "kind", "severity", "owner")

    @extend_schema(request=shapes.CaseEditSerializer)
    def partial_update(self, request: CallerRequest, pk: str) -> Response:
        case = self.get_object()
        version, changes = changes_from(shapes.CaseEditSerializer, request)
        return self._done(cases.edit, case=case, version=version, **with_contact(case.account, changes))

    @extend_schema(request=shapes.AssignSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: CallerRequest, pk: str) -> Response:
        case = self.get_object()
        fields = taken(shapes.AssignSerializer, request)
        owner = get_object_or_404(User.objects.filter(is_active=True), pk=fields["owner"])
        return self._done(cases.assign, case=case, version=fields["version"], owner=owner)

    @extend_schema(request=shapes.CaseSolutionSerializer)
    @action(detail=True, methods=["post"])
    def solve(self, request: CallerRequest, pk: str) -> Response:
        return self._done(cases.solve, case=self.get_object(), **taken(shapes.CaseSolutionSerializer, request))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def report(self, request: CallerRequest, pk: str) -> Response:
        return self._done(cases.report, case=self.get_object())

    def _done(self, deed: Any, **arguments: Any) -> Response:
        try:
            case = deed(by=self.request.user, at=timezone.now(), **arguments)
        except cases.OutOfOrder as error:
            raise Clash({"detail": "The case is not in the state that this step needs."}) from error
        except cases.OutOfSight as error:
            raise Refused({"owner": "They may not see this customer."}) from error
        except cases.Conflict as conflict:
            raise Clash({"current": self.get_serializer(conflict.current).data}) from conflict
        return Response(self.get_serializer(case).data)


class FollowUpViewSet(ReadOnly):
    queryset = FollowUp.objects.select_related("account")
    serializer_class = shapes.FollowUpSerializer
    filterset_fields = ("account", "owner", "due_on", "case")

    @extend_schema(request=shapes.FollowUpEditSerializer)
    def partial_update(self, request: CallerRequest, pk: str) -> Response:
        follow_up = self.get_object()
        version, changes = changes_from(shapes.FollowUpEditSerializer, request)
        changes = with_contact(follow_up.account, changes)
        try:
            follow_up = follow_ups.edit(
                follow_up=follow_up, version=version, by=request.user, at=timezone.now(), **changes
            )
        except follow_ups.Conflict as conflict:
            raise Clash({"current": self.get_serializer(conflict.current).data}) from conflict
        return Response(self.get_serializer(follow_up).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def done(self, request: CallerRequest, pk: str) -> Response:
        follow_up = follow_ups.complete(follow_up=self.get_object(), by=request.user, at=timezone.now())
        return Response(self.get_serializer(follow_up).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reopen(self, request: CallerRequest, pk: str) -> Response:
        follow_up = follow_ups.reopen(follow_up=self.get_object(), by=request.user, at=timezone.now())
        return Response(self.get_serializer(follow_up).data)


class ConsentViewSet(ReadOnly):
    queryset = Consent.objects.all()
    serializer_class = shapes.ConsentSerializer
    filterset_fields = ("account", "contact", "channel")


class CalendarView(APIView):
    """The caller's own dates from `first` to `last`, as their calendar shows them."""

    @extend_schema(
        parameters=[OpenApiParameter("first", date), OpenApiParameter("last", date)],
        responses=shapes.CalendarEntrySerializer(many=True),
    )
    def get(self, request: CallerRequest) -> Response:
        span = shapes.SpanSerializer(data=request.query_params)
        span.is_valid(raise_exception=True)
        first = span.validated_data.get("first") or timezone.localdate()
        last = span.validated_data.get("last") or first + timedelta(days=31)
        if last - first > LONGEST:
            raise Refused({"last": "At most 400 days at a time."})
        return Response(shapes.CalendarEntrySerializer(entries(request.user, first, last), many=True).data)
