import pytest

from crm.webhooks import Webhook, signing
from tests.crm.webhooks.receiver import listening


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_TO_LOOPBACK = True
    with listening() as receiver:
        yield receiver


@pytest.fixture
def hook(cast, receiver, now):
    return Webhook.objects.create(url=receiver.url, secret=signing.new_secret(), by=cast.fumi, created_at=now)
