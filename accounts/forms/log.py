"""The log of a call, the need somebody heard, and how an unhappy customer was listened to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.follow_ups import NextStep
from accounts.models import Account, Activity, Contact, Topic
from accounts.models.activities import ActivityKind
from accounts.queries.customer import topics_for
from crm.templatetags.formats import date_short
from crm.workdays import next_working_day

WEEK = timedelta(days=6)
LISTEN = "listen"
TOPICS = 8
KEYS = {"talked": "1", "absent": "2", "call_back": "3", "positive": "Q", "neutral": "W", "upset": "E"}


def steps_from(today: date) -> dict[str, tuple[str, str, date]]:
    """Next steps by their code: kind, words, day."""
    soon, later = next_working_day(today), next_working_day(today + WEEK)
    return {
        "call": (ActivityKind.CALL, _("Call again"), soon),
        "send": (ActivityKind.MAIL, _("Send what was promised"), soon),
        "visit": (ActivityKind.VISIT, _("Visit"), later),
        LISTEN: (ActivityKind.CALL, _("Call to listen"), soon),
    }


@dataclass(frozen=True, slots=True)
class Chip:
    value: str
    words: str
    is_on: bool
    key: str = ""

    @property
    def is_for_upset(self) -> bool:
        return self.value == LISTEN


class LogForm(forms.Form):
    """Only the result is required. The id is made with the form, so that a log sent twice exists once."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=ActivityKind.choices, initial=ActivityKind.CALL, required=False)
    result = forms.ChoiceField(
        choices=Activity.Result.choices, error_messages={"required": gettext_lazy("Choose how it went.")}
    )
    reaction = forms.ChoiceField(choices=[("", "—"), *Activity.Reaction.choices], required=False)
    topics = forms.ModelMultipleChoiceField(Topic.objects.all(), required=False)
    note = forms.CharField(max_length=2000, required=False)
    contact = forms.ModelChoiceField(Contact.objects.none(), required=False)
    step = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, account: Account, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"client_id": uuid4()})
        super().__init__(*args, **kwargs)
        self.steps = steps_from(today)
        self.fields["step"].choices = [("", ""), *((code, words) for code, (_kind, words, _day) in self.steps.items())]  # type: ignore[attr-defined]
        self.fields["contact"].queryset = Contact.objects.filter(account=account, left_on=None).order_by("pk")  # type: ignore[attr-defined]
        self.offered = topics_for(account, today)[:TOPICS]

    def chips(self, name: str) -> list[Chip]:
        """The choices of a field as chips, the chosen one on."""
        value = str(self[name].value() or "")
        return [Chip(code, words, code == value, KEYS.get(code, "")) for code, words in self._choices(name)]

    def _choices(self, name: str) -> list[tuple[str, str]]:
        if name == "step":
            return [(code, f"{words} {date_short(day)}") for code, (_kind, words, day) in self.steps.items()]
        left_out = ("", Activity.Result.DONE)
        return [(code, words) for code, words in self.fields[name].choices if code not in left_out]  # type: ignore[attr-defined]

    @property
    def kinds(self) -> list[Chip]:
        return self.chips("kind")

    @property
    def results(self) -> list[Chip]:
        return self.chips("result")

    @property
    def reactions(self) -> list[Chip]:
        return self.chips("reaction")

    @property
    def steps_offered(self) -> list[Chip]:
        return self.chips("step")

    @property
    def topics_offered(self) -> list[Chip]:
        chosen = {str(pk) for pk in self["topics"].value() or []}
        return [Chip(str(topic.pk), topic.label, str(topic.pk) in chosen) for topic in self.offered]

    def clean(self) -> dict[str, Any]:
        """Nobody reacts to a call that was not answered, and nobody says what they need in one."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("result") == Activity.Result.ABSENT:
            given |= {"reaction": "", "topics": Topic.objects.none()}
        given["kind"] = given.get("kind") or ActivityKind.CALL
        return given

    @property
    def arguments(self) -> dict[str, Any]:
        """As `activities.log` takes them."""
        given = dict(self.cleaned_data)
        code = given.pop("step")
        kind, words, day = self.steps.get(code, ("", "", date.max))
        step = NextStep(kind=kind, text=words, due_on=day) if code else None
        return {**given, "topics": list(given["topics"]), "next_step": step}


class NeedForm(forms.Form):
    topic = forms.ModelChoiceField(Topic.objects.order_by("pk"), label=gettext_lazy("About"))
    words = forms.CharField(
        label=gettext_lazy("In the customer's words"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    contact = forms.ModelChoiceField(Contact.objects.none(), label=gettext_lazy("Who said it"), required=False)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = Contact.objects.filter(account=account, left_on=None).order_by("pk")  # type: ignore[attr-defined]


class SolveForm(forms.Form):
    solution = forms.CharField(label=gettext_lazy("What solved it"), max_length=200)


class HeardForm(forms.Form):
    """Closing the loop with an unhappy customer."""

    what_was_done = forms.CharField(
        label=gettext_lazy("What you heard and what was done"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
