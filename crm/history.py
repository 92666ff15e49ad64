"""What a row was before its last change, from the history that the database keeps by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def values_before(row: Any, fields: Sequence[str]) -> dict[str, Any] | None:
    """Its values at the version before the present one; None for a row as it was first written.

    For models that are tracked and whose every edit raises `version` by one.
    """
    history = type(row).pgh_event_model.objects.filter(pgh_obj_id=row.pk, version=row.version - 1)
    found: dict[str, Any] | None = history.order_by("-pgh_id").values(*fields).first()
    return found
