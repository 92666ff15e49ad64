"""Administrators set webhooks up, see the secret once, and read what became of every event; on screen and by API."""

from datetime import timedelta

import pytest
from django.urls import reverse
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from crm.audit import AuditEvent
from crm.webhooks import Delivery, Webhook, managing
from tests.worlds import webhook_of

URL = "https://hooks.example.com/sodate"


@pytest.fixture
def admin(cast, client):
    client.force_login(cast.fumi)
    return client


@pytest.fixture
def api(cast):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=cast.fumi)}")
    return client


@pytest.fixture
def hook(cast, now):
    return managing.add(url=URL, by=cast.fumi, at=now)


def test_the_secret_is_shown_once(admin):
    made = admin.post(reverse("new-webhook"), {"url": URL, "events": ["proposal.won"]})

    hook = Webhook.objects.get()
    assert hook.secret in made.text
    assert made["Cache-Control"] == "no-store"
    assert all(
        hook.secret not in admin.get(reverse(*page)).text for page in [["webhooks"], ["webhook", None, [hook.pk]]]
    )
    assert hook.events == ["proposal.won"]


@pytest.mark.parametrize("url", ["http://hooks.example.com/", "https://127.0.0.1/", "https://0x7f.1/", "nonsense"])
def test_an_address_that_we_do_not_call_is_refused_at_once(admin, url):
    assert admin.post(reverse("new-webhook"), {"url": url}).status_code == 422
    assert not Webhook.objects.exists()


def test_a_webhook_can_be_switched_off_and_on(admin, hook, now):
    Webhook.objects.filter(pk=hook.pk).update(failing_since=now)
    admin.post(reverse("webhook", args=[hook.pk]), {"url": URL})
    hook.refresh_from_db()
    assert not hook.is_enabled

    admin.post(reverse("webhook", args=[hook.pk]), {"url": URL, "is_enabled": "on"})
    hook.refresh_from_db()
    assert (hook.is_enabled, hook.failing_since) == (True, None)


def test_a_new_secret_leaves_the_old_one_a_day(admin, hook, now):
    answer = admin.post(reverse("webhook-rotate", args=[hook.pk]))

    new = Webhook.objects.get()
    assert new.secret in answer.text
    assert hook.secret not in answer.text
    assert new.secrets(now + timedelta(hours=23)) == [new.secret, hook.secret]


def test_a_test_event_is_owed_and_shown(admin, hook):
    answer = admin.post(reverse("webhook-test", args=[hook.pk]), follow=True)

    sent = Delivery.objects.get()
    assert (sent.kind, sent.state) == ("webhook.test", "waiting")
    assert f"msg_{sent.event_id.hex}" in answer.text


def test_the_log_tells_what_was_sent_and_answered(admin, cast):
    failed = webhook_of(cast.fumi, "log")["delivery"]
    page = admin.get(reverse("delivery", args=[failed.pk])).text

    assert "case.opened" in page
    assert "Something went wrong" in page
    assert "500" in page


def test_what_a_server_answers_is_words_and_no_page(admin, cast):
    failed = webhook_of(cast.fumi, "log")["delivery"]
    Delivery.objects.filter(pk=failed.pk).update(answer="<script>alert(1)</script>")

    assert "<script>alert" not in admin.get(reverse("delivery", args=[failed.pk])).text


def test_sending_again_is_recorded(admin, cast):
    failed = webhook_of(cast.fumi, "log")["delivery"]
    admin.post(reverse("delivery-again", args=[failed.pk]))

    failed.refresh_from_db()
    assert (failed.state, failed.tries) == ("waiting", 0)
    assert AuditEvent.objects.get(verb="delivery.sent_again").by == cast.fumi


def test_removing_takes_the_log_along(admin, cast):
    made = webhook_of(cast.fumi, "log")
    admin.post(reverse("webhook-remove", args=[made["webhook"].pk]))

    assert not Webhook.objects.exists()
    assert not Delivery.objects.exists()


def test_every_page_of_the_log_goes_on_where_the_last_one_ended(admin, hook, now, monkeypatch):
    monkeypatch.setattr("crm.views.webhooks.PAGE", 2)
    rows = [Delivery(webhook=hook, event_id=f"{n:032x}", kind=f"k{n}", payload={}, at=now) for n in range(5)]
    Delivery.objects.bulk_create(rows)
    seen, query = [], {}

    for _page in range(3):
        context = admin.get(reverse("webhook", args=[hook.pk]), query).context
        seen += [delivery.kind for delivery in context["deliveries"]]
        query = {"at": context["last"].at.isoformat(), "id": context["last"].pk} if context["last"] else {}

    assert seen == ["k4", "k3", "k2", "k1", "k0"]


def test_the_log_costs_the_same_for_one_event_and_for_fifty(admin, hook, now, django_assert_max_num_queries):
    def logged(numbers):
        rows = [Delivery(webhook=hook, event_id=f"{n:032x}", kind="k", payload={}, at=now) for n in numbers]
        Delivery.objects.bulk_create(rows)

    logged([0])
    with django_assert_max_num_queries(30) as one:
        admin.get(reverse("webhook", args=[hook.pk]))
    logged(range(1, 50))

    with django_assert_max_num_queries(len(one)):
        admin.get(reverse("webhook", args=[hook.pk]))


def test_there_are_at_most_twenty(admin, cast, now):
    Webhook.objects.bulk_create(
        Webhook(url=URL, secret="whsec_", by=cast.fumi, created_at=now) for _ in range(managing.MOST)
    )

    assert admin.post(reverse("new-webhook"), {"url": URL}).status_code == 422


def test_the_api_gives_the_secret_once(api):
    made = api.post("/api/v1/webhooks/", {"url": URL, "events": ["proposal.won"]}, format="json")

    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert "secret" not in api.get(f"/api/v1/webhooks/{made.json()['id']}/").json()


def test_the_api_refuses_what_the_screen_refuses(api):
    inner = api.post("/api/v1/webhooks/", {"url": "https://10.0.0.1/"}, format="json")
    unknown = api.post("/api/v1/webhooks/", {"url": URL, "events": ["tea.ready"]}, format="json")

    assert (inner.status_code, unknown.status_code) == (400, 400)
    assert ("url" in inner.json(), "events" in unknown.json()) == (True, True)


def test_the_api_changes_tests_rotates_and_removes(api, hook):
    path = f"/api/v1/webhooks/{hook.pk}/"
    changed = api.put(path, {"url": URL, "events": ["case.opened"], "is_enabled": True}, format="json")
    sent = api.post(f"{path}test/")
    again = api.post(f"/api/v1/deliveries/{sent.json()['id']}/send-again/")
    rotated = api.post(f"{path}rotate/")

    assert changed.json()["events"] == ["case.opened"]
    assert (sent.status_code, sent.json()["kind"], again.json()["state"]) == (201, "webhook.test", "waiting")
    assert rotated.json()["secret"] != hook.secret
    assert api.delete(path).status_code == 204
    assert not Webhook.objects.exists()
