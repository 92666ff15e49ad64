"""The caller's own settings by API: theirs to change, and what they are not."""

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient


@pytest.fixture
def api(cast):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=cast.aiko)}")
    return client


def test_settings_are_read_and_changed(api, cast):
    assert api.get("/api/v1/me/").json()["email"] == "aiko@example.com"

    api.patch("/api/v1/me/", {"wants_digest": False, "mail_without": ["data"]}, format="json")

    cast.aiko.refresh_from_db()
    assert (cast.aiko.wants_digest, cast.aiko.mail_without) == (False, ["data"])


def test_nobody_gives_themselves_a_role(api, cast):
    api.patch("/api/v1/me/", {"role": "admin", "team": None, "email": "boss@example.com"}, format="json")

    cast.aiko.refresh_from_db()
    assert (cast.aiko.role, cast.aiko.team, cast.aiko.email) == ("rep", cast.east, "aiko@example.com")


def test_a_group_that_nobody_knows_is_refused(api):
    assert api.patch("/api/v1/me/", {"bell_without": ["tea"]}, format="json").status_code == 400
