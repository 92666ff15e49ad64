"""The custom fields: everybody reads those in use, because forms and `custom` show them; administrators define them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api import Clash, ReadOnly, Refused, taken
from crm.custom_fields import CustomField, defining
from crm.http import CallerRequest
from crm.people import Role
from crm.views.field_forms import FieldForm


class AdministratorsDefine(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or getattr(request.user, "role", None) == Role.ADMIN


class CustomFieldSerializer(serializers.ModelSerializer[CustomField]):
    class Meta:
        model = CustomField
        fields = (
            "id",
            "on",
            "key",
            "kind",
            "name_ja",
            "name_en",
            "help_ja",
            "help_en",
            "choices",
            "is_required",
            "lowest",
            "highest",
            "longest",
            "position",
            "version",
        )
        read_only_fields = fields


class ChoiceSerializer(serializers.Serializer[Any]):
    """Without a key it is a new one."""

    key = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    ja = serializers.CharField(max_length=60)
    en = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    is_archived = serializers.BooleanField(required=False, default=False)


class TextsSerializer(serializers.ModelSerializer[CustomField]):
    choices = ChoiceSerializer(many=True, required=False)

    class Meta:
        model = CustomField
        fields = (*FieldForm.Meta.fields, "choices")
        extra_kwargs: dict[str, Any] = {"name_ja": {"required": False}}


class NewFieldSerializer(TextsSerializer):
    class Meta:
        model = CustomField
        fields = ("on", "kind", *TextsSerializer.Meta.fields)


class FieldEditSerializer(TextsSerializer):
    version = serializers.IntegerField(min_value=1)

    class Meta:
        model = CustomField
        fields = ("version", *TextsSerializer.Meta.fields)
        extra_kwargs = TextsSerializer.Meta.extra_kwargs


class KindSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    kind = serializers.ChoiceField(CustomField.Kind.choices)


class WaySerializer(serializers.Serializer[Any]):
    up = serializers.BooleanField()


class CustomFieldViewSet(ReadOnly):
    queryset = CustomField.objects.filter(is_archived=False)
    serializer_class = CustomFieldSerializer
    permission_classes = (IsAuthenticated, AdministratorsDefine)
    filterset_fields = ("on", "kind")

    def get_queryset(self) -> QuerySet[Any]:
        return CustomField.objects.all() if self.action == "restore" else self.queryset.all()

    @extend_schema(request=NewFieldSerializer, responses={201: CustomFieldSerializer})
    def create(self, request: CallerRequest) -> Response:
        body = taken(NewFieldSerializer, request)
        on, kind, choices = body.pop("on"), body.pop("kind"), body.pop("choices", [])
        field = self._defined(defining.add, on=on, kind=kind, choices=choices, **checked(CustomField(kind=kind), body))
        return Response(CustomFieldSerializer(field).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=FieldEditSerializer, responses=CustomFieldSerializer)
    def partial_update(self, request: CallerRequest, pk: str) -> Response:
        """Choices are named all or not at all; one that is left out and in use is archived."""
        field: CustomField = self.get_object()
        body = taken(FieldEditSerializer, request)
        version, choices = body.pop("version"), body.pop("choices", None)
        return self._answered(defining.edit, field=field, version=version, choices=choices, **checked(field, body))

    @extend_schema(request=KindSerializer, responses=CustomFieldSerializer)
    @action(detail=True, methods=["post"])
    def kind(self, request: CallerRequest, pk: str) -> Response:
        """Only while no record holds a value."""
        return self._answered(defining.change_kind, field=self.get_object(), **taken(KindSerializer, request))

    @extend_schema(request=WaySerializer, responses=CustomFieldSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: CallerRequest, pk: str) -> Response:
        """One place up or down."""
        field = self.get_object()
        self._defined(defining.move, field=field, **taken(WaySerializer, request))
        field.refresh_from_db()
        return Response(CustomFieldSerializer(field).data)

    @extend_schema(request=None, responses=CustomFieldSerializer)
    @action(detail=True, methods=["post"])
    def archive(self, request: CallerRequest, pk: str) -> Response:
        """Its values are kept and come back when it is restored."""
        return self._answered(defining.archive, field=self.get_object())

    @extend_schema(request=None, responses=CustomFieldSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: CallerRequest, pk: str) -> Response:
        return self._answered(defining.restore, field=self.get_object())

    def _answered(self, deed: Any, **what: Any) -> Response:
        return Response(CustomFieldSerializer(self._defined(deed, **what)).data)

    def _defined(self, deed: Any, **what: Any) -> Any:
        try:
            return deed(by=self.request.user, at=timezone.now(), **what)
        except defining.Conflict as conflict:
            raise Clash({"detail": "Somebody changed this field since you read it."}) from conflict
        except (defining.TooMany, defining.HasValues, defining.NoChoices, defining.TooManyChoices) as refusal:
            raise Refused({"code": type(refusal).__name__}) from refusal


def checked(field: CustomField, given: dict[str, Any]) -> dict[str, Any]:
    """Labels, helps and limits by the form of the screen; what is not named stays."""
    texts = {name: getattr(field, name) for name in FieldForm.Meta.fields} | given
    form = FieldForm(texts, instance=field, kind=field.kind)
    if not form.is_valid():
        raise serializers.ValidationError(
            {name: [str(error) for error in errors] for name, errors in form.errors.items()}
        )
    return dict(form.cleaned_data)
