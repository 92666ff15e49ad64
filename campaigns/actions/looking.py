"""Each night one look at every running revision is kept, so that the board can show how the picture got clearer."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.queries.facts import day_of
from campaigns.measure.uplift import Uplift
from campaigns.models import CampaignRevision, Look
from campaigns.queries import effects


@transaction.atomic
def look(*, revision: CampaignRevision, at: datetime) -> None:
    """Keep the three rows as they are on this day, once; a second look on the same day changes nothing."""
    for whole in effects.measured(revision, as_of=at):
        told, on = whole.effects, day_of(at).on
        rows = {Look.Row.SALES: told.sales, Look.Row.LOYALTY: told.loyalty, Look.Row.HARM: told.complaints}
        looks = (_look(revision, on, row, uplift) for row, uplift in rows.items())
        Look.objects.bulk_create(looks, ignore_conflicts=True)


def _look(revision: CampaignRevision, on: date, row: str, uplift: Uplift) -> Look:
    return Look(
        revision=revision,
        on=on,
        row=row,
        verdict=uplift.verdict,
        treated=uplift.treated.n,
        holdout=uplift.holdout.n,
        base=uplift.holdout.value,
        difference=uplift.difference,
        low=uplift.low,
        high=uplift.high,
    )
