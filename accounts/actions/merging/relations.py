"""What hangs on a customer, from the model registry, and what a merge does with it.

Every relation to Account has a strategy in the slot `merge_strategies`; a test fails where one is missing.
Nothing is ever deleted: what cannot move, because the survivor has its like, stays with the customer that went up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pghistory.models
from django.apps import apps
from django.db.models import SET_NULL, Exists, ForeignKey, Model, OuterRef, QuerySet

from accounts.models import Account, Contact
from accounts.queries import duplicates
from crm import slots

if TYPE_CHECKING:
    from accounts.actions.merging.journal import Journal

Rows = QuerySet[Any]
Leaving = Callable[[Rows, Account], Rows]


@dataclass(frozen=True, slots=True)
class Moves:
    """The rows change hands, except those that `leaving(rows of the gone one, survivor)` picks out.

    `before` prepares the rows, `after` mends what the move brought about; both write down what they change.
    `despite` names triggers that keep the rows from being changed: the move touches no fact of theirs.
    `label` is what people call the rows; rows without one are not shown to anybody.
    """

    label: Any = ""
    leaving: Leaving | None = None
    before: Callable[[Journal], None] | None = None
    after: Callable[[Journal], None] | None = None
    despite: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stays:
    """The rows go on speaking of the customer that went up."""

    why: str
    label: Any = ""


Strategy = Moves | Stays


def same(*names: str) -> Leaving:
    """Leave the rows whose like, by these fields, the survivor has."""

    def leaving(rows: Rows, survivor: Account) -> Rows:
        likes = rows.model._base_manager.filter(account=survivor, **{name: OuterRef(name) for name in names})
        return rows.filter(Exists(likes))

    return leaving


def same_mail(rows: Rows, survivor: Account) -> Rows:
    known = Contact.objects.filter(account=survivor, email__iexact=OuterRef("email"))
    return rows.exclude(email="").filter(Exists(known))


@dataclass(frozen=True, slots=True)
class Relation:
    """A column that leads to Account; `name` is app.Model.column."""

    name: str
    model: type[Model]
    column: ForeignKey[Any, Any] = field(compare=False)

    def rows(self, account: Account) -> Rows:
        return self.model._base_manager.filter(**{self.column.name: account})


def relations() -> Iterator[Relation]:
    """Every foreign key to Account, in the order of the apps; history stays where it was written."""
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, pghistory.models.Event) or model._meta.proxy or not model._meta.managed:
            continue
        for column in model._meta.concrete_fields:
            if isinstance(column, ForeignKey) and column.related_model is Account:
                yield Relation(f"{model._meta.label}.{column.name}", model, column)


def strategies() -> Mapping[str, Strategy]:
    return {name: strategy for filling in slots.merge_strategies for name, strategy in filling.items()}


def moving() -> Iterator[tuple[Relation, Moves]]:
    """Relations whose rows change hands. Raises KeyError for one without a strategy."""
    known = strategies()
    for relation in relations():
        strategy = known[relation.name]
        if isinstance(strategy, Moves):
            yield relation, strategy


def ties() -> Iterator[tuple[Relation, ForeignKey[Any, Any], Relation]]:
    """Between moving rows: child, its column, parent, where the child makes no sense without its parent."""
    by_model = {relation.model: relation for relation, _ in moving() if relation.model is not Account}
    for child in by_model.values():
        for column in child.model._meta.concrete_fields:
            if not isinstance(column, ForeignKey) or column.remote_field.on_delete is SET_NULL:
                continue
            parent = by_model.get(column.related_model)
            if parent:
                yield child, column, parent


def label_of(part: str) -> Any:
    """What people call a relation (app.Model.column), or the field of the customer or of a person at it."""
    strategy = strategies().get(part)
    if strategy:
        return strategy.label
    model, _, column = part.rpartition(".")
    if model == Account._meta.label:
        fields = {name: label for label, names in duplicates.FIELDS.values() for name in names}
        return fields.get(column, column)
    return strategies()[f"{model}.account"].label
