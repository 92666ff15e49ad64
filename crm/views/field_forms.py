"""What an administrator types about a custom field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.custom_fields import CustomField
from crm.custom_fields.defining import LIMITS, MOST_CHOICES, WITH_CHOICES
from crm.custom_fields.reading import LONGEST

BLANK_ROWS = 3


class FieldForm(forms.ModelForm):
    """Only the limits that the kind has."""

    class Meta:
        model = CustomField
        fields = ("name_ja", "name_en", "help_ja", "help_en", "is_required", "longest", "lowest", "highest")
        labels = {
            "name_ja": gettext_lazy("Japanese name"),
            "name_en": gettext_lazy("English name"),
            "help_ja": gettext_lazy("Help in Japanese"),
            "help_en": gettext_lazy("Help in English"),
            "is_required": gettext_lazy("Must be filled in"),
            "longest": gettext_lazy("Most characters"),
            "lowest": gettext_lazy("Lowest"),
            "highest": gettext_lazy("Highest"),
        }
        help_texts = {
            "name_en": gettext_lazy("Files and the API call the field by a key made from this name."),
            "help_ja": gettext_lazy("One sentence that stands below the field."),
        }
        error_messages = {"name_ja": {"required": gettext_lazy("Give the field a name.")}}

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.kind = kind
        for name in {"longest", "lowest", "highest"} - LIMITS.get(kind, frozenset()):
            del self.fields[name]

    @property
    def text_fields(self) -> list[forms.BoundField]:
        return [bound for bound in self if bound.name != "is_required"]

    def clean_longest(self) -> int | None:
        longest = self.cleaned_data["longest"]
        if longest is not None and not 1 <= longest <= LONGEST:
            raise forms.ValidationError(_("Between 1 and %(most)s.") % {"most": f"{LONGEST:,}"})
        return longest

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        lowest, highest = given.get("lowest"), given.get("highest")
        if lowest is not None and highest is not None and highest < lowest:
            self.add_error("highest", _("The highest is below the lowest."))
        return given

    def validate_constraints(self) -> None:
        """The range is told at its own field."""


class ChoiceForm(forms.Form):
    key = forms.CharField(required=False, widget=forms.HiddenInput)
    ja = forms.CharField(label=gettext_lazy("Japanese name"), max_length=60)
    en = forms.CharField(label=gettext_lazy("English name"), max_length=60, required=False)
    is_archived = forms.BooleanField(label=pgettext_lazy("choice", "No longer offered"), required=False)


class ChoiceRows(BaseFormSet):
    """The choices in their order; a row marked as removed is left out, and archived if a record holds it."""

    def clean(self) -> None:
        for language in ("ja", "en"):
            names = [row[language].strip().casefold() for row in self._given() if row.get(language)]
            if len(names) != len(set(names)):
                raise forms.ValidationError(_("Two choices have the same name."))

    def _given(self) -> list[dict[str, Any]]:
        forms_kept = [form for form in self.forms if form.is_valid() and form.cleaned_data.get("ja")]
        return [form.cleaned_data for form in forms_kept if not form.cleaned_data.get("DELETE")]

    @property
    def choices(self) -> list[dict[str, Any]]:
        last = MOST_CHOICES + 1
        rows = sorted(self._given(), key=lambda row: last if row.get("ORDER") is None else row["ORDER"])
        return [{name: row[name] for name in ("key", "ja", "en", "is_archived")} for row in rows]


ChoiceSet: type[ChoiceRows] = formset_factory(  # type: ignore[assignment]
    ChoiceForm,
    formset=ChoiceRows,
    extra=BLANK_ROWS,
    can_order=True,
    can_delete=True,
    max_num=MOST_CHOICES,
    absolute_max=MOST_CHOICES + BLANK_ROWS,
)


def choice_rows(field: CustomField, data: Any) -> ChoiceRows | None:
    """None for a kind without choices. The button `more` adds blank rows to what was typed so far."""
    if field.kind not in WITH_CHOICES:
        return None
    if data is None:
        return ChoiceSet(initial=[{"is_archived": False, **choice} for choice in field.choices], prefix="choices")
    if "more" in data:
        data = data.copy()
        total = as_number(data.get("choices-TOTAL_FORMS")) + BLANK_ROWS
        data["choices-TOTAL_FORMS"] = str(min(total, MOST_CHOICES))
    return ChoiceSet(data, prefix="choices")


def as_number(text: str | None) -> int:
    """0 for what is none."""
    return int(text) if text and text.isascii() and text.isdecimal() else 0
