"""Whom of the customers of a file the guard protects: before the import, of those that it speaks of, and after it, of
those that it made, changed or wrote something about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from accounts.models import Account, ImportBatch, ImportChange
from accounts.queries.imports import LAYOUTS
from accounts.queries.lists.customers import GUARDS
from crm import slots
from crm.lists.aggregates import OutOfPatience, patience

MOST = 10_000
"""Rows of the import that are looked at."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """`reasons` by their words, the most frequent first; a customer stands under the first rule that speaks."""

    customers: int
    reasons: Sequence[tuple[Any, int]]
    is_part: bool
    newly: int = 0

    @property
    def many(self) -> int:
        return sum(count for _words, count in self.reasons)


def under_guard(batch: ImportBatch, on: date) -> Guarded | None:
    """One statement over at most 10,000 rows; None if nobody waits for it, or nobody guards."""
    is_part = batch.counts.get("created", 0) + batch.counts.get("updated", 0) > MOST
    return _told(_figures(customers_of(batch), on), is_part)


def foreseen(ids: Sequence[int], newly: int, on: date) -> dict[str, Any] | None:
    """For the counts of a check: of the customers of these ids, at most 10,000 of them, as it is before the import.
    `newly` come under guard by the file itself, because it brings an open complaint of theirs."""
    figures = _figures(Account.objects.active().filter(pk__in=ids[:MOST]), on)
    return {"figures": figures, "newly": newly, "is_part": len(ids) > MOST} if figures else None


def as_foreseen(counts: Mapping[str, Any]) -> Guarded | None:
    """What the check wrote down; None if it told nothing."""
    seen = counts.get("guard")
    return _told(seen["figures"], seen["is_part"], seen["newly"]) if seen else None


def _figures(customers: QuerySet[Account], on: date) -> dict[str, int] | None:
    """How many there are, and how many of them stand under each rule."""
    filters = list(slots.account_guard_filters)
    if not filters:
        return None
    held = {state: Count("pk", filter=filters[0]([state], on)) for state, _words in GUARDS if state != "clear"}
    try:
        with patience():
            return customers.aggregate(everybody=Count("pk"), **held)
    except OutOfPatience:
        return None


def _told(figures: Mapping[str, int] | None, is_part: bool, newly: int = 0) -> Guarded | None:
    if figures is None:
        return None
    reasons = [(words, figures[state]) for state, words in GUARDS if figures.get(state)]
    return Guarded(figures["everybody"], sorted(reasons, key=lambda pair: -pair[1]), is_part, newly)


def customers_of(batch: ImportBatch) -> QuerySet[Account]:
    model = LAYOUTS[batch.layout].model
    rows = ImportChange.objects.filter(batch=batch, table=model._meta.db_table).order_by("row_id")
    ids = rows.values("row_id")[:MOST]
    if model is Account:
        return Account.objects.active().filter(pk__in=ids)
    names = {field.name for field in model._meta.get_fields()}
    if "account" not in names:
        return Account.objects.none()
    return Account.objects.active().filter(pk__in=model._default_manager.filter(pk__in=ids).values("account"))
