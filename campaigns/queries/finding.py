"""Finding texts of one's own by any part, in any width, case or kana: for tables that a company fills by hand."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from accounts.models.folding import asked


def having(rows: QuerySet[Any], text: str, *fields: str) -> QuerySet[Any]:
    """Rows in which every word of the text stands somewhere in these fields."""
    wanted = asked(text)
    if not wanted:
        return rows
    parts = [part for field in fields for part in (F(field), Value(" "))]
    words = Func(Concat(*parts, output_field=TextField()), function="sodate_fold", output_field=TextField())
    rows = rows.annotate(words_folded=words)
    for spellings in wanted:
        met = Q()
        for term in spellings:
            met |= Q(words_folded__contains=term)
        rows = rows.filter(met)
    return rows
