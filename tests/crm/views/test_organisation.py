"""Administrators decide for everybody, on screen and by API; every decision is on record."""

import pytest
from django.urls import reverse
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from crm.audit import AuditEvent
from crm.organisation import Organisation, decide

pytestmark = pytest.mark.django_db


def decided():
    return list(AuditEvent.objects.filter(verb="organisation.decided").values_list("by", "figures"))


def test_a_second_person_is_needed_until_an_administrator_decides_otherwise(client, cast):
    client.force_login(cast.fumi)
    assert client.get(reverse("organisation")).context["form"]["campaigns_need_second_person"].value() is True

    client.post(reverse("organisation"), {})

    assert Organisation.objects.get().campaigns_need_second_person is False
    assert decided() == [(cast.fumi.pk, {"campaigns_need_second_person": False})]


def test_what_stays_as_it_was_leaves_no_trace(cast, now):
    decide(campaigns_need_second_person=True, by=cast.fumi, at=now)

    assert decided() == []


def test_only_what_is_decided_here_can_be_changed(cast, now):
    with pytest.raises(ValueError, match="control_share"):
        decide(control_share=0, by=cast.fumi, at=now)


def test_the_api_decides_too(cast):
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=cast.fumi)}")

    answer = api.patch("/api/v1/organisation/", {"campaigns_need_second_person": False}, format="json")

    assert answer.json()["campaigns_need_second_person"] is False
    assert api.get("/api/v1/organisation/").json() == answer.json()
