"""Which scores are in force, and what they were before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from accounts.models import Account, CurrentScores, ScoreRun, ScoreSnapshot


def run_in_force(as_of: date | None = None) -> ScoreRun | None:
    """The run everybody reads; for a day before it, the newest finished run up to that day."""
    current = CurrentScores.objects.select_related("run").first()
    if current and (as_of is None or current.run.as_of <= as_of):
        return current.run
    finished = ScoreRun.objects.filter(finished_at__isnull=False)
    return finished.filter(as_of__lte=as_of).order_by("-as_of", "-finished_at", "-pk").first() if as_of else None


def current_snapshots() -> QuerySet[ScoreSnapshot]:
    """The snapshots in force, in one statement: a reader sees one run, old or new, never both."""
    return ScoreSnapshot.objects.filter(run__in=CurrentScores.objects.values("run"))


def snapshots_of(accounts: Iterable[int]) -> dict[int, ScoreSnapshot]:
    """The snapshot in force of each account that has one."""
    return {snapshot.account_id: snapshot for snapshot in current_snapshots().filter(account__in=list(accounts))}


def history(account: Account, *, since: date) -> list[ScoreSnapshot]:
    """One snapshot a day, oldest first: the one of the day's newest finished run."""
    rows = (
        ScoreSnapshot.objects.filter(account=account, as_of__gte=since, run__finished_at__isnull=False)
        .order_by("as_of", "-run__finished_at", "-run_id")
        .distinct("as_of")
    )
    return list(rows)
