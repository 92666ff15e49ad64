import pytest
from rest_framework.test import APIClient

from accounts.models import Account, Merge
from tests.accounts.actions.merging.worlds import pair_of, twins
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(cast):
    return pair_of(*twins(cast.aiko))


@pytest.fixture
def api(cast):
    client = APIClient()
    client.force_authenticate(cast.emi)
    return client


def test_pairs_are_listed_with_score_and_reasons(api, pair):
    (row,) = api.get("/api/v1/duplicates/", {"state": "open"}).json()["results"]

    assert (row["score"], row["reasons"]) == (55, [{"code": "name", "points": 55}])


def test_a_merge_and_its_undoing(api, pair):
    how = {"keep": "first", "take": ["domain"], "first_version": 1, "second_version": 1}
    made = api.post(f"/api/v1/duplicates/{pair.pk}/merge/", how, format="json")
    assert made.status_code == 201
    assert Account.objects.get(pk=pair.first_id).domain == "aoba.jp"

    undone = api.post(f"/api/v1/merges/{made.json()['id']}/undo/")

    assert undone.json() == {"survivor": pair.first_id, "back": pair.second_id, "kept": []}
    assert not Merge.objects.exists()


def test_old_versions_clash(api, pair):
    how = {"keep": "first", "first_version": 3, "second_version": 1}

    assert api.post(f"/api/v1/duplicates/{pair.pk}/merge/", how, format="json").status_code == 409


def test_protected_fields_cannot_be_taken(api, pair):
    how = {"keep": "first", "take": ["merged_into"], "first_version": 1, "second_version": 1}

    assert api.post(f"/api/v1/duplicates/{pair.pk}/merge/", how, format="json").status_code == 400


def test_a_pair_is_decided_once(api, pair):
    assert api.post(f"/api/v1/duplicates/{pair.pk}/distinct/").json()["state"] == "distinct"
    assert api.post(f"/api/v1/duplicates/{pair.pk}/propose/").status_code == 409


def test_two_customers_that_nobody_found_are_merged(api, cast):
    one, other = AccountFactory(owner=cast.aiko, name="青葉商事"), AccountFactory(owner=cast.aiko, name="みなと食品")

    pair = api.post("/api/v1/duplicates/", {"first": other.pk, "second": one.pk}, format="json")
    assert (pair.status_code, pair.json()["first"], pair.json()["second"]) == (201, one.pk, other.pk)
    how = {"keep": "first", "first_version": 1, "second_version": 1}
    assert api.post(f"/api/v1/duplicates/{pair.json()['id']}/merge/", how, format="json").status_code == 201

    other.refresh_from_db()
    assert other.merged_into == one


def test_a_customer_is_no_pair_with_itself_nor_with_one_out_of_sight(cast, pair):
    client = APIClient()
    client.force_authenticate(cast.aiko)
    foreign = AccountFactory(owner=cast.chie)

    assert client.post("/api/v1/duplicates/", {"first": 1, "second": foreign.pk}, format="json").status_code == 404
    itself = {"first": pair.first_id, "second": pair.first_id}
    assert client.post("/api/v1/duplicates/", itself, format="json").status_code == 422
