"""Fields that an organisation adds to its objects without a migration: the definition here, the values in `custom`."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from crm.bilingual import BilingualName, pick
from crm.statements import Given
from crm.together import Parts, prepared


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def of(self, on: str | Given) -> CustomFieldQuerySet:
        """The fields in use on an object, in their order."""
        return self.filter(on=on, is_archived=False).order_by("position", "pk")


@pghistory.track()
class CustomField(BilingualName):
    class On(models.TextChoices):
        ACCOUNT = "account", _("Customer")
        CONTACT = "contact", _("Contact")
        ACTIVITY = "activity", _("Activity")
        NEED = "need", _("Need")
        CASE = "case", _("Case")
        SUBSCRIPTION = "subscription", _("Contract")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        MONEY = "money", _("Amount in yen")
        DATE = "date", _("Date")
        CHOICE = "choice", _("One choice")
        MULTI = "multi", _("Several choices")
        USER = "user", _("Colleague")
        YES_NO = "yes_no", _("Yes or no")

    on = models.CharField(max_length=12, choices=On.choices)
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    help_ja = models.CharField(max_length=200, blank=True)
    help_en = models.CharField(max_length=200, blank=True)
    choices = models.JSONField(default=list, help_text="[{key, ja, en}] for one or several choices.")
    is_required = models.BooleanField(default=False)
    lowest = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    highest = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    longest = models.PositiveIntegerField(null=True, blank=True, help_text="Characters of a text.")
    position = models.PositiveSmallIntegerField(default=0)
    is_archived = models.BooleanField(default=False, help_text="Its values are kept and no longer shown.")
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[CustomField]] = CustomFieldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["on", "key"], name="custom_field_key_is_used_once"),
            models.CheckConstraint(
                condition=Q(lowest=None) | Q(highest=None) | Q(highest__gte=models.F("lowest")),
                name="custom_field_range_is_not_empty",
            ),
        ]

    @classmethod
    def in_use(cls, on: str) -> list[CustomField]:
        """The fields of an object, which every page of one asks for."""
        fields: list[CustomField] = _in_use(on=on)["fields"]
        return fields

    @property
    def help(self) -> str:
        return pick(self.help_ja, self.help_en)


@prepared(on=models.CharField())
def _in_use(on: Given) -> Parts:
    return {"fields": CustomField.objects.of(on)}


class HasCustomFields(models.Model):
    """Values by the key of their field, as JSON: text, number, ISO date, choice key, list of keys, user id, bool."""

    custom: models.JSONField[dict[str, Any]] = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), blank=True
    )

    class Meta:
        abstract = True
