"""What came of a call: one button, and a word if somebody wants to write one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, FollowUp
from campaigns.models import CallRound, CallStep, Suggestion
from campaigns.models.suggestions import DismissReason
from crm.people import User

Outcome = CallStep.Outcome
OUTCOMES = [(value, words) for value, words in Outcome.choices if value != Outcome.SKIPPED]


class BeginForm(forms.Form):
    """`state` is the address of the list of customers from the question mark on; `selected` some of its rows."""

    source = forms.ChoiceField(choices=CallRound.Source.choices)
    revision = forms.IntegerField(required=False, min_value=1, max_value=2**31)
    state = forms.CharField(required=False, max_length=4000)


class ResultForm(forms.Form):
    """A reason alone says that they declined, a day alone that they are interested later.

    `kept` are the promises that a conversation keeps; with `has_promises` none of them is an answer, too.
    """

    outcome = forms.ChoiceField(choices=OUTCOMES, required=False)
    reason = forms.ChoiceField(choices=DismissReason.choices, required=False)
    until = forms.DateField(required=False)
    note = forms.CharField(max_length=2000, required=False)
    contact = forms.ModelChoiceField(Contact.objects.none(), required=False)
    suggestion = forms.ModelChoiceField(Suggestion.objects.none(), required=False)
    version = forms.IntegerField(required=False)
    kept = forms.ModelMultipleChoiceField(FollowUp.objects.none(), required=False)
    has_promises = forms.BooleanField(required=False)

    def __init__(self, *args: Any, account: Account, by: User, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today
        people: Any = self.fields["contact"]
        people.queryset = Contact.objects.filter(account=account)
        offers: Any = self.fields["suggestion"]
        offers.queryset = Suggestion.objects.visible_to(by).filter(account=account).select_related("account")
        promised: Any = self.fields["kept"]
        promised.queryset = FollowUp.objects.visible_to(by).filter(account=account, owner=by)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        meant = Outcome.DECLINED if given.get("reason") else Outcome.LATER if given.get("until") else ""
        given["outcome"] = given.get("outcome") or meant
        if not given["outcome"]:
            raise forms.ValidationError(_("Choose how it went."))
        if given["outcome"] == Outcome.DECLINED and not given.get("reason"):
            raise forms.ValidationError(_("Choose a reason."))
        if given.get("until") and given["until"] <= self.today:
            raise forms.ValidationError(_("Choose a day that is still to come."))
        return given

    @property
    def arguments(self) -> dict[str, Any]:
        """As `calls.settle` takes them. Who was shown no promises has not unticked one."""
        given = dict(self.cleaned_data)
        was_asked = given.pop("has_promises") or "kept" in self.data
        return given if was_asked else {**given, "kept": None}
