"""Deeds on many customers by API: the same preview, the same deed, the same way back as on screen."""

import pytest
from rest_framework.test import APIClient

from accounts.models import Account, BulkEdit, Tag
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db
EDITS = "/api/v1/bulk-edits/"


@pytest.fixture
def api(cast):
    client = APIClient()
    client.force_authenticate(cast.emi)
    return client


@pytest.fixture
def accounts(cast):
    return AccountFactory.create_batch(3, owner=cast.aiko)


def tagging(**scope):
    return {"deed": "add_tags", "values": {"tags": "重点"}, **scope}


def tags():
    return list(Account.objects.exclude(tags=None).order_by("pk").values_list("pk", "tags__name"))


def test_a_preview_tells_and_changes_nothing(api, cast, accounts):
    foreign = AccountFactory(owner=cast.chie)
    ids = [account.pk for account in (*accounts, foreign)]

    told = api.post(f"{EDITS}preview/", tagging(ids=ids), format="json").json()

    names = {"changed": [account.label for account in accounts]}
    assert told == {"asked_for": 4, "changed": 3, "left_out": {"unseen": 1}, "names": names}
    assert not Tag.objects.exists()
    assert not BulkEdit.objects.exists()


def test_a_deed_is_done_and_taken_back(api, accounts):
    done = api.post(EDITS, tagging(ids=[account.pk for account in accounts[:2]]), format="json")
    assert (done.status_code, done.json()["state"], done.json()["changed"]) == (201, "done", 2)
    assert tags() == [(account.pk, "重点") for account in accounts[:2]]

    undone = api.post(f"{EDITS}{done.json()['id']}/undo/").json()
    assert (undone["state"], undone["restored"]) == ("undone", 2)
    assert not tags()
    assert api.post(f"{EDITS}{done.json()['id']}/undo/").status_code == 409


def test_the_conditions_of_the_list_choose_customers_too(api, accounts):
    named = [{"field": "name", "op": "contains", "value": accounts[0].name}]

    api.post(EDITS, tagging(filter=named), format="json")

    assert (accounts[0].pk, "重点") in tags()
    assert len(tags()) == Account.objects.filter(name__contains=accounts[0].name).count()


@pytest.mark.parametrize(
    "body",
    [
        tagging(),
        tagging(ids=[1], filter=[]),
        tagging(filter=[{"field": "salary", "op": "is", "value": 1}]),
        {"deed": "delete", "values": {}, "ids": [1]},
        {"deed": "plan", "values": {"kind": "call"}, "ids": [1]},
    ],
)
def test_what_cannot_be_done_is_refused(api, body):
    assert api.post(EDITS, body, format="json").status_code == 400
    assert not BulkEdit.objects.exists()
