"""Whom an import left under guard: of the customers that it made, changed or wrote something about."""

from __future__ import annotations

from collections.abc import Sequence
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

    @property
    def many(self) -> int:
        return sum(count for _words, count in self.reasons)


def under_guard(batch: ImportBatch, on: date) -> Guarded | None:
    """One statement over at most 10,000 rows; None if nobody waits for it, or nobody guards."""
    filters = list(slots.account_guard_filters)
    states = [(state, words) for state, words in GUARDS if state != "clear"]
    figures = {state: Count("pk", filter=filters[0]([state], on)) for state, _words in states} if filters else {}
    try:
        with patience():
            found = customers_of(batch).aggregate(everybody=Count("pk"), **figures)
    except OutOfPatience:
        return None
    if not filters:
        return None
    reasons = [(words, found[state]) for state, words in states if found[state]]
    is_part = batch.counts.get("created", 0) + batch.counts.get("updated", 0) > MOST
    return Guarded(found["everybody"], sorted(reasons, key=lambda pair: -pair[1]), is_part)


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
