"""`docs/authz.csv` says who may call what; here it is checked against the routes, and played in full.

A cell says what the caller meets: `yes` (the call is served, whatever it makes of an empty body), `no` (403, the
role lacks the function), `hidden` (404, like a row that does not exist), `signin` (401, or the way to sign-in).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.authtoken.models import Token

from crm.models import AuditEvent
from tests.conftest import NOW, figures_follow_at_once, the_cast
from tests.worlds import Things, own_and_foreign

CALLERS = ("rep_own", "rep_foreign", "manager_own", "manager_other", "planner", "admin", "anonymous", "deactivated")
NOT_OURS = ("admin:", "account_", "mfa_", "usersessions", "static")


def matrix() -> list[dict[str, str]]:
    with Path(settings.BASE_DIR, "docs/authz.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def routes(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace)
        else:
            yield f"{namespace}{pattern.name}"


def test_every_route_of_ours_has_a_row():
    ours = {name for name in routes(get_resolver().url_patterns) if not name.startswith(NOT_OURS)}
    written = {row["route"] for row in matrix()}

    assert sorted(ours - written) == []
    assert sorted(written - ours) == []


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[SimpleNamespace, tuple[Things, Things]]]:
    """The cast and its world, once for all rows: whatever a call does is taken back before the next."""
    with django_db_blocker.unblock(), transaction.atomic():
        figures_follow_at_once()
        with time_machine.travel(NOW):
            cast = the_cast()
            things = own_and_foreign(cast)
        yield cast, things
        transaction.set_rollback(True)


def met(response: HttpResponse) -> str:
    if response.status_code == 401 or "/signin/login" in response.headers.get("Location", ""):
        return "signin"
    return {403: "no", 404: "hidden"}.get(response.status_code, "yes")


def read_to_the_end(response: HttpResponse) -> None:
    """A file that is given out stays open until somebody has read it."""
    if response.streaming:
        for _chunk in response:
            pass


def caller(name: str, cast: SimpleNamespace, is_api: bool) -> Client:
    people = {
        "rep_own": cast.aiko,
        "rep_foreign": cast.aiko,
        "manager_own": cast.emi,
        "manager_other": cast.emi,
        "planner": cast.daisuke,
        "admin": cast.fumi,
        "deactivated": cast.aiko,
    }
    client = Client(raise_request_exception=False)
    if name == "anonymous":
        return client
    user = people[name]
    if is_api:
        token, _ = Token.objects.get_or_create(user=user)
        client.defaults["HTTP_AUTHORIZATION"] = f"Token {token}"
    else:
        client.force_login(user)
    if name == "deactivated":
        user.is_active = False
        user.save(update_fields=["is_active"])
    return client


@pytest.mark.parametrize("row", matrix(), ids=lambda row: f"{row['method']} {row['route']}")
def test_the_matrix_is_true(row: dict[str, str], stage: tuple[SimpleNamespace, tuple[Things, Things]]):
    cast, (own, foreign) = stage
    found = {}
    for name in CALLERS:
        things = foreign if name in ("rep_foreign", "manager_other") else own
        url = reverse(row["route"], kwargs=things.kwargs(row["object"], row["parameter"]))
        with transaction.atomic():
            client = caller(name, cast, is_api=row["route"].startswith("api-"))
            decided = AuditEvent.objects.count()
            response = getattr(client, row["method"].lower())(url)
            found[name] = met(response)
            read_to_the_end(response)
            assert response.status_code not in (405, 429, 500), response.content[:2000]
            assert found[name] == "yes" or AuditEvent.objects.count() == decided, "written before the refusal"
            transaction.set_rollback(True)
        cast.aiko.is_active = True

    assert found == {name: row[name] for name in CALLERS}


def test_a_foreign_page_is_byte_for_byte_a_missing_page(stage: tuple[SimpleNamespace, tuple[Things, Things]]):
    cast, (_, foreign) = stage
    client = caller("rep_foreign", cast, is_api=False)
    pages = [
        row
        for row in matrix()
        if row["method"] == "GET" and row["rep_foreign"] == "hidden" and not row["route"].startswith("api-")
    ]
    assert pages

    for row in pages:
        there = client.get(reverse(row["route"], kwargs=foreign.kwargs(row["object"], row["parameter"])))
        nowhere = client.get(reverse(row["route"], kwargs={row["parameter"]: 999_999_999}))
        assert there.status_code == nowhere.status_code == 404
        assert without_path(there.content) == without_path(nowhere.content), row["route"]


def without_path(content: bytes) -> bytes:
    """The page apart from its CSRF token, which differs at every call."""
    return b"\n".join(line for line in content.splitlines() if b"csrf" not in line and b'name="next"' not in line)
