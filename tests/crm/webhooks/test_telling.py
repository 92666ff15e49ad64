"""An event reaches every webhook that wants it: signed, repeated until taken, given up after three days."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction

from crm import jobs, sealing, webhooks
from crm.audit import AuditEvent
from crm.models import OutboxItem
from crm.notices import Notice
from crm.webhooks import Delivery, Webhook, managing, signing, telling
from tests.factories.accounts import AccountFactory


@pytest.fixture
def owed(hook, cast, now):
    """One event that waits to be posted."""
    webhooks.announce("case.opened", subject=AccountFactory(owner=cast.aiko), at=now, by=cast.aiko.pk)
    return Delivery.objects.get()


def state(delivery):
    delivery.refresh_from_db()
    return delivery.state


def tried_until_the_end(delivery, now):
    """When it was tried, as the outbox would have it."""
    tries = []
    while delivery.next_at:
        tries.append(delivery.next_at)
        telling.deliver(delivery_id=delivery.pk, at=delivery.next_at)
        delivery.refresh_from_db()
        assert len(tries) < 50
    return tries


def test_a_receiver_that_knows_the_secret_verifies_the_signature(owed, hook, receiver, now):
    telling.deliver(delivery_id=owed.pk, at=now)

    [(path, headers, body)] = receiver.heard
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(now.timestamp()))
    assert (path, headers["content-type"]) == ("/hook?of=ours", "application/json")


def test_the_receiver_of_the_guide_takes_what_is_ours_and_nothing_else(owed, hook, receiver, now):
    """The code of docs/how-to/webhooks.md, run as it stands there."""
    guide = Path(settings.BASE_DIR, "docs/how-to/webhooks.md").read_text(encoding="utf-8")
    written = dedent(guide[guide.index("    import base64") : guide.index("Answer with any 2xx")])
    known = {}
    exec(written, known)  # noqa: S102 (our own guide)
    telling.deliver(delivery_id=owed.pk, at=now)
    [(_path, headers, body)] = receiver.heard

    assert known["is_genuine"](headers, body, hook.secret)
    assert not known["is_genuine"](headers, body + b" ", hook.secret)
    assert not known["is_genuine"](headers, body, signing.new_secret())
    assert not known["is_genuine"](headers | {"webhook-timestamp": "1"}, body, hook.secret)


def test_the_signature_is_that_of_the_published_example():
    """The vector that the libraries of Standard Webhooks are tested with."""
    found = signing.headers(
        message="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
        secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )

    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_body_says_what_happened_when_and_to_which_row(owed, receiver, cast, now):
    telling.deliver(delivery_id=owed.pk, at=now)

    body = json.loads(receiver.heard[0][2])
    assert (body["type"], body["timestamp"]) == ("case.opened", "2026-11-24T01:00:00+00:00")
    assert body["data"] == {"object": "account", "id": body["data"]["id"], "by": cast.aiko.pk}


def test_what_is_taken_is_not_sent_again(owed, receiver, now):
    telling.deliver(delivery_id=owed.pk, at=now)
    telling.deliver(delivery_id=owed.pk, at=now)

    assert (state(owed), owed.status, owed.tries, len(receiver.heard)) == ("taken", 204, 1, 1)


def test_what_fails_is_tried_again_for_three_days_and_then_given_up(owed, receiver, now):
    receiver.answers = [500]

    tries = tried_until_the_end(owed, now)

    assert [(tried - now) for tried in tries][:4] == [timedelta(seconds=s) for s in (0, 5, 305, 2105)]
    assert timedelta(days=3) < tries[-1] - now < timedelta(days=4)
    assert (state(owed), owed.tries, owed.status) == ("given_up", 10, 500)


def test_every_try_has_the_same_id_and_its_own_time(owed, receiver, now):
    receiver.answers = [503, 200]

    tried_until_the_end(owed, now)

    first, second = (headers for _path, headers, _body in receiver.heard)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 5
    assert state(owed) == "taken"


def test_a_try_that_is_put_off_is_not_made_early(owed, receiver, now):
    receiver.answers = [500]
    telling.deliver(delivery_id=owed.pk, at=now)

    telling.deliver(delivery_id=owed.pk, at=now + timedelta(seconds=4))

    assert len(receiver.heard) == 1


def test_the_next_try_is_owed_by_the_outbox(owed, receiver, now):
    receiver.answers = [500]
    telling.deliver(delivery_id=owed.pk, at=now)

    waiting = OutboxItem.objects.filter(task="crm.deliver").order_by("due_at")
    assert [item.due_at - now for item in waiting] == [timedelta(0), timedelta(seconds=5)]


def test_whoever_says_that_they_are_gone_is_switched_off_and_administrators_hear_of_it(owed, hook, receiver, cast, now):
    receiver.answers = [410]

    telling.deliver(delivery_id=owed.pk, at=now)

    hook.refresh_from_db()
    assert (hook.is_enabled, state(owed)) == (False, "given_up")
    assert "127.0.0.1" in Notice.objects.get(to=cast.fumi).words
    assert AuditEvent.objects.get(verb="webhook.switched_off").reason == "gone"


def test_whoever_fails_for_three_days_is_switched_off(owed, hook, receiver, cast, now):
    receiver.answers = [500]

    tried_until_the_end(owed, now)

    hook.refresh_from_db()
    assert not hook.is_enabled
    assert AuditEvent.objects.get(verb="webhook.switched_off").reason == "failing"


def test_one_success_in_between_is_enough_to_stay_on(owed, hook, receiver, cast, now):
    Webhook.objects.filter(pk=hook.pk).update(failing_since=now - timedelta(days=5))

    telling.deliver(delivery_id=owed.pk, at=now)

    hook.refresh_from_db()
    assert (hook.is_enabled, hook.failing_since) == (True, None)


def test_a_webhook_that_was_switched_off_meanwhile_hears_nothing_more(owed, hook, receiver, now):
    Webhook.objects.filter(pk=hook.pk).update(is_enabled=False)

    telling.deliver(delivery_id=owed.pk, at=now)

    assert (state(owed), owed.problem, receiver.heard) == ("given_up", "switched_off", [])


def test_only_those_who_want_the_kind_are_told(hook, receiver, cast, now):
    Webhook.objects.create(url=receiver.url, secret="whsec_", events=["proposal.won"], by=cast.fumi, created_at=now)
    Webhook.objects.create(url=receiver.url, secret="whsec_", is_enabled=False, by=cast.fumi, created_at=now)

    webhooks.announce("case.opened", subject=AccountFactory(owner=cast.aiko), at=now)

    assert [delivery.webhook for delivery in Delivery.objects.all()] == [hook]


def test_an_event_has_one_id_for_everybody_who_hears_of_it(hook, receiver, cast, now):
    Webhook.objects.create(url=receiver.url, secret="whsec_", by=cast.fumi, created_at=now)

    webhooks.announce("case.opened", subject=AccountFactory(owner=cast.aiko), at=now)

    assert Delivery.objects.count() == 2
    assert Delivery.objects.values("event_id").distinct().count() == 1


def test_what_was_rolled_back_is_told_to_nobody(hook, cast, now):
    with pytest.raises(RuntimeError), transaction.atomic():
        webhooks.announce("case.opened", subject=AccountFactory(owner=cast.aiko), at=now)
        raise RuntimeError

    assert not Delivery.objects.exists()
    assert not OutboxItem.objects.exists()


def test_after_a_new_secret_both_sign_for_a_day(owed, hook, receiver, now):
    Webhook.objects.filter(pk=hook.pk).update(
        old_sealed=sealing.seal(signing.new_secret()), old_until=now + timedelta(days=1)
    )
    hook.refresh_from_db()

    assert hook.secrets(now) == [hook.secret, sealing.unseal(hook.old_sealed)]
    assert hook.secrets(now + timedelta(days=1)) == [hook.secret]
    telling.deliver(delivery_id=owed.pk, at=now)
    assert len(receiver.heard[0][1]["webhook-signature"].split()) == 2


def test_sending_again_begins_anew_under_the_same_id(owed, receiver, cast, now):
    telling.deliver(delivery_id=owed.pk, at=now)

    telling.send_again(delivery=owed, by=cast.fumi, at=now + timedelta(hours=1))
    telling.deliver(delivery_id=owed.pk, at=now + timedelta(hours=1))

    assert len({headers["webhook-id"] for _path, headers, _body in receiver.heard}) == 1
    assert (len(receiver.heard), state(owed), owed.tries) == (2, "taken", 1)


def test_the_log_goes_back_a_month_and_keeps_what_waits(owed, hook, now):
    done = Delivery.objects.create(webhook=hook, event_id=uuid4(), kind="x", payload={}, state="taken", at=now)

    telling.forget(at=now + timedelta(days=31))

    assert list(Delivery.objects.all()) == [owed]
    assert not Delivery.objects.filter(pk=done.pk).exists()


def test_telling_nobody_costs_one_statement(cast, now, django_assert_num_queries):
    account = AccountFactory(owner=cast.aiko)

    with django_assert_num_queries(1):
        webhooks.announce("case.opened", subject=account, at=now)


def test_a_worker_that_dies_after_the_post_posts_once_more_under_the_same_id(owed, receiver, now, monkeypatch):
    """The post was heard, the connection of the worker ended before it could write that down."""

    class Died(BaseException):
        pass

    def die(*args):
        raise Died

    item = OutboxItem.objects.get(task="crm.deliver")
    with monkeypatch.context() as patch:
        patch.setattr(telling, "_keep", die)
        with pytest.raises(Died), jobs.claim(item.pk, at=now) as claimed:
            telling.deliver(**claimed.arguments, at=now)

    with jobs.claim(item.pk, at=now) as claimed:
        telling.deliver(**claimed.arguments, at=now)

    assert len({headers["webhook-id"] for _path, headers, _body in receiver.heard}) == 1
    assert (len(receiver.heard), state(owed)) == (2, "taken")


def test_a_secret_stands_in_no_column(hook):
    row = Webhook.objects.filter(pk=hook.pk).values().get()

    assert not [name for name, value in row.items() if hook.secret in str(value)]


def test_with_another_key_nothing_is_posted_until_there_is_a_new_secret(owed, hook, receiver, cast, now, settings):
    settings.SECRET_KEY = "a key that sealed nothing here"

    telling.deliver(delivery_id=owed.pk, at=now)
    owed.refresh_from_db()
    assert (owed.state, owed.problem, owed.status) == ("waiting", "unreadable", None)
    assert "SODATE_SECRET_KEY" in owed.problem_words
    assert managing.seal_again() == 1

    hook.refresh_from_db()
    managing.rotate(webhook=hook, by=cast.fumi, at=now)
    telling.deliver(delivery_id=owed.pk, at=owed.next_at)
    owed.refresh_from_db()
    assert owed.state == "taken"


def test_a_start_under_a_new_key_takes_the_secrets_along(hook, cast, now, settings):
    before = managing.rotate(webhook=hook, by=cast.fumi, at=now).secrets(now)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "the key of tomorrow"

    assert managing.seal_again() == 0

    settings.SECRET_KEY_FALLBACKS = []
    assert Webhook.objects.get().secrets(now) == before
