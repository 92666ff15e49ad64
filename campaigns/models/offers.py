"""Means to make a step easier: always with a validity, a budget and terms."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.bilingual import BilingualName, pick


@pghistory.track()
class Offer(BilingualName):
    class Kind(models.TextChoices):
        NONE = "none", _("No extra")
        TRIAL = "trial", _("Trial")
        VOLUME_DISCOUNT = "volume_discount", _("Volume discount")
        FREEBIE = "freebie", _("Freebie")
        EXTENDED_WARRANTY = "extended_warranty", _("Extended warranty or support")
        TRADE_IN = "trade_in", _("Trade-in")

    code = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=17, choices=Kind.choices)
    terms_ja = models.CharField(max_length=300, blank=True)
    terms_en = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField()
    cost_per_account = models.PositiveIntegerField(default=0, help_text="Yen that one acceptance costs us.")
    budget = models.PositiveBigIntegerField(null=True, blank=True, help_text="Yen; empty means no limit.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="offer_ends_after_it_begins")
        ]

    @property
    def terms(self) -> str:
        return pick(self.terms_ja, self.terms_en)
