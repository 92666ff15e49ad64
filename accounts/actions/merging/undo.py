"""One customer becomes two again. What people did since stays as they left it, and is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from accounts.actions.merging.journal import read
from accounts.actions.merging.merge import MayNotMerge
from accounts.actions.merging.relations import moving, ties
from accounts.models import Account, DuplicatePair, Merge
from accounts.queries import duplicates
from crm import audit
from crm.people import User


class TooLate(Exception):
    """The thirty days are over, or the merge was taken back before."""


class FurtherMerged(Exception):
    """The survivor went up in another customer since: that merge has to be taken back first."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was not put back: `part` is a relation or model.column, `why` a code, `rows` how many."""

    part: str
    why: str
    rows: int


EDITED, TAKEN, ELSEWHERE, FOLLOWED, WRITTEN_SINCE = "edited", "taken", "elsewhere", "followed", "written_since"


@dataclass(frozen=True, slots=True)
class Undone:
    survivor: Account
    back: Account
    kept: tuple[Kept, ...]


def undo(*, merge: Merge, by: User, at: datetime) -> Undone:
    """Raises `TooLate`, `FurtherMerged` or `MayNotMerge`; nothing has changed then."""
    with transaction.atomic():
        merge = _held(merge)
        survivor, back = _both(merge)
        _check(merge, survivor, by, at)
        since = tuple(_written_since(merge))
        Account.objects.filter(pk=back.pk).update(merged_into=None)
        kept = [*_move_back(merge), *_put_back(merge.before["changes"]), *since]
        _take_away(merge.moved["added"])
        _reopen(merge)
        Account.objects.filter(pk__in=[survivor.pk, back.pk]).update(version=F("version") + 1)
        audit.record(
            verb="account.unmerged",
            subject=survivor,
            by=by,
            at=at,
            account_id=survivor.pk,
            back=back.pk,
            kept=[[one.part, one.why, one.rows] for one in kept],
        )
        merge.delete()
    survivor.refresh_from_db()
    back.refresh_from_db()
    return Undone(survivor, back, tuple(kept))


def _held(merge: Merge) -> Merge:
    found = Merge.objects.select_for_update().filter(pk=merge.pk).first()
    if found is None:
        raise TooLate
    return found


def _both(merge: Merge) -> tuple[Account, Account]:
    ids = (merge.account_id, merge.gone_id)
    rows = {row.pk: row for row in Account.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    return rows[merge.account_id], rows[merge.gone_id]


def _check(merge: Merge, survivor: Account, by: User, at: datetime) -> None:
    if not duplicates.may_undo(by, merge):
        raise MayNotMerge
    if at > merge.undo_until:
        raise TooLate
    if survivor.merged_into_id:
        raise FurtherMerged


def _move_back(merge: Merge) -> Iterator[Kept]:
    """Rows that are still the survivor's go back, and with them what was hung on them since."""
    moved: dict[str, list[int]] = merge.moved["rows"]
    with ExitStack() as held_off:
        for relation, strategy in moving():
            if strategy.despite:
                held_off.enter_context(pgtrigger.ignore(*strategy.despite))
            ids = moved.get(relation.name, [])
            here = relation.rows(merge.account).filter(pk__in=ids)
            returned = here.update(**{relation.column.name: merge.gone_id})
            yield from _some(relation.name, ELSEWHERE, len(ids) - returned)
        for child, column, parent in ties():
            hung = child.rows(merge.account).filter(**{f"{column.name}__in": moved.get(parent.name, [])})
            yield from _some(child.name, FOLLOWED, hung.update(**{child.column.name: merge.gone_id}))


def _some(part: str, why: str, rows: int) -> Iterator[Kept]:
    if rows:
        yield Kept(part, why, rows)


def _put_back(changes: Iterable[list[Any]]) -> Iterator[Kept]:
    """The last change first; a value that somebody edited since stays."""
    kept: Counter[tuple[str, str]] = Counter()
    for (label, column, before, after), group in groupby(reversed([*changes]), key=_change):
        rows = apps.get_model(label)._base_manager.filter(pk__in=[change[1] for change in group])
        try:
            with transaction.atomic():
                rows.filter(**_holding(label, column, after)).update(**{column: read(label, column, before)})
        except IntegrityError:
            kept[f"{label}.{column}", TAKEN] += rows.count()
        else:
            kept[f"{label}.{column}", EDITED] += rows.exclude(**_holding(label, column, before)).count()
    for (part, why), many in kept.items():
        yield from _some(part, why, many)


def _change(change: list[Any]) -> tuple[str, str, Any, Any]:
    label, _, column, before, after = change
    return label, column, before, after


def _holding(label: str, column: str, after: Any) -> dict[str, Any]:
    value = read(label, column, after)
    return {f"{column}__isnull": True} if value is None else {column: value}


def _take_away(added: dict[str, list[int]]) -> None:
    """What the merge itself wrote."""
    for label, ids in added.items():
        apps.get_model(label)._base_manager.filter(pk__in=ids).delete()


def _written_since(merge: Merge) -> Iterator[Kept]:
    """What people wrote on the survivor since the merge stays there, unless it hangs on something that goes back."""
    moved, newest = merge.moved["rows"], merge.moved["newest"]
    for relation, _ in moving():
        if relation.model is Account:
            continue
        follows = Q(pk__in=[])
        for child, column, parent in ties():
            if child.name == relation.name:
                follows |= Q(**{f"{column.name}__in": moved.get(parent.name, [])})
        new = relation.rows(merge.account).filter(pk__gt=newest.get(relation.name, 0))
        yield from _some(relation.name, WRITTEN_SINCE, new.exclude(follows).count())


def _reopen(merge: Merge) -> None:
    first, second = sorted((merge.account_id, merge.gone_id))
    pair = DuplicatePair.objects.filter(first=first, second=second, state=DuplicatePair.State.MERGED)
    pair.update(state=DuplicatePair.State.OPEN, decided_at=None, decided_by=None)
