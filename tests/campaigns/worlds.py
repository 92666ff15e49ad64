"""A customer to whom one offer is welcome, so that a test only says what makes the difference."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Account, CurrentScores, ProductLimit, ScoreRun, UpgradePath
from campaigns.actions import suggestions
from campaigns.models import DecisionRun, Suggestion
from crm.organisation import Organisation
from tests.factories.accounts import (
    AccountFactory,
    MeterFactory,
    NeedFactory,
    NpsFactory,
    PathFactory,
    PlanFactory,
    PriceFactory,
    ScoreRunFactory,
    SnapshotFactory,
    SubscriptionFactory,
    TopicFactory,
    UsageFactory,
)

TODAY = date(2026, 11, 24)


def ladder() -> UpgradePath:
    """Plan 1 with 10 GB a seat at 1,200 yen, plan 2 with 30 GB at 1,800, and the step between them."""
    first, second = PlanFactory(rank=1), PlanFactory(rank=2)
    meter = MeterFactory()
    for plan, gigabytes, amount in ((first, 10, 1200), (second, 30, 1800)):
        ProductLimit.objects.get_or_create(
            product=plan, meter=meter, defaults={"amount": gigabytes, "is_per_seat": True}
        )
        if not plan.prices.exists():
            PriceFactory(product=plan, amount=amount)
    found = UpgradePath.objects.filter(key="plan-1-to-2").first()
    return found or PathFactory(key="plan-1-to-2", from_product=first, to_product=second, topics=[TopicFactory()])


def scores() -> ScoreRun:
    current = CurrentScores.objects.filter(pk=1).first()
    if current:
        return current.run
    run = ScoreRunFactory(as_of=TODAY)
    CurrentScores.objects.create(pk=1, run=run, switched_at=run.finished_at)
    return run


def welcome(owner: Any, **fields: Any) -> Account:
    """Happy (NPS 9, health 84), storage at 92 %, a need said twelve days ago, left in peace since."""
    path = ladder()
    account = AccountFactory(owner=owner, **fields)
    SubscriptionFactory(account=account, product=path.from_product)
    for weeks in range(12, -1, -1):
        UsageFactory(account=account, read_on=TODAY - timedelta(days=1 + 7 * weeks), value=736 - 10 * weeks)
    NeedFactory(account=account)
    NpsFactory(account=account, score=9)
    SnapshotFactory(
        account=account, run=scores(), health=84, yearly_value=1_152_000, margin_rate="0.620", expected_years="4.2"
    )
    return account


def nobody_in_control() -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"name_ja": "試験", "control_share": 0})


def suggest(at: datetime, as_of: date = TODAY) -> DecisionRun:
    run = suggestions.start(as_of=as_of, at=at)
    suggestions.run_chunks(run=run, at=at)
    return run


def offered(account: Account) -> list[Suggestion]:
    return list(Suggestion.objects.open().filter(account=account).order_by("rank"))
