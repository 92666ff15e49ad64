"""Writing down what somebody allows or refuses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, Contact
from accounts.models.accounts import Channel
from crm.forms import choose_from

SOURCES = [
    ("call", _("Call")),
    ("visit", _("Visit")),
    ("mail", pgettext_lazy("activity", "Email")),
    ("form", _("Form")),
    ("letter", _("Letter")),
]
SOURCE_WORDS = {
    **dict(SOURCES),
    "privacy": pgettext_lazy("consent", "Request about personal data"),
    "merge": pgettext_lazy("consent", "Merge of customers"),
}
"""Of every consent in the history; the last two are written down by the system."""
REFUSED, GRANTED = "refused", "granted"


class ConsentForm(forms.Form):
    contact = forms.ModelChoiceField(
        Contact.objects.none(), label=_("Who said it"), required=False, empty_label=_("For the whole customer")
    )
    channels = forms.MultipleChoiceField(label=_("About"), choices=Channel.choices, widget=forms.CheckboxSelectMultiple)
    answer = forms.ChoiceField(
        label=_("What was said"),
        choices=[(REFUSED, _("Does not want it")), (GRANTED, _("Allows it"))],
        widget=forms.RadioSelect,
    )
    source = forms.ChoiceField(label=_("Where it was said"), choices=SOURCES)
    proof = forms.CharField(
        label=_("In their words"),
        help_text=_("A permission needs the words it was given in."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Contact.objects.filter(account=account, left_on=None).order_by("pk")
        choose_from(self, "contact", people)

    @property
    def arguments(self) -> dict[str, Any]:
        """As `consents.record` takes them."""
        given = dict(self.cleaned_data)
        is_granted = given.pop("answer") == GRANTED
        return {**given, "is_granted": is_granted}
