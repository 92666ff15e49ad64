"""The figures about all customers, kept once a day so that no page has to count them."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from campaigns.models import DayFigure
from campaigns.queries.evidence_sums import worked_out


@transaction.atomic
def keep(*, on: date) -> int:
    """Work out the figures of a day, or work them out again; how many there are."""
    figures = worked_out(on)
    DayFigure.objects.bulk_create(
        figures, update_conflicts=True, unique_fields=["code", "part", "on"], update_fields=["value", "among"]
    )
    return len(figures)
