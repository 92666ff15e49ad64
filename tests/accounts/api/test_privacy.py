"""Requests about personal data by API: the same steps, refusals and records as on screen."""

import pytest
from rest_framework.test import APIClient

from accounts.models import Consent, Contact, PrivacyRequest
from accounts.tasks import erase_person
from crm.models import AuditEvent, OutboxItem
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db
REQUESTS = "/api/v1/privacy-requests/"


@pytest.fixture
def api(cast):
    client = APIClient()
    client.force_authenticate(cast.fumi)
    return client


@pytest.fixture
def contact(cast):
    account = make.AccountFactory(owner=cast.aiko)
    return make.ContactFactory(account=account, name="雲雀丘 直人", email="n@hibari.example", phone="090-5555-0147")


def received(api, contact, kind):
    body = {"contact": contact.pk, "kind": kind, "received_on": "2026-11-20"}
    answer = api.post(REQUESTS, body, format="json")
    assert answer.status_code == 201, answer.content
    return f"{REQUESTS}{answer.json()['id']}/"


@pytest.mark.parametrize("text", ["雲雀丘", "０９０５５５５０１４７", "0147", "+81 90 5555 0147"])
def test_a_person_is_found(api, contact, text):
    found = api.get("/api/v1/privacy-people/", {"q": text}).json()

    assert found == {
        "people": [{"account": contact.account_id, "contact": contact.pk, "name": "雲雀丘 直人"}],
        "after": "",
    }


def test_what_is_held_is_handed_over_and_recorded(api, contact):
    asked = received(api, contact, "access")

    given = api.post(f"{asked}export/").json()

    assert given["accounts.Contact"][0]["email"] == "n@hibari.example"
    assert AuditEvent.objects.filter(verb="record.exported").count() == 1
    assert api.post(f"{asked}answered/").json()["done_at"] is not None
    assert api.post(f"{asked}answered/").status_code == 409


def test_the_use_is_stopped(api, contact):
    api.post(f"{received(api, contact, 'stop')}stop/")

    assert Consent.objects.filter(contact=contact, is_granted=False).count() == 5


def test_erasing_is_begun_and_carried_out_by_the_worker(api, contact):
    asked = received(api, contact, "erase")

    begun = api.post(f"{asked}erase/")
    assert (begun.status_code, begun.json()["done_at"]) == (202, None)
    assert api.post(f"{asked}erase/").status_code == 409

    erase_person(**OutboxItem.objects.get(task="accounts.erase_person").arguments)
    assert api.get(asked).json()["outcome"]["rows"]["accounts.Contact"] == 1
    assert Contact.objects.get(pk=contact.pk).email == ""


def test_who_must_be_kept_is_kept_with_the_reason(api, cast):
    person = make.AccountFactory(owner=cast.aiko, kind="person")
    make.SubscriptionFactory(account=person)
    body = {"account": person.pk, "kind": "erase", "received_on": "2026-11-20"}
    asked = api.post(REQUESTS, body, format="json").json()["id"]

    refused = api.post(f"{REQUESTS}{asked}/erase/")

    assert refused.status_code == 422
    assert refused.json()["must_be_kept"][0]["code"] == "contract_running"


@pytest.mark.parametrize(
    "change", [{"account": 1}, {"contact": None}, {"kind": "forget"}, {"received_on": "2026-11-25"}]
)
def test_a_request_that_says_too_little_or_too_much_is_refused(api, contact, change):
    body = {"contact": contact.pk, "kind": "access", "received_on": "2026-11-20", **change}

    assert api.post(REQUESTS, body, format="json").status_code == 400
    assert not PrivacyRequest.objects.exists()
