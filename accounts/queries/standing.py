"""Which scores are in force."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import CurrentScores, ScoreSnapshot


def current_snapshots() -> QuerySet[ScoreSnapshot]:
    """The snapshots in force, in one statement: a reader sees one run, old or new, never both."""
    return ScoreSnapshot.objects.filter(run__in=CurrentScores.objects.values("run"))
