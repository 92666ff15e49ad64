"""Changing what a customer holds. A change ends the old row and begins a new one, so that the past stays true."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from accounts.models import Account, Order, OrderLine, Product, Subscription
from crm import audit
from crm.people import User


class NotRunning(Exception):
    """The contract that was to be changed has ended or was changed by somebody else."""


def change(
    *, subscription: Subscription, product: Product, seats: int, monthly_amount: int, on: date, by: User, at: datetime
) -> Subscription:
    """From that day the customer holds `product` with so many seats for so many yen a month.

    Renewal and the number under which other systems know the contract go on with the new row.
    """
    with transaction.atomic():
        ended = Subscription.objects.running(on).filter(pk=subscription.pk, version=subscription.version)
        if not ended.update(ended_on=on, end_reason="changed", external_id=None, version=F("version") + 1):
            raise NotRunning
        changed = Subscription.objects.create(
            account_id=subscription.account_id,
            external_id=subscription.external_id,
            product=product,
            seats=seats,
            monthly_amount=monthly_amount,
            starts_on=on,
            renews_on=subscription.renews_on if subscription.renews_on and subscription.renews_on > on else None,
            is_auto_renewed=subscription.is_auto_renewed,
        )
        audit.record(
            verb="subscription.changed",
            subject=changed,
            by=by,
            at=at,
            account_id=changed.account_id,
            replaces=subscription.pk,
            product=product.code,
            seats=seats,
            monthly_amount=monthly_amount,
            monthly_amount_before=subscription.monthly_amount,
        )
    return changed


def start(
    *, account: Account, product: Product, seats: int, monthly_amount: int, on: date, by: User, at: datetime
) -> Subscription:
    """A contract beside the others."""
    with transaction.atomic():
        started = Subscription.objects.create(
            account=account, product=product, seats=seats, monthly_amount=monthly_amount, starts_on=on
        )
        audit.record(
            verb="subscription.started",
            subject=started,
            by=by,
            at=at,
            account_id=account.pk,
            product=product.code,
            seats=seats,
            monthly_amount=monthly_amount,
        )
    return started


def order(*, account: Account, product: Product, quantity: int, amount: int, by: User, at: datetime) -> Order:
    """Something bought once: one order with one line."""
    with transaction.atomic():
        placed = Order.objects.create(account=account, ordered_at=at)
        OrderLine.objects.create(
            order=placed, product=product, line_number=1, quantity=Decimal(quantity), amount=Decimal(amount)
        )
        audit.record(
            verb="order.placed",
            subject=placed,
            by=by,
            at=at,
            account_id=account.pk,
            product=product.code,
            quantity=quantity,
            amount=amount,
        )
    return placed
