"""One deed on many rows of a list at once, with what it takes to take it back."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.people import User


class BulkEditQuerySet(models.QuerySet["BulkEdit"]):
    def visible_to(self, user: User | AnonymousUser) -> BulkEditQuerySet:
        """One's own."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self.filter(by=user)


class BulkEdit(models.Model):
    """Works through the rows of a list by id; `last_id` is how far it came, so that it goes on where a worker died."""

    class Deed(models.TextChoices):
        OWNER = "owner", _("Change owner")
        ADD_TAGS = "add_tags", _("Add tags")
        REMOVE_TAGS = "remove_tags", _("Remove tags")
        PLAN = "plan", _("Plan a follow-up")
        ASSIGN = "assign", pgettext_lazy("bulk", "Hand over")
        SOLVE = "solve", _("Mark as solved")
        PART = "part", _("Set the part played")
        LEFT = "left", _("Note that they left")
        RENEWAL = "renewal", _("Set how it renews")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="bulk_edits")
    list_key = models.CharField(max_length=20, default="customers", db_default="customers")
    deed = models.CharField(max_length=11, choices=Deed.choices)
    values = models.JSONField(default=dict, help_text="Owner, tags, or the follow-up to plan.")
    ids = models.JSONField(null=True, help_text="Of selected rows; null: all that match `query`.")
    query = models.TextField(blank=True, help_text="State of the list, as in its address.")
    state = models.CharField(max_length=7, choices=State.choices, default=State.RUNNING)
    expected = models.PositiveIntegerField(help_text="How many the preview promised.")
    changed = models.PositiveIntegerField(default=0)
    restored = models.PositiveIntegerField(default=0, help_text="By taking it back; rows edited since are left alone.")
    last_id = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[BulkEdit]] = BulkEditQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["by", "-at"], name="bulk_edits_newest")]


class BulkChange(models.Model):
    """What one row was before: owner and team, ids of links added or removed, or of the follow-up made."""

    edit = models.ForeignKey(BulkEdit, on_delete=models.CASCADE, related_name="changes", db_index=False)
    row_id = models.BigIntegerField()
    before = models.JSONField()
    version = models.PositiveIntegerField(
        null=True, help_text="Of the row after the deed; another one now: edited since."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edit", "row_id"], name="a_row_changes_once_a_deed")]
