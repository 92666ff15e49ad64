"""Custom fields inside forms: one rule, that of `reading`, whatever the widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import pgettext

from crm.bilingual import pick
from crm.custom_fields.models import CustomField
from crm.custom_fields.reading import LONGEST, Kind, Unreadable, read
from crm.custom_fields.values import people_by_name
from crm.people import User

PREFIX = "custom_"
LINE = 120


def form_fields(
    on: str, values: Mapping[str, Any] | None = None, *, fields: Sequence[CustomField] | None = None
) -> dict[str, forms.Field]:
    """Form fields by the name they have in a form (`custom_` and the key), filled with the stored `values`."""
    known = CustomField.in_use(on) if fields is None else fields
    stored = values or {}
    return {PREFIX + field.key: CustomFormField(field, stored.get(field.key)) for field in known}


class CustomFormField(forms.Field):
    """Its cleaned value is what is stored."""

    def __init__(self, definition: CustomField, before: Any = None) -> None:
        self.definition, self.before = definition, before
        super().__init__(
            label=definition.label,
            help_text=definition.help,
            required=definition.is_required,
            initial=before,
            widget=widget_of(definition, before),
        )

    def clean(self, value: Any) -> Any:
        people = people_by_name() if self.definition.kind == Kind.USER else {}
        try:
            return read(self.definition, value, people=people, before=self.before)
        except Unreadable as problem:
            raise ValidationError(problem.sentence, code=problem.code) from problem


def widget_of(field: CustomField, before: Any) -> forms.Widget:
    if field.kind == Kind.TEXT:
        longest = field.longest or LONGEST
        attrs = {"maxlength": longest}
        return forms.TextInput(attrs) if longest <= LINE else forms.Textarea({**attrs, "rows": 3})
    if field.kind == Kind.DATE:
        return forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    if field.kind in (Kind.NUMBER, Kind.MONEY):
        return forms.TextInput({"inputmode": "decimal" if field.kind == Kind.NUMBER else "numeric"})
    if field.kind == Kind.MULTI:
        return forms.CheckboxSelectMultiple(choices=options(field, before))
    return forms.Select(choices=[("", "—"), *options(field, before)])


def options(field: CustomField, before: Any) -> list[tuple[Any, str]]:
    """What may be chosen now, and what was chosen before although nobody could choose it any more."""
    if field.kind == Kind.YES_NO:
        return [(True, pgettext("answer", "Yes")), (False, pgettext("answer", "No"))]
    if field.kind == Kind.USER:
        people = User.objects.filter(is_active=True) | User.objects.filter(pk=before)
        return [(user.pk, user.label) for user in people.order_by("reading", "pk")]
    kept = before if isinstance(before, list) else [before]
    return [
        (choice["key"], pick(choice["ja"], choice["en"]))
        for choice in field.choices
        if not choice.get("is_archived") or choice["key"] in kept
    ]


class WithCustomFields(forms.BaseForm):
    """For a form about an object with custom fields: name it in `custom_on`, hand in `custom=` the stored values.

    `<c-custom-fields :form="form" />` shows the fields. Once the form is valid, `own_data` is what it holds besides,
    `custom_values` goes to `set_values` of a stored row, `custom_given` into a new one.
    """

    custom_on: str

    def __init__(self, *args: Any, custom: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= form_fields(self.custom_on, custom)

    @property
    def custom_bound(self) -> list[forms.BoundField]:
        return [self[name] for name, field in self.fields.items() if isinstance(field, CustomFormField)]

    @property
    def custom_values(self) -> dict[str, Any]:
        """Every field by key, None where it was emptied: as `set_values` takes them."""
        return {bound.name.removeprefix(PREFIX): self.cleaned_data[bound.name] for bound in self.custom_bound}

    @property
    def custom_given(self) -> dict[str, Any]:
        return {key: value for key, value in self.custom_values.items() if value is not None}

    @property
    def own_data(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith(PREFIX)}
