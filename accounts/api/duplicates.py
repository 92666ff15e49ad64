"""Pairs that may be one customer, merges, and their undoing."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.actions import merging
from accounts.forms.duplicates import FIRST, SECOND, ordered
from accounts.models import Account, DuplicatePair, Merge
from accounts.queries import duplicates as queries
from crm.api import Clash, ReadOnly, Refused, taken
from crm.http import CallerRequest


class PairSerializer(serializers.ModelSerializer[DuplicatePair]):
    class Meta:
        model = DuplicatePair
        fields = ("id", "first", "second", "score", "reasons", "state", "found_at", "decided_at", "decided_by")
        read_only_fields = fields


class MergeSerializer(serializers.ModelSerializer[Merge]):
    class Meta:
        model = Merge
        fields = ("id", "account", "gone", "at", "by", "undo_until")
        read_only_fields = fields


class TwoCustomersSerializer(serializers.Serializer[Any]):
    """In any order."""

    first = serializers.IntegerField()
    second = serializers.IntegerField()


class HowToMergeSerializer(serializers.Serializer[Any]):
    """Which one stays, which fields it takes over, and the versions that were compared."""

    keep = serializers.ChoiceField([FIRST, SECOND])
    take = serializers.MultipleChoiceField(choices=sorted(queries.FIELDS), required=False, default=set)
    first_version = serializers.IntegerField()
    second_version = serializers.IntegerField()


class KeptSerializer(serializers.Serializer[Any]):
    part = serializers.CharField()
    why = serializers.CharField()
    rows = serializers.IntegerField()


class UndoneSerializer(serializers.Serializer[Any]):
    survivor = serializers.IntegerField(source="survivor.pk")
    back = serializers.IntegerField(source="back.pk")
    kept = KeptSerializer(many=True)


class DuplicateViewSet(ReadOnly):
    queryset = DuplicatePair.objects.select_related("first", "second")
    serializer_class = PairSerializer
    filterset_fields = ("state", "first", "second")

    def _mergeable(self) -> DuplicatePair:
        pair: DuplicatePair = self.get_object()
        if not queries.may_merge(self.request.user, pair.first, pair.second):
            raise PermissionDenied
        return pair

    @extend_schema(request=TwoCustomersSerializer, responses={201: PairSerializer})
    def create(self, request: CallerRequest) -> Response:
        """The pair of two customers that nobody need have found, to be merged, proposed or called distinct."""
        chosen = taken(TwoCustomersSerializer, request)
        seen = Account.objects.visible_to(request.user)
        one, other = (get_object_or_404(seen, pk=chosen[name]) for name in ("first", "second"))
        try:
            pair = merging.bring_together(one=one, other=other, by=request.user, at=timezone.now())
        except merging.SameCustomer as same:
            raise Refused({"second": "A customer cannot be compared with itself."}) from same
        return Response(PairSerializer(pair).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=HowToMergeSerializer, responses={201: MergeSerializer})
    @action(detail=True, methods=["post"])
    def merge(self, request: CallerRequest, pk: str) -> Response:
        pair = self._mergeable()
        how = taken(HowToMergeSerializer, request)
        survivor, gone = ordered(pair, how["keep"])
        versions = {pair.first.pk: how["first_version"], pair.second.pk: how["second_version"]}
        try:
            done = merging.merge(
                survivor=survivor,
                gone=gone,
                versions=(versions[survivor.pk], versions[gone.pk]),
                take=how["take"],
                by=request.user,
                at=timezone.now(),
            )
        except (merging.Conflict, merging.AlreadyMerged) as conflict:
            raise Clash({"detail": "One of the two was changed since."}) from conflict
        return Response(MergeSerializer(done).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def distinct(self, request: CallerRequest, pk: str) -> Response:
        return self._decided(merging.call_distinct, self._mergeable())

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def propose(self, request: CallerRequest, pk: str) -> Response:
        return self._decided(merging.propose, self.get_object())

    def _decided(self, decide: Any, pair: DuplicatePair) -> Response:
        try:
            pair = decide(pair=pair, by=self.request.user, at=timezone.now())
        except merging.AlreadyDecided as decided:
            raise Clash({"detail": "Somebody decided on this pair before."}) from decided
        return Response(PairSerializer(pair).data)


class MergeViewSet(ReadOnly):
    queryset = Merge.objects.select_related("account", "gone").defer("before", "moved")
    serializer_class = MergeSerializer
    filterset_fields = ("account", "gone")

    @extend_schema(request=None, responses=UndoneSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: CallerRequest, pk: str) -> Response:
        try:
            undone = merging.undo(merge=self.get_object(), by=request.user, at=timezone.now())
        except merging.MayNotMerge as refusal:
            raise PermissionDenied from refusal
        except (merging.TooLate, merging.FurtherMerged) as refusal:
            raise Clash({"detail": "This merge cannot be taken back now."}) from refusal
        return Response(UndoneSerializer(undone).data)
