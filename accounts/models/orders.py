"""Completed purchases and their lines: the source of RFM and of what goes together."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models.accounts import Account
from accounts.models.catalogue import Product
from crm.sight import SightedQuerySet, ThroughAccount


class Order(ThroughAccount):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="orders", db_index=False)
    external_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    ordered_at = models.DateTimeField()
    currency = models.CharField(max_length=3, default="JPY")

    objects: ClassVar[models.Manager[Order]] = SightedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-ordered_at"], name="order_newest")]


class OrderLine(ThroughAccount):
    """Amount is what the customer paid for the line, after discount, in the currency of the order."""

    SIGHT_PATH = "order__account__"

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    line_number = models.PositiveIntegerField()
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    discount = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    objects: ClassVar[models.Manager[OrderLine]] = SightedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "line_number"], name="one_line_per_number"),
            models.CheckConstraint(condition=Q(discount__gte=0), name="a_discount_is_not_negative"),
        ]
