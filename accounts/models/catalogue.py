"""What we sell: families, tiers, products, their limits and prices, and the paths between them."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.bilingual import BilingualName, pick


class ProductFamily(BilingualName):
    """Things that serve the same purpose; at retail, a category. One suggestion per family at most."""

    code = models.CharField(max_length=80, unique=True)
    department = models.CharField(max_length=80, blank=True)


class Topic(BilingualName):
    """What a need is about; a path answers topics."""

    code = models.SlugField(max_length=40, unique=True)


class Tier(BilingualName):
    family = models.ForeignKey(ProductFamily, on_delete=models.PROTECT, related_name="tiers")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["family", "rank"]
        constraints = [models.UniqueConstraint(fields=["family", "rank"], name="one_tier_per_rank")]


class Meter(BilingualName):
    code = models.SlugField(max_length=40, unique=True)
    unit = models.CharField(max_length=20, blank=True)


@pghistory.track()
class Product(BilingualName):
    class Kind(models.TextChoices):
        PLAN = "plan", _("Plan")
        OPTION = "option", _("Option")
        DEVICE = "device", _("Device")
        SERVICE = "service", _("Service")
        GOOD = "good", _("Good")

    code = models.CharField(max_length=80, unique=True)
    family = models.ForeignKey(ProductFamily, on_delete=models.PROTECT, related_name="products")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    tier = models.ForeignKey(Tier, null=True, blank=True, on_delete=models.PROTECT, related_name="products")
    margin_rate = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    is_on_sale = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kind="plan") | Q(tier__isnull=False), name="a_plan_has_a_tier"),
            models.CheckConstraint(
                condition=Q(margin_rate=None) | Q(margin_rate__gte=0, margin_rate__lte=1),
                name="product_margin_is_a_share",
            ),
        ]


class ProductLimit(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="limits")
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    is_per_seat = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "meter"], name="one_limit_per_meter")]


class ProductFeature(models.Model):
    """One line of what a product lets the customer do, to stand beside the same line of another."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="features")
    position = models.PositiveSmallIntegerField()
    text_ja = models.CharField(max_length=200)
    text_en = models.CharField(max_length=200)

    class Meta:
        ordering = ["product", "position"]
        constraints = [models.UniqueConstraint(fields=["product", "position"], name="one_feature_per_position")]

    @property
    def label(self) -> str:
        return pick(self.text_ja, self.text_en)


@pghistory.track()
class Price(models.Model):
    class Period(models.TextChoices):
        MONTH = "month", _("per month")
        ONCE = "once", _("once")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="prices")
    amount = models.PositiveIntegerField(help_text="Yen without tax.")
    period = models.CharField(max_length=5, choices=Period.choices, default=Period.MONTH)
    is_per_seat = models.BooleanField(default=False)
    valid_from = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "valid_from"], name="one_price_per_day")]


class PathQuerySet(models.QuerySet["UpgradePath"]):
    def open(self) -> PathQuerySet:
        return self.filter(is_open=True)


@pghistory.track()
class UpgradePath(models.Model):
    """An allowed step from what a customer has to something else, with what they gain and give up.

    A path without a benefit in both languages cannot be stored.
    """

    class Kind(models.TextChoices):
        UPGRADE = "upgrade", _("Upgrade")
        SEATS = "seats", _("Seats")
        OPTION = "option", _("Option")
        CROSS_SELL = "cross_sell", _("Add-on")
        TRIAL = "trial", _("Trial")
        BUNDLE = "bundle", _("Bundle")
        RIGHT_SIZE = "right_size", _("Right-size")
        REORDER = "reorder", _("Reorder")

    key = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    from_product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="paths_from"
    )
    to_product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="paths_to")
    topics = models.ManyToManyField(Topic, blank=True, related_name="paths")
    benefit_ja = models.CharField(max_length=300)
    benefit_en = models.CharField(max_length=300)
    disclosure_ja = models.CharField(max_length=300, blank=True)
    disclosure_en = models.CharField(max_length=300, blank=True)
    opening_ja = models.CharField(max_length=300, blank=True)
    opening_en = models.CharField(max_length=300, blank=True)
    trial_days = models.PositiveSmallIntegerField(null=True, blank=True)
    alternative = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_open = models.BooleanField(default=True)

    objects: ClassVar[models.Manager[UpgradePath]] = PathQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(benefit_ja="") & ~Q(benefit_en=""), name="a_path_has_a_benefit"),
            models.CheckConstraint(
                condition=~Q(kind__in=["upgrade", "right_size"])
                | (Q(from_product__isnull=False) & ~Q(from_product=models.F("to_product"))),
                name="a_step_leads_somewhere_else",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def benefit(self) -> str:
        return pick(self.benefit_ja, self.benefit_en)

    @property
    def disclosure(self) -> str:
        return pick(self.disclosure_ja, self.disclosure_en)

    @property
    def opening(self) -> str:
        return pick(self.opening_ja, self.opening_en)
