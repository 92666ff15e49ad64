"""Expressions over the functions that `accounts.models.folding` installs, for indexes and for the questions to them."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Field, Func, Lookup


class Vector(Field):
    def db_type(self, connection: Any) -> str:
        return "tsvector"


@Vector.register_lookup
class Holds(Lookup):
    """`holds=question`: the bigrams answer a tsquery written out."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", (*parameters, self.rhs)


class Words(Func):
    """The fields of a row as one folded text."""

    function = "public.sodate_words"
    output_field = models.TextField()


class Bigrams(Func):
    """Every sign with the next one; Latin letters and digits with the next two. See `accounts.models.folding.grams`."""

    function = "public.sodate_grams"
    arity = 1
    output_field = Vector()


BLOCK, SHELF = 1 << 10, 1 << 16
"""Keys that stand together: an index walks the list of a common word no further than the block it is asked about."""


class Blocks(Func):
    """The block of a key, and its shelf as a number below zero."""

    template = f"(ARRAY[%(expressions)s / {BLOCK}, -1 - %(expressions)s / {SHELF}])"
    arity = 1
    output_field = ArrayField(models.BigIntegerField())


ROW = 32
"""Blocks that one who looks for a common pair of letters walks before whole shelves; fewer than two shelves have."""


def newest_blocks(size: int) -> Func:
    """Of a key: the numbers of its block, or shelf, and of the one before, as `Blocks` writes them."""
    last = f"%(expressions)s / {size}"
    numbers = f"{last} - 1, {last}" if size == BLOCK else f"-({last}), -1 - {last}"
    return Func(F("pk"), template=f"(ARRAY[{numbers}])", output_field=ArrayField(models.BigIntegerField()))


def row_of_blocks() -> Func:
    """Of a key: the numbers of the blocks before those two, none below zero, where shelves have theirs."""
    last = f"%(expressions)s / {BLOCK}"
    numbers = f"(SELECT array_agg(place) FROM generate_series(greatest({last} - {ROW} + 1, 0), {last} - 2) AS place)"  # noqa: S608
    return Func(F("pk"), template=numbers, output_field=ArrayField(models.BigIntegerField()))


def before_blocks(size: int, many: int = 2) -> Func:
    """The first key of so many."""
    first = f"((%(expressions)s / {size} - {many - 1}) * {size})"
    return Func(F("pk"), template=first, output_field=models.BigIntegerField())
