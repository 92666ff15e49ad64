"""The same objects, actions and permissions as on screen: load what the caller may see, one action, answer."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import FileUploadParser
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.actions import accounts as account_actions
from accounts.actions import activities, cases, consents, files, follow_ups, needs, nps, records, tags
from accounts.api import serializers as shapes
from accounts.api.custom import WithCustomValues
from accounts.models import (
    Account,
    AccountFile,
    Contact,
    Need,
    NpsResponse,
    Subscription,
    UsageReading,
)
from accounts.queries import portfolio, timeline
from accounts.queries.duplicates import Candidates
from crm.api import Clash, ReadOnly, Refused, taken
from crm.file_types import Refused as FileRefused
from crm.http import CallerRequest
from crm.lists.api import Listed
from crm.uploads import CappedUploadHandler, attachment

ALIKE_TOLD = 5


def edited(view: ReadOnly, request: CallerRequest, shape: type[Serializer[Any]]) -> Response:
    """Saves what is named, from the version that is named; a clash answers with the row as it is."""
    row = view.get_object()
    body = shape(row, data=request.data, partial=True)
    body.is_valid(raise_exception=True)
    changes = dict(body.validated_data)
    version = changes.pop("version", None)
    if version is None:
        raise Refused({"version": "Say which version you changed."})
    try:
        row = records.edit(row=row, version=version, by=request.user, at=timezone.now(), **changes)
    except records.Conflict as conflict:
        raise Clash({"current": view.get_serializer(conflict.current).data}) from conflict
    except records.NumberTaken as known:
        raise Clash({"known_to": known.owner.label if known.owner else None}) from known
    return Response(view.get_serializer(row).data)


def alike(found: Candidates) -> dict[str, Any]:
    """Customers in sight with their reasons; of others only whom to ask."""
    candidates = shapes.CandidateSerializer(found.seen[:ALIKE_TOLD], many=True).data
    owner = found.whom_to_ask
    return {"candidates": candidates, "elsewhere": found.elsewhere, "known_to": owner.label if owner else None}


class CappedFileParser(FileUploadParser):
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        parser_context["request"].upload_handlers = [CappedUploadHandler(parser_context["request"], files.LARGEST)]
        return super().parse(stream, media_type, parser_context)


class AccountViewSet(Listed, WithCustomValues):
    list_key = "customers"
    queryset = Account.objects.all()
    serializer_class = shapes.AccountSerializer
    filterset_fields = ("owner", "team", "kind", "external_id")

    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        account = self.get_object()
        standing = portfolio.current_standings([account.pk]).get(account.pk)
        return Response(shapes.AccountDetailSerializer(account, context={"standing": standing}).data)

    @extend_schema(
        request=shapes.AddedAccountSerializer,
        responses={201: shapes.AccountSerializer, 409: shapes.LooksKnownSerializer},
    )
    def create(self, request: CallerRequest) -> Response:
        """Answers 409 with candidates where known customers resemble it; `even_if_alike` adds it all the same."""
        fields = taken(shapes.AddedAccountSerializer, request)
        unless_alike = not fields.pop("even_if_alike")
        try:
            account = account_actions.create(by=request.user, at=timezone.now(), unless_alike=unless_alike, **fields)
        except account_actions.AlreadyACustomer as known:
            raise Clash({"known_to": known.owner.label if known.owner else None}) from known
        except account_actions.LooksKnown as likeness:
            raise Clash(alike(likeness.found)) from likeness
        return Response(shapes.AccountSerializer(account).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.AccountEditSerializer, responses=shapes.AccountSerializer)
    def partial_update(self, request: CallerRequest, pk: str) -> Response:
        return edited(self, request, shapes.AccountEditSerializer)

    @extend_schema(request=shapes.NewContactSerializer, responses={201: shapes.ContactSerializer})
    @action(detail=True, methods=["post"], url_path="contacts", url_name="contacts")
    def add_contact(self, request: CallerRequest, pk: str) -> Response:
        account = self.get_object()
        fields = taken(shapes.NewContactSerializer, request)
        contact = records.add_contact(account=account, by=request.user, at=timezone.now(), **fields)
        return Response(shapes.ContactSerializer(contact).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.TagSerializer, responses={204: None})
    @action(detail=True, methods=["post"], url_path="tags", url_name="tags")
    def add_tag(self, request: CallerRequest, pk: str) -> Response:
        return self._tag(request, tags.add)

    @extend_schema(request=shapes.TagSerializer, responses={204: None})
    @add_tag.mapping.delete
    def remove_tag(self, request: CallerRequest, pk: str) -> Response:
        return self._tag(request, tags.remove)

    def _tag(self, request: CallerRequest, change: Any) -> Response:
        account = self.get_object()
        try:
            change(account=account, by=request.user, at=timezone.now(), **taken(shapes.TagSerializer, request))
        except tags.NoWord as nothing:
            raise Refused({"name": "A tag has one to forty characters."}) from nothing
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request={"application/octet-stream": OpenApiTypes.BINARY}, responses={201: shapes.FileSerializer})
    @action(detail=True, methods=["post"], url_path="files", url_name="files", parser_classes=[CappedFileParser])
    def add_file(self, request: CallerRequest, pk: str) -> Response:
        """The body is the file, its name stands in Content-Disposition."""
        account, sent = self.get_object(), request.FILES.get("file")
        if sent is None:
            raise Refused({"file": "Nothing was received, or more than 25 MB."})
        try:
            with sent:  # Django closes what came in a form; this came as the body itself
                kept = files.add(account=account, upload=sent, name=sent.name, by=request.user, at=timezone.now())
        except (FileRefused, files.TooLarge) as refusal:
            raise Refused({"file": getattr(refusal, "code", "too large")}) from refusal
        return Response(shapes.FileSerializer(kept).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=shapes.TimelineEntrySerializer(many=True))
    @action(detail=True, filterset_fields=(), pagination_class=None)
    def timeline(self, request: CallerRequest, pk: str) -> Response:
        entries = timeline.page(self.get_object(), limit=50).entries
        return Response(shapes.TimelineEntrySerializer(entries, many=True).data)

    @extend_schema(request=shapes.NewActivitySerializer, responses={201: shapes.ActivitySerializer})
    @action(detail=True, methods=["post"], url_path="log", url_name="log")
    def log(self, request: CallerRequest, pk: str) -> Response:
        account = self.get_object()
        fields = taken(shapes.NewActivitySerializer, request)
        contact_id, step = fields.pop("contact", None), fields.pop("next_step", None)
        contact = get_object_or_404(account.contacts, pk=contact_id) if contact_id else None
        try:
            activity = activities.log(
                account=account,
                by=request.user,
                at=timezone.now(),
                contact=contact,
                next_step=follow_ups.NextStep(**step) if step else None,
                **fields,
            )
        except activities.DifferentLog as different:
            raise Refused({"client_id": "This id was used for another log."}) from different
        return Response(shapes.ActivitySerializer(activity).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.NewNeedSerializer, responses={201: shapes.NeedSerializer})
    @action(detail=True, methods=["post"], url_path="needs", url_name="needs")
    def write_need(self, request: CallerRequest, pk: str) -> Response:
        account = self.get_object()
        fields = taken(shapes.NewNeedSerializer, request)
        need = needs.write(account=account, by=request.user, at=timezone.now(), **fields)
        return Response(shapes.NeedSerializer(need).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.OpenCaseSerializer, responses={201: shapes.CaseSerializer})
    @action(detail=True, methods=["post"], url_path="cases", url_name="cases")
    def open_case(self, request: CallerRequest, pk: str) -> Response:
        account = self.get_object()
        fields = taken(shapes.OpenCaseSerializer, request)
        contact_id = fields.pop("contact", None)
        fields["contact"] = get_object_or_404(account.contacts, pk=contact_id) if contact_id else None
        case = cases.open_case(account=account, by=request.user, at=timezone.now(), **fields)
        return Response(shapes.CaseSerializer(case).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.NextStepSerializer, responses={201: shapes.FollowUpSerializer})
    @action(detail=True, methods=["post"], url_path="follow-ups", url_name="follow-ups")
    def plan(self, request: CallerRequest, pk: str) -> Response:
        account = self.get_object()
        step = follow_ups.NextStep(**taken(shapes.NextStepSerializer, request))
        follow_up = follow_ups.plan(account=account, owner=request.user, by=request.user, at=timezone.now(), step=step)
        return Response(shapes.FollowUpSerializer(follow_up).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.NewConsentSerializer, responses={201: shapes.ConsentSerializer(many=True)})
    @action(detail=True, methods=["post"], url_path="consents", url_name="consents")
    def record_consent(self, request: CallerRequest, pk: str) -> Response:
        account = self.get_object()
        fields = taken(shapes.NewConsentSerializer, request)
        contact_id = fields.pop("contact", None)
        contact = get_object_or_404(account.contacts, pk=contact_id) if contact_id else None
        try:
            made = consents.record(account=account, contact=contact, by=request.user, at=timezone.now(), **fields)
        except consents.NoProof as refusal:
            raise Refused({"proof": "A permission needs the words it was given in."}) from refusal
        return Response(shapes.ConsentSerializer(made, many=True).data, status=status.HTTP_201_CREATED)


class ContactViewSet(Listed, WithCustomValues):
    list_key = "contacts"
    queryset = Contact.objects.all()
    serializer_class = shapes.ContactSerializer
    filterset_fields = ("account",)

    @extend_schema(request=shapes.ContactEditSerializer, responses=shapes.ContactSerializer)
    def partial_update(self, request: CallerRequest, pk: str) -> Response:
        return edited(self, request, shapes.ContactEditSerializer)


class FileViewSet(ReadOnly):
    queryset = AccountFile.objects.filter(deleted_at=None)
    serializer_class = shapes.FileSerializer
    filterset_fields = ("account",)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def content(self, request: CallerRequest, pk: str) -> FileResponse:
        file = self.get_object()
        files.note_download(file=file, by=request.user, at=timezone.now())
        return attachment(file.file, name=file.name, content_type=file.content_type)

    def destroy(self, request: CallerRequest, pk: str) -> Response:
        files.delete(file=self.get_object(), by=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class SubscriptionViewSet(Listed, WithCustomValues):
    list_key = "subscriptions"
    queryset = Subscription.objects.all()
    serializer_class = shapes.SubscriptionSerializer
    filterset_fields = ("account", "product")

    @extend_schema(request=shapes.SubscriptionEditSerializer, responses=shapes.SubscriptionSerializer)
    def partial_update(self, request: CallerRequest, pk: str) -> Response:
        return edited(self, request, shapes.SubscriptionEditSerializer)


class UsageViewSet(ReadOnly):
    queryset = UsageReading.objects.select_related("meter")
    serializer_class = shapes.UsageSerializer
    filterset_fields = ("account", "meter__code")


class NeedViewSet(Listed, WithCustomValues):
    list_key = "needs"
    queryset = Need.objects.select_related("topic")
    serializer_class = shapes.NeedSerializer
    filterset_fields = ("account", "topic__code")

    @extend_schema(request=shapes.SolutionSerializer)
    @action(detail=True, methods=["post"])
    def solve(self, request: CallerRequest, pk: str) -> Response:
        need = self.get_object()
        fields = taken(shapes.SolutionSerializer, request)
        try:
            need = needs.solve(need=need, by=request.user, at=timezone.now(), **fields)
        except needs.AlreadySolved as solved:
            raise Clash({"detail": "This need was solved before."}) from solved
        return Response(self.get_serializer(need).data)


class NpsViewSet(ReadOnly):
    queryset = NpsResponse.objects.all()
    serializer_class = shapes.NpsSerializer
    filterset_fields = ("account", "score")

    @extend_schema(request=shapes.WhatWasDoneSerializer)
    @action(detail=True, methods=["post"], url_path="close-loop")
    def close_loop(self, request: CallerRequest, pk: str) -> Response:
        response = self.get_object()
        fields = taken(shapes.WhatWasDoneSerializer, request)
        try:
            response = nps.close_loop(response=response, by=request.user, at=timezone.now(), **fields)
        except nps.AlreadyClosed as closed:
            raise Clash({"detail": "This loop was closed before."}) from closed
        return Response(self.get_serializer(response).data)
