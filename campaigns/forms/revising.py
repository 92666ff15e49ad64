"""What is decided about a revision: its figures, the changes of the next one, what it taught."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Change, Judgement


class JudgeForm(forms.Form):
    figure = forms.ChoiceField(choices=Judgement.Figure.choices)
    decision = forms.ChoiceField(choices=Judgement.Decision.choices)
    note = forms.CharField(max_length=300, required=False)


class ChangeForm(forms.Form):
    part = forms.ChoiceField(label=_("Part of the plan"), choices=Change.Part.choices)
    note_ja = forms.CharField(label=_("What changes"), max_length=300)
    note_en = forms.CharField(label=_("What changes, in English"), max_length=300, required=False)
