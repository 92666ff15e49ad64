"""Customers that came in by an import go again, whatever the product has worked out about them meanwhile."""

import pytest

from accounts.actions.imports import batches
from accounts.models import Account, ImportBatch
from campaigns.actions import guarding, policies
from campaigns.models import ArmMembership, Decision, DecisionRun, GuardState
from tests.accounts.imports.support import imported

pytestmark = pytest.mark.django_db


def test_the_guard_decisions_and_arms_go_with_the_customer_they_speak_of(cast, now):
    batch = imported("会社名\n甲社\n乙社\n", cast.fumi)
    guarding.renew_all(at=now)
    one, other = Account.objects.filter(pk__in=GuardState.objects.values("pk")).order_by("pk")
    run = DecisionRun.objects.create(
        origin="nightly", as_of=now, started_at=now, policy_set=policies.in_force(at=now), model_version="1"
    )
    Decision.objects.create(run=run, account=one, action_key="a", lane="up", source="rule", stopped_at="guard")
    ArmMembership.objects.create(experiment="always-on", account=other, arm="control", method="hash", at=now)

    batches.undo(batch=batch, by=cast.fumi, at=now)

    assert ImportBatch.objects.get().counts["undo"]["removed"] == 2
    assert [model.objects.count() for model in (Account, GuardState, Decision, ArmMembership)] == [0, 0, 0, 0]
