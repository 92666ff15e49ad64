"""The demo company from an empty database to a chosen point of its campaign, in one call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from accounts.actions import standing
from demo import load as loading
from demo.load import Report, moment
from demo.named import BOOK, MISAKI
from demo.world import FULL, THIN, Plan

SEED = 20261124
STAGES = ("plan", "do", "check", "act")
MISAKIS = 38
LARGE = 50_000
"""From this many customers on less is told of each, and scores are reckoned for the last day alone."""

SCORED = (90, 60, 45, 30, 18, 14, 7, 1, 0)
"""Days before the last on which scores are reckoned, so that there is a history to draw."""


def load(
    *, as_of: date, accounts: int, seed: int, stage: str, tell: Callable[[str], object] = lambda _line: None
) -> Report:
    """Everything, in the caller's transaction."""
    known = loading.references(as_of)
    _named, report = loading.customers_of(_plan(as_of, accounts, seed), known, tell)
    loading.settle_sequences()
    for age in SCORED if accounts < LARGE else SCORED[-1:]:
        day = as_of - timedelta(days=age)
        standing.rescore(as_of=day, at=moment(day, hour=4))
        tell(f"scores of {day}")
    return report


def _plan(as_of: date, accounts: int, seed: int) -> Plan:
    """The named customers count among the asked number."""
    return Plan(
        as_of=as_of,
        seed=seed,
        accounts=max(accounts - len(BOOK), 0),
        misaki=MISAKIS - sum(customer.owner == MISAKI for customer in BOOK),
        detail=FULL if accounts < LARGE else THIN,
        first_ids=loading.first_ids(),
    )
