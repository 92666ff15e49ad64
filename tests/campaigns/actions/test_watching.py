"""Guardrails are looked at within a minute after something was written about whom they protect."""

from datetime import timedelta

import pytest

from campaigns.actions import guarding, watching
from campaigns.models import CampaignRevision
from campaigns.tasks import check_guardrails_of
from crm.jobs import OutboxItem
from tests.factories.accounts import AccountFactory, NpsFactory
from tests.factories.campaigns import LaunchedFactory, TargetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def revision(cast, now):
    guarding.renew_all(at=now)
    return LaunchedFactory(campaign__owner=cast.daisuke, guardrail_nps="8.0")


def asked():
    return OutboxItem.objects.filter(task=watching.TASK)


def test_any_number_of_answers_ask_for_one_look_at_the_next_minute(revision, cast, now):
    for _number in range(8):
        NpsFactory(account=TargetFactory(revision=revision, account__owner=cast.aiko).account, score=2, answered_at=now)
        guarding.renew_due(at=now)

    item = asked().get()
    assert item.arguments == {"revision_id": revision.pk}
    assert item.due_at == now + timedelta(minutes=1)

    check_guardrails_of(**item.arguments)
    assert CampaignRevision.objects.get().state == "paused"


def test_customers_whom_nobody_guards_ask_for_nothing(revision, cast, now):
    unguarded, over = LaunchedFactory(), LaunchedFactory(state="ended", ended_at=now, guardrail_nps="8.0")
    left_alone = TargetFactory(revision=revision, account__owner=cast.aiko, arm="holdout").account
    accounts = [TargetFactory(revision=each, account__owner=cast.aiko).account for each in (unguarded, over)]
    for account in (*accounts, left_alone, AccountFactory(owner=cast.aiko)):
        NpsFactory(account=account, score=2, answered_at=now)

    guarding.renew_due(at=now)

    assert not asked().exists()
