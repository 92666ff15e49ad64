"""What a deed on many rows of a list needs to know."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import BulkEdit, Contact, Tag
from accounts.models.activities import ActivityKind
from crm.people import Role, Team, User

MOST_TAGS = 10


def takers(by: User) -> Any:
    """To whom customers and cases can be given: colleagues who have some, within one's own part of the company."""
    people = User.objects.filter(is_active=True, role__in=[Role.REP, Role.MANAGER]).order_by("reading", "name")
    if by.sees_everything:
        return people
    if by.is_manager:
        return people.filter(team__in=Team.objects.under(by.team))
    return people.filter(team=by.team_id) if by.team_id else people.filter(pk=by.pk)


class DeedForm(forms.Form):
    """Each deed has its own."""

    def __init__(self, *args: Any, by: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self.by = by

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        raise NotImplementedError


class OwnerForm(DeedForm):
    owner = forms.ModelChoiceField(User.objects.none(), label=_("New owner"), empty_label=_("Choose one"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["owner"]
        field.queryset = takers(self.by)

    def values(self) -> dict[str, Any]:
        return {"owner": self.cleaned_data["owner"].pk}


class TagsForm(DeedForm):
    tags = forms.CharField(label=_("Tags"), max_length=200, help_text=_("Several with a comma between them."))

    def clean_tags(self) -> list[str]:
        text = self.cleaned_data["tags"].replace("、", ",").replace("，", ",")
        names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
        if not names or len(names) > MOST_TAGS or any(len(name) > 40 for name in names):
            raise forms.ValidationError(_("Up to ten tags of at most 40 characters."))
        return names


class AddTagsForm(TagsForm):
    def values(self) -> dict[str, Any]:
        """Known tags by their numbers; new ones by name, since nobody has said yet that they shall be."""
        known = dict(Tag.objects.filter(name__in=self.cleaned_data["tags"]).values_list("name", "pk"))
        return {"tags": list(known.values()), "new": [name for name in self.cleaned_data["tags"] if name not in known]}


class RemoveTagsForm(TagsForm):
    def values(self) -> dict[str, Any]:
        return {"tags": list(Tag.objects.filter(name__in=self.cleaned_data["tags"]).values_list("pk", flat=True))}


class PlanForm(DeedForm):
    kind = forms.ChoiceField(choices=ActivityKind.choices, label=_("Kind"))
    text = forms.CharField(max_length=200, label=_("What is to be done"))
    due_on = forms.DateField(label=_("Due on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    for_me = forms.BooleanField(required=False, label=_("For me, not for each owner"))

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "due_on": self.cleaned_data["due_on"].isoformat()}


class SolveForm(DeedForm):
    solution = forms.CharField(
        label=_("What solved it"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )

    def values(self) -> dict[str, Any]:
        return {"solution": self.cleaned_data["solution"]}


class PartForm(DeedForm):
    part = forms.ChoiceField(choices=Contact.Part.choices, label=_("Part played"))

    def values(self) -> dict[str, Any]:
        return {"part": self.cleaned_data["part"]}


class LeftForm(DeedForm):
    left_on = forms.DateField(
        label=pgettext_lazy("contact", "Left on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def values(self) -> dict[str, Any]:
        return {"left_on": self.cleaned_data["left_on"].isoformat()}


class RenewalForm(DeedForm):
    WAYS = (("yes", _("Renews by itself")), ("no", _("Ends unless somebody renews it")))

    renewal = forms.ChoiceField(choices=WAYS, label=_("Renewal"))

    def values(self) -> dict[str, Any]:
        return {"is_auto_renewed": self.cleaned_data["renewal"] == "yes"}


Deed = BulkEdit.Deed

FORMS: dict[str, dict[str, type[DeedForm]]] = {
    "customers": {
        Deed.OWNER: OwnerForm,
        Deed.PLAN: PlanForm,
        Deed.ADD_TAGS: AddTagsForm,
        Deed.REMOVE_TAGS: RemoveTagsForm,
    },
    "contacts": {Deed.PART: PartForm, Deed.LEFT: LeftForm, Deed.PLAN: PlanForm},
    "activities": {Deed.PLAN: PlanForm},
    "needs": {Deed.SOLVE: SolveForm, Deed.PLAN: PlanForm},
    "cases": {Deed.ASSIGN: OwnerForm, Deed.SOLVE: SolveForm, Deed.PLAN: PlanForm},
    "subscriptions": {Deed.RENEWAL: RenewalForm, Deed.PLAN: PlanForm},
}
"""By list, in the order of its bar."""
