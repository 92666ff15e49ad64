"""Correcting what is written about a customer, a contact or a contract; a form may show only some of its fields."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from copy import copy
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, Subscription
from accounts.phrases import FIELDS, plain_words
from crm.custom_fields import WithCustomFields, display
from crm.custom_fields.forms import PREFIX, CustomFormField

CUSTOM = "custom."


class RecordForm(WithCustomFields, forms.ModelForm):
    """`values` are as `records.save` takes them; the row itself is not touched."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: Any, only: Collection[str] = ()) -> None:
        super().__init__(data, instance=copy(row), custom=row.custom, initial={"version": row.version})
        for name in self.fields.keys() - {"version", *only} if only else ():
            del self.fields[name]
        columns = {column.name: column for column in self._meta.model._meta.concrete_fields}
        for name, field in self.fields.items():
            field.label = FIELDS.get(name, field.label)
            if name in columns:
                bounded(field, columns[name])

    @property
    def shown(self) -> list[forms.BoundField]:
        return [bound for bound in self.visible_fields() if bound not in self.custom_bound]

    @property
    def values(self) -> dict[str, Any]:
        own = {name: self.cleaned_data[name] for name in self.fields if not name.startswith(PREFIX)}
        del own["version"]
        return own | {f"{CUSTOM}{key}": value for key, value in self.custom_values.items()}

    @property
    def gathered(self) -> dict[str, Any]:
        """For a new row: the values of custom fields in one."""
        own = {name: value for name, value in self.values.items() if not name.startswith(CUSTOM)}
        return own | {"custom": {key: value for key, value in self.custom_values.items() if value is not None}}

    def name_of(self, field: str) -> str:
        """The name in this form of a field that `values` names."""
        return PREFIX + field.removeprefix(CUSTOM) if field.startswith(CUSTOM) else field

    def _post_clean(self) -> None:
        """Only the fields are looked at. What is taken may lie out of the reader's sight: the action answers that."""


def bounded(field: forms.Field, column: Any) -> forms.Field:
    """The field also says no to a number that its column cannot hold."""
    field.validators = [*field.validators, *(one for one in column.validators if isinstance(one, MaxValueValidator))]
    return field


class AccountForm(RecordForm):
    custom_on = "account"

    class Meta:
        model = Account
        fields = (
            "name",
            "reading",
            "name_en",
            "corporate_number",
            "industry",
            "employees",
            "city",
            "city_en",
            "address",
            "phone",
            "domain",
        )
        help_texts = {"reading": _("For sorting and finding: あおばめでぃかる"), "corporate_number": _("13 digits.")}

    def clean_corporate_number(self) -> str:
        return corporate_number(self.cleaned_data["corporate_number"])


def corporate_number(text: str) -> str:
    """Thirteen plain digits, however they were typed, or nothing."""
    number = unicodedata.normalize("NFKC", text).replace("-", "").strip()
    if number and not (len(number) == 13 and number.isdecimal()):
        raise forms.ValidationError(
            _("A corporate number has 13 digits; this one has %(digits)s."), params={"digits": len(number)}
        )
    return number


class ContactForm(RecordForm):
    custom_on = "contact"

    class Meta:
        model = Contact
        fields = ("name", "reading", "name_en", "department", "title", "part", "email", "phone", "wishes")
        help_texts = {"wishes": _("Such as: calls in the morning.")}


class ContractForm(RecordForm):
    custom_on = "subscription"

    class Meta:
        model = Subscription
        fields = ("renews_on", "is_auto_renewed")
        widgets = {"renews_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}

    def clean_renews_on(self) -> Any:
        day = self.cleaned_data["renews_on"]
        if day and day <= self.instance.starts_on:
            raise forms.ValidationError(_("The renewal lies after the beginning of the contract."))
        return day


def words_of(field: forms.Field, value: Any) -> str:
    """A value of a field as people read it; of a row it points to its id will do."""
    if isinstance(field, CustomFormField):
        return display(field.definition, value)
    if isinstance(field, forms.ModelChoiceField):
        row = value if isinstance(value, Model) or value is None else field.queryset.filter(pk=value).first()  # type: ignore[union-attr]
        return plain_words(row and str(row))
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    return plain_words(value)
