"""What people ask of us about their data, for administrators: find them, write the request down, carry it out."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actions import privacy as actions
from accounts.models import Account, Contact, PrivacyRequest
from accounts.queries import privacy as held
from accounts.queries.privacy import Person
from crm.api import Clash, ReadOnly, Refused, taken
from crm.http import CallerRequest
from crm.people import Role

MOST_LETTERS = 100


class Administrators(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return getattr(request.user, "role", None) == Role.ADMIN


class PersonSerializer(serializers.Serializer[Any]):
    """`contact` is null for a customer who is a person."""

    account = serializers.IntegerField(source="account.pk")
    contact = serializers.IntegerField(source="contact.pk", allow_null=True, default=None)
    name = serializers.CharField(source="row.name")


class FoundPeopleSerializer(serializers.Serializer[Any]):
    """`after`, sent back, asks for the people behind these; empty at the end."""

    people = PersonSerializer(many=True)
    after = serializers.CharField(allow_blank=True)


class PrivacyRequestSerializer(serializers.ModelSerializer[PrivacyRequest]):
    class Meta:
        model = PrivacyRequest
        fields = (
            "id",
            "account",
            "contact",
            "kind",
            "received_on",
            "due_on",
            "note",
            "by",
            "begun_at",
            "done_at",
            "done_by",
            "outcome",
        )
        read_only_fields = fields


class NewPrivacyRequestSerializer(serializers.Serializer[Any]):
    """Either a contact, or as `account` a customer who is a person."""

    contact = serializers.IntegerField(required=False)
    account = serializers.IntegerField(required=False)
    kind = serializers.ChoiceField(PrivacyRequest.Kind.choices)
    received_on = serializers.DateField()
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if ("contact" in data) == ("account" in data):
            raise serializers.ValidationError("Name either a contact or an account.")
        if data["received_on"] > timezone.localdate():
            raise serializers.ValidationError({"received_on": "This day is still to come."})
        return data


class PeopleView(APIView):
    """By name, reading, mail, or phone (a whole number or its last digits); 50 at a time and nobody left out."""

    permission_classes = (IsAuthenticated, Administrators)

    @extend_schema(
        parameters=[
            OpenApiParameter("q", OpenApiTypes.STR, required=True),
            OpenApiParameter("after", OpenApiTypes.STR),
        ],
        responses=FoundPeopleSerializer,
    )
    def get(self, request: CallerRequest) -> Response:
        text = request.query_params.get("q", "").strip()[:MOST_LETTERS]
        return Response(
            FoundPeopleSerializer(held.find(request.user, text, request.query_params.get("after", ""))).data
        )


class PrivacyRequestViewSet(ReadOnly):
    queryset = PrivacyRequest.objects.select_related("account", "contact")
    serializer_class = PrivacyRequestSerializer
    permission_classes = (IsAuthenticated, Administrators)
    filterset_fields = ("account", "contact", "kind")

    @extend_schema(request=NewPrivacyRequestSerializer, responses={201: PrivacyRequestSerializer})
    def create(self, request: CallerRequest) -> Response:
        fields = taken(NewPrivacyRequestSerializer, request)
        person = self._person(fields.pop("account", None), fields.pop("contact", None))
        made = actions.receive(person=person, by=request.user, at=timezone.now(), **fields)
        return Response(PrivacyRequestSerializer(made).data, status=status.HTTP_201_CREATED)

    def _person(self, account_id: int | None, contact_id: int | None) -> Person:
        if contact_id:
            contacts: QuerySet[Contact] = Contact.objects.visible_to(self.request.user).select_related("account")
            contact = get_object_or_404(contacts, pk=contact_id)
            return Person(contact.account, contact)
        people = Account.objects.visible_to(self.request.user).filter(kind=Account.Kind.PERSON)
        return Person(get_object_or_404(people, pk=account_id))

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"])
    def export(self, request: CallerRequest, pk: str) -> Response:
        """Every row about the person by the label of its table, history included. That it was taken out is recorded."""
        return Response(self._carried_out(actions.exported))

    @extend_schema(request=None, responses=PrivacyRequestSerializer)
    @action(detail=True, methods=["post"])
    def answered(self, request: CallerRequest, pk: str) -> Response:
        """Disclosed or corrected."""
        return Response(PrivacyRequestSerializer(self._carried_out(actions.answer)).data)

    @extend_schema(request=None, responses=PrivacyRequestSerializer)
    @action(detail=True, methods=["post"])
    def stop(self, request: CallerRequest, pk: str) -> Response:
        """All channels are refused from now on."""
        return Response(PrivacyRequestSerializer(self._carried_out(actions.stop_use)).data)

    @extend_schema(request=None, responses={202: PrivacyRequestSerializer})
    @action(detail=True, methods=["post"])
    def erase(self, request: CallerRequest, pk: str) -> Response:
        """A worker erases; `done_at` and `outcome` say when it is through. It cannot be taken back."""
        begun = self._carried_out(actions.begin_erasing, today=timezone.localdate())
        return Response(PrivacyRequestSerializer(begun).data, status=status.HTTP_202_ACCEPTED)

    def _carried_out(self, deed: Any, **more: Any) -> Any:
        try:
            return deed(request=self.get_object(), by=self.request.user, at=timezone.now(), **more)
        except actions.AlreadyDone as done:
            raise Clash({"detail": "This request was answered before, or is being carried out."}) from done
        except actions.AnotherKind as other:
            raise Clash({"detail": "This request asks for something else."}) from other
        except actions.MustBeKept as kept:
            reasons: list[Any] = [{"code": reason.code, "until": reason.until} for reason in kept.reasons]
            raise Refused({"must_be_kept": reasons}) from kept
