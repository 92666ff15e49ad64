"""What the search of customers stands on: their words in a narrow table. See docs/adr/0011."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F

from accounts.models.accounts import Account
from accounts.models.bigrams import Bigrams, Blocks


class AccountWords(models.Model):
    """Folded words of a customer, and who sees it: the id of the owner, and that of the team with a minus.

    Written and deleted by triggers alone, so that nothing which is loaded past Django is missed.
    """

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="searched"
    )
    words = models.TextField()
    seen_by = ArrayField(models.BigIntegerField())

    class Meta:
        indexes: ClassVar = [GinIndex(F("seen_by"), Blocks("account"), Bigrams(F("words")), name="account_grams")]
