"""Acting on a campaign, the playbook and the measure log by API: the same actions and permissions as on screen."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response

from campaigns.actions import campaigns, playbook, revising
from campaigns.api import learning_shapes as shapes
from campaigns.api.views import PlannersWrite
from campaigns.models import CampaignRevision, Change, Judgement, Play, Suggestion
from campaigns.queries import campaigns as revisions
from campaigns.queries import diffs, measures
from campaigns.queries import playbook as plays
from crm.api import Clash, ReadOnly, Refused, SightedViewSet, taken
from crm.http import CallerRequest


class ActViewSet(SightedViewSet):
    """What follows from a revision: judgements on its figures, its changes and their diff, its lesson."""

    queryset = CampaignRevision.objects.select_related("campaign", "path", "offer")
    permission_classes = (IsAuthenticated, PlannersWrite)
    serializer_class = shapes.ChangeSerializer

    @extend_schema(request=shapes.JudgementSerializer, responses=shapes.JudgementSerializer(many=True))
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def judgements(self, request: CallerRequest, pk: str) -> Response:
        revision = self.get_object()
        if request.method == "POST":
            fields = taken(shapes.JudgementSerializer, request)
            _in_time(revising.judge, revision=revision, by=request.user, **fields)
        rows = Judgement.objects.filter(revision=revision).order_by("pk")
        return Response(shapes.JudgementSerializer(rows, many=True).data)

    @extend_schema(request=shapes.ChangeSerializer, responses=shapes.ChangeSerializer(many=True))
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def changes(self, request: CallerRequest, pk: str) -> Response:
        """What it does otherwise than the revision before; written while it is a draft."""
        revision = self.get_object()
        if request.method == "POST":
            fields = taken(shapes.ChangeSerializer, request)
            _in_time(revising.add_change, revision=revision, by=request.user, **fields)
        rows = Change.objects.filter(revision=revision).prefetch_related("themes").order_by("pk")
        return Response(shapes.ChangeSerializer(rows, many=True).data)

    @extend_schema(responses=shapes.DiffLineSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def diff(self, request: CallerRequest, pk: str) -> Response:
        """Against the launched revision before it; empty for the first."""
        revision = self.get_object()
        previous = revisions.previous_of(revision)
        lines = diffs.differences(previous, revision) if previous else []
        return Response(shapes.DiffLineSerializer(lines, many=True).data)

    @extend_schema(request=shapes.LessonSerializer, responses=shapes.PlaySerializer)
    @action(detail=True, methods=["post"])
    def lesson(self, request: CallerRequest, pk: str) -> Response:
        """Of a revision that is over; it stands in the playbook then."""
        revision = self.get_object()
        if revision.state not in (CampaignRevision.State.ENDED, CampaignRevision.State.SUPERSEDED):
            raise Clash({"code": "not_possible", "state": revision.state})
        fields = taken(shapes.LessonSerializer, request)
        play = playbook.learn(revision=revision, by=request.user, at=timezone.now(), **fields)
        return Response(shapes.PlaySerializer(play).data)


def _in_time(step: Any, **fields: Any) -> None:
    try:
        step(at=timezone.now(), **fields)
    except campaigns.NotPossible as state:
        raise Clash({"code": "not_possible", "state": state.state}) from state
    except revising.OtherCampaign as apart:
        raise Refused({"code": "other_campaign", "detail": "Its themes belong to the same campaign."}) from apart


class ChangeViewSet(SightedViewSet):
    """A change is taken away while its revision is a draft."""

    queryset = Change.objects.select_related("revision")
    permission_classes = (IsAuthenticated, PlannersWrite)
    serializer_class = shapes.ChangeSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Change.objects.none()
        seen = CampaignRevision.objects.visible_to(self.request.user)
        return Change.objects.filter(revision__in=seen).select_related("revision")

    @extend_schema(responses={204: None})
    def destroy(self, request: CallerRequest, pk: str) -> Response:
        change = self.get_object()
        _in_time(revising.drop_change, change=change, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PlayViewSet(ReadOnly):
    """Everybody reads the playbook; reps propose stories, managers and planners write."""

    queryset = Play.objects.all()
    serializer_class = shapes.PlaySerializer
    filterset_fields = ("kind", "state", "trigger", "family", "reaction", "learned_from")

    @extend_schema(request=shapes.NewPlaySerializer, responses={201: shapes.PlaySerializer})
    def create(self, request: CallerRequest) -> Response:
        fields = taken(shapes.NewPlaySerializer, request)
        made = self._allowed(playbook.write, fields=fields)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.EditPlaySerializer)
    def partial_update(self, request: CallerRequest, pk: str) -> Response:
        play = self.get_object()
        if not playbook.may_edit(play, request.user):
            raise PermissionDenied
        fields = taken(shapes.EditPlaySerializer, request)
        version = fields.pop("version")
        return Response(
            self.get_serializer(self._allowed(playbook.edit, play=play, fields=fields, version=version)).data
        )

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def publish(self, request: CallerRequest, pk: str) -> Response:
        return Response(self.get_serializer(self._allowed(playbook.publish, play=self.get_object())).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def retire(self, request: CallerRequest, pk: str) -> Response:
        return Response(self.get_serializer(self._allowed(playbook.retire, play=self.get_object())).data)

    @extend_schema(request=shapes.UseSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def use(self, request: CallerRequest, pk: str) -> Response:
        """On a suggestion; a second time on the same one changes nothing."""
        play = self.get_object()
        number = taken(shapes.UseSerializer, request)["suggestion"]
        seen = Suggestion.objects.visible_to(request.user).select_related("account")
        suggestion = get_object_or_404(seen, pk=number)
        playbook.use(play=play, account=suggestion.account, suggestion=suggestion, by=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=shapes.FiguresSerializer)
    @action(detail=True, pagination_class=None)
    def figures(self, request: CallerRequest, pk: str) -> Response:
        play = self.get_object()
        return Response(shapes.FiguresSerializer(plays.figures_of([play.pk])[play.pk]).data)

    def _allowed(self, step: Any, **fields: Any) -> Play:
        try:
            found: Play = step(by=self.request.user, at=timezone.now(), **fields)
        except playbook.NotTheirs as refusal:
            raise PermissionDenied from refusal
        except playbook.Clash as moved:
            raise Clash({"code": "moved", "version": moved.theirs.version}) from moved
        return found


class FittingViewSet(SightedViewSet):
    """Plays that fit a suggestion, at most two, the best proven first."""

    queryset = Suggestion.objects.all()
    serializer_class = shapes.FittingSerializer

    @extend_schema(responses=shapes.FittingSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def plays(self, request: CallerRequest, pk: str) -> Response:
        return Response(shapes.FittingSerializer(plays.fitting(self.get_object()), many=True).data)


class WatchersOnly(BasePermission):
    """Planners, administrators and managers, like the page."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return bool(request.user.plans_campaigns or request.user.is_manager)


class MeasureViewSet(ListModelMixin, SightedViewSet):
    """Every launched revision of every campaign with the newest look at its effect; `?text=` searches."""

    queryset = CampaignRevision.objects.all()
    serializer_class = shapes.MeasureSerializer
    permission_classes = (IsAuthenticated, WatchersOnly)
    filterset_fields = ("campaign", "campaign__owner", "state")

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return CampaignRevision.objects.none()
        wanted = measures.Wanted(text=self.request.query_params.get("text", "")[:100])
        return measures.matching(self.request.user, wanted)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """The looks of a page are read in one statement."""
        shown = args[0] if args and kwargs.get("many") else []
        entries = measures.entries_of(list(shown))
        looks = {entry.revision.pk: [look for _row, look in entry.looks if look] for entry in entries}
        kwargs["context"] = {**self.get_serializer_context(), "looks": looks}
        return self.serializer_class(*args, **kwargs)
