"""What keeps the data trustworthy: duplicates and their merges, imports that can be taken back, privacy requests."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.accounts import Account, Contact
from crm.people import User
from crm.sight import SightedQuerySet, ThroughAccount


class PairQuerySet(models.QuerySet["DuplicatePair"]):
    def visible_to(self, user: User | AnonymousUser) -> PairQuerySet:
        """Only who may see both customers sees that they are alike."""
        seen = Account.objects.visible_to(user)
        if isinstance(user, User) and user.is_active and user.sees_everything:
            return self.filter(first__merged_into=None, second__merged_into=None)
        return self.filter(first__in=seen.values("pk"), second__in=seen.values("pk"))

    def open(self) -> PairQuerySet:
        return self.filter(state=DuplicatePair.State.OPEN)


class DuplicatePair(models.Model):
    """Two customers that may be one, with the reasons. The one with the smaller id stands first."""

    class State(models.TextChoices):
        OPEN = "open", _("To check")
        MERGED = "merged", _("Merged")
        DISTINCT = "distinct", _("Not the same")

    first = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(help_text="0-100: how sure the reasons make us.")
    reasons = models.JSONField(default=list, help_text="Codes with values: name, reading, phone, domain …")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[DuplicatePair]] = PairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="a_pair_is_found_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="a_pair_is_in_order"),
        ]
        indexes = [models.Index(fields=["-score", "id"], condition=Q(state="open"), name="pairs_to_check")]


class DuplicateSearch(models.Model):
    """One search for customers that may be one: the first looks at everybody, the next at who is new or changed since.

    `until` is the newest entry in the history of the customers when it began.
    """

    key = models.CharField(max_length=60, unique=True, help_text="A day, or an import.")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    until = models.BigIntegerField()

    objects: ClassVar[models.Manager[DuplicateSearch]] = models.Manager()


class Merge(ThroughAccount):
    """One customer went up in another. `moved` holds, by model, the ids that changed hands; `before` the survivor's
    values as they were. Both are what undoing needs."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="merges")
    gone = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="merge_into")
    before = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    undo_until = models.DateTimeField()

    objects: ClassVar[models.Manager[Merge]] = SightedQuerySet.as_manager()


class OwnQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: User | AnonymousUser) -> OwnQuerySet:
        """One's own; administrators see all."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self if user.is_admin else self.filter(by=user)


class ImportBatch(models.Model):
    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        MAPPED = "mapped", _("Mapped")
        CHECKED = "checked", _("Checked")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Interrupted")
        UNDONE = "undone", _("Taken back")

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="imports")
    layout = models.CharField(max_length=40, help_text="What the file holds: accounts, contacts …")
    file = models.FileField(upload_to="imports/%Y/%m/", max_length=200)
    file_name = models.CharField(max_length=200)
    encoding = models.CharField(max_length=20, blank=True)
    sheet = models.CharField(max_length=100, blank=True)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict, help_text="Column of the file to column of the layout.")
    options = models.JSONField(default=dict, help_text="Owner of new customers, what to do with duplicates …")
    fixes = models.JSONField(
        default=dict, help_text="By line: cells that a person corrected, or that the line is left out."
    )
    counts = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.UPLOADED)
    rows_done = models.PositiveIntegerField(default=0)
    uploaded_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[ImportBatch]] = OwnQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["by", "-uploaded_at"], name="imports_newest")]


class ImportProblemQuerySet(models.QuerySet["ImportProblem"]):
    def to_mend(self) -> ImportProblemQuerySet:
        return self.exclude(code__in=ImportProblem.GLIMPSES.values())


class ImportProblem(models.Model):
    """One refused cell of one line, as a code with figures; and some rows of each kind that is in order, to be looked at
    beside them: `GLIMPSES` has the codes of those."""

    GLIMPSES: ClassVar = {"created": "TO_CREATE", "updated": "TO_UPDATE", "unchanged": "TO_LEAVE"}

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=80, blank=True)
    code = models.CharField(max_length=40)
    figures = models.JSONField(default=dict)
    cells = models.JSONField(default=dict, help_text="The line as it stands in the file.")

    objects: ClassVar[models.Manager[ImportProblem]] = ImportProblemQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["batch", "line"], name="import_problem_line")]


class ImportChange(models.Model):
    """What an import did to one row: `before` is null where it created it, else the values it replaced."""

    # The unique constraint begins with it; a check of every one of a million rows would ask for the same batch.
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="changes", db_index=False, db_constraint=False
    )
    table = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True, help_text="To tell whether a person edited the row since.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "table", "row_id"], name="a_row_changes_once_a_batch")]


class ImportMapping(models.Model):
    """A mapping under a name, found again by the headers of the next file."""

    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    layout = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "layout", "name"], name="a_mapping_name_is_used_once")]


class PrivacyRequest(ThroughAccount):
    """A person asks what we hold about them, or to correct, stop using or erase it (個人情報保護法 33-35)."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("Disclosure")
        CORRECT = "correct", _("Correction")
        STOP = "stop", _("Stop of use")
        ERASE = "erase", _("Erasure")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="privacy_requests")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    received_on = models.DateField()
    due_on = models.DateField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(null=True, blank=True, help_text="Since when a worker has been erasing.")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.JSONField(default=dict, help_text="What was found and done, in figures; never the data itself.")

    objects: ClassVar[models.Manager[PrivacyRequest]] = SightedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_on"], condition=Q(done_at=None), name="privacy_due")]

    @property
    def is_running(self) -> bool:
        """A worker is at it; nobody can answer it meanwhile."""
        return self.begun_at is not None and self.done_at is None
