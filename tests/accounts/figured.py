"""The figures of customers as what they mean: looked up row by row, in Python's own words."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import (
    Account,
    AccountFigures,
    Activity,
    Case,
    FiguresDay,
    FiguresDue,
    FollowUp,
    Need,
    Subscription,
    UsageReading,
)

COLUMNS = [field.attname for field in AccountFigures._meta.concrete_fields]


def meant(account: Account, on: date) -> dict[str, Any]:
    plans = [one for one in Subscription.objects.running(on).filter(account=account) if one.product.kind == "plan"]
    highest = max(plans, key=lambda one: (one.product.tier.rank, one.starts_on, one.pk), default=None)
    readings = UsageReading.objects.filter(account=account, meter__code="storage", read_on__lte=on, allowance__gt=0)
    reading = readings.order_by("read_on").last()
    talk = Activity.objects.filter(account=account).order_by("at", "pk").last()
    due = [one.due_on for one in FollowUp.objects.filter(account=account, done_at=None)]
    return {
        "account_id": account.pk,
        "owner_id": account.owner_id,
        "team_id": account.team_id,
        "reading": account.reading,
        "city": account.city,
        "employees": account.employees,
        "customer_since": account.customer_since,
        "is_active": account.closed_on is None and account.merged_into_id is None,
        "tier_id": highest and highest.product.tier_id,
        "renews_on": highest and highest.renews_on,
        "seats": sum(one.seats for one in plans) if plans else None,
        "usage_percent": reading and int(100 * reading.value / reading.allowance + reading.value.__class__("0.5")),
        "last_contact_at": talk and talk.at,
        "last_contact_kind": talk.kind if talk else "",
        "next_follow_up_on": min(due, default=None),
        "open_cases": Case.objects.filter(account=account, reported_at=None).count(),
        "open_needs": Need.objects.filter(account=account, solved_on=None).count(),
    }


def assert_true() -> None:
    """Every customer has its figures, they are what they mean, and nobody else has any."""
    on = FiguresDay.objects.get().day
    kept = {row["account_id"]: row for row in AccountFigures.objects.values(*COLUMNS)}
    assert not FiguresDue.objects.exists()
    assert kept == {account.pk: meant(account, on) for account in Account.objects.all()}
