"""Custom fields by API: administrators define them by the rules of the screen, everybody else reads them."""

import pytest
from rest_framework.test import APIClient

from crm.models import CustomField
from tests.factories.fields import FieldFactory

pytestmark = pytest.mark.django_db
FIELDS = "/api/v1/custom-fields/"


def client_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def api(cast):
    return client_of(cast.fumi)


def test_a_field_is_defined_renamed_and_put_away(api):
    new = {
        "on": "account",
        "kind": "choice",
        "name_ja": "色",
        "name_en": "Colour",
        "choices": [{"ja": "赤", "en": "Red"}],
    }
    made = api.post(FIELDS, new, format="json")
    assert (made.status_code, made.json()["key"]) == (201, "colour"), made.content
    field = f"{FIELDS}{made.json()['id']}/"

    changed = api.patch(field, {"version": 1, "name_ja": "配色"}, format="json").json()
    assert (changed["name_ja"], changed["name_en"], changed["version"]) == ("配色", "Colour", 2)
    assert [choice["ja"] for choice in changed["choices"]] == ["赤"]
    assert api.patch(field, {"version": 1, "name_ja": "遅い"}, format="json").status_code == 409

    api.post(f"{field}archive/")
    assert api.get(field).status_code == 404
    api.post(f"{field}restore/")
    assert api.get(field).json()["name_ja"] == "配色"


def test_fields_change_places_and_kinds(api):
    first, second = FieldFactory(position=1), FieldFactory(position=2)

    api.post(f"{FIELDS}{second.pk}/move/", {"up": True}, format="json")
    assert list(CustomField.objects.of("account")) == [second, first]

    api.post(f"{FIELDS}{first.pk}/kind/", {"version": 1, "kind": "date"}, format="json")
    assert CustomField.objects.get(pk=first.pk).kind == "date"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"on": "account", "kind": "text"}, 400),
        ({"on": "nothing", "kind": "text", "name_ja": "色"}, 400),
        ({"on": "account", "kind": "number", "name_ja": "数", "lowest": "5", "highest": "1"}, 400),
        ({"on": "account", "kind": "choice", "name_ja": "色", "choices": []}, 422),
    ],
)
def test_what_the_screen_refuses_the_api_refuses(api, body, status):
    assert api.post(FIELDS, body, format="json").status_code == status
    assert not CustomField.objects.exists()


def test_only_administrators_define(cast):
    field = FieldFactory()
    reader = client_of(cast.emi)

    assert reader.get(f"{FIELDS}{field.pk}/").status_code == 200
    assert reader.post(FIELDS, {"on": "account", "kind": "text", "name_ja": "x"}, format="json").status_code == 403
    assert reader.post(f"{FIELDS}{field.pk}/archive/").status_code == 403
