"""Logs, follow-ups, cases, consent and the calendar by API: the same actions and the same refusals as on screen."""

from datetime import date
from uuid import uuid4

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from accounts.models import Activity, Case, Consent, FollowUp
from tests.factories.accounts import (
    AccountFactory,
    ActivityFactory,
    CaseFactory,
    ContactFactory,
    FollowUpFactory,
)

V1 = "/api/v1/"


def caller(user):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.get_or_create(user=user)[0]}")
    return client


@pytest.fixture
def api(cast):
    return caller(cast.aiko)


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko)


def test_a_log_is_corrected_by_its_writer_from_the_version_they_read(api, account, cast):
    activity = ActivityFactory(account=account)
    url = f"{V1}activities/{activity.pk}/"

    assert api.patch(url, {"note": "版なし"}, format="json").status_code == 422
    assert api.patch(url, {"note": "正しい", "version": 1}, format="json").json()["note"] == "正しい"
    clash = api.patch(url, {"note": "後", "version": 1}, format="json")
    assert (clash.status_code, clash.json()["current"]["note"]) == (409, "正しい")
    assert caller(cast.emi).patch(url, {"note": "他人", "version": 2}, format="json").status_code == 403


def test_two_logs_are_joined(api, account):
    for note in ("一つめ", "二つめ"):
        body = {"client_id": str(uuid4()), "kind": "call", "result": "talked", "note": note}
        api.post(f"{V1}accounts/{account.pk}/log/", body, format="json")
    second = Activity.objects.latest("pk")

    assert api.post(f"{V1}activities/{second.pk}/join/").json()["note"] == "一つめ\n二つめ"
    assert api.post(f"{V1}activities/{Activity.objects.get().pk}/join/").status_code == 409


def test_a_follow_up_is_planned_moved_ticked_and_opened_again(api, account):
    body = {"kind": "call", "text": "電話", "due_on": "2026-11-28", "remind_at": "2026-11-27T09:00:00+09:00"}
    made = api.post(f"{V1}accounts/{account.pk}/follow-ups/", body, format="json").json()
    url = f"{V1}follow-ups/{made['id']}/"

    assert made["due_on"] == "2026-11-30"
    assert api.patch(url, {"due_on": "2026-12-01", "version": 1}, format="json").json()["version"] == 2
    assert api.patch(url, {"due_on": "2026-12-02", "version": 1}, format="json").status_code == 409
    assert api.post(f"{url}done/").json()["done_at"]
    assert api.post(f"{url}reopen/").json()["done_at"] is None
    assert FollowUp.objects.get().due_on == date(2026, 12, 1)


def test_the_contact_of_another_customer_is_not_found(api, account):
    follow_up, stranger = FollowUpFactory(account=account), ContactFactory()

    answer = api.patch(f"{V1}follow-ups/{follow_up.pk}/", {"contact": stranger.pk, "version": 1}, format="json")

    assert answer.status_code == 404


def test_a_case_goes_all_its_way(api, account, cast):
    body = {"kind": "complaint", "subject": "重い", "severity": "high", "due_on": "2026-11-25"}
    made = api.post(f"{V1}accounts/{account.pk}/cases/", body, format="json").json()
    url = f"{V1}cases/{made['id']}/"

    assert api.patch(url, {"severity": "low", "version": 1}, format="json").json()["severity"] == "low"
    assert api.post(f"{url}assign/", {"owner": cast.chie.pk, "version": 2}, format="json").status_code == 422
    assert api.post(f"{url}assign/", {"owner": cast.ben.pk, "version": 1}, format="json").status_code == 409
    assert api.post(f"{url}assign/", {"owner": cast.ben.pk, "version": 2}, format="json").json()["owner"] == cast.ben.pk
    assert api.post(f"{url}solve/", {"solution": "索引を足した"}, format="json").json()["solution"] == "索引を足した"
    assert api.post(f"{url}report/").status_code == 200
    assert Case.objects.get().reported_at
    assert FollowUp.objects.open().count() == 1


def test_consent_is_recorded_with_its_proof_and_listed(api, account):
    url = f"{V1}accounts/{account.pk}/consents/"

    assert api.post(url, {"channels": ["mail"], "is_granted": True, "source": "form"}, format="json").status_code == 422
    body = {"channels": ["mail", "phone"], "is_granted": False, "source": "call", "proof": "やめて"}
    assert len(api.post(url, body, format="json").json()) == 2

    listed = api.get(f"{V1}consents/", {"account": account.pk}).json()["results"]
    assert {(row["channel"], row["is_granted"], row["proof"]) for row in listed} == {
        ("mail", False, "やめて"),
        ("phone", False, "やめて"),
    }
    assert Consent.objects.count() == 2


def test_the_calendar_holds_the_callers_own_dates(api, account, cast):
    FollowUpFactory(account=account)
    CaseFactory(account=account, owner=cast.aiko, due_on=date(2026, 11, 26))
    FollowUpFactory(account=account, owner=cast.ben)

    found = api.get(f"{V1}calendar/", {"first": "2026-11-24", "last": "2026-11-30"}).json()

    assert [(one["kind"], one["on"]) for one in found] == [("follow_up", "2026-11-24"), ("case", "2026-11-26")]
    assert api.get(f"{V1}calendar/", {"first": "2020-01-01", "last": "2026-11-30"}).status_code == 422
    assert api.get(f"{V1}calendar/", {"first": "nonsense"}).status_code == 400
