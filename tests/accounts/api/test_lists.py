"""The lists' conditions and order on the API: the same parser, the same refusals, pages by place."""

import json

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from tests.factories.accounts import AccountFactory, ActivityFactory

ACCOUNTS = "/api/v1/accounts/"


@pytest.fixture
def api(cast):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=cast.aiko)}")
    return client


def conditions(*filters):
    return json.dumps(list(filters))


def test_a_list_is_narrowed_and_sorted(api, cast):
    for employees in (10, 30, 20, None):
        AccountFactory(owner=cast.aiko, employees=employees)
    AccountFactory(owner=cast.chie, employees=40)
    at_least = conditions({"field": "employees", "op": "at_least", "value": 15})

    answer = api.get(ACCOUNTS, {"filter": at_least, "sort": "-employees"}).json()

    assert [row["employees"] for row in answer["results"]] == [30, 20]


def test_sorted_pages_lead_through_all_rows_and_back(api, cast):
    for number in range(7):
        AccountFactory(owner=cast.aiko, employees=number // 2 if number % 3 else None)
    answer = api.get(ACCOUNTS, {"sort": "employees", "page_size": 3}).json()
    found = [row["id"] for row in answer["results"]]

    while answer["next"]:
        answer = api.get(answer["next"]).json()
        found += [row["id"] for row in answer["results"]]

    assert len(found) == len(set(found)) == 7
    before = api.get(answer["previous"]).json()
    assert [row["id"] for row in before["results"]] == found[3:6]


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "{"},
        {"filter": conditions({"field": "owner__password", "op": "is", "value": "x"})},
        {"filter": conditions({"field": "employees", "op": "is", "value": "many"})},
        {"sort": "password"},
        {"sort": "employees", "cursor": "after:nonsense"},
    ],
)
def test_what_cannot_be_asked_answers_400(api, cast, query):
    assert api.get(ACCOUNTS, query).status_code == 400


@pytest.mark.parametrize("path", ["contacts", "activities", "needs", "cases", "subscriptions"])
def test_every_list_takes_conditions(api, cast, path):
    mine = conditions({"field": "account.owner", "op": "me"})

    assert api.get(f"/api/v1/{path}/", {"filter": mine}).status_code == 200


def test_an_activity_is_found_by_what_was_said(api, cast):
    account = AccountFactory(owner=cast.aiko)
    said = ActivityFactory(account=account, note="見積を金曜までに送る")
    ActivityFactory(account=account, note="留守だった")

    answer = api.get(
        "/api/v1/activities/", {"filter": conditions({"field": "note", "op": "contains", "value": "金曜"})}
    )

    assert [row["id"] for row in answer.json()["results"]] == [said.pk]
