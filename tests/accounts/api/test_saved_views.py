"""Views of lists by API: kept, changed, renamed and removed by their owner, read by those they are shared with."""

import pytest
from rest_framework.test import APIClient

from crm.saved_views import SavedView

pytestmark = pytest.mark.django_db
VIEWS = "/api/v1/saved-views/"


def client_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def api(cast):
    return client_of(cast.emi)


def kept(api, **changes):
    filters = [{"field": "name", "op": "contains", "value": "青葉"}]
    body = {"list_key": "customers", "name": "青葉", "filters": filters, "sort": "-usage", **changes}
    return api.post(VIEWS, body, format="json")


def test_a_view_is_kept_as_it_is_described(api, cast):
    made = kept(api)

    assert made.status_code == 201, made.content
    view = SavedView.objects.get()
    assert (view.owner, view.filters[0]["value"], view.is_shared) == (cast.emi, "青葉", False)


def test_a_view_is_renamed_changed_opened_first_and_removed(api):
    view = f"{VIEWS}{kept(api).json()['id']}/"

    assert api.patch(view, {"name": "みなと", "is_shared": True}, format="json").json()["name"] == "みなと"
    assert api.post(f"{view}change/", {"filters": []}, format="json").json()["filters"] == []
    assert api.post(f"{view}make-default/").json()["is_default"] is True
    assert api.delete(view).status_code == 204
    assert not SavedView.objects.exists()


def test_shared_views_are_read_by_all_and_changed_by_their_owner(api, cast):
    view = f"{VIEWS}{kept(api, is_shared=True).json()['id']}/"
    reader = client_of(cast.aiko)

    assert reader.get(view).status_code == 200
    assert reader.patch(view, {"name": "x", "is_shared": True}, format="json").status_code == 403
    assert reader.delete(view).status_code == 403
    assert kept(reader, is_shared=True).status_code == 403


@pytest.mark.parametrize(
    "change",
    [{"list_key": "salaries"}, {"filters": [{"field": "salary", "op": "is", "value": 1}]}, {"sort": "salary"}],
)
def test_what_cannot_be_asked_cannot_be_kept(api, change):
    assert kept(api, **change).status_code == 400
    assert not SavedView.objects.exists()


def test_a_name_is_used_once(api):
    kept(api)

    assert kept(api).status_code == 409
