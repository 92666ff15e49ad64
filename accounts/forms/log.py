"""The log of a call, the need somebody heard, and how an unhappy customer was listened to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import BigIntegerField, Case, Subquery, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.follow_ups import NextStep
from accounts.models import Account, Activity, Contact, Topic
from accounts.models.activities import ActivityKind
from accounts.queries.customer import topics_for
from crm.custom_fields import WithCustomFields
from crm.forms import choices_of, choose_among, choose_from
from crm.statements import Given
from crm.templatetags.formats import date_short
from crm.together import Parts, prepared
from crm.workdays import next_working_day

WEEK = timedelta(days=6)
CLOCKS_DIFFER = timedelta(minutes=5)
"""The clock of a telephone may be ahead of ours."""
LISTEN = "listen"
TOPICS = 8
ICONS = {
    "talked": "phone",
    "absent": "x",
    "call_back": "clock",
    "positive": "heart",
    "neutral": "message-square",
    "upset": "triangle-alert",
}
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
    def icon(self) -> str:
        return ICONS.get(self.value, "")

    @property
    def is_for_upset(self) -> bool:
        return self.value == LISTEN


class WhatForm(forms.Form):
    """What a log says of the conversation itself; the same whether it is written or corrected."""

    kind = forms.ChoiceField(choices=ActivityKind.choices, initial=ActivityKind.CALL, required=False)
    result = forms.ChoiceField(
        choices=Activity.Result.choices, error_messages={"required": gettext_lazy("Choose how it went.")}
    )
    reaction = forms.ChoiceField(choices=[("", "—"), *Activity.Reaction.choices], required=False)
    note = forms.CharField(max_length=2000, required=False)
    contact = forms.ModelChoiceField(
        Contact.objects.none(), label=gettext_lazy("With whom"), required=False, empty_label="—"
    )
    happened_at = forms.DateTimeField(
        label=gettext_lazy("When"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=0, max_value=24 * 60, required=False)

    def __init__(self, *args: Any, account: Account, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.people = people_of(account=account.pk)["people"]
        choose_from(self, "contact", Contact.objects.filter(pk__in=[person.pk for person in self.people]))
        choose_among(self, "contact", [("", "—"), *((person.pk, person) for person in self.people)])

    def chips(self, name: str) -> list[Chip]:
        """The choices of a field as chips, the chosen one on."""
        value = str(self[name].value() or "")
        return [Chip(code, words, code == value, KEYS.get(code, "")) for code, words in self._choices(name)]

    def _choices(self, name: str) -> list[tuple[str, str]]:
        """ "Done" is what other programs report; a person chooses it only where it stands already."""
        left_out = {"", Activity.Result.DONE} - {self.initial.get(name)}
        return [(code, words) for code, words in choices_of(self, name) if code not in left_out]

    @property
    def kinds(self) -> list[Chip]:
        return self.chips("kind")

    @property
    def results(self) -> list[Chip]:
        return self.chips("result")

    @property
    def reactions(self) -> list[Chip]:
        return [chip for chip in self.chips("reaction") if chip.value]

    @property
    def person(self) -> Contact | None:
        """Whom the form names now."""
        value = str(self["contact"].value() or "")
        return next((person for person in self.people if str(person.pk) == value), None)

    def clean_happened_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["happened_at"]
        if at and at > self.now + CLOCKS_DIFFER:
            raise forms.ValidationError(_("That is still to come. Plan it as a next step."))
        return min(at, self.now) if at else None

    def clean(self) -> dict[str, Any]:
        """Nobody reacts to a call that was not answered."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("result") == Activity.Result.ABSENT:
            given["reaction"] = ""
        given["kind"] = given.get("kind") or ActivityKind.CALL
        return given


@prepared(account=BigIntegerField())
def people_of(account: Given) -> Parts:
    """Those who are there; `was_last` says with whom the last conversation was."""
    last = Activity.objects.filter(account=account).order_by("-at", "-pk").values("contact")[:1]
    people = Contact.objects.filter(account=account, left_on=None).order_by("pk")
    return {"people": people.annotate(was_last=Case(When(pk=Subquery(last), then=True), default=False))}


def at_hand(people: Sequence[Any]) -> int | None:
    """With whom of `people_of` the last conversation was, if they are still there; else the first contact."""
    return next((person.pk for person in people if person.was_last), people[0].pk if people else None)


class LogForm(WithCustomFields, WhatForm):
    """Only the result is required, and what administrators made so. The id is made with the form, so that a log sent twice exists once."""

    custom_on = "activity"

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    topics = forms.ModelMultipleChoiceField(Topic.objects.all(), required=False)
    need_words = forms.CharField(max_length=300, required=False)
    step = forms.ChoiceField(required=False)
    step_text = forms.CharField(max_length=200, required=False)

    def __init__(self, *args: Any, account: Account, now: datetime, contact: str = "", **kwargs: Any) -> None:
        """`contact` is the id of the person the conversation was with, if that is known."""
        kwargs.setdefault("initial", {"client_id": uuid4(), "contact": contact})
        super().__init__(*args, account=account, now=now, **kwargs)
        self.account = account
        self.initial["contact"] = self.initial.get("contact") or at_hand(self.people)
        today = timezone.localdate(now)
        self.steps = steps_from(today)
        choose_among(self, "step", [("", ""), *((code, words) for code, (_kind, words, _day) in self.steps.items())])

    def _choices(self, name: str) -> list[tuple[str, str]]:
        if name == "step":
            return [(code, f"{words} {date_short(day)}") for code, (_kind, words, day) in self.steps.items()]
        return super()._choices(name)

    @property
    def steps_offered(self) -> list[Chip]:
        return self.chips("step")

    @cached_property
    def offered(self) -> list[Topic]:
        """Asked for when they are shown, not when a log is saved."""
        return topics_for(self.account, timezone.localdate(self.now))[:TOPICS]

    @property
    def topics_offered(self) -> list[Chip]:
        chosen = {str(pk) for pk in self["topics"].value() or []}
        return [Chip(str(topic.pk), topic.label, str(topic.pk) in chosen) for topic in self.offered]

    def clean(self) -> dict[str, Any]:
        """Nobody says what they need in a call that was not answered."""
        given = super().clean()
        if given.get("result") == Activity.Result.ABSENT:
            given["topics"] = Topic.objects.none()
        return given

    @property
    def arguments(self) -> dict[str, Any]:
        """As `activities.log` takes them."""
        given = dict(self.own_data)
        code, text = given.pop("step"), given.pop("step_text")
        kind, words, day = self.steps.get(code, ("", "", date.max))
        step = NextStep(kind=kind, text=text or words, due_on=day) if code else None
        return {**given, "topics": list(given["topics"]), "next_step": step, "custom": self.custom_given}

    @property
    def custom_required(self) -> list[forms.BoundField]:
        return [bound for bound in self.custom_bound if bound.field.required]

    @property
    def custom_further(self) -> list[forms.BoundField]:
        """Folded away, so that a log takes as few steps as before."""
        return [bound for bound in self.custom_bound if not bound.field.required]

    @property
    def is_further_wrong(self) -> bool:
        return any(bound.errors for bound in self.custom_further)


class CorrectForm(WhatForm):
    """A log as it stands, to be put right."""

    def __init__(self, *args: Any, activity: Activity, now: datetime, **kwargs: Any) -> None:
        initial = {name: getattr(activity, name) for name in ("kind", "result", "reaction", "note", "minutes")}
        initial |= {"contact": activity.contact_id, "happened_at": timezone.localtime(activity.at)}
        super().__init__(*args, account=activity.account, now=now, initial=initial, **kwargs)

    @property
    def changes(self) -> dict[str, Any]:
        """As `activities.correct` takes them."""
        given = dict(self.cleaned_data)
        contact, at = given.pop("contact"), given.pop("happened_at")
        found = {**given, "contact_id": contact.pk if contact else None}
        return found | ({"at": at} if at and self.has_moved else {})

    @property
    def has_moved(self) -> bool:
        """The field shows minutes; what nobody touched keeps its seconds."""
        return "happened_at" in self.changed_data


class NeedForm(WithCustomFields, forms.Form):
    custom_on = "need"

    topic = forms.ModelChoiceField(Topic.objects.order_by("pk"), label=gettext_lazy("About"))
    words = forms.CharField(
        label=gettext_lazy("In the customer's words"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    contact = forms.ModelChoiceField(Contact.objects.none(), label=gettext_lazy("Who said it"), required=False)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "contact", Contact.objects.filter(account=account, left_on=None).order_by("pk"))


class SolveForm(forms.Form):
    solution = forms.CharField(label=gettext_lazy("What solved it"), max_length=200)


class HeardForm(forms.Form):
    """Closing the loop with an unhappy customer."""

    what_was_done = forms.CharField(
        label=gettext_lazy("What you heard and what was done"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
