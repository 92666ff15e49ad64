"""Writing a segment: a name, what it is good for, and its conditions as pills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.forms.campaigns import ConditionsForm
from campaigns.models import Segment
from campaigns.queries.audience import Condition

ASKED_FOR_MORE = ("add", "remove-")
"""Beginnings of buttons that change the pills and save nothing."""


class SegmentForm(ConditionsForm):
    name_ja = forms.CharField(label=pgettext_lazy("segment", "Name"), max_length=120)
    name_en = forms.CharField(label=pgettext_lazy("segment", "Name in English"), max_length=120, required=False)
    about_ja = forms.CharField(
        label=_("Whom it means"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    about_en = forms.CharField(
        label=_("Whom it means, in English"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        instance: Segment | None = None,
        conditions: Sequence[Condition] = (),
        **more: Any,
    ) -> None:
        super().__init__(data, conditions=instance.conditions if instance else conditions, **more)
        if instance:
            names = ("name_ja", "name_en", "about_ja", "about_en", "version")
            self.initial = {name: getattr(instance, name) for name in names}

    def clean(self) -> dict[str, Any]:
        if not self.pills:
            raise forms.ValidationError(_("A segment needs at least one condition."))
        return super().clean()

    @property
    def is_being_built(self) -> bool:
        """Was only a condition added or taken away?"""
        return bool(self.is_bound and str(self.data.get("do", "")).startswith(ASKED_FOR_MORE))

    def again(self) -> SegmentForm:
        """With what was typed and the pills as they are now, nothing of it judged."""
        form = SegmentForm(conditions=self.conditions)
        form.initial = {name: self.data.get(name, "") for name in self.fields}
        return form

    @property
    def given(self) -> dict[str, Any]:
        texts = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return {**texts, "conditions": self.conditions}
