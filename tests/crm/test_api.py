import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from crm.views.tokens import TokenView
from tests.factories.people import PASSWORD

TOKEN = "/api/v1/token/"


def test_the_schema_is_valid_openapi(db):
    schema = SchemaGenerator().get_schema(public=True)

    validate_schema(schema)
    assert "/api/v1/accounts/{id}/log/" in schema["paths"]


@pytest.fixture
def unthrottled(monkeypatch):
    monkeypatch.setattr(TokenView, "throttle_classes", [])


def test_a_token_signs_in_and_can_be_ended(cast, unthrottled):
    answer = APIClient().post(TOKEN, {"username": "aiko@example.com", "password": PASSWORD}, format="json")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}")
    assert client.get("/api/v1/accounts/").status_code == 200

    assert client.delete(TOKEN).status_code == 204

    assert client.get("/api/v1/accounts/").status_code == 401


def test_a_wrong_password_gets_no_token(cast, unthrottled):
    answer = APIClient().post(TOKEN, {"username": "aiko@example.com", "password": "wrong"}, format="json")

    assert (answer.status_code, "token" in answer.json()) == (400, False)
