"""Expressions over the functions that `accounts.models.folding` installs, for indexes and for the questions to them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Field, Func, Lookup


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
    function = "public.sodate_bigrams"
    arity = 1
    output_field = Vector()
