"""What people answer to a suggestion, and how a proposal ended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.suggestions import DismissReason, LostReason

NEVER = date(2999, 12, 31)
MONTHS_LATER = timedelta(days=91)
BEFORE_RENEWAL = timedelta(days=30)
YEAR = timedelta(days=365)


def before_renewal(renews_on: date | None, today: date) -> date | None:
    """A month before the contract renews; when that has passed, a month before the renewal after it."""
    if renews_on is None:
        return None
    day = renews_on - BEFORE_RENEWAL
    return day if day > today else day + YEAR


class DecisionForm(forms.Form):
    version = forms.IntegerField(required=False)

    @property
    def arguments(self) -> dict[str, Any]:
        return {"version": self.cleaned_data["version"]}


class LaterForm(DecisionForm):
    """Set aside until a day: one of the offered ones, or a day of one's own."""

    until = forms.DateField(required=False)
    on = forms.DateField(required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        given["until"] = given.get("until") or given.get("on")
        if not given["until"]:
            self.add_error("on", _("Choose a day that is still to come."))
        return given

    @property
    def arguments(self) -> dict[str, Any]:
        return {**super().arguments, "until": self.cleaned_data["until"]}


class DismissForm(DecisionForm):
    """A reason, and when the same may be suggested again."""

    AGAIN = (
        ("renewal", pgettext_lazy("ask again", "Before renewal")),
        ("months", pgettext_lazy("ask again", "In 3 months")),
        ("never", pgettext_lazy("ask again", "Never")),
    )

    reason = forms.ChoiceField(choices=DismissReason.choices)
    again = forms.ChoiceField(choices=AGAIN, required=False)

    def __init__(self, *args: Any, renews_on: date | None, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = {"renewal": before_renewal(renews_on, today), "months": today + MONTHS_LATER, "never": NEVER}

    @property
    def arguments(self) -> dict[str, Any]:
        again = self.days.get(self.cleaned_data["again"])
        return {**super().arguments, "reason": self.cleaned_data["reason"], "ask_again_on": again}


class WonForm(DecisionForm):
    is_disclosure_told = forms.BooleanField(required=False)

    @property
    def arguments(self) -> dict[str, Any]:
        return {**super().arguments, "is_disclosure_told": self.cleaned_data["is_disclosure_told"]}


class LostForm(DecisionForm):
    reason = forms.ChoiceField(label=_("The customer's reason"), choices=LostReason.choices)
    note = forms.CharField(
        label=_("In a word"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    @property
    def arguments(self) -> dict[str, Any]:
        return {**super().arguments, "reason": self.cleaned_data["reason"], "note": self.cleaned_data["note"]}
