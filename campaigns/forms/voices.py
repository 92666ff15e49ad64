"""What people answer: reactions to an announcement, feedback on a revision, answers to a theme."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Reaction, Theme
from crm.forms import choose_among


class ReactionForm(forms.Form):
    reaction = forms.ChoiceField(choices=Reaction.choices)
    note = forms.CharField(max_length=1000, required=False)


class QuestionForm(forms.Form):
    words = forms.CharField(
        label=_("Your question to head office"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReplyForm(forms.Form):
    words = forms.CharField(label=_("Answer for everybody"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class FeedbackForm(forms.Form):
    words = forms.CharField(
        label=_("What the field should know"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class TitleForm(forms.Form):
    title_ja = forms.CharField(label=_("Name of the theme"), max_length=120)
    title_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)


class NotesForm(forms.Form):
    """Numbers of rows; nonsense is none of them."""

    notes = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: dict[str, list[str]]) -> None:
        given = [number for number in data["notes"] if number.isdecimal() and len(number) < 10]
        super().__init__(data | {"notes": given})
        choose_among(self, "notes", [(number, number) for number in given])


class AnswerForm(forms.Form):
    state = forms.ChoiceField(label=_("What becomes of it"), choices=Theme.State.choices)
    answer = forms.CharField(
        label=_("Answer to those who wrote"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
