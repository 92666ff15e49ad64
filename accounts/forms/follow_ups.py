"""Planning and changing a follow-up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actions.follow_ups import NextStep, due_moment
from accounts.models import Account, Contact, FollowUp
from accounts.models.activities import ActivityKind
from crm.forms import choose_among, choose_from

NONE = ""
MINUTES = {
    "0": _("At the time"),
    "15": _("15 minutes before"),
    "60": _("1 hour before"),
    "1440": _("1 day before"),
}
KEEP = "keep"
"""For a reminder that was set to a moment of its own, by API."""


class FollowUpForm(forms.Form):
    text = forms.CharField(label=_("What"), max_length=200)
    due_on = forms.DateField(
        label=pgettext_lazy("follow-up", "Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    due_time = forms.TimeField(
        label=pgettext_lazy("follow-up", "Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=ActivityKind.choices, required=False)
    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("With whom"), required=False, empty_label="—")
    reminder = forms.ChoiceField(label=_("Reminder"), required=False)

    def __init__(self, *args: Any, account: Account, follow_up: FollowUp | None = None, **kwargs: Any) -> None:
        self.follow_up = follow_up
        if follow_up:
            kwargs["initial"] = initial_of(follow_up)
        super().__init__(*args, **kwargs)
        choose_from(self, "contact", Contact.objects.filter(account=account, left_on=None).order_by("pk"))
        kept = [(KEEP, _("As it is set"))] if self.initial.get("reminder") == KEEP else []
        choose_among(self, "reminder", [(NONE, pgettext_lazy("reminder", "None")), *MINUTES.items(), *kept])

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or ActivityKind.CALL

    @property
    def remind_at(self) -> datetime | None:
        """So long before the moment it is due."""
        chosen = self.cleaned_data["reminder"]
        if chosen == KEEP and self.follow_up:
            return self.follow_up.remind_at
        due = due_moment(self.cleaned_data["due_on"], self.cleaned_data["due_time"])
        return due - timedelta(minutes=int(chosen)) if chosen else None

    @property
    def step(self) -> NextStep:
        given = self.cleaned_data
        return NextStep(given["kind"], given["text"], given["due_on"], given["due_time"], remind_at=self.remind_at)

    @property
    def changes(self) -> dict[str, Any]:
        """As `follow_ups.edit` takes them. What nobody touched about the moment leaves the reminder to move along."""
        given = self.cleaned_data
        found = {name: given[name] for name in ("kind", "due_on", "due_time")}
        if self.follow_up is None or given["text"] != self.follow_up.label:
            found |= {"text": given["text"], "text_en": ""}
        found["contact_id"] = given["contact"].pk if given["contact"] else None
        return found | ({} if given["reminder"] == KEEP else {"remind_at": self.remind_at})


class MoveForm(forms.Form):
    """To another day, and nothing else."""

    due_on = forms.DateField()


def initial_of(follow_up: FollowUp) -> dict[str, Any]:
    return {
        "text": follow_up.label,
        "due_on": follow_up.due_on,
        "due_time": follow_up.due_time,
        "kind": follow_up.kind,
        "contact": follow_up.contact_id,
        "reminder": reminder_of(follow_up),
    }


def reminder_of(follow_up: FollowUp) -> str:
    if follow_up.remind_at is None:
        return NONE
    before = due_moment(follow_up.due_on, follow_up.due_time) - follow_up.remind_at
    minutes = str(int(before.total_seconds() // 60))
    return minutes if minutes in MINUTES else KEEP
