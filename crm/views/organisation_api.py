"""What the organisation decides for everybody, by API, for administrators."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from crm import organisation as actions
from crm.api import taken
from crm.http import CallerRequest
from crm.organisation import Organisation
from crm.views.webhooks_api import AdministratorsOnly


class OrganisationSerializer(serializers.ModelSerializer[Organisation]):
    class Meta:
        model = Organisation
        fields = ("name_ja", "name_en", *actions.CHOSEN)
        read_only_fields = fields


class DecisionSerializer(serializers.Serializer[Organisation]):
    """What is left out stays as it is."""

    campaigns_need_second_person = serializers.BooleanField(required=False)


class OrganisationView(APIView):
    permission_classes = (IsAuthenticated, AdministratorsOnly)

    @extend_schema(responses=OrganisationSerializer)
    def get(self, request: CallerRequest) -> Response:
        return Response(OrganisationSerializer(Organisation.current()).data)

    @extend_schema(request=DecisionSerializer, responses=OrganisationSerializer)
    def patch(self, request: CallerRequest) -> Response:
        made = actions.decide(by=request.user, at=timezone.now(), **taken(DecisionSerializer, request))
        return Response(OrganisationSerializer(made).data)
