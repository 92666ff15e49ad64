"""What a merge would do, before anybody decides: counted, not done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.actions.merging.relations import Moves, relations, strategies
from accounts.models import Account
from accounts.queries.customer import number_of


@dataclass(frozen=True, slots=True)
class Hanging:
    """How many rows of a kind hang on each of the two; `moves` says whether they change hands."""

    label: Any
    first: int
    second: int
    moves: bool


def hanging_on(first: Account, second: Account) -> list[Hanging]:
    """One statement; kinds of which there is nothing are left out."""
    known = strategies()
    shown = [(known[relation.name], relation) for relation in relations() if known[relation.name].label]
    counts = {
        f"many_{place}": number_of(relation.model._base_manager.all()) for place, (_, relation) in enumerate(shown)
    }
    rows = {row["pk"]: row for row in Account.objects.filter(pk__in=[first.pk, second.pk]).values("pk", **counts)}
    found = [
        Hanging(strategy.label, rows[first.pk][name], rows[second.pk][name], isinstance(strategy, Moves))
        for name, (strategy, _) in zip(counts, shown, strict=True)
    ]
    return [one for one in found if one.first or one.second]
