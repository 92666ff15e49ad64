"""What the pages of an import send."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actions.imports.batches import DOUBLES, EXISTING, too_big
from accounts.queries.imports import explain, layouts_for
from crm.people import Team, User

SEPARATED = "column-"


class UploadForm(forms.Form):
    layout = forms.ChoiceField(label=_("What the file holds"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, TSV or Excel (.xlsx), up to 256 MB. Encoding and separator are found by themselves."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm"}),
        max_length=255,
    )

    def __init__(self, *args: Any, user: User, is_too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["layout"]).choices = [(one.name, label) for one, label in labelled(user)]
        if is_too_large:
            self.fields["file"].error_messages["required"] = explain(too_big())


def labelled(user: User) -> list[tuple[Any, Any]]:
    return [(layout, NAMES[layout.name]) for layout in layouts_for(user)]


NAMES = {
    "accounts": _("Customers"),
    "contacts": _("Contacts"),
    "subscriptions": _("Contracts"),
    "usage": _("Usage"),
    "orders": _("Orders"),
    "order_lines": _("Order lines"),
    "nps": _("NPS answers"),
    "cases": _("Cases"),
    "touches": _("Touches"),
}


class ReadingForm(forms.Form):
    sheet = forms.CharField(max_length=100, required=False)
    header_row = forms.IntegerField(min_value=1, max_value=1000, required=False)


class MappingForm(forms.Form):
    """The choices beside the columns; the columns themselves are `column-0`, `column-1` …"""

    existing = forms.ChoiceField(choices=[(one, one) for one in EXISTING])
    doubles = forms.ChoiceField(choices=[(one, one) for one in DOUBLES], required=False)
    team = forms.ModelChoiceField(queryset=Team.objects.none(), required=False)
    save_as = forms.CharField(max_length=60, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Team]", self.fields["team"]).queryset = teams_for(user)

    def mapping(self) -> dict[str, str]:
        return {
            name.removeprefix(SEPARATED): str(target)
            for name, target in self.data.items()
            if name.startswith(SEPARATED) and target
        }


def teams_for(user: User) -> Any:
    return Team.objects.all() if user.sees_everything else Team.objects.under(user.team)


class FixForm(forms.Form):
    """`cell-…` are corrected cells, in every row that holds the same with `everywhere`; `deed` is `cells`, `skip` or `new`."""

    line = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    deed = forms.ChoiceField(choices=[("cells", ""), ("skip", ""), ("new", "")], required=False)
    everywhere = forms.BooleanField(required=False)

    def cells(self) -> dict[str, str]:
        return {name.removeprefix("cell-"): str(text) for name, text in self.data.items() if name.startswith("cell-")}
