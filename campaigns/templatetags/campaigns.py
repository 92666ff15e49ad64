"""Signs of campaigns that several screens show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.translation import pgettext

from campaigns.models import CampaignRevision
from campaigns.phrases import MOMENTS

register = template.Library()

State = CampaignRevision.State
TONES = {State.LAUNCHED: "pos", State.LAUNCHING: "pos", State.WAITING: "warn", State.PAUSED: "warn"}


@register.filter
def state_tone(revision: CampaignRevision) -> str:
    """Running is green, what waits for somebody amber, everything else neutral."""
    return TONES.get(State(revision.state), "")


@register.filter
def labels(people: Iterable[Any]) -> str:
    """高橋 美咲、小野 慎也: names one after the other, in the reader's language."""
    return pgettext("between names", ", ").join(person.label for person in people)


@register.filter("moment_name")
def moment_name(trigger: str) -> str:
    """The name of a trigger."""
    return str(MOMENTS.get(trigger, ""))
