"""How somebody wants to see a list: filters, order, columns and spacing under a name; private or for everybody."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.people import User
from crm.statements import Given
from crm.written import planned


class Density(models.TextChoices):
    STANDARD = "standard", _("Standard")
    WIDE = "wide", _("Wide")
    NARROW = "narrow", _("Narrow")


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User | AnonymousUser) -> SavedViewQuerySet:
        """One's own and the shared ones. A shared view shares the question; the rows stay each reader's own."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self.known_to(user.pk)

    def known_to(self, owner: int | Given) -> SavedViewQuerySet:
        return self.filter(Q(owner=owner) | Q(is_shared=True))


class SavedView(models.Model):
    list_key = models.CharField(max_length=40, help_text="Such as customers, contacts …")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    is_shared = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False, help_text="Opens first for its owner.")
    filters = models.JSONField(default=list, help_text="[{field, op, value}], all of them must hold.")
    sort = models.CharField(max_length=80, blank=True, help_text="Key of a field, with a minus for descending.")
    columns = models.JSONField(default=list, help_text="Keys of fields from left to right; empty: the list's own.")
    density = models.CharField(max_length=8, choices=Density.choices, default=Density.STANDARD)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[SavedView]] = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="a_view_has_a_name"),
            models.UniqueConstraint(fields=["owner", "list_key", "name"], name="a_view_name_is_used_once"),
            models.UniqueConstraint(
                fields=["owner", "list_key"], condition=Q(is_default=True), name="one_default_view_per_list"
            ),
        ]

    @classmethod
    def of_list(cls, user: User, list_key: str) -> list[SavedView]:
        """What the user may open of a list: every page of one asks."""
        return _of_list(owner=user.pk, list_key=list_key) if user.is_active else []


@planned(owner=models.BigIntegerField(), list_key=models.CharField())
def _of_list(owner: Given, list_key: Given) -> SavedViewQuerySet:
    return SavedView.objects.known_to(owner).filter(list_key=list_key)
