"""Keeping how a list stands as a view: made, changed, shared, ordered and removed by its owner."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from crm import audit
from crm.lists.state import State
from crm.people import User
from crm.saved_views import SavedView


class NameTaken(Exception):
    """The owner has a view of that name on this list."""


class NotYours(Exception):
    """Only its owner changes a view."""


class MayNotShare(Exception):
    """Views for everybody are made by managers, planners and administrators."""


def may_share(user: User) -> bool:
    return not user.is_rep


def keep(*, list_key: str, name: str, state: State, by: User, at: datetime, is_shared: bool = False) -> SavedView:
    """A new view that stands as the list does now, behind the others. Raises NameTaken, MayNotShare."""
    if is_shared and not may_share(by):
        raise MayNotShare
    last = SavedView.objects.filter(owner=by, list_key=list_key).aggregate(last=Max("position"))["last"]
    view = SavedView(
        list_key=list_key, owner=by, name=name, is_shared=is_shared, position=(last or 0) + 1, **_stand(state)
    )
    with transaction.atomic():
        _write(view)
        audit.record(verb="view.kept", subject=view, by=by, at=at, list=list_key, is_shared=is_shared)
    return view


def change(*, view: SavedView, state: State, by: User, at: datetime) -> SavedView:
    """Let the view stand as the list does now. Raises NotYours."""
    return _update(view, by, at, "view.changed", **_stand(state))


def rename(*, view: SavedView, name: str, is_shared: bool, by: User, at: datetime) -> SavedView:
    """Raises NotYours, NameTaken, MayNotShare."""
    if is_shared and not view.is_shared and not may_share(by):
        raise MayNotShare
    return _update(view, by, at, "view.renamed", name=name, is_shared=is_shared)


def make_default(*, view: SavedView, by: User, at: datetime) -> SavedView:
    """It opens first for its owner; another one no longer does. Raises NotYours."""
    with transaction.atomic():
        SavedView.objects.filter(owner=by, list_key=view.list_key, is_default=True).update(is_default=False)
        return _update(view, by, at, "view.made_default", is_default=True)


def move(*, view: SavedView, step: int, by: User, at: datetime) -> SavedView:
    """One place to the left (-1) or right (1) among one's own views. Raises NotYours."""
    _check(view, by)
    with transaction.atomic():
        own = list(SavedView.objects.select_for_update().filter(owner=by, list_key=view.list_key))
        here = next(place for place, each in enumerate(own) if each.pk == view.pk)
        own.insert(max(0, min(len(own) - 1, here + step)), own.pop(here))
        for place, each in enumerate(own):
            each.position = place
        SavedView.objects.bulk_update(own, ["position"])
        audit.record(verb="view.moved", subject=view, by=by, at=at, list=view.list_key)
    return view


def remove(*, view: SavedView, by: User, at: datetime) -> None:
    """Raises NotYours."""
    _check(view, by)
    with transaction.atomic():
        audit.record(verb="view.removed", subject=view, by=by, at=at, list=view.list_key, name=view.name)
        view.delete()


def _stand(state: State) -> dict[str, Any]:
    return {
        "filters": list(state.filters),
        "sort": state.sort,
        "columns": list(state.columns),
        "density": state.density,
    }


def _check(view: SavedView, by: User) -> None:
    if view.owner_id != by.pk:
        raise NotYours


def _update(view: SavedView, by: User, at: datetime, verb: str, **changes: Any) -> SavedView:
    _check(view, by)
    for name, value in changes.items():
        setattr(view, name, value)
    with transaction.atomic():
        _write(view, changes.keys())
        SavedView.objects.filter(pk=view.pk).update(version=F("version") + 1)
        audit.record(verb=verb, subject=view, by=by, at=at, list=view.list_key)
    return view


def _write(view: SavedView, names: Any = None) -> None:
    try:
        with transaction.atomic():
            view.save(update_fields=names)
    except IntegrityError as error:
        raise NameTaken from error
