"""The figures of the catalogue that count all customers: one statement each, in the night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q

from accounts.models import AccountFigures, Case, CurrentScores, Need, ScoreSnapshot
from campaigns.models import DayFigure
from campaigns.queries.evidence import FEWEST
from campaigns.queries.preview import FULL
from crm.long_questions import over_many_rows

SOON = timedelta(days=90)
LOW_HEALTH = 40
UNHAPPY, PROMOTER = 6, 9


def worked_out(on: date) -> list[DayFigure]:
    """Unsaved, of active customers; a share without anybody behind it is left out."""
    with over_many_rows():
        return [*_kept(on), *_scores(on), *_by_plan(on), *_complaints(on), *_needs(on)]


def _kept(on: date) -> Iterator[DayFigure]:
    found = AccountFigures.objects.filter(is_active=True).aggregate(
        customers=Count("pk"),
        measured=Count("usage_percent"),
        full=Count("pk", filter=Q(usage_percent__gte=FULL)),
        renewing=Count("pk", filter=Q(renews_on__range=(on, on + SOON))),
    )
    if found["measured"]:
        yield _share("STORAGE_NEAR_LIMIT", found["full"], found["measured"], on)
    yield _count("RENEWALS_SOON", found["renewing"], found["customers"], on)


def _snapshots() -> Any:
    """Of the run that everybody reads, for customers that are still ours."""
    run = CurrentScores.objects.values("run")[:1]
    return ScoreSnapshot.objects.filter(run=run, account__closed_on=None, account__merged_into=None)


ANSWERED = {
    "answers": Count("nps"),
    "promoters": Count("pk", filter=Q(nps__gte=PROMOTER)),
    "detractors": Count("pk", filter=Q(nps__lte=UNHAPPY)),
}


def _scores(on: date) -> Iterator[DayFigure]:
    found = _snapshots().aggregate(**ANSWERED, scored=Count("health"), low=Count("pk", filter=Q(health__lt=LOW_HEALTH)))
    if found["scored"]:
        yield _share("HEALTH_LOW", found["low"], found["scored"], on)
    if found["answers"]:
        yield _share("UNHAPPY", found["detractors"], found["answers"], on)
    yield from _nps("", found, on)


def _by_plan(on: date) -> Iterator[DayFigure]:
    plan = {"family": F("account__figures__tier__family__code"), "rank": F("account__figures__tier__rank")}
    rows = _snapshots().filter(account__figures__tier__isnull=False).order_by().values(**plan).annotate(**ANSWERED)
    for row in rows:
        yield from _nps(f"{row['family']}:{row['rank']}", row, on)


def _nps(part: str, found: dict[str, Any], on: date) -> Iterator[DayFigure]:
    if found["answers"] >= FEWEST:
        points = 100 * (found["promoters"] - found["detractors"]) / found["answers"]
        yield DayFigure(code="NPS", part=part, on=on, value=round(points, 1), among=found["answers"])


def _complaints(on: date) -> Iterator[DayFigure]:
    open_now = Case.objects.filter(kind=Case.Kind.COMPLAINT, reported_at=None)
    found = open_now.aggregate(customers=Count("account", distinct=True))
    yield _count("COMPLAINTS_OPEN", found["customers"], found["customers"], on)


def _needs(on: date) -> Iterator[DayFigure]:
    rows = Need.objects.open().order_by().values("topic__code").annotate(customers=Count("account", distinct=True))
    for row in rows:
        yield _count("NEED", row["customers"], row["customers"], on, part=row["topic__code"])


def _share(code: str, part: int, whole: int, on: date) -> DayFigure:
    return DayFigure(code=code, on=on, value=round(part / whole, 4), among=whole)


def _count(code: str, many: int, among: int, on: date, part: str = "") -> DayFigure:
    return DayFigure(code=code, part=part, on=on, value=many, among=among)
