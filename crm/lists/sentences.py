"""Conditions in the reader's words: プラン | が次のどれか | ライト、スタンダード."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from crm.lists.cells import written
from crm.lists.fields import OF_DAYS, WITHOUT_VALUE, Asker, Field, Kind
from crm.lists.filters import Refused, check
from crm.lists.spec import FieldMap

OPERATORS: Mapping[str, Promise] = {
    "contains": pgettext_lazy("filter", "contains"),
    "lacks": pgettext_lazy("filter", "does not contain"),
    "is": pgettext_lazy("filter", "is"),
    "starts": pgettext_lazy("filter", "starts with"),
    "at_least": pgettext_lazy("filter", "at least"),
    "at_most": pgettext_lazy("filter", "at most"),
    "between": pgettext_lazy("filter", "between"),
    "since": pgettext_lazy("filter", "on or after"),
    "until": pgettext_lazy("filter", "on or before"),
    "within": pgettext_lazy("filter", "within the next"),
    "last": pgettext_lazy("filter", "within the last"),
    "not_for": pgettext_lazy("filter", "not for"),
    "any_of": pgettext_lazy("filter", "is any of"),
    "all_of": pgettext_lazy("filter", "is all of"),
    "none_of": pgettext_lazy("filter", "is none of"),
    "me": pgettext_lazy("filter", "is you"),
    "empty": pgettext_lazy("filter", "is empty"),
    "filled": pgettext_lazy("filter", "is filled"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One condition; `is_wrong` when it cannot be asked, e.g. because its field was taken away."""

    position: int
    field: str
    operator: str
    value: str
    is_wrong: bool = False


def sentences(filters: Sequence[Mapping[str, Any]], fields: FieldMap, asker: Asker) -> list[Sentence]:
    return [_sentence(condition, position, fields, asker) for position, condition in enumerate(filters)]


def _sentence(condition: Mapping[str, Any], position: int, fields: FieldMap, asker: Asker) -> Sentence:
    try:
        field, operator, value = check(condition, position, fields)
    except Refused:
        return Sentence(position, str(condition.get("field", "")), "", "", is_wrong=True)
    return Sentence(position, str(field.label), str(OPERATORS[operator]), _value(field, operator, value, asker))


def _value(field: Field, operator: str, value: Any, asker: Asker) -> str:
    if operator in WITHOUT_VALUE:
        return ""
    if operator in OF_DAYS:
        return ngettext("%(days)s day", "%(days)s days", value) % {"days": value}
    if operator == "between":
        return _("%(low)s to %(high)s") % {"low": _one(field, value[0], asker), "high": _one(field, value[1], asker)}
    if isinstance(value, list):
        labels = dict(field.options(asker)) if field.options else {}
        return _(", ").join(str(labels.get(str(each), each)) for each in value)
    return _one(field, value, asker)


def _one(field: Field, value: Any, asker: Asker) -> str:
    if field.kind == Kind.YES_NO or field.is_number or isinstance(value, date):
        return written(field, value, asker.today)
    return str(value)
