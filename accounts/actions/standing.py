"""Scoring every account as of a day, and switching everybody to the new scores at one moment.

Snapshots are written under a new run, chunk by chunk, while everybody still reads the old run; the switch is
one row. A run that dies leaves snapshots that nobody reads, and the next run takes them away.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from django.db import connection, transaction
from django.db.models import F

from accounts.models import CurrentScores, ScoreRun, ScoreSnapshot
from accounts.queries import facts, scoring_tables
from accounts.queries.facts import Day
from accounts.queries.scoring_tables import TREND_DAYS
from accounts.scoring.chunk import Scores, ScoringSettings, complete, score_accounts, with_ages
from accounts.scoring.health import health_table
from accounts.scoring.ltv import ValueSettings
from accounts.scoring.purchases import Buying, fit_buying
from accounts.scoring.reasons import Contribution
from accounts.scoring.rfm import cut_points
from crm import audit

RULES_VERSION = "1"
CHUNK = 5_000
ENOUGH_BUYERS = 100
"""Fewer customers who came back than this tell no rhythm worth fitting."""
FITTED_ON = 5_000
DEAD_AFTER = timedelta(hours=6)


def rescore(*, as_of: date, at: datetime) -> ScoreRun:
    """Score all accounts by what was known on `as_of`; switch to the run unless a later day is in force.

    Run again for the same day on the same facts it gives the same figures.
    """
    today = facts.day(as_of)
    _take_away_leftovers(as_of=as_of, at=at)
    run = ScoreRun.objects.create(as_of=as_of, started_at=at, rules_version=RULES_VERSION)
    book = _Book.of(today)
    accounts = facts.scored_accounts(today)
    for chunk in facts.in_chunks(accounts, CHUNK):
        _write(run, _snapshots(chunk, book))
    _switch(run, accounts=len(accounts), at=at)
    return run


@dataclass(frozen=True, slots=True)
class _Book:
    """What a run knows of the whole book before it looks at the first account."""

    today: Day
    bought: pd.DataFrame
    bought_before: pd.DataFrame
    settings: ScoringSettings

    @classmethod
    def of(cls, today: Day) -> _Book:
        bought = scoring_tables.buying(today)
        settings = ScoringSettings(cuts=cut_points(bought), value=ValueSettings(buying=_buying_model(bought)))
        return cls(today, bought, scoring_tables.buying(today.before(TREND_DAYS)), settings)


def _buying_model(bought: pd.DataFrame) -> Buying | None:
    """Fitted on a fixed sample, so that the same customers always teach the same."""
    if (bought["repeats"] > 0).sum() < ENOUGH_BUYERS:
        return None
    sample = bought.sort_index().iloc[:: max(1, len(bought) // FITTED_ON)]
    recency = (sample["last_order_on"] - sample["first_order_on"]).dt.days
    age = sample["recency_days"] + recency
    return fit_buying(sample["repeats"], recency, age, sample["mean_order"])


def _snapshots(accounts: Sequence[int], book: _Book) -> list[tuple[Any, ...]]:
    today = book.today
    frame = scoring_tables.gather(accounts, today, book.bought).join(scoring_tables.previous_stages(accounts, today))
    scored = score_accounts(frame, today.on, book.settings)
    change = _health(frame, today) - _health_before(accounts, book)
    rows = zip(scored, frame.itertuples(), book.bought["recency_days"].reindex(frame.index), change, strict=True)
    return [_row(scores, known, _whole(days), _whole(moved)) for scores, known, days, moved in rows]


def _health_before(accounts: Sequence[int], book: _Book) -> pd.Series:
    """Health some 90 days before, reckoned again from the facts of then."""
    before = book.today.before(TREND_DAYS)
    return _health(scoring_tables.gather(accounts, before, book.bought_before), before)


def _health(frame: pd.DataFrame, today: Day) -> pd.Series:
    score = health_table(with_ages(complete(frame), today.on)).score
    return pd.Series(np.where(score < 0, np.nan, score), index=frame.index)


COLUMNS = (
    *("run_id", "account_id", "as_of", "recency_days", "frequency", "monetary", "r", "f", "m", "nps", "nps_on"),
    *("ltv", "yearly_value", "margin_rate", "expected_years", "ltv_sources", "loyalty", "loyalty_parts"),
    *("health", "health_parts", "health_change", "stage"),
)


def _row(scores: Scores, known: Any, recency_days: int | None, health_change: int | None) -> tuple[Any, ...]:
    """A snapshot in the order of COLUMNS, without the run."""
    worth, rfm = scores.ltv, scores.rfm
    base = Contribution("BASE", scores.health.base)
    return (
        scores.account,
        scores.as_of,
        recency_days,
        _whole(known.frequency),
        None if np.isnan(known.monetary) else round(known.monetary, 2),
        rfm.r,
        rfm.f,
        rfm.m,
        scores.nps_latest,
        scores.nps_on,
        worth and worth.value,
        worth and worth.yearly.value,
        worth and worth.margin.value,
        worth and worth.years.value,
        _json(_sources(scores)),
        scores.loyalty.score,
        _json([_part(line) for line in scores.loyalty.contributions]),
        scores.health.score,
        _json([] if scores.health.score is None else [_part(line) for line in (base, *scores.health.drivers)]),
        health_change,
        scores.stage.stage.lower() if scores.stage.stage else "",
    )


def _sources(scores: Scores) -> dict[str, Any]:
    """Where each factor of the lifetime value comes from, and its range."""
    worth = scores.ltv
    if worth is None:
        return {}
    return {
        "yearly": worth.yearly.source,
        "margin": worth.margin.source,
        "years": worth.years.source,
        "low": worth.low,
        "high": worth.high,
        "years_low": float(worth.years.low),
        "years_high": float(worth.years.high),
        "confidence": worth.confidence,
        "figures": worth.years.figures,
    }


def _part(line: Contribution) -> dict[str, Any]:
    return {"code": line.code, "points": line.points, "figures": dict(line.figures)}


def _json(value: object) -> str:
    return json.dumps(value, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be stored with a score")


def _whole(value: float | None) -> int | None:
    return None if value is None or np.isnan(value) else int(value)


def _write(run: ScoreRun, rows: Iterable[tuple[Any, ...]]) -> None:
    table = ScoreSnapshot._meta.db_table
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(COLUMNS)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row((run.pk, *row))


def _switch(run: ScoreRun, *, accounts: int, at: datetime) -> None:
    """The one moment at which everybody goes over; an older day never takes the place of a newer one."""
    with transaction.atomic():
        ScoreRun.objects.filter(pk=run.pk).update(finished_at=at, accounts=accounts)
        run.refresh_from_db()
        current, is_first = CurrentScores.objects.select_for_update().get_or_create(
            pk=1, defaults={"run": run, "switched_at": at}
        )
        if not is_first and run.as_of >= current.run.as_of:
            CurrentScores.objects.filter(pk=1).update(run=run, switched_at=at)
        audit.record(verb="scores.written", subject=run, by=None, at=at, as_of=run.as_of.isoformat(), accounts=accounts)


def _take_away_leftovers(*, as_of: date, at: datetime) -> None:
    """Runs that died, and earlier runs of the same day but the newest, which somebody may be reading."""
    ScoreRun.objects.filter(finished_at=None, started_at__lt=at - DEAD_AFTER).delete()
    same_day = ScoreRun.objects.filter(as_of=as_of, finished_at__isnull=False).order_by(F("finished_at").desc(), "-pk")
    in_force = CurrentScores.objects.values_list("run_id", flat=True)
    ScoreRun.objects.filter(pk__in=list(same_day.values_list("pk", flat=True)[1:])).exclude(pk__in=in_force).delete()
