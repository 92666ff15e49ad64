"""What a row was before, and who changed what on a customer: read from the history that database triggers keep.

An event holds the row as it was before a change, and its context says who stood behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, ForeignKey, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import Account, Case, Contact, Need, Subscription
from accounts.queries.timeline import NEWEST, Place, Source, Told, place_of, read
from crm.people import User

AT_ONCE = 30
HIDDEN = frozenset({"id", "version", "matching_key", "created_at", "account", "activity"})
"""What follows from something else, or says nothing to people."""


def as_of_version(row: Any, version: int) -> Any | None:
    """The row as it was when `version` was its newest, if it changed since."""
    events = type(row).pgh_event_model.objects.filter(pgh_obj=row.pk, version=version)
    return events.order_by("-pgh_id").first()


def changes_since(row: Any, version: int) -> list[Change]:
    """What was saved on one row after that version, newest first."""
    events = _events(type(row)).filter(pgh_obj=row.pk, version__gte=version).order_by("-pgh_id")[:AT_ONCE]
    source = SOURCES[type(row)]
    told = events.values_list("pgh_id", JSONObject(at=F(source.by), **source.told))
    return _with_people([source.entry(number, each) for number, each in told])


def last_change_of(name: str, changes: Sequence[Change]) -> Change | None:
    """The newest of them that touched the field."""
    return next((change for change in changes if any(each.name == name for each in change.fields)), None)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`name` is that of the model, for values of custom fields `custom.` and the key; values as stored."""

    name: str
    before: Any
    after: Any


@dataclass(slots=True)
class Change:
    """One save of one row. `by` is None where no person stood behind it, `called` what the row was called then."""

    at: datetime
    key: str
    model: type[Model]
    called: str
    fields: Sequence[FieldChange]
    was_deleted: bool
    user_id: int | None
    by: User | None = None

    @property
    def place(self) -> Place:
        return place_of(self.at, self.key)


@dataclass(frozen=True, slots=True)
class HistoryPage:
    changes: list[Change]
    next_cursor: tuple[datetime, str] | None


def page(account: Account, *, before: tuple[datetime, str] | None = None, limit: int = AT_ONCE) -> HistoryPage:
    """Changes of the customer and of what hangs on it, newest first: two statements."""
    edge = place_of(*before) if before else NEWEST
    found: list[Change] = read(list(SOURCES.values()), account, edge, limit + 1)
    found.sort(key=lambda change: change.place, reverse=True)
    last = found[limit - 1] if len(found) > limit else None
    return HistoryPage(_with_people(found[:limit]), (last.at, last.key) if last else None)


def _with_people(changes: list[Change]) -> list[Change]:
    people = User.objects.in_bulk({change.user_id for change in changes if change.user_id})
    for change in changes:
        change.by = people.get(change.user_id or 0)
    return changes


# -- One source a table ----------------------------------------------------------------------------


def _tracked(model: Any) -> list[str]:
    return [field.name for field in model.pgh_event_model._meta.fields if not field.name.startswith("pgh_")]


def _events(model: Any) -> QuerySet[Any]:
    """With `after`: the row as it was before the change that followed, else as it is now."""
    columns = {name: F(name) for name in _tracked(model)}
    later = model.pgh_event_model.objects.filter(pgh_obj=OuterRef("pgh_obj"), pgh_id__gt=OuterRef("pgh_id"))
    following = later.order_by("pgh_id").values(row=JSONObject(**columns))[:1]
    now = model._base_manager.filter(pk=OuterRef("pgh_obj")).values(row=JSONObject(**columns))[:1]
    found: QuerySet[Any] = model.pgh_event_model.objects.annotate(
        before=JSONObject(**columns), after=Coalesce(Subquery(following), Subquery(now))
    )
    return found


def _source(model: Any, called: Any) -> Source:
    rows = _events(model)
    return Source(
        kind=model._meta.model_name,
        category="activity",
        rows=rows.annotate(account=F("pgh_obj")) if model is Account else rows,
        by="pgh_created_at",
        told={
            "before": F("before"),
            "after": F("after"),
            "label": F("pgh_label"),
            "user": F("pgh_context__metadata__user"),
            "called": called,
        },
        tell=lambda told: _change(model, told),
    )


def _change(model: type[Model], told: Told) -> Change:
    was_deleted = told["label"] == "delete"
    return Change(
        at=told["at"],
        key=told["key"],
        model=model,
        called=told["called"],
        fields=() if was_deleted else list(_differences(told["before"], told["after"] or told["before"])),
        was_deleted=was_deleted,
        user_id=told["user"],
    )


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[FieldChange]:
    for name in before:
        if name == "custom":
            yield from _custom_differences(before[name] or {}, after[name] or {})
        elif name not in HIDDEN and before[name] != after[name]:
            yield FieldChange(name, before[name], after[name])


def _custom_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[FieldChange]:
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            yield FieldChange(f"custom.{key}", before.get(key), after.get(key))


SOURCES: dict[type[Any], Source] = {
    Account: _source(Account, Value("")),
    Contact: _source(Contact, F("name")),
    Subscription: _source(Subscription, F("product__name_ja")),
    Need: _source(Need, F("words")),
    Case: _source(Case, F("subject")),
}


# -- What stands behind ids ------------------------------------------------------------------------


def labels_behind(changes: Iterable[Change]) -> dict[tuple[type[Model], str], dict[int, str]]:
    """Names of the rows that changed fields point to, by model and field: one statement for each table pointed to."""
    wanted: dict[type[Model], set[int]] = defaultdict(set)
    pointing: dict[tuple[type[Model], str], type[Model]] = {}
    for change in changes:
        for field in change.fields:
            if target := _target(change.model, field.name):
                pointing[change.model, field.name] = target
                wanted[target] |= {one for one in (field.before, field.after) if one is not None}
    names = {
        model: {row.pk: _name(row) for row in model._default_manager.filter(pk__in=ids)}
        for model, ids in wanted.items()
    }
    return {place: names[target] for place, target in pointing.items()}


def _target(model: type[Model], name: str) -> type[Model] | None:
    if name.startswith("custom."):
        return None
    field = model._meta.get_field(name)
    return field.related_model if isinstance(field, ForeignKey) else None


def _name(row: Any) -> str:
    return str(getattr(row, "label", row))
