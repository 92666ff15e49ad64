"""One deed on many customers: told beforehand, done in chunks that a crash does not lose, and taken back.

Every chunk is its own transaction with its bookmark, so a deed that is run twice goes on and changes nothing twice. Each
customer is looked at through the eyes of whoever asked, at the moment of the chunk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict

from accounts.models import Account, BulkChange, BulkEdit, FollowUp, Tag
from accounts.queries.lists.customers import SPEC, rows
from crm import audit, jobs
from crm.lists.asking import ask
from crm.lists.fields import Asker
from crm.people import User

CHUNK = 500
AT_ONCE = 1_000
"""More customers than these are worked on in the background."""

LINK = Tag.accounts.through
Deed, State = BulkEdit.Deed, BulkEdit.State


class NotDone(Exception):
    """Only a deed that is done and was not taken back can be taken back."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Selected customers by id, or all that match a list's address."""

    by: User
    at: datetime
    ids: Sequence[int] | None = None
    query: str = ""

    def accounts(self) -> QuerySet[Account]:
        """Only what `by` sees. Raises filters.Refused when the address cannot be asked."""
        asker = Asker(self.by, self.at)
        if self.ids is not None:
            return rows(asker).filter(pk__in=self.ids)
        return ask(SPEC, asker, QueryDict(self.query.removeprefix("?"))).rows


@dataclass(frozen=True, slots=True)
class Preview:
    """`left_out` is how many by why: unseen, not_yours, already."""

    asked_for: int
    changed: int
    left_out: Mapping[str, int]

    @property
    def is_long(self) -> bool:
        return self.changed > AT_ONCE


def preview(*, scope: Scope, deed: str, values: Mapping[str, Any]) -> Preview:
    """What `start` will do. The numbers hold as long as nobody changes the customers meanwhile."""
    seen = scope.accounts()
    asked_for = len(set(scope.ids)) if scope.ids is not None else (in_sight := seen.count())
    in_sight = seen.count() if scope.ids is not None else asked_for
    allowed = seen.filter(_may(scope.by, deed))
    may, changed = allowed.count(), allowed.filter(_differs(deed, values)).count()
    left_out = {"unseen": asked_for - in_sight, "not_yours": in_sight - may, "already": may - changed}
    return Preview(asked_for, changed, {why: number for why, number in left_out.items() if number})


def start(*, scope: Scope, deed: str, values: Mapping[str, Any]) -> BulkEdit:
    """Up to 1,000 customers are done when this returns; more are worked on in the background."""
    expected = preview(scope=scope, deed=deed, values=values).changed
    with transaction.atomic():
        edit = BulkEdit.objects.create(
            by=scope.by,
            deed=deed,
            values=dict(values),
            ids=None if scope.ids is None else sorted(set(scope.ids)),
            query=scope.query,
            expected=expected,
            at=scope.at,
        )
        audit.record(verb="bulk.started", subject=edit, by=scope.by, at=scope.at, deed=deed, expected=expected)
    _set_going(edit, "accounts.run_bulk_edit", run, scope.at)
    return edit


def undo(*, edit: BulkEdit, at: datetime) -> BulkEdit:
    """Put every customer back that nobody edited since. Raises NotDone."""
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


# ------------------------------------------------------------------------------ whom it concerns


def _may(by: User, deed: str) -> Q:
    """A rep hands over only what is their own; everything else may be done by whoever sees the customer."""
    return Q(owner=by) if deed == Deed.OWNER and by.is_rep else Q()


def _differs(deed: str, values: Mapping[str, Any]) -> Q:
    """The customers on which the deed changes anything."""
    if deed == Deed.OWNER:
        return ~Q(owner=values["owner"]) | Q(owner=None)
    if deed == Deed.PLAN:
        return Q()
    linked = [Exists(LINK.objects.filter(account=OuterRef("pk"), tag=tag)) for tag in values["tags"]]
    found = Q(pk__in=[])
    for each in linked:
        found |= ~Q(each) if deed == Deed.ADD_TAGS else Q(each)
    return found


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
        accounts = _chunk(edit)
        changes = DEEDS[edit.deed](edit, accounts) if accounts else []
        BulkChange.objects.bulk_create(changes)
        edit.changed += len(changes)
        edit.last_id = accounts[-1].pk if accounts else edit.last_id
        if len(accounts) < CHUNK:
            edit.state, edit.finished_at = State.DONE, at
            audit.record(verb="bulk.done", subject=edit, by=edit.by, at=at, deed=edit.deed, changed=edit.changed)
        edit.save()
    return edit.state == State.DONE


def _chunk(edit: BulkEdit) -> list[Account]:
    """The next customers by id, locked in that order, so that two deeds do not wait for each other in a circle."""
    scope = Scope(edit.by, edit.at, edit.ids, edit.query)
    due = scope.accounts().filter(_may(edit.by, edit.deed), _differs(edit.deed, edit.values), pk__gt=edit.last_id)
    ids = list(due.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    return list(Account.objects.filter(pk__in=ids).order_by("pk").select_for_update())


def _hand_over(edit: BulkEdit, accounts: Sequence[Account]) -> list[BulkChange]:
    owner = User.objects.get(pk=edit.values["owner"])
    Account.objects.filter(pk__in=[each.pk for each in accounts]).update(
        owner=owner, team=owner.team, version=F("version") + 1
    )
    return [_change(edit, each, {"owner": each.owner_id, "team": each.team_id}, each.version + 1) for each in accounts]


def _add_tags(edit: BulkEdit, accounts: Sequence[Account]) -> list[BulkChange]:
    linked = _linked(edit, accounts)
    missing = {each.pk: [tag for tag in edit.values["tags"] if tag not in linked[each.pk]] for each in accounts}
    LINK.objects.bulk_create(LINK(account_id=pk, tag_id=tag) for pk, tags in missing.items() for tag in tags)
    return [_change(edit, each, {"tags": missing[each.pk]}) for each in accounts]


def _remove_tags(edit: BulkEdit, accounts: Sequence[Account]) -> list[BulkChange]:
    linked = _linked(edit, accounts)
    LINK.objects.filter(account__in=accounts, tag__in=edit.values["tags"]).delete()
    return [_change(edit, each, {"tags": sorted(linked[each.pk])}) for each in accounts]


def _linked(edit: BulkEdit, accounts: Sequence[Account]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    links = LINK.objects.filter(account__in=accounts, tag__in=edit.values["tags"])
    for account, tag in links.values_list("account_id", "tag_id"):
        found[account].add(tag)
    return found


def _plan(edit: BulkEdit, accounts: Sequence[Account]) -> list[BulkChange]:
    """Into the day of each customer's owner; where there is none, or if so wished, of whoever plans."""
    values = edit.values
    planned = FollowUp.objects.bulk_create(
        FollowUp(
            account=each,
            owner_id=each.owner_id if each.owner_id and not values["for_me"] else edit.by_id,
            kind=values["kind"],
            text=values["text"],
            due_on=date.fromisoformat(values["due_on"]),
        )
        for each in accounts
    )
    return [_change(edit, each, {"follow_up": one.pk}) for each, one in zip(accounts, planned, strict=True)]


def _change(edit: BulkEdit, account: Account, before: dict[str, Any], version: int | None = None) -> BulkChange:
    return BulkChange(edit=edit, row_id=account.pk, before=before, version=version)


DEEDS: Mapping[str, Callable[[BulkEdit, Sequence[Account]], list[BulkChange]]] = {
    Deed.OWNER: _hand_over,
    Deed.ADD_TAGS: _add_tags,
    Deed.REMOVE_TAGS: _remove_tags,
    Deed.PLAN: _plan,
}

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
        edit.restored += UNDO[edit.deed](edit, changes) if changes else 0
        edit.last_id = changes[-1].row_id if changes else edit.last_id
        if len(changes) < CHUNK:
            edit.state, edit.undone_at = State.UNDONE, at
        edit.save()
    return edit.state == State.UNDONE


def _give_back(edit: BulkEdit, changes: Sequence[BulkChange]) -> int:
    """By former owner and team, each in one statement; who was edited since keeps what they have now."""
    groups: dict[tuple[int | None, int | None], list[BulkChange]] = defaultdict(list)
    for change in changes:
        groups[change.before["owner"], change.before["team"]].append(change)
    return sum(_restore(owner, team, group) for (owner, team), group in groups.items())


def _restore(owner: int | None, team: int | None, changes: Sequence[BulkChange]) -> int:
    as_left = Q(pk__in=[])
    by_version: dict[int | None, list[int]] = defaultdict(list)
    for change in changes:
        by_version[change.version].append(change.row_id)
    for version, ids in by_version.items():
        as_left |= Q(pk__in=ids, version=version)
    return Account.objects.filter(as_left).update(owner=owner, team=team, version=F("version") + 1)


def _untag(edit: BulkEdit, changes: Sequence[BulkChange]) -> int:
    links = Q(pk__in=[])
    for tags, ids in _by_tags(changes).items():
        links |= Q(account__in=ids, tag__in=tags)
    LINK.objects.filter(links).delete()
    return len(changes)


def _tag_again(edit: BulkEdit, changes: Sequence[BulkChange]) -> int:
    there = set(Account.objects.filter(pk__in=[each.row_id for each in changes]).values_list("pk", flat=True))
    links = [LINK(account_id=each.row_id, tag_id=tag) for each in changes for tag in each.before["tags"]]
    LINK.objects.bulk_create((link for link in links if link.account_id in there), ignore_conflicts=True)
    return len(there)


def _by_tags(changes: Sequence[BulkChange]) -> dict[tuple[int, ...], list[int]]:
    found: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for change in changes:
        found[tuple(change.before["tags"])].append(change.row_id)
    return found


def _unplan(edit: BulkEdit, changes: Sequence[BulkChange]) -> int:
    """Follow-ups that nobody has touched yet."""
    planned = [each.before["follow_up"] for each in changes]
    deleted, _ = FollowUp.objects.open().filter(pk__in=planned, version=1).delete()
    return deleted


UNDO: Mapping[str, Callable[[BulkEdit, Sequence[BulkChange]], int]] = {
    Deed.OWNER: _give_back,
    Deed.ADD_TAGS: _untag,
    Deed.REMOVE_TAGS: _tag_again,
    Deed.PLAN: _unplan,
}
