"""What a field of a form offers, set when the form is made for somebody.

`Form.fields` holds any kind of field; these say which kind is meant, in one place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import QuerySet


def choose_among(form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """The choices of a ChoiceField: value and words."""
    cast(forms.ChoiceField, form.fields[name]).choices = choices


def choices_of(form: forms.BaseForm, name: str) -> list[tuple[Any, Any]]:
    return list(cast(Any, form.fields[name]).choices)


def choose_from(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """The rows of a ModelChoiceField."""
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = rows
