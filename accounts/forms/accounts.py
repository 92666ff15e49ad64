"""What people type about a customer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.records import corporate_number
from accounts.models import Account
from crm.custom_fields import WithCustomFields


class NewAccountForm(WithCustomFields, forms.ModelForm):
    custom_on = "account"

    class Meta:
        model = Account
        fields = ("name", "reading", "name_en", "corporate_number", "employees", "city", "phone", "domain")
        labels = {
            "name": _("Company name"),
            "reading": _("Reading in kana"),
            "name_en": _("Name in English"),
            "corporate_number": _("Corporate number"),
            "employees": _("Staff"),
            "city": _("City"),
            "phone": _("Phone"),
            "domain": _("Internet domain"),
        }
        help_texts = {
            "reading": _("For sorting and finding: あおばめでぃかる"),
            "corporate_number": _("13 digits, if known."),
        }

    def clean_corporate_number(self) -> str:
        return corporate_number(self.cleaned_data["corporate_number"])

    def validate_unique(self) -> None:
        """Whether the customer exists is the action's answer: it may lie out of the reader's sight."""

    def validate_constraints(self) -> None:
        """As above: a known corporate number is told by the action, with whom to ask."""
