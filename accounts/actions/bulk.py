"""One deed on many rows of a list: told beforehand, done in chunks that a crash does not lose, and taken back.

Every chunk is its own transaction with its bookmark, so a deed that is run twice goes on and changes nothing twice. Each
row is looked at through the eyes of whoever asked, at the moment of the chunk. What can be done with which list: `bulk_deeds`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from accounts.actions.bulk_deeds import DEEDS, MODELS, Deed
from accounts.models import BulkChange, BulkEdit
from crm import audit, jobs
from crm.lists.asking import ask
from crm.lists.fields import Asker, Seen
from crm.lists.spec import fields_for, lists
from crm.notices import tell
from crm.people import User

CHUNK = 500
AT_ONCE = 1_000
"""More rows than these are worked on in the background."""

NAMED = 3
"""Of so many the preview says the names."""

CUSTOMERS = "customers"
State = BulkEdit.State


class NotDone(Exception):
    """Only a deed that is done and was not taken back can be taken back."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Selected rows by id, or all that match a list's address."""

    by: User
    at: datetime
    ids: Sequence[int] | None = None
    query: str = ""
    list_key: str = CUSTOMERS

    def rows(self) -> QuerySet[Any]:
        """Only what `by` sees. Raises filters.Refused when the address cannot be asked."""
        spec, asker = lists[self.list_key], Asker(self.by, self.at)
        if self.ids is not None:
            return spec.rows(asker).filter(pk__in=self.ids)
        return ask(spec, asker, QueryDict(self.query.removeprefix("?"))).rows


def deed_of(list_key: str, deed: str) -> Deed:
    return DEEDS[list_key][deed]


@dataclass(frozen=True, slots=True)
class Preview:
    """`left_out` is how many by why: unseen, not_yours, out_of_sight, already. `names` are the first few by why, and of
    those that are changed; what is unseen has none."""

    asked_for: int
    changed: int
    left_out: Mapping[str, int]
    names: Mapping[str, Sequence[str]]

    @property
    def is_long(self) -> bool:
        return self.changed > AT_ONCE


def preview(*, scope: Scope, deed: str, values: Mapping[str, Any]) -> Preview:
    """What `start` will do. The numbers hold as long as nobody changes the rows meanwhile."""
    seen, meant = scope.rows(), deed_of(scope.list_key, deed)
    asked_for = len(set(scope.ids)) if scope.ids is not None else (in_sight := seen.count())
    in_sight = seen.count() if scope.ids is not None else asked_for
    why_not, allowed = meant.may(scope.by, values)
    may, differs = seen.filter(allowed), meant.differs(values)
    able, changed = may.count(), may.filter(differs).count()
    left_out = {"unseen": asked_for - in_sight, why_not: in_sight - able, "already": able - changed}
    groups = {"changed": may.filter(differs), why_not: seen.exclude(allowed), "already": may.exclude(differs)}
    known = {why: number for why, number in left_out.items() if number}
    names = {why: first_names(scope, rows) for why, rows in groups.items() if why in known or why == "changed"}
    return Preview(asked_for, changed, known, names)


def first_names(scope: Scope, rows: QuerySet[Any]) -> list[str]:
    """As the first column of the list names them."""
    spec = lists[scope.list_key]
    name = next(iter(fields_for(spec, Asker(scope.by, scope.at)).values()))
    found = [name.value(Seen(row, {})) for row in rows.select_related(*spec.only).order_by("pk")[:NAMED]]
    return [str(name.plain(each) if name.plain else each) for each in found]


def start(*, scope: Scope, deed: str, values: Mapping[str, Any]) -> BulkEdit:
    """Up to 1,000 rows are done when this returns; more are worked on in the background."""
    expected = preview(scope=scope, deed=deed, values=values).changed
    with transaction.atomic():
        edit = BulkEdit.objects.create(
            by=scope.by,
            list_key=scope.list_key,
            deed=deed,
            values=deed_of(scope.list_key, deed).settle(values),
            ids=None if scope.ids is None else sorted(set(scope.ids)),
            query=scope.query,
            expected=expected,
            at=scope.at,
        )
        audit.record(verb="bulk.started", subject=edit, by=scope.by, at=scope.at, deed=deed, expected=expected)
    _set_going(edit, "accounts.run_bulk_edit", run, scope.at)
    return edit


def undo(*, edit: BulkEdit, at: datetime) -> BulkEdit:
    """Put every row back that nobody edited since. Raises NotDone."""
    with transaction.atomic():
        taken = BulkEdit.objects.filter(pk=edit.pk, state=State.DONE).update(state=State.UNDOING, last_id=0)
        if not taken:
            raise NotDone
        audit.record(verb="bulk.undone", subject=edit, by=edit.by, at=at, deed=edit.deed)
    _set_going(edit, "accounts.undo_bulk_edit", run_back, at)
    return edit


def _set_going(edit: BulkEdit, task: str, work: Callable[..., None], at: datetime) -> None:
    if max(edit.expected, edit.changed) > AT_ONCE:
        jobs.enqueue(task, key=f"{task}:{edit.pk}", at=at, edit_id=edit.pk)
    else:
        work(edit_id=edit.pk, at=at)
    edit.refresh_from_db()


# ------------------------------------------------------------------------------ doing it


def run(*, edit_id: int, at: datetime) -> None:
    """Until it is done; run again, it goes on where it stopped."""
    while not _next_chunk(edit_id, at):
        pass


def _next_chunk(edit_id: int, at: datetime) -> bool:
    """Whether that was the last one."""
    with transaction.atomic():
        edit = BulkEdit.objects.select_for_update().select_related("by").get(pk=edit_id)
        if edit.state != State.RUNNING:
            return True
        rows = _chunk(edit)
        changes = deed_of(edit.list_key, edit.deed).do(edit, rows) if rows else []
        BulkChange.objects.bulk_create(changes)
        edit.changed += len(changes)
        edit.last_id = rows[-1].pk if rows else edit.last_id
        if len(rows) < CHUNK:
            edit.state, edit.finished_at = State.DONE, at
            _tell(edit, at)
            audit.record(verb="bulk.done", subject=edit, by=edit.by, at=at, deed=edit.deed, changed=edit.changed)
        edit.save()
    return edit.state == State.DONE


def _chunk(edit: BulkEdit) -> list[Any]:
    """The next rows by id, locked in that order, so that two deeds do not wait for each other in a circle."""
    deed = deed_of(edit.list_key, edit.deed)
    scope = Scope(edit.by, edit.at, edit.ids, edit.query, edit.list_key)
    _why_not, allowed = deed.may(edit.by, edit.values)
    due = scope.rows().filter(allowed).filter(deed.differs(edit.values)).filter(pk__gt=edit.last_id)
    ids = list(due.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    return list(MODELS[edit.list_key].objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))


def _tell(edit: BulkEdit, at: datetime) -> None:
    """Whoever answers for many cases from now on hears of it once."""
    if edit.deed == BulkEdit.Deed.ASSIGN and edit.changed and edit.values["owner"] != edit.by_id:
        owner = User.objects.get(pk=edit.values["owner"])
        tell(owner, "cases.assigned", f"cases.assigned:{edit.pk}", at, reverse("cases"), many=edit.changed)


# ------------------------------------------------------------------------------ taking it back


def run_back(*, edit_id: int, at: datetime) -> None:
    while not _next_chunk_back(edit_id, at):
        pass


def _next_chunk_back(edit_id: int, at: datetime) -> bool:
    with transaction.atomic():
        edit = BulkEdit.objects.select_for_update().get(pk=edit_id)
        if edit.state != State.UNDOING:
            return True
        changes = list(edit.changes.filter(row_id__gt=edit.last_id).order_by("row_id")[:CHUNK])
        edit.restored += deed_of(edit.list_key, edit.deed).undo(edit, changes) if changes else 0
        edit.last_id = changes[-1].row_id if changes else edit.last_id
        if len(changes) < CHUNK:
            edit.state, edit.undone_at = State.UNDONE, at
        edit.save()
    return edit.state == State.UNDONE
