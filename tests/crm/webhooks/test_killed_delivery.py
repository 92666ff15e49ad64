"""A worker that is killed while it posts loses nothing: the next one posts again under the same id."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.utils import timezone

from crm import webhooks
from crm.models import OutboxItem
from crm.webhooks import Delivery, Webhook, signing
from tests.databases import address
from tests.factories.accounts import AccountFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WORKER = """
import sys
import django
django.setup()
from crm import tasks
tasks.run_outbox_item(int(sys.argv[1]))
"""


def a_worker(item: OutboxItem) -> subprocess.Popen[bytes]:
    ours = {"DATABASE_URL": address(), "DJANGO_SETTINGS_MODULE": "crm.settings", "SODATE_WEBHOOKS_TO_LOOPBACK": "1"}
    command = [sys.executable, "-c", WORKER, str(item.pk)]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ | ours)


def test_the_next_worker_posts_again_under_the_same_id(cast, receiver):
    Webhook.objects.create(url=receiver.url, secret=signing.new_secret(), by=cast.fumi, created_at=timezone.now())
    webhooks.announce("case.opened", subject=AccountFactory(owner=cast.aiko), at=timezone.now())
    item = OutboxItem.objects.get(task="crm.deliver")
    first = a_worker(item)
    receiver.answers = [lambda handler: first.kill(), 204]

    assert first.wait(60) == -signal.SIGKILL
    assert Delivery.objects.get().state == "waiting"
    assert a_worker(item).wait(60) == 0

    done = Delivery.objects.get()
    assert (done.state, done.tries, len(receiver.heard)) == ("taken", 1, 2)
    assert len({headers["webhook-id"] for _path, headers, _body in receiver.heard}) == 1
