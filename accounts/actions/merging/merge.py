"""One customer goes up in another: everything that hangs on it moves, nothing is deleted."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from datetime import datetime, timedelta

import pgtrigger
from django.db import transaction
from django.db.models import Max, Q

from accounts.actions.merging import deciding
from accounts.actions.merging.journal import Journal
from accounts.actions.merging.relations import moving
from accounts.models import Account, DuplicatePair, Merge
from accounts.queries import duplicates
from crm import audit, webhooks
from crm.people import User

UNDO_DAYS = 30


class MayNotMerge(Exception):
    """Managers and administrators merge what they see; a rep merges only customers of their own."""


class AlreadyMerged(Exception):
    """One of the two went up in another customer before, or both are the same."""


class Conflict(Exception):
    """Somebody changed one of the two since the comparison was shown."""


def merge(
    *,
    survivor: Account,
    gone: Account,
    versions: tuple[int, int],
    take: Collection[str] = (),
    by: User,
    at: datetime,
) -> Merge:
    """`take` names the fields (see `duplicates.FIELDS`) whose values come from the one that goes.

    `versions` are those of survivor and gone when they were compared.
    Raises `MayNotMerge`, `AlreadyMerged`, or `Conflict`; nothing has changed then.
    """
    with transaction.atomic():
        survivor, gone = _locked(survivor, gone)
        _check(survivor, gone, versions, by)
        journal = Journal(survivor, gone, by, at)
        _take_over(journal, take)
        _move_everything(journal)
        deciding.carry_over(journal)
        return _close(journal)


def _locked(survivor: Account, gone: Account) -> tuple[Account, Account]:
    """Both rows are held, so that whoever writes something new on them waits for the outcome."""
    ids = {survivor.pk, gone.pk}
    rows = {row.pk: row for row in Account.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    if len(rows) != 2:
        raise AlreadyMerged
    return rows[survivor.pk], rows[gone.pk]


def _check(survivor: Account, gone: Account, versions: tuple[int, int], by: User) -> None:
    if not duplicates.may_merge(by, survivor, gone):
        raise MayNotMerge
    if survivor.merged_into_id or gone.merged_into_id:
        raise AlreadyMerged
    if (survivor.version, gone.version) != versions:
        raise Conflict


def _take_over(journal: Journal, take: Collection[str]) -> None:
    """The number of a company is given up before it is taken, because only one customer may have it."""
    values = duplicates.merged_values(journal.survivor, journal.gone, take)
    if values.get("corporate_number") and journal.gone.corporate_number:
        journal.change([journal.gone], corporate_number="")
    journal.change([journal.survivor], **values)


def _move_everything(journal: Journal) -> None:
    with ExitStack() as held_off:
        for _, strategy in moving():
            if strategy.despite:
                held_off.enter_context(pgtrigger.ignore(*strategy.despite))
        for _, strategy in moving():
            if strategy.before:
                strategy.before(journal)
        for relation, strategy in moving():
            rows = relation.rows(journal.gone)
            if strategy.leaving:
                rows = rows.exclude(pk__in=strategy.leaving(rows, journal.survivor).values("pk"))
            ids = list(rows.order_by("pk").values_list("pk", flat=True))
            if ids:
                journal.moved[relation.name] = ids
                relation.model._base_manager.filter(pk__in=ids).update(**{relation.column.name: journal.survivor})
        for _, strategy in moving():
            if strategy.after:
                strategy.after(journal)


def _newest(survivor: Account) -> dict[str, int]:
    """By relation the last row of the survivor: whatever is newer later on was written after the merge."""
    found = {relation.name: relation.rows(survivor).aggregate(newest=Max("pk"))["newest"] for relation, _ in moving()}
    return {name: newest or 0 for name, newest in found.items()}


def _close(journal: Journal) -> Merge:
    survivor, gone, by, at = journal.survivor, journal.gone, journal.by, journal.at
    for account, into in ((survivor, None), (gone, survivor)):
        Account.objects.filter(pk=account.pk).update(merged_into=into, version=account.version + 1)
    merge = Merge.objects.create(
        account=survivor,
        gone=gone,
        before={"changes": journal.changes},
        moved={"rows": journal.moved, "added": journal.added, "newest": _newest(survivor)},
        at=at,
        by=by,
        undo_until=at + timedelta(days=UNDO_DAYS),
    )
    pair = DuplicatePair.objects.filter(Q(first=survivor, second=gone) | Q(first=gone, second=survivor))
    pair.update(state=DuplicatePair.State.MERGED, decided_at=at, decided_by=by)
    figures = {name: len(ids) for name, ids in journal.moved.items()}
    audit.record(
        verb="account.merged", subject=survivor, by=by, at=at, account_id=survivor.pk, gone=gone.pk, moved=figures
    )
    webhooks.announce("customer.merged", subject=survivor, at=at, by=by.pk, gone=gone.pk)
    return merge
