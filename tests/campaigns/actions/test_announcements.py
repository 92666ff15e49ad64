from datetime import timedelta

import pytest

from campaigns.actions import announcements
from campaigns.models import Receipt
from crm.audit import AuditEvent
from tests.factories.campaigns import ReceiptFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def announced(cast):
    return ReceiptFactory(user=cast.aiko).announcement


def test_only_the_first_opening_is_remembered(announced, cast, now):
    announcements.open_receipt(announcement=announced, by=cast.aiko, at=now)
    announcements.open_receipt(announcement=announced, by=cast.aiko, at=now + timedelta(hours=1))

    assert Receipt.objects.get().opened_at == now


def test_reacting_is_audited_and_counts_as_opened(announced, cast, now):
    receipt = announcements.react(announcement=announced, reaction="agree", by=cast.aiko, at=now)

    assert (receipt.reacted_at, receipt.opened_at) == (now, now)
    assert AuditEvent.objects.get().figures == {"reaction": "agree"}


def test_the_same_reaction_again_leaves_no_second_trace(announced, cast, now):
    first = announcements.react(announcement=announced, reaction="agree", by=cast.aiko, at=now)
    again = announcements.react(announcement=announced, reaction="agree", by=cast.aiko, at=now + timedelta(hours=1))

    assert again.reacted_at == first.reacted_at
    assert AuditEvent.objects.count() == 1


def test_whoever_was_not_addressed_has_nothing_to_sign(announced, cast, now):
    with pytest.raises(announcements.NotAddressed):
        announcements.react(announcement=announced, reaction="agree", by=cast.ben, at=now)


def test_an_unknown_reaction_is_refused(announced, cast, now):
    with pytest.raises(ValueError, match="love"):
        announcements.react(announcement=announced, reaction="love", by=cast.aiko, at=now)

    assert not Receipt.objects.get().is_read
