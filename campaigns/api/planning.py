"""Segments, picked customers, copies, templates and the calendar by API: the same actions and permissions as on screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.queries.facts import day_of
from campaigns.actions import copies, picking, segments
from campaigns.api import planning_shapes as shapes
from campaigns.api.serializers import RevisionSerializer
from campaigns.api.views import PlannersAndManagersOnly, PlannersOnly, answering
from campaigns.models import Campaign, CampaignRevision, Segment
from campaigns.queries import picked as hand_picked
from campaigns.queries import schedule, starters
from campaigns.queries import segments as found_segments
from campaigns.queries.audience import FIELDS, problems
from campaigns.queries.campaigns import open_paths, valid_offers
from crm.api import Clash, ReadOnly, Refused, SightedViewSet, taken
from crm.http import CallerRequest
from crm.lists import filters


@contextmanager
def planned() -> Iterator[None]:
    """Refusals of these actions; the others are those of every plan."""
    try:
        with answering():
            yield
    except segments.NoConditions as nothing:
        raise Refused({"code": "no_conditions", "detail": "At least one condition, and all understood."}) from nothing
    except segments.Clash as moved:
        raise Clash({"code": "moved", "version": moved.theirs.version}) from moved
    except segments.Retired as over:
        raise Refused({"code": "retired", "detail": "This segment is retired."}) from over
    except picking.TooMany as many:
        raise Refused({"code": "too_many", "detail": "At most 10,000 customers; a segment says that better."}) from many
    except filters.Refused as refused:
        place = {"position": str(refused.position), "part": refused.part}
        raise serializers.ValidationError({"filter": place}) from refused


class SegmentViewSet(ReadOnly):
    """Conditions kept under a name. Audiences take copies: a change here changes none of them."""

    queryset = Segment.objects.all()
    serializer_class = shapes.SegmentSerializer
    permission_classes = (IsAuthenticated, PlannersOnly)
    filterset_fields = ("owner",)

    @extend_schema(request=shapes.NewSegmentSerializer, responses={201: shapes.SegmentSerializer})
    def create(self, request: CallerRequest) -> Response:
        fields = taken(shapes.NewSegmentSerializer, request)
        with planned():
            made = segments.create(by=request.user, at=timezone.now(), **fields)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.EditSegmentSerializer)
    def partial_update(self, request: CallerRequest, pk: str) -> Response:
        segment, fields = self.get_object(), taken(shapes.EditSegmentSerializer, request)
        version = fields.pop("version")
        with planned():
            made = segments.edit(segment=segment, fields=fields, version=version, by=request.user, at=timezone.now())
        return Response(self.get_serializer(made).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def retire(self, request: CallerRequest, pk: str) -> Response:
        made = segments.retire(segment=self.get_object(), by=request.user, at=timezone.now())
        return Response(self.get_serializer(made).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def restore(self, request: CallerRequest, pk: str) -> Response:
        made = segments.restore(segment=self.get_object(), by=request.user, at=timezone.now())
        return Response(self.get_serializer(made).data)

    @extend_schema(responses=shapes.SegmentSizeSerializer)
    @action(detail=True, pagination_class=None, filterset_fields=())
    def size(self, request: CallerRequest, pk: str) -> Response:
        conditions = self.get_object().conditions
        if problems(conditions):
            raise Refused({"code": "not_understood", "detail": "One of its conditions names what no longer exists."})
        size = found_segments.size_of(conditions, on=day_of(timezone.now()).on)
        return Response(shapes.SegmentSizeSerializer(size).data)


class PlanViewSet(SightedViewSet):
    """The audience of a draft beside its conditions, copies of a plan, and where it meets others."""

    queryset = CampaignRevision.objects.select_related("campaign", "path", "offer")
    permission_classes = (IsAuthenticated, PlannersOnly)
    serializer_class = RevisionSerializer

    @extend_schema(request=shapes.TakeSegmentSerializer)
    @action(detail=True, methods=["post"], url_path="take-segment")
    def take_segment(self, request: CallerRequest, pk: str) -> Response:
        """Adds a copy of its conditions."""
        return self._segment(segments.take_over)

    @extend_schema(request=shapes.TakeSegmentSerializer)
    @action(detail=True, methods=["post"], url_path="let-go-segment")
    def let_go_segment(self, request: CallerRequest, pk: str) -> Response:
        """Takes out what is left of its conditions."""
        return self._segment(segments.let_go)

    def _segment(self, step: Any) -> Response:
        revision, fields = self.get_object(), taken(shapes.TakeSegmentSerializer, self.request)
        segment = get_object_or_404(Segment.objects.visible_to(self.request.user), pk=fields["segment"])
        with planned():
            saved = step(revision=revision, segment=segment, version=fields["version"], by=self.request.user)
        return Response(self.get_serializer(saved).data)

    @extend_schema(responses=shapes.PickedPageSerializer, parameters=[OpenApiParameter("after", int)])
    @action(detail=True, pagination_class=None)
    def picked(self, request: CallerRequest, pk: str) -> Response:
        """Who was picked by hand, in the order of their numbers."""
        after = request.query_params.get("after", "")
        place = int(after) if after.isdecimal() and len(after) <= 18 else 0
        page = hand_picked.page(self.get_object(), request.user, as_of=timezone.now(), after=place)
        return Response(shapes.PickedPageSerializer(page).data)

    @extend_schema(request=shapes.PickSerializer, responses=shapes.OutcomeSerializer)
    @action(detail=True, methods=["post"], url_path="pick-preview")
    def pick_preview(self, request: CallerRequest, pk: str) -> Response:
        """What picking would do; nothing is changed."""
        with planned():
            return Response(shapes.OutcomeSerializer(hand_picked.outcome(self.get_object(), self._scope())).data)

    @extend_schema(request=shapes.PickSerializer, responses=shapes.ManySerializer)
    @action(detail=True, methods=["post"])
    def pick(self, request: CallerRequest, pk: str) -> Response:
        revision, scope = self.get_object(), self._scope()
        with planned():
            many = picking.pick(revision=revision, accounts=scope.accounts(), by=request.user, at=scope.at)
        return Response(shapes.ManySerializer({"customers": many}).data)

    def _scope(self) -> hand_picked.Scope:
        body = taken(shapes.PickSerializer, self.request)
        query = "" if "ids" in body else "?" + urlencode({"filter": json.dumps(body["filter"])})
        return hand_picked.Scope(self.request.user, timezone.now(), body.get("ids"), query)

    @extend_schema(request=shapes.UnpickSerializer, responses=shapes.ManySerializer)
    @action(detail=True, methods=["post"])
    def unpick(self, request: CallerRequest, pk: str) -> Response:
        revision, ids = self.get_object(), taken(shapes.UnpickSerializer, request)["ids"]
        with planned():
            many = picking.unpick(revision=revision, account_ids=ids, by=request.user, at=timezone.now())
        return Response(shapes.ManySerializer({"customers": many}).data)

    @extend_schema(request=shapes.CopySerializer, responses={201: RevisionSerializer})
    @action(detail=True, methods=["post"])
    def copy(self, request: CallerRequest, pk: str) -> Response:
        """A new campaign, or a template, with the same plan; days, goal and picked customers stay behind."""
        fields = taken(shapes.CopySerializer, request)
        made = copies.copy(revision=self.get_object(), by=request.user, at=timezone.now(), **fields)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=shapes.WarningsSerializer)
    @action(detail=True, pagination_class=None)
    def together(self, request: CallerRequest, pk: str) -> Response:
        """The same customers in other campaigns, and the weeks of the reps."""
        found = schedule.warnings_of(self.get_object(), request.user, as_of=timezone.now())
        return Response(shapes.WarningsSerializer(found).data)


class TemplateViewSet(ReadOnly):
    """The organisation's own; a plan is begun with `copy` on the newest revision."""

    queryset = Campaign.objects.filter(is_template=True)
    serializer_class = shapes.TemplateSerializer
    permission_classes = (IsAuthenticated, PlannersOnly)

    @extend_schema(responses={204: None})
    def destroy(self, request: CallerRequest, pk: str) -> Response:
        copies.remove_template(campaign=self.get_object(), by=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class ChoicesViewSet(ViewSet):
    """What a plan may say today: steps of the catalogue, extras, and the fields of conditions with their values."""

    permission_classes = (IsAuthenticated, PlannersOnly)
    request: CallerRequest

    @extend_schema(responses=shapes.ChoicesSerializer)
    def list(self, request: CallerRequest) -> Response:
        extras = valid_offers(day_of(timezone.now()).on)
        found = {"steps": open_paths(), "extras": extras, "conditions": FIELDS.values()}
        return Response(shapes.ChoicesSerializer(found).data)


class StarterViewSet(ViewSet):
    """Templates that come with the product."""

    permission_classes = (IsAuthenticated, PlannersOnly)
    request: CallerRequest

    @extend_schema(responses=shapes.StarterSerializer(many=True))
    def list(self, request: CallerRequest) -> Response:
        return Response(shapes.StarterSerializer(starters.STARTERS, many=True).data)

    @extend_schema(
        request=shapes.FromStarterSerializer,
        responses={201: RevisionSerializer},
        parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH)],
    )
    @action(detail=True, methods=["post"])
    def begin(self, request: CallerRequest, pk: str) -> Response:
        starter = starters.starter(pk)
        if starter is None:
            raise Http404
        fields = taken(shapes.FromStarterSerializer, request)
        made = copies.begin(starter=starter, by=request.user, at=timezone.now(), **fields)
        return Response(RevisionSerializer(made).data, status=status.HTTP_201_CREATED)


class CalendarViewSet(ViewSet):
    """All campaigns by their days; `together` adds the same customers and the weeks of the reps."""

    permission_classes = (IsAuthenticated, PlannersAndManagersOnly)
    request: CallerRequest

    @extend_schema(parameters=[shapes.CalendarAskedSerializer], responses=shapes.CalendarSerializer)
    def list(self, request: CallerRequest) -> Response:
        _span, found = self._asked()
        return Response(shapes.CalendarSerializer(found).data)

    @extend_schema(parameters=[shapes.CalendarAskedSerializer], responses=shapes.WarningsSerializer)
    @action(detail=False)
    def together(self, request: CallerRequest) -> Response:
        span, found = self._asked()
        on = day_of(timezone.now()).on
        warned = schedule.warnings(found.bars, request.user, on=on, span=span)
        return Response(shapes.WarningsSerializer(warned).data)

    def _asked(self) -> tuple[schedule.Span, schedule.Schedule]:
        body = shapes.CalendarAskedSerializer(data=self.request.query_params)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        span = schedule.Span(asked["first"], asked["last"])
        wanted = schedule.Wanted(asked.get("owner"), asked.get("state", ""))
        return span, schedule.schedule(self.request.user, span, wanted, on=day_of(timezone.now()).on)
