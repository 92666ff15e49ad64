"""Opening, changing, handing over and solving a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Case, Contact
from crm.custom_fields import WithCustomFields
from crm.forms import choose_from
from crm.people import Role, Team, User


class CaseForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Case.Kind.choices)
    subject = forms.CharField(label=_("What happened"), max_length=200)
    severity = forms.ChoiceField(label=_("Severity"), choices=Case.Severity.choices, required=False)
    due_on = forms.DateField(
        label=_("Answer by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    contact = forms.ModelChoiceField(
        Contact.objects.none(), label=_("Who reported it"), required=False, empty_label="—"
    )
    details = forms.CharField(
        label=_("Details"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, account: Account, case: Case | None = None, **kwargs: Any) -> None:
        if case:
            kwargs["initial"] = {name: getattr(case, name) for name in ("kind", "severity", "due_on", "details")}
            kwargs["initial"] |= {"subject": case.label, "contact": case.contact_id}
        self.case = case
        super().__init__(*args, **kwargs)
        people = Contact.objects.filter(account=account, left_on=None).order_by("pk")
        choose_from(self, "contact", people)

    def clean_severity(self) -> str:
        return self.cleaned_data["severity"] or Case.Severity.NORMAL

    @property
    def changes(self) -> dict[str, Any]:
        """As `cases.edit` takes them; a subject nobody touched keeps both its languages."""
        given = {name: self.cleaned_data[name] for name in ("kind", "severity", "due_on", "details")}
        given["contact_id"] = self.cleaned_data["contact"].pk if self.cleaned_data["contact"] else None
        if self.case is None or self.cleaned_data["subject"] != self.case.label:
            given |= {"subject": self.cleaned_data["subject"], "subject_en": ""}
        return given


class NewCaseForm(WithCustomFields, CaseForm):
    custom_on = "case"


class AssignForm(forms.Form):
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"))

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "owner", colleagues_of(account))


def colleagues_of(account: Account) -> Any:
    """Who sees the customer from their desk: its owner, its team, and the managers above."""
    above = Q(pk=account.owner_id)
    if account.team:
        codes = account.team.path.split("/")[:-1]
        paths = ["/".join(codes[: depth + 1]) + "/" for depth in range(len(codes))]
        above |= Q(team=account.team) | Q(role=Role.MANAGER, team__in=Team.objects.filter(path__in=paths))
    return User.objects.filter(above, is_active=True).order_by("reading", "pk")


class SolveCaseForm(forms.Form):
    solution = forms.CharField(
        label=_("How it was solved"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
