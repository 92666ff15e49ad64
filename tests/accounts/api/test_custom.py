"""Custom values by API: read with every object, written by key, checked by the same rule as on screen."""

from uuid import uuid4

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from accounts.models import Account
from tests.factories import accounts as make
from tests.factories.fields import FieldFactory

pytestmark = pytest.mark.django_db
PATHS = {
    "account": "accounts",
    "contact": "contacts",
    "subscription": "subscriptions",
    "activity": "activities",
    "need": "needs",
    "case": "cases",
}


@pytest.fixture
def api(cast):
    client = APIClient(HTTP_ACCEPT_LANGUAGE="en")
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=cast.aiko)}")
    return client


@pytest.fixture
def account(cast):
    return make.AccountFactory(owner=cast.aiko)


def row_of(on, account):
    return account if on == "account" else getattr(make, f"{on.title()}Factory")(account=account)


@pytest.mark.parametrize("on", PATHS)
def test_every_object_shows_and_takes_custom_values(api, account, on):
    FieldFactory(on=on, key="paid", kind="money")
    row = row_of(on, account)
    url = f"/api/v1/{PATHS[on]}/{row.pk}/"
    assert api.get(url).json()["custom"] == {}

    answer = api.patch(f"{url}custom/", {"version": 1, "custom": {"paid": "¥1,200"}}, format="json")

    assert (answer.status_code, answer.json()["custom"]) == (200, {"paid": 1200})
    assert api.get(url).json()["version"] == 2


def test_what_does_not_fit_is_answered_by_key(api, account):
    FieldFactory(key="paid", kind="money")
    url = f"/api/v1/accounts/{account.pk}/custom/"

    answer = api.patch(url, {"version": 1, "custom": {"paid": "x", "ghost": 1}}, format="json")

    assert (answer.status_code, answer.json()["custom"].keys()) == (400, {"paid", "ghost"})
    account.refresh_from_db()
    assert account.custom == {}


def test_a_stale_version_answers_with_what_stands_there(api, account):
    FieldFactory(key="paid", kind="money")
    Account.objects.update(version=4, custom={"paid": 7})

    answer = api.patch(f"/api/v1/accounts/{account.pk}/custom/", {"version": 1, "custom": {"paid": 8}}, format="json")

    assert (answer.status_code, answer.json()["current"]["custom"]) == (409, {"paid": 7})


def test_a_new_customer_must_bring_what_is_required(api):
    FieldFactory(key="paid", kind="money", is_required=True)

    assert api.post("/api/v1/accounts/", {"name": "新会社"}, format="json").json().keys() == {"custom"}
    made = api.post("/api/v1/accounts/", {"name": "新会社", "custom": {"paid": 5}}, format="json")

    assert (made.status_code, made.json()["custom"]) == (201, {"paid": 5})


def test_a_new_case_must_bring_what_is_required(api, account):
    FieldFactory(on="case", key="machine", is_required=True)
    cases, case = f"/api/v1/accounts/{account.pk}/cases/", {"kind": "outage", "subject": "止まった"}

    assert api.post(cases, case, format="json").json().keys() == {"custom"}
    made = api.post(cases, {**case, "custom": {"machine": "A-7"}}, format="json")

    assert (made.status_code, made.json()["custom"]) == (201, {"machine": "A-7"})


def test_a_log_must_bring_what_is_required(api, account):
    FieldFactory(on="activity", key="machine", is_required=True)
    logs, body = f"/api/v1/accounts/{account.pk}/log/", {"client_id": uuid4(), "kind": "call", "result": "talked"}

    assert api.post(logs, body, format="json").json().keys() == {"custom"}
    made = api.post(logs, {**body, "custom": {"machine": "A-7"}}, format="json")

    assert (made.status_code, made.json()["custom"]) == (201, {"machine": "A-7"})


def test_the_fields_in_use_are_listed_for_whoever_writes_values(api):
    FieldFactory(key="colour", kind="choice")
    FieldFactory(key="old", is_archived=True)
    FieldFactory(on="need", key="elsewhere")

    [field] = api.get("/api/v1/custom-fields/?on=account").json()["results"]

    assert (field["key"], [choice["key"] for choice in field["choices"]]) == ("colour", ["red", "blue"])
