"""Call mode by API: begin a round, read the customer whose turn it is, send the result, go on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.models import Account
from accounts.queries import customer as customers
from campaigns.actions import calls as actions
from campaigns.api.views import answering
from campaigns.forms.calls import OUTCOMES, ResultForm
from campaigns.models import CallRound, CallStep, CampaignRevision, Suggestion
from campaigns.models.suggestions import DismissReason
from campaigns.queries import calls as queries
from crm.api import Clash, ReadOnly, Refused, taken
from crm.http import CallerRequest
from crm.lists.filters import Refused as BadCondition
from crm.lists.state import UnknownOrder

MOST_IDS = 1_000


class RoundSerializer(serializers.ModelSerializer[CallRound]):
    class Meta:
        model = CallRound
        fields = ("id", "source", "revision", "query", "ids", "total", "number", "started_at", "ended_at")
        read_only_fields = fields


class BeginSerializer(serializers.Serializer[Any]):
    """A campaign needs `revision`; a list of customers takes `query`, its address from the question mark on, or `ids`."""

    source = serializers.ChoiceField(CallRound.Source.choices)  # type: ignore[assignment]
    revision = serializers.IntegerField(required=False)
    query = serializers.CharField(required=False, allow_blank=True, default="", max_length=4000)
    ids = serializers.ListField(child=serializers.IntegerField(), max_length=MOST_IDS, required=False)


class CallSerializer(serializers.Serializer[Any]):
    """Without `suggestion` nothing is offered, and `against` names the rules that speak against it."""

    step = serializers.IntegerField()
    account = serializers.IntegerField()
    contact = serializers.IntegerField(allow_null=True)
    phone = serializers.CharField(allow_blank=True)
    is_phone_closed = serializers.BooleanField()
    suggestion = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    against = serializers.ListField(child=serializers.CharField())
    opening = serializers.CharField(allow_blank=True)
    questions = serializers.ListField(child=serializers.CharField())
    plays = serializers.ListField(child=serializers.IntegerField())
    promised = serializers.ListField(child=serializers.IntegerField(), help_text="Follow-ups that are due.")


class CallResultSerializer(serializers.Serializer[Any]):
    step = serializers.IntegerField(
        help_text="Of the call that was read, so that a result never meets another customer."
    )
    outcome = serializers.ChoiceField(OUTCOMES)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)
    reason = serializers.ChoiceField(DismissReason.choices, required=False, help_text="Of a no.")
    until = serializers.DateField(required=False, help_text="When to come back to it; else in a week.")
    contact = serializers.IntegerField(required=False)
    suggestion = serializers.IntegerField(required=False)
    version = serializers.IntegerField(required=False)
    kept = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        help_text="Follow-ups that a conversation ticks off; left out: the calls among those that are due.",
    )


class TotalsSerializer(serializers.Serializer[Any]):
    called = serializers.IntegerField()
    reached = serializers.IntegerField()
    skipped = serializers.IntegerField()
    minutes = serializers.IntegerField()
    planned = serializers.IntegerField(help_text="Follow-ups that came of it.")
    results = serializers.DictField(child=serializers.IntegerField())


class WhichStepSerializer(serializers.Serializer[Any]):
    step = serializers.IntegerField()


class CallRoundViewSet(ReadOnly):
    """One's own rounds. Of the same list one goes on where one was."""

    queryset = CallRound.objects.select_related("by")
    serializer_class = RoundSerializer
    filterset_fields = ("source",)

    @extend_schema(request=BeginSerializer, responses={201: RoundSerializer})
    def create(self, request: CallerRequest) -> Response:
        given = taken(BeginSerializer, request)
        running = CampaignRevision.objects.visible_to(request.user).running()
        if given["source"] == CallRound.Source.CAMPAIGN:
            given["revision"] = get_object_or_404(running, pk=given.get("revision", 0))
        else:
            given.pop("revision", None)
        try:
            tour = actions.begin(by=request.user, at=timezone.now(), **given)
        except actions.Nobody as empty:
            raise Refused({"code": "nobody_to_call"}) from empty
        except (BadCondition, UnknownOrder) as refusal:
            raise serializers.ValidationError({"query": "This list cannot be asked."}) from refusal
        return Response(RoundSerializer(tour).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=CallSerializer)
    @action(detail=True)
    def call(self, request: CallerRequest, pk: str) -> Response:
        """The customer whose turn it is; 404 at the end of the list."""
        tour = self.get_object()
        step = self._step(tour, tour.number)
        account = customers.in_full(request.user, step.account_id)
        if account is None:
            raise Http404
        today = timezone.localdate()
        found = queries.call_of(account, request.user, on=today, revision_id=tour.revision_id)
        return Response(CallSerializer(_told(step, found)).data)

    @extend_schema(request=CallResultSerializer, responses=RoundSerializer)
    @action(detail=True, methods=["post"])
    def result(self, request: CallerRequest, pk: str) -> Response:
        """The call is logged and the suggestion decided on in one go, and the next customer waits."""
        tour, given = self.get_object(), taken(CallResultSerializer, request)
        step = self._step(tour, given.pop("step"))
        form = ResultForm(given, account=step.account, by=request.user, today=timezone.localdate())
        if not form.is_valid():
            raise serializers.ValidationError(form.errors.get_json_data())
        return self._moved(actions.settle, step=step, **form.arguments)

    @extend_schema(request=WhichStepSerializer, responses=RoundSerializer)
    @action(detail=True, methods=["post"])
    def skip(self, request: CallerRequest, pk: str) -> Response:
        tour = self.get_object()
        step = get_object_or_404(tour.steps, number=taken(WhichStepSerializer, request)["step"])
        return self._moved(actions.skip, step=step)

    @extend_schema(request=None, responses=RoundSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: CallerRequest, pk: str) -> Response:
        """The last result taken back, within half a minute."""
        return self._moved(actions.undo, tour=self.get_object())

    @extend_schema(request=None, responses=RoundSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: CallerRequest, pk: str) -> Response:
        return self._moved(actions.end, tour=self.get_object())

    @extend_schema(responses=TotalsSerializer)
    @action(detail=True)
    def totals(self, request: CallerRequest, pk: str) -> Response:
        """What came of the round so far."""
        found = queries.totals_of(self.get_object())
        return Response(TotalsSerializer({**asdict(found), "results": dict(found.results)}).data)

    def _moved(self, deed: Any, **fields: Any) -> Response:
        with answering():
            try:
                tour = deed(by=self.request.user, at=timezone.now(), **fields)
            except actions.Moved as moved:
                raise Clash({"code": "moved", "detail": "This customer is done, or the round is over."}) from moved
            except actions.NoOffer as missing:
                raise Refused({"code": "no_offer", "detail": "Nothing was offered."}) from missing
        return Response(RoundSerializer(tour).data)

    def _step(self, tour: CallRound, number: int) -> CallStep:
        seen = Account.objects.visible_to(self.request.user)
        rows = tour.steps.filter(account__in=seen).select_related("account")
        return get_object_or_404(rows, number=number)


def _told(step: CallStep, found: queries.Call) -> dict[str, Any]:
    offered: Suggestion | None = found.suggestion if found.may_offer else None
    return {
        "step": step.number,
        "account": step.account_id,
        "contact": found.person.pk if found.person else None,
        "phone": found.phone,
        "is_phone_closed": found.is_phone_closed,
        "suggestion": offered.pk if offered else None,
        "version": offered.version if offered else None,
        "against": [check.rule for check in found.against],
        "opening": found.script.opening,
        "questions": list(found.script.questions),
        "promised": [follow_up.pk for follow_up in found.promised],
        "plays": [shown.play.pk for shown in (*found.script.objections, *found.script.plays)],
    }
