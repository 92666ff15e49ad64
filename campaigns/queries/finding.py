"""Finding texts of one's own by any part, in any width, case or kana: for tables that a company fills by hand."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan

from accounts.models.folding import asked


def having(rows: QuerySet[Any], text: str, *fields: str) -> QuerySet[Any]:
    """Rows in which every word of the text stands somewhere in these fields."""
    return having_words(rows, [list(map(Value, spellings)) for spellings in asked(text)], *fields)


def having_words(rows: QuerySet[Any], words: Iterable[list[Any]], *fields: str) -> QuerySet[Any]:
    """The same of folded words, each by one of its spellings: values, or places of values."""
    parts = [part for field in fields for part in (F(field), Value(" "))]
    folded = Func(Concat(*parts, output_field=TextField()), function="sodate_fold", output_field=TextField())
    rows = rows.alias(words_folded=folded)
    for spellings in words:
        rows = rows.filter(reduce(or_, (Q(GreaterThan(StrIndex("words_folded", one), 0)) for one in spellings)))
    return rows
