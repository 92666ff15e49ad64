"""What an account holds now and held before, and how much of it is used."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models.accounts import Account
from accounts.models.catalogue import Meter, Product
from crm.custom_fields import HasCustomFields
from crm.sight import SightedQuerySet, ThroughAccount
from crm.statements import Given


class SubscriptionQuerySet(SightedQuerySet):
    def running(self, on: date | Given) -> SubscriptionQuerySet:
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=on), starts_on__lte=on)


@pghistory.track()
class Subscription(HasCustomFields, ThroughAccount):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="subscriptions")
    external_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="subscriptions")
    seats = models.PositiveIntegerField(default=1)
    monthly_amount = models.PositiveIntegerField(help_text="Yen a month without tax, for all seats.")
    starts_on = models.DateField()
    renews_on = models.DateField(null=True, blank=True)
    is_auto_renewed = models.BooleanField(default=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Subscription]] = SubscriptionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["renews_on"], condition=Q(ended_on=None), name="subscription_renewals")]
        constraints = [
            models.CheckConstraint(condition=Q(seats__gte=1), name="a_subscription_has_a_seat"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("starts_on")), name="subscription_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(renews_on=None) | Q(renews_on__gt=F("starts_on")), name="subscription_renews_after_start"
            ),
        ]

    @property
    def seat_price(self) -> int:
        return self.monthly_amount // self.seats


class UsageReading(ThroughAccount):
    """A measured use on a day, against the allowance of that day where there is one."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="usage", db_index=False)
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT)
    read_on = models.DateField()
    value = models.DecimalField(max_digits=14, decimal_places=2)
    allowance = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)

    objects: ClassVar[models.Manager[UsageReading]] = SightedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "meter", "read_on"], name="one_reading_a_day"),
            models.CheckConstraint(condition=Q(value__gte=0), name="usage_is_not_negative"),
        ]
