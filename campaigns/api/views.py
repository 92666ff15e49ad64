"""Suggestions, proposals and campaigns by API: the same actions and permissions as on screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from campaigns.actions import (
    announcements,
    feedback,
    launches,
    proposals,
    remarks,
    running,
    suggestions,
    themes,
    timing,
    training,
    variants,
)
from campaigns.actions import campaigns as campaign_actions
from campaigns.api import learning_shapes as learning
from campaigns.api import serializers as shapes
from campaigns.models import (
    Announcement,
    Campaign,
    CampaignRevision,
    Feedback,
    Look,
    Proposal,
    Question,
    Remark,
    Suggestion,
    Theme,
    TrainingItem,
)
from campaigns.queries import campaigns as revisions
from campaigns.queries import costs, effects, evidence, expectation, kept, preview, reach
from campaigns.queries import remarks as threads
from campaigns.queries import training as training_queries
from campaigns.queries.announcements import inbox, reading
from crm.api import Clash, ReadOnly, Refused, SightedViewSet, taken
from crm.http import CallerRequest


@contextmanager
def answering() -> Iterator[None]:
    """The refusals of the actions as HTTP says them: 409 for a moved row, 422 for a rule that says no."""
    try:
        yield
    except (suggestions.AlreadyTaken, campaign_actions.Clash) as moved:
        raise Clash({"code": "moved", "detail": "Somebody changed this since you read it."}) from moved
    except suggestions.NotWelcome as refusal:
        raise Refused({"code": "not_welcome", "rules": [check.rule for check in refusal.checks]}) from refusal
    except suggestions.TooLate as late:
        raise Refused({"code": "too_late", "detail": "Only the same person can undo, within 30 seconds."}) from late
    except suggestions.NoDate as past:
        raise Refused({"code": "not_a_later_day", "detail": "Later means a day that is still to come."}) from past
    except proposals.DisclosureNotTold as untold:
        raise Refused({"code": "disclosure_not_told", "detail": "Tell the drawbacks first."}) from untold
    except campaign_actions.NotReady as lacking:
        raise Refused({"code": "not_ready", "missing": list(lacking.codes)}) from lacking
    except campaign_actions.NotApproved as alone:
        raise Clash({"code": "not_approved", "detail": "A second person approves it before it is launched."}) from alone
    except campaign_actions.NotPossible as state:
        raise Clash({"code": "not_possible", "state": state.state}) from state
    except campaign_actions.WhyMissing as why:
        raise Refused({"code": "why_missing", "detail": "Write why this is done first."}) from why
    except campaign_actions.RemarksOpen as open_remarks:
        raise Refused({"code": "remarks_open", "remarks": str(open_remarks.many)}) from open_remarks
    except campaign_actions.ReasonMissing as silent:
        raise Refused({"code": "reason_missing", "detail": "Say what should change, or remark on it."}) from silent
    except remarks.AlreadySettled as settled:
        raise Refused({"code": "settled", "detail": "Open the thread again first."}) from settled
    except campaign_actions.SecondPersonNeeded as alone:
        detail = "Somebody else than who asked for it or last wrote on the plan approves it."
        raise Refused({"code": "second_person_needed", "detail": detail}) from alone
    except announcements.NotNow as often:
        raise Refused({"code": "not_now", "detail": "At most two reminders, a day apart, to who is silent."}) from often
    except timing.NotLater as past:
        raise Refused({"code": "not_later", "detail": "Give a time that is still to come."}) from past
    except running.ReasonMissing as silent:
        raise Refused({"code": "reason_missing", "detail": "Say why it may go on."}) from silent
    except announcements.NotAddressed as stranger:
        raise Refused({"code": "not_addressed", "detail": "This announcement went to others."}) from stranger
    except themes.OtherRevision as apart:
        raise Refused({"code": "other_revision", "detail": "Notes and themes belong to one revision."}) from apart
    except themes.AnswerMissing as silent:
        raise Refused({"code": "answer_missing", "detail": "Say why it is declined."}) from silent


class PlannersWrite(BasePermission):
    """Everybody reads what they may see; planners and administrators change it."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return request.method in SAFE_METHODS or request.user.plans_campaigns


class PlannersOnly(BasePermission):
    def has_permission(self, request: Any, view: Any) -> bool:
        return bool(request.user.plans_campaigns)


class PlannersAndManagersOnly(BasePermission):
    def has_permission(self, request: Any, view: Any) -> bool:
        return bool(request.user.plans_campaigns or request.user.is_manager)


MISSED = 100
COSTS = ("contacts", "contact_yen", "taken", "offer_yen", "wins", "incentive_yen", "fixed_yen")


class PlannersAndManagers(BasePermission):
    def has_permission(self, request: Any, view: Any) -> bool:
        return bool(request.user.plans_campaigns or request.user.is_manager)


class SuggestionViewSet(ReadOnly):
    queryset = Suggestion.objects.all()
    serializer_class = shapes.SuggestionSerializer
    filterset_fields = ("account", "owner", "state", "lane", "kind", "revision")

    def filter_queryset(self, queryset: Any) -> Any:
        """Open ones are those that are offered now, also while a pause has not come to each of them yet."""
        found: Any = super().filter_queryset(queryset)
        return found.open() if self.request.query_params.get("state") == Suggestion.State.OPEN else found

    def answer(self, suggestion: Suggestion) -> Response:
        suggestion.refresh_from_db()
        return Response(self.get_serializer(suggestion).data)

    @extend_schema(request=shapes.VersionSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: CallerRequest, pk: str) -> Response:
        suggestion = self.get_object()
        with answering():
            suggestions.accept(
                suggestion=suggestion, by=request.user, at=timezone.now(), **taken(shapes.VersionSerializer, request)
            )
        return self.answer(suggestion)

    @extend_schema(request=shapes.SnoozeSerializer)
    @action(detail=True, methods=["post"])
    def snooze(self, request: CallerRequest, pk: str) -> Response:
        suggestion = self.get_object()
        with answering():
            suggestions.snooze(
                suggestion=suggestion, by=request.user, at=timezone.now(), **taken(shapes.SnoozeSerializer, request)
            )
        return self.answer(suggestion)

    @extend_schema(request=shapes.DismissSerializer)
    @action(detail=True, methods=["post"])
    def dismiss(self, request: CallerRequest, pk: str) -> Response:
        suggestion = self.get_object()
        with answering():
            suggestions.dismiss(
                suggestion=suggestion, by=request.user, at=timezone.now(), **taken(shapes.DismissSerializer, request)
            )
        return self.answer(suggestion)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def undo(self, request: CallerRequest, pk: str) -> Response:
        suggestion = self.get_object()
        with answering():
            suggestions.undo(suggestion=suggestion, by=request.user, at=timezone.now())
        return self.answer(suggestion)


class ProposalViewSet(ReadOnly):
    queryset = Proposal.objects.all()
    serializer_class = shapes.ProposalSerializer
    filterset_fields = ("account", "owner", "state")

    @extend_schema(request=shapes.VersionSerializer)
    @action(detail=True, methods=["post"])
    def propose(self, request: CallerRequest, pk: str) -> Response:
        return self._step(proposals.mark_proposed, shapes.VersionSerializer)

    @extend_schema(request=shapes.WinSerializer)
    @action(detail=True, methods=["post"])
    def win(self, request: CallerRequest, pk: str) -> Response:
        return self._step(proposals.win, shapes.WinSerializer)

    @extend_schema(request=shapes.LoseSerializer)
    @action(detail=True, methods=["post"])
    def lose(self, request: CallerRequest, pk: str) -> Response:
        return self._step(proposals.lose, shapes.LoseSerializer)

    def _step(self, step: Any, shape: Any) -> Response:
        proposal = self.get_object()
        with answering():
            proposal = step(proposal=proposal, by=self.request.user, at=timezone.now(), **taken(shape, self.request))
        return Response(self.get_serializer(proposal).data)


class CampaignViewSet(ReadOnly):
    queryset = Campaign.objects.all()
    serializer_class = shapes.CampaignSerializer
    permission_classes = (IsAuthenticated, PlannersWrite)

    @extend_schema(request=shapes.NewCampaignSerializer, responses={201: shapes.RevisionSerializer})
    def create(self, request: CallerRequest) -> Response:
        fields = taken(shapes.NewCampaignSerializer, request)
        revision = campaign_actions.draft(by=request.user, at=timezone.now(), **fields)
        return Response(shapes.RevisionSerializer(revision).data, status=status.HTTP_201_CREATED)


class RevisionViewSet(ReadOnly):
    queryset = CampaignRevision.objects.select_related("campaign", "path", "offer").prefetch_related(
        "plays", "variants__offer"
    )
    serializer_class = shapes.RevisionSerializer
    permission_classes = (IsAuthenticated, PlannersWrite)
    filterset_fields = ("campaign", "state")

    @extend_schema(request=shapes.RevisionEditSerializer)
    def partial_update(self, request: CallerRequest, pk: str) -> Response:
        revision = self.get_object()
        fields = taken(shapes.RevisionEditSerializer, request)
        step, version = fields.pop("step"), fields.pop("version")
        try:
            with answering():
                revision = campaign_actions.save_step(
                    revision=revision, step=step, fields=fields, version=version, by=request.user
                )
        except variants.NotWhole as uneven:
            raise Refused({"code": "not_whole", "variants": str(uneven.many), "percent": str(uneven.total)}) from uneven
        except evidence.Unknown as unknown:
            raise Refused({"code": "unknown_figure", "figure": str(unknown)}) from unknown
        except ValueError as misplaced:
            raise Refused({"code": "other_step", "detail": str(misplaced)}) from misplaced
        return Response(self.get_serializer(revision).data)

    @extend_schema(responses=shapes.PreviewSerializer)
    @action(detail=True, permission_classes=(IsAuthenticated, PlannersOnly))
    def preview(self, request: CallerRequest, pk: str) -> Response:
        return Response(shapes.PreviewSerializer(preview.preview(self.get_object(), as_of=timezone.now())).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def launch(self, request: CallerRequest, pk: str) -> Response:
        return self._step(launches.launch)

    @extend_schema(request=shapes.LaunchTimeSerializer)
    @action(detail=True, methods=["post"], url_path="launch-time")
    def launch_time(self, request: CallerRequest, pk: str) -> Response:
        """Launches an approved revision by itself at that time; null takes it back."""
        return self._step(timing.set_launch, shapes.LaunchTimeSerializer)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="ask-approval")
    def ask_approval(self, request: CallerRequest, pk: str) -> Response:
        return self._step(campaign_actions.ask_approval)

    @extend_schema(request=shapes.ApprovalSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: CallerRequest, pk: str) -> Response:
        return self._step(campaign_actions.approve, shapes.ApprovalSerializer)

    @extend_schema(request=shapes.SendBackSerializer)
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: CallerRequest, pk: str) -> Response:
        return self._step(campaign_actions.send_back, shapes.SendBackSerializer)

    @extend_schema(responses=shapes.FigureSerializer(many=True))
    @action(detail=True, permission_classes=(IsAuthenticated, PlannersOnly), pagination_class=None)
    def figures(self, request: CallerRequest, pk: str) -> Response:
        """What its why can stand on: every figure of the catalogue, as it is now and, where chosen, as it was then."""
        found = evidence.to_choose(self.get_object().evidence)
        return Response(shapes.FigureSerializer(found, many=True).data)

    @extend_schema(responses=shapes.ExpectationSerializer)
    @action(detail=True, permission_classes=(IsAuthenticated, PlannersOnly))
    def expectation(self, request: CallerRequest, pk: str) -> Response:
        """What it is expected to bring and to cost, if it were launched now."""
        revision = self.get_object()
        figures = preview.preview(revision, as_of=timezone.now())
        return Response(shapes.ExpectationSerializer(expectation.expected(revision, figures)).data)

    @extend_schema(methods=["post"], request=shapes.NewRemarkSerializer, responses={201: shapes.RemarkSerializer})
    @extend_schema(methods=["get"], responses=shapes.RemarkSerializer(many=True))
    @action(
        detail=True, methods=["get", "post"], permission_classes=(IsAuthenticated, PlannersOnly), pagination_class=None
    )
    def remarks(self, request: CallerRequest, pk: str) -> Response:
        """Threads about a plan, the first of each with its answers."""
        revision = self.get_object()
        if request.method == "GET":
            return Response(shapes.RemarkSerializer(threads.of_revision(revision, request.user), many=True).data)
        fields = taken(shapes.NewRemarkSerializer, request)
        try:
            with answering():
                said = remarks.write(revision=revision, by=request.user, at=timezone.now(), **fields)
        except remarks.NoSuchPlace as nowhere:
            raise Refused({"code": "no_such_place", "place": str(nowhere)}) from nowhere
        return Response(shapes.RemarkSerializer(said).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def revise(self, request: CallerRequest, pk: str) -> Response:
        return self._step(campaign_actions.revise)

    @extend_schema(request=shapes.ReasonSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: CallerRequest, pk: str) -> Response:
        return self._step(campaign_actions.end, shapes.ReasonSerializer)

    @extend_schema(methods=["GET"], responses=shapes.TrainingSerializer(many=True))
    @extend_schema(methods=["POST"], request=shapes.TrainingSerializer, responses={201: shapes.TrainingSerializer})
    @action(
        detail=True, methods=["get", "post"], pagination_class=None, permission_classes=[IsAuthenticated, PlannersOnly]
    )
    def training(self, request: CallerRequest, pk: str) -> Response:
        """Some minutes of reading with two questions each, with who passed by team; the right answers stand there, too."""
        revision = self.get_object()
        if request.method == "GET":
            return Response(shapes.TrainingSerializer(training_queries.of_revision(revision), many=True).data)
        fields = taken(shapes.NewTrainingSerializer, request)
        with answering():
            item = training.write(revision=revision, by=request.user, at=timezone.now(), **fields)
        return Response(_training(item), status=status.HTTP_201_CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def pause(self, request: CallerRequest, pk: str) -> Response:
        return self._step(running.pause)

    @extend_schema(request=shapes.ResumeSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: CallerRequest, pk: str) -> Response:
        return self._step(running.resume, shapes.ResumeSerializer)

    def _step(self, step: Any, shape: Any = None) -> Response:
        revision = self.get_object()
        fields = taken(shape, self.request) if shape else {}
        with answering():
            revision = step(revision=revision, by=self.request.user, at=timezone.now(), **fields)
        return Response(self.get_serializer(revision).data)

    @extend_schema(
        responses=shapes.EffectsSerializer,
        parameters=[OpenApiParameter("cut", enum=sorted(effects.CUTS), default="all")],
    )
    @action(detail=True)
    def effects(self, request: CallerRequest, pk: str) -> Response:
        revision, now = self._launched(), timezone.now()
        cut = request.query_params.get("cut", "all")
        if cut not in effects.CUTS:
            raise Refused({"code": "unknown_cut", "cuts": sorted(effects.CUTS)})
        whole = effects.measured(revision, as_of=now)
        if not whole:
            raise Clash({"code": "not_possible", "state": revision.state})
        rows, margin = whole[0].effects, whole[0].margin
        parts = [] if cut == "all" else effects.measured(revision, as_of=now, cut=cut)
        told = {"sales": rows.sales, "loyalty": rows.loyalty, "complaints": rows.complaints, "margin": margin}
        return Response(shapes.EffectsSerializer({**told, "parts": parts, **_moment(revision, now)}).data)

    @extend_schema(responses=shapes.CostsSerializer)
    @action(detail=True, permission_classes=(IsAuthenticated, PlannersAndManagersOnly))
    def costs(self, request: CallerRequest, pk: str) -> Response:
        revision, now = self._launched(), timezone.now()
        spent, whole = costs.costs(revision, as_of=now), effects.measured(revision, as_of=now)
        returned = costs.returned(whole[0].margin if whole else None, spent)
        names = (*COSTS, "total", "budget", "is_over")
        told = {name: getattr(spent, name) for name in names}
        return Response(shapes.CostsSerializer({**told, "returned": returned, **_moment(revision, now)}).data)

    @extend_schema(responses=shapes.AdoptionSerializer)
    @action(detail=True, permission_classes=(IsAuthenticated, PlannersAndManagersOnly))
    def adoption(self, request: CallerRequest, pk: str) -> Response:
        revision = self._launched()
        told = {"steps": revisions.adoption(revision).steps, "teams": revisions.adoption_by_team(revision)}
        return Response(shapes.AdoptionSerializer({**told, **_moment(revision, timezone.now())}).data)

    @extend_schema(responses=shapes.ReachSerializer)
    @action(detail=True)
    def reach(self, request: CallerRequest, pk: str) -> Response:
        revision, now = self._launched(), timezone.now()
        found = reach.reach(revision, request.user, as_of=now)
        told = {name: getattr(found, name) for name in ("planned", "reached", "teams", "reps", "missed")}
        return Response(shapes.ReachSerializer({**told, **_moment(revision, now)}).data)

    @extend_schema(
        responses=shapes.MissedPageSerializer, parameters=[OpenApiParameter("why", str), OpenApiParameter("after", int)]
    )
    @action(detail=True)
    def missed(self, request: CallerRequest, pk: str) -> Response:
        """The customers behind one reason of `reach`, in the order of their numbers."""
        after = request.query_params.get("after", "")
        rows = reach.missed(
            self._launched(),
            request.user,
            fate=request.query_params.get("why", reach.NOT_LOOKED),
            as_of=timezone.now(),
            after=int(after) if after.isdecimal() and len(after) <= 18 else 0,
            limit=MISSED,
        )
        page = rows[:MISSED]
        onward = page[-1].account_id if len(rows) > MISSED else None
        return Response(shapes.MissedPageSerializer({"results": page, "after": onward}).data)

    @extend_schema(responses=shapes.LookSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_fields=())
    def looks(self, request: CallerRequest, pk: str) -> Response:
        """The three rows as they were on each day."""
        found = Look.objects.filter(revision=self._launched()).order_by("on", "pk")
        return Response(shapes.LookSerializer(found, many=True).data)

    def _launched(self) -> CampaignRevision:
        revision: CampaignRevision = self.get_object()
        if revision.launched_at is None:
            raise Clash({"code": "not_possible", "state": revision.state})
        return revision

    @extend_schema(request=shapes.NewThemeSerializer, responses={201: shapes.ThemeSerializer})
    @action(detail=True, methods=["post"])
    def themes(self, request: CallerRequest, pk: str) -> Response:
        """Gathers notes of this revision under a name; notes of others are left where they are."""
        revision = self.get_object()
        fields = taken(shapes.NewThemeSerializer, request)
        readable = Feedback.objects.visible_to(request.user).filter(revision=revision)
        notes = list(readable.filter(pk__in=fields.pop("notes")))
        theme = themes.name_theme(revision=revision, notes=notes, by=request.user, at=timezone.now(), **fields)
        return Response(shapes.ThemeSerializer(theme).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.NewFeedbackSerializer, responses={201: shapes.FeedbackSerializer})
    @action(detail=True, methods=["post"], permission_classes=(IsAuthenticated,))
    def feedback(self, request: CallerRequest, pk: str) -> Response:
        revision = self.get_object()
        fields = taken(shapes.NewFeedbackSerializer, request)
        note = feedback.write(revision=revision, by=request.user, at=timezone.now(), **fields)
        return Response(shapes.FeedbackSerializer(note).data, status=status.HTTP_201_CREATED)


def _moment(revision: CampaignRevision, now: datetime) -> dict[str, datetime]:
    """As of when the figures of a board are: kept sums are older than the question."""
    return {"as_of": kept.as_of(revision) or now}


class RemarkViewSet(GenericViewSet[Remark]):
    """What planners say about a plan: answered, settled, opened again."""

    queryset = Remark.objects.all()
    serializer_class = shapes.RemarkSerializer
    permission_classes = (IsAuthenticated, PlannersOnly)

    def get_queryset(self) -> Any:
        return Remark.objects.visible_to(self.request.user)

    @extend_schema(request=shapes.WordsSerializer, responses={201: shapes.RemarkSerializer})
    @action(detail=True, methods=["post"])
    def answer(self, request: CallerRequest, pk: str) -> Response:
        remark, fields = self.get_object(), taken(shapes.WordsSerializer, request)
        with answering():
            said = remarks.answer(remark=remark, by=request.user, at=timezone.now(), **fields)
        return Response(self.get_serializer(said).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def settle(self, request: CallerRequest, pk: str) -> Response:
        return self._turned(remarks.settle)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reopen(self, request: CallerRequest, pk: str) -> Response:
        return self._turned(remarks.reopen)

    def _turned(self, turn: Any) -> Response:
        turned = turn(remark=self.get_object(), by=self.request.user, at=timezone.now())
        return Response(self.get_serializer(turned).data)


class AnnouncementViewSet(ReadOnly):
    queryset = Announcement.objects.all()
    serializer_class = shapes.AnnouncementSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Announcement.objects.none()
        return inbox(self.request.user)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def open(self, request: CallerRequest, pk: str) -> Response:
        """That the caller has it before them; reading it is a reaction."""
        announcements.open_receipt(announcement=self.get_object(), by=request.user, at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(responses=shapes.ReadingSerializer)
    @action(detail=True)
    def reading(self, request: CallerRequest, pk: str) -> Response:
        return Response(shapes.ReadingSerializer(reading(self.get_object())).data)

    @extend_schema(request=shapes.ReactionSerializer)
    @action(detail=True, methods=["post"])
    def react(self, request: CallerRequest, pk: str) -> Response:
        announcement = self.get_object()
        fields = taken(shapes.ReactionSerializer, request)
        with answering():
            announcements.react(announcement=announcement, by=request.user, at=timezone.now(), **fields)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=shapes.WordsSerializer, responses={201: shapes.QuestionSerializer})
    @action(detail=True, methods=["post"])
    def ask(self, request: CallerRequest, pk: str) -> Response:
        announcement, fields = self.get_object(), taken(shapes.WordsSerializer, request)
        with answering():
            question = announcements.ask(announcement=announcement, by=request.user, at=timezone.now(), **fields)
        return Response(shapes.QuestionSerializer(question).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], permission_classes=(IsAuthenticated, PlannersOnly))
    def remind(self, request: CallerRequest, pk: str) -> Response:
        """Tells those who have not reacted: at most twice, a day apart."""
        with answering():
            announcements.remind(announcement=self.get_object(), by=request.user, at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)


class QuestionViewSet(ReadOnly):
    """Questions under announcements, with their answers."""

    queryset = Question.objects.prefetch_related("answers")
    serializer_class = shapes.QuestionSerializer
    filterset_fields = ("announcement", "by")

    @extend_schema(request=shapes.WordsSerializer)
    @action(detail=True, methods=["post"], permission_classes=(IsAuthenticated, PlannersAndManagers))
    def answer(self, request: CallerRequest, pk: str) -> Response:
        question, fields = self.get_object(), taken(shapes.WordsSerializer, request)
        announcements.answer(question=question, by=request.user, at=timezone.now(), **fields)
        return Response(self.get_serializer(self.get_object()).data)


class FeedbackViewSet(ReadOnly):
    queryset = Feedback.objects.all()
    serializer_class = shapes.FeedbackSerializer
    filterset_fields = ("revision", "theme", "by", "source", "reaction")


class ThemeViewSet(ReadOnly):
    queryset = Theme.objects.all()
    serializer_class = shapes.ThemeSerializer
    permission_classes = (IsAuthenticated, PlannersWrite)
    filterset_fields = ("revision", "state")

    @extend_schema(request=shapes.AnswerSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: CallerRequest, pk: str) -> Response:
        theme = self.get_object()
        fields = taken(shapes.AnswerSerializer, request)
        with answering():
            theme = themes.answer(theme=theme, by=request.user, at=timezone.now(), **fields)
        return Response(self.get_serializer(theme).data)

    @extend_schema(request=learning.TitleSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: CallerRequest, pk: str) -> Response:
        """Takes up a proposed theme, or gives a theme another name."""
        theme = self.get_object()
        fields = taken(learning.TitleSerializer, request)
        return self._answered(themes.confirm(theme=theme, by=request.user, at=timezone.now(), **fields))

    @extend_schema(request=learning.IntoSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request: CallerRequest, pk: str) -> Response:
        """Into another theme of the same revision, which is answered."""
        theme = self.get_object()
        into = get_object_or_404(self.get_queryset(), pk=taken(learning.IntoSerializer, request)["into"])
        with answering():
            return self._answered(themes.merge(theme=theme, into=into, by=request.user, at=timezone.now()))

    @extend_schema(request=shapes.NewThemeSerializer, responses={201: shapes.ThemeSerializer})
    @action(detail=True, methods=["post"])
    def split(self, request: CallerRequest, pk: str) -> Response:
        """Some of its notes under a name of their own."""
        theme = self.get_object()
        fields = taken(shapes.NewThemeSerializer, request)
        notes = list(theme.notes.filter(pk__in=fields.pop("notes")).select_related("by"))
        made = themes.split(theme=theme, notes=notes, by=request.user, at=timezone.now(), **fields)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=learning.NotesSerializer)
    @action(detail=True, methods=["post"])
    def gather(self, request: CallerRequest, pk: str) -> Response:
        """Notes of the same revision into this theme; its answer reaches their writers, too."""
        theme = self.get_object()
        wanted = taken(learning.NotesSerializer, request)["notes"]
        notes = list(Feedback.objects.filter(revision=theme.revision_id, pk__in=wanted).select_related("by"))
        return self._answered(themes.gather(theme=theme, notes=notes, by=request.user, at=timezone.now()))

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def dissolve(self, request: CallerRequest, pk: str) -> Response:
        """A proposal that was none; a confirmed theme stays."""
        themes.dissolve(theme=self.get_object(), by=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _answered(self, theme: Theme) -> Response:
        return Response(self.get_serializer(theme).data)


class TrainingViewSet(SightedViewSet):
    """A training item is written anew, or asked no more."""

    queryset = TrainingItem.objects.all()
    permission_classes = (IsAuthenticated, PlannersOnly)
    serializer_class = shapes.TrainingSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return TrainingItem.objects.none()
        seen = CampaignRevision.objects.visible_to(self.request.user)
        return TrainingItem.objects.in_force().filter(revision__in=seen).select_related("revision")

    @extend_schema(request=shapes.NewTrainingSerializer)
    def update(self, request: CallerRequest, pk: str) -> Response:
        """What somebody has answered is retired, and the answer is the item that takes its place."""
        item, fields = self.get_object(), taken(shapes.NewTrainingSerializer, request)
        with answering():
            written = training.write(revision=item.revision, item=item, by=request.user, at=timezone.now(), **fields)
        return Response(_training(written))

    @extend_schema(responses={204: None})
    def destroy(self, request: CallerRequest, pk: str) -> Response:
        """Its results stay."""
        item = self.get_object()
        with answering():
            training.retire(item=item, by=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _training(item: TrainingItem) -> Any:
    shown = next(one for one in training_queries.of_revision(item.revision) if one.item.pk == item.pk)
    return shapes.TrainingSerializer(shown).data
