from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client

from crm import health
from crm.jobs import Heartbeat
from crm.tasks import heartbeat

pytestmark = pytest.mark.django_db


def ask(client: Client) -> tuple[int, dict[str, object]]:
    answer = client.get("/health/")
    return answer.status_code, answer.json()


def test_everything_that_gave_a_sign_is_there(client: Client) -> None:
    health.sign("worker")
    health.sign("beat")

    assert ask(client) == (200, {"missing": [], "database": "ok", "migrations": "ok", "worker": "ok", "beat": "ok"})


def test_a_part_that_never_signed_is_named(client: Client) -> None:
    health.sign("beat")

    status, body = ask(client)

    assert (status, body["missing"]) == (503, ["worker"])


def test_a_part_that_fell_silent_is_named(client: Client) -> None:
    health.sign("worker")
    health.sign("beat")
    Heartbeat.objects.filter(part="beat").update(at=Now() - health.SILENCE - timedelta(seconds=1))

    status, body = ask(client)

    assert (status, body["missing"]) == (503, ["beat"])


def test_the_heartbeat_signs_for_the_worker() -> None:
    heartbeat.run()
    heartbeat.run()

    assert health.beating_parts() == {"worker"}
    assert Heartbeat.objects.count() == 1


def test_a_half_migrated_database_is_named_and_nothing_starts_on_it(client: Client) -> None:
    health.sign("worker")
    health.sign("beat")
    health.require_migrated()
    newest = forget_newest("campaigns")

    status, body = ask(client)

    assert (status, body["migrations"]) == (503, "missing")
    with pytest.raises(health.HalfMigrated, match=rf"lacks 1 migration\(s\), first campaigns\.{newest}: run"):
        health.require_migrated()


def test_a_database_that_stopped_among_migrations_made_one_is_told_which(client: Client) -> None:
    forgotten = forget_newest("crm")

    status, body = ask(client)

    assert (status, body["database"], body["migrations"]) == (503, "ok", "missing")
    with pytest.raises(health.HalfMigrated, match=rf"stopped among migrations .* \('crm', '{forgotten}'\)"):
        health.require_migrated()


def forget_newest(app: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(name) FROM django_migrations WHERE app = %s", [app])
        (newest,) = cursor.fetchone()
        cursor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", [app, newest])
    return newest


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post("/health/").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_busy_signs_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "SILENCE", timedelta(seconds=0.2))
    health.sign("worker")
    first = Heartbeat.objects.get(part="worker").at

    with health.signing("worker"):
        time.sleep(0.3)

    assert Heartbeat.objects.get(part="worker").at > first
