"""Writing a play: the situation it fits, and what to say in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Activity, ProductFamily
from campaigns.actions.playbook import PROPOSABLE
from campaigns.models import Play
from campaigns.phrases import MOMENTS
from crm.forms import choose_among

ANY = ("", pgettext_lazy("situation", "Any"))
KINDS = [choice for choice in Play.Kind.choices if choice[0] != Play.Kind.LESSON]
"""Lessons come from campaigns that ended."""


class PlayForm(forms.ModelForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    trigger = forms.ChoiceField(label=_("Moment"), choices=[ANY, *MOMENTS.items()], required=False)
    family = forms.ModelChoiceField(
        label=_("Products"), queryset=ProductFamily.objects.order_by("pk"), required=False, empty_label=ANY[1]
    )
    reaction = forms.ChoiceField(
        label=_("Customer’s last reaction"), choices=[ANY, *Activity.Reaction.choices], required=False
    )

    class Meta:
        model = Play
        fields = ("kind", "trigger", "family", "reaction", "title_ja", "body_ja", "title_en", "body_en")
        labels = {
            "title_ja": _("Heading"),
            "title_en": _("Heading in English"),
            "body_ja": _("What to say or do"),
            "body_en": _("What to say or do, in English"),
        }
        widgets = {"body_ja": forms.Textarea(attrs={"rows": 5}), "body_en": forms.Textarea(attrs={"rows": 4})}

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_rep: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [choice for choice in KINDS if choice[0] in PROPOSABLE] if is_rep else KINDS
        if self.instance.kind == Play.Kind.LESSON:
            kinds = [(Play.Kind.LESSON.value, Play.Kind.LESSON.label)]
        choose_among(self, "kind", kinds)
        self.initial["version"] = self.instance.version

    @property
    def given(self) -> Mapping[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class FindForm(forms.Form):
    """Whatever is not one of the choices is left out."""

    text = forms.CharField(required=False, max_length=100)
    kind = forms.ChoiceField(required=False, choices=Play.Kind.choices)
    trigger = forms.ChoiceField(required=False, choices=list(MOMENTS.items()))
    family = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    reaction = forms.ChoiceField(required=False, choices=Activity.Reaction.choices)
    view = forms.ChoiceField(required=False, choices=[("proposed", ""), ("retired", "")])
