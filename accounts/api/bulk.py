"""One deed on many rows of a list: told beforehand, done, looked after and taken back."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.actions import bulk
from accounts.forms.bulk import FORMS
from accounts.models import BulkEdit
from crm.api import Clash, ReadOnly, taken
from crm.http import CallerRequest
from crm.lists.filters import Refused

MOST_IDS = 1_000


class BulkEditSerializer(serializers.ModelSerializer[BulkEdit]):
    class Meta:
        model = BulkEdit
        fields = (
            "id",
            "list_key",
            "deed",
            "values",
            "state",
            "expected",
            "changed",
            "restored",
            "at",
            "finished_at",
            "undone_at",
        )
        read_only_fields = fields


class DeedSerializer(serializers.Serializer[Any]):
    """`values` are those of the deed's form: `owner`; `tags` with commas between; `kind`, `text`, `due_on`, `for_me`; `solution`;
    `part`; `left_on`; or `renewal` (yes or no)."""

    list_key = serializers.ChoiceField(sorted(FORMS), default=bulk.CUSTOMERS)
    deed = serializers.ChoiceField(BulkEdit.Deed.choices)
    values = serializers.DictField()
    ids = serializers.ListField(child=serializers.IntegerField(), max_length=MOST_IDS, required=False)
    filter = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="Conditions as in the list, instead of ids."
    )

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in data) == ("filter" in data):
            raise serializers.ValidationError("Say either ids or filter.")
        if data["deed"] not in FORMS[data["list_key"]]:
            raise serializers.ValidationError({"deed": f"Of this list: {', '.join(FORMS[data['list_key']])}."})
        return data


class BulkPreviewSerializer(serializers.Serializer[Any]):
    """`left_out` is how many by why: unseen, not_yours, out_of_sight, already. `names` are the first few of them, and of those
    that are changed."""

    asked_for = serializers.IntegerField()
    changed = serializers.IntegerField()
    left_out = serializers.DictField(child=serializers.IntegerField())
    names = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class BulkEditViewSet(ReadOnly):
    queryset = BulkEdit.objects.all()
    serializer_class = BulkEditSerializer
    filterset_fields = ("list_key", "deed", "state")

    @extend_schema(request=DeedSerializer, responses={201: BulkEditSerializer})
    def create(self, request: CallerRequest) -> Response:
        """Up to 1,000 rows are done with the answer; more go on in the background."""
        edit = _asked_for(request, bulk.start)
        return Response(BulkEditSerializer(edit).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=DeedSerializer, responses=BulkPreviewSerializer)
    @action(detail=False, methods=["post"])
    def preview(self, request: CallerRequest) -> Response:
        """What it would do; nothing is changed."""
        return Response(BulkPreviewSerializer(_asked_for(request, bulk.preview)).data)

    @extend_schema(request=None, responses=BulkEditSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: CallerRequest, pk: str) -> Response:
        """Every row that nobody edited since is as before."""
        try:
            edit = bulk.undo(edit=self.get_object(), at=timezone.now())
        except bulk.NotDone as refusal:
            raise Clash({"detail": "This was taken back before, or is not done yet."}) from refusal
        return Response(BulkEditSerializer(edit).data)


def _asked_for(request: CallerRequest, deed: Any) -> Any:
    body = taken(DeedSerializer, request)
    form = FORMS[body["list_key"]][body["deed"]](body["values"], by=request.user)
    if not form.is_valid():
        raise serializers.ValidationError({"values": form.errors.get_json_data()})
    query = "" if "ids" in body else "?" + urlencode({"filter": json.dumps(body["filter"])})
    scope = bulk.Scope(request.user, timezone.now(), body.get("ids"), query, body["list_key"])
    try:
        return deed(scope=scope, deed=body["deed"], values=form.values())
    except Refused as refused:
        raise serializers.ValidationError(
            {"filter": {"position": str(refused.position), "part": refused.part}}
        ) from refused
