"""What people answer: reactions to an announcement, feedback on a revision, answers to a theme."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Reaction, Theme


class ReactionForm(forms.Form):
    reaction = forms.ChoiceField(choices=Reaction.choices)
    note = forms.CharField(max_length=1000, required=False)


class FeedbackForm(forms.Form):
    words = forms.CharField(
        label=_("What the field should know"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    theme = forms.IntegerField(required=False)


class ThemeForm(forms.Form):
    title_ja = forms.CharField(label=_("Name of the theme"), max_length=120)
    notes = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: object, notes: list[int], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["notes"].choices = [(number, str(number)) for number in notes]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    state = forms.ChoiceField(label=_("What becomes of it"), choices=Theme.State.choices)
    answer = forms.CharField(
        label=_("Answer to those who wrote"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
