"""What planners write to each other about a plan."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.actions.campaigns import STEP_FIELDS
from crm.forms import choose_among


class RemarkForm(forms.Form):
    """`field` is what the remark speaks of, of the fields of its step; empty is the whole step."""

    step = forms.ChoiceField(choices=[(step, step) for step in STEP_FIELDS], widget=forms.HiddenInput)
    field = forms.ChoiceField(label=pgettext_lazy("remark", "About"), required=False)
    words = forms.CharField(label=_("Remark"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Any = None, *, step: str) -> None:
        super().__init__(data, initial={"step": step})
        names = PLACES.get(step, {})
        choices = [("", pgettext_lazy("remark", "This step as a whole")), *names.items()]
        choose_among(self, "field", choices)


class ReplyForm(forms.Form):
    words = forms.CharField(label=_("Answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


PLACES: dict[str, dict[str, Any]] = {
    "aim": {
        "name_ja": pgettext_lazy("campaign", "Name"),
        "why_ja": _("Why we do this"),
        "evidence": _("Evidence"),
        "customer_benefit_ja": _("What the customer gains"),
        "rep_benefit_ja": _("What the rep gains"),
        "goal_wins": pgettext_lazy("campaign", "Goal"),
        "guardrail_nps": _("Guardrail"),
        "ends_on": pgettext_lazy("campaign", "Period"),
    },
    "audience": {"audience": _("Conditions")},
    "offer": {"path": _("What is offered"), "offer": _("Extra"), "budget": _("Budget and costs")},
    "talk": {
        "opening_ja": _("Opening line"),
        "questions_ja": _("What to ask first"),
        "steps_ja": _("How to do it"),
        "plays": _("From the playbook"),
        "pace": _("New suggestions a rep and day"),
    },
    "comparison": {"holdout_share": _("Share left for comparison"), "variants": _("Variants")},
    "approval": {"change_note_ja": _("What changed")},
}
"""What of a step a remark can speak of, in words. Both languages of a text are one."""
