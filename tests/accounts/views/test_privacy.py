"""The screen of personal data: from the search to the proof, each look and each deed in the trail."""

import csv
import io
import json
import zipfile
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Consent, Contact, PrivacyRequest
from accounts.tasks import erase_person
from accounts.views.privacy_file import safe
from crm.models import AuditEvent, OutboxItem
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client, cast):
    cast.fumi.language = "en"
    cast.fumi.save()
    client.force_login(cast.fumi)
    return client


@pytest.fixture
def contact(cast):
    account = make.AccountFactory(owner=cast.aiko)
    contact = make.ContactFactory(account=account, name="雲雀丘 直人", email="naoto@hibari.example")
    make.ActivityFactory(account=account, contact=contact, by=cast.aiko, note="=雲雀丘様と打合せ")
    return contact


def write_down(admin, contact, kind):
    answer = admin.post(
        reverse("privacy-contact", args=[contact.pk]), {"kind": kind, "received_on": "2026-11-20", "note": "電話"}
    )
    assert answer.status_code == 302
    return PrivacyRequest.objects.latest("pk")


def test_a_person_is_found_and_leads_to_their_page(admin, contact):
    page = admin.get(reverse("privacy"), {"q": "雲雀丘"}).content.decode()
    assert reverse("privacy-contact", args=[contact.pk]) in page

    assert "Nobody was found" in admin.get(reverse("privacy"), {"q": "だれも"}).content.decode()


def test_looking_at_a_person_stands_in_the_trail(admin, contact, cast):
    admin.get(reverse("privacy-contact", args=[contact.pk]))

    event = AuditEvent.objects.get(verb="record.viewed")
    assert (event.by, event.subject_id, event.account_id) == (cast.fumi, contact.pk, contact.account_id)


def test_a_company_has_no_page_as_a_person(admin, contact):
    assert admin.get(reverse("privacy-person", args=[contact.account_id])).status_code == 404


def test_a_request_is_written_down_with_its_due_day(admin, contact):
    asked = write_down(admin, contact, "access")

    assert (asked.contact, asked.due_on) == (contact, date(2026, 12, 4))
    assert "Requests to answer" in admin.get(reverse("privacy")).content.decode()


def test_a_day_to_come_is_refused(admin, contact):
    answer = admin.post(reverse("privacy-contact", args=[contact.pk]), {"kind": "access", "received_on": "2026-11-25"})

    assert answer.status_code == 422
    assert "This day is still to come." in answer.content.decode()


def test_the_archive_holds_a_table_to_read_and_one_for_machines(admin, contact):
    asked = write_down(admin, contact, "access")

    answer = admin.post(reverse("privacy-export", args=[asked.pk]))

    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        data = json.loads(packed.read("data.json"))
        text = packed.read("data.csv").decode("utf-8")
    assert data["accounts.Contact"][0]["email"] == "naoto@hibari.example"
    assert text.startswith("\ufeff")
    cells = [row[2:] for row in csv.reader(io.StringIO(text[1:]))]
    assert ["Email", "naoto@hibari.example"] in cells
    assert ["Note", "'=雲雀丘様と打合せ"] in cells
    assert AuditEvent.objects.filter(verb="record.exported").count() == 1


@pytest.mark.parametrize("cell", ["=1+1", "+81", "-5", "@x", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell):
    assert safe(cell) == f"'{cell}"
    assert safe(f"a{cell}") == f"a{cell}"


def test_stopping_the_use_refuses_all_channels(admin, contact):
    asked = write_down(admin, contact, "stop")

    admin.post(reverse("privacy-stop", args=[asked.pk]))

    assert Consent.objects.filter(contact=contact, is_granted=False).count() == 5
    assert admin.post(reverse("privacy-stop", args=[asked.pk])).status_code == 409


def test_erasing_asks_twice_and_shows_the_proof(admin, contact):
    asked = write_down(admin, contact, "erase")
    url = reverse("privacy-erase", args=[asked.pk])

    assert admin.post(url).status_code == 422
    contact.refresh_from_db()
    assert contact.name == "雲雀丘 直人"

    admin.post(url, {"is_sure": "on"})
    page = admin.get(reverse("privacy-request", args=[asked.pk])).content.decode()
    assert "Being erased since" in page
    assert "What was erased" not in page
    assert admin.post(url, {"is_sure": "on"}).status_code == 409, "a worker is at it already"

    work_off()
    page = admin.get(reverse("privacy-request", args=[asked.pk])).content.decode()

    assert Contact.objects.get(pk=contact.pk).email == ""
    assert "What was erased" in page
    assert "雲雀丘" not in page


def work_off():
    """Twice, as a worker may that was killed before it could say that it was done."""
    item = OutboxItem.objects.get(task="accounts.erase_person")
    erase_person(**item.arguments)
    erase_person(**item.arguments)


def test_who_took_a_contract_before_the_worker_came_is_kept_and_the_request_is_open_again(admin, cast):
    person = make.AccountFactory(owner=cast.aiko, kind="person", name="雲雀丘 直人")
    admin.post(reverse("privacy-person", args=[person.pk]), {"kind": "erase", "received_on": "2026-11-20"})
    asked = PrivacyRequest.objects.get()
    admin.post(reverse("privacy-erase", args=[asked.pk]), {"is_sure": "on"})
    make.SubscriptionFactory(account=person)

    work_off()

    asked.refresh_from_db()
    person.refresh_from_db()
    assert (asked.begun_at, asked.done_at, person.name) == (None, None, "雲雀丘 直人")
    assert "A contract is running." in admin.get(reverse("privacy-request", args=[asked.pk])).content.decode()


def test_who_is_under_contract_is_refused_with_the_reason(admin, cast):
    person = make.AccountFactory(owner=cast.aiko, kind="person")
    make.SubscriptionFactory(account=person)
    admin.post(reverse("privacy-person", args=[person.pk]), {"kind": "erase", "received_on": "2026-11-20"})
    asked = PrivacyRequest.objects.get()

    answer = admin.post(reverse("privacy-erase", args=[asked.pk]), {"is_sure": "on"})

    assert answer.status_code == 422
    assert "A contract is running." in answer.content.decode()


def test_a_request_is_answered_only_as_what_it_asks_for(admin, contact):
    asked = write_down(admin, contact, "access")

    for route in ("privacy-stop", "privacy-erase"):
        assert admin.post(reverse(route, args=[asked.pk]), {"is_sure": "on"}).status_code == 409
    admin.post(reverse("privacy-answered", args=[asked.pk]))

    asked.refresh_from_db()
    assert asked.done_at is not None
    assert not Consent.objects.exists()


def test_fifty_requests_cost_the_statements_of_one(admin, contact, cast):
    ask = {"account": contact.account, "contact": contact, "kind": "access", "by": cast.fumi}
    days = {"received_on": date(2026, 11, 20), "due_on": date(2026, 12, 4)}
    PrivacyRequest.objects.create(**ask, **days)
    with_one = statements(admin)
    PrivacyRequest.objects.bulk_create(PrivacyRequest(**ask, **days) for _ in range(49))

    assert statements(admin) == with_one


def statements(client):
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse("privacy"), {"q": "雲雀丘"})
    return len(seen)
