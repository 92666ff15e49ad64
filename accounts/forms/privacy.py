"""A person's request, as it is written down."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import PrivacyRequest


class RequestForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What the person asks for"),
        choices=PrivacyRequest.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what the person asks for.")},
    )
    received_on = forms.DateField(
        label=gettext_lazy("Received on"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(
        label=gettext_lazy("How it came and how the person was identified"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"received_on": today}, **kwargs})
        self.today = today

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day is still to come."))
        return day


class EraseForm(forms.Form):
    """A second look before what cannot be taken back."""

    is_sure = forms.BooleanField(
        label=gettext_lazy("I have identified the person and erase what we hold about them. It cannot be taken back."),
        error_messages={"required": gettext_lazy("Confirm that you want to erase.")},
    )
