"""A training item with its two questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import TrainingItem, TrainingQuestion

NUMBERS = (1, 2)
PARTS = ("words_ja", "words_en", "choices_ja", "choices_en")


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class TrainingForm(forms.Form):
    """The fields of question n are `q<n>_…`; which answer is right is counted from 1, as people do."""

    body_ja = forms.CharField(label=_("Text (Japanese)"), max_length=5000, widget=_lines(6))
    body_en = forms.CharField(label=_("Text (English)"), max_length=5000, required=False, widget=_lines(4))
    link = forms.URLField(label=_("Link to a page or a film"), max_length=300, required=False, assume_scheme="https")
    minutes = forms.IntegerField(label=_("How many minutes it takes"), min_value=1, max_value=60, required=False)

    def __init__(self, *args: Any, item: TrainingItem | None = None, **more: Any) -> None:
        more.setdefault("initial", initial_of(item) if item else {})
        super().__init__(*args, **more)
        for number in NUMBERS:
            self.fields |= question_fields(number)

    @property
    def own(self) -> list[forms.BoundField]:
        return [self[name] for name in ("body_ja", "body_en", "link", "minutes")]

    @property
    def questions(self) -> list[tuple[int, list[forms.BoundField]]]:
        return [(number, [self[f"q{number}_{part}"] for part in (*PARTS, "right")]) for number in NUMBERS]

    def clean(self) -> dict[str, Any]:
        """Otherwise nobody could ever pass."""
        given: dict[str, Any] = super().clean() or {}
        for number in NUMBERS:
            choices = TrainingQuestion(choices_ja=given.get(f"q{number}_choices_ja", "")).choices
            if len(choices) < 2:
                self.add_error(f"q{number}_choices_ja", _("Write at least two answers, one a line."))
            elif (given.get(f"q{number}_right") or 0) > len(choices):
                self.add_error(f"q{number}_right", _("There are not so many answers."))
        return given

    @property
    def arguments(self) -> dict[str, Any]:
        """As `training.write` takes them."""
        given = self.cleaned_data
        questions = [
            {**{part: given[f"q{number}_{part}"] for part in PARTS}, "right": given[f"q{number}_right"] - 1}
            for number in NUMBERS
        ]
        return {**{name: given[name] for name in ("body_ja", "body_en", "link", "minutes")}, "questions": questions}


def question_fields(number: int) -> dict[str, forms.Field]:
    return {
        f"q{number}_words_ja": forms.CharField(label=_("Question (Japanese)"), max_length=200),
        f"q{number}_words_en": forms.CharField(label=_("Question (English)"), max_length=200, required=False),
        f"q{number}_choices_ja": forms.CharField(
            label=_("Answers, one a line (Japanese)"), max_length=1000, widget=_lines(3)
        ),
        f"q{number}_choices_en": forms.CharField(
            label=_("Answers, one a line (English)"), max_length=1000, required=False, widget=_lines(3)
        ),
        f"q{number}_right": forms.IntegerField(
            label=pgettext_lazy("training", "Which one is right (1 for the first)"), min_value=1, max_value=9
        ),
    }


def initial_of(item: TrainingItem) -> Mapping[str, Any]:
    found: dict[str, Any] = {name: getattr(item, name) for name in ("body_ja", "body_en", "link", "minutes")}
    for question in item.questions.all():
        found |= {f"q{question.number}_{part}": getattr(question, part) for part in PARTS}
        found[f"q{question.number}_right"] = question.right + 1
    return found
