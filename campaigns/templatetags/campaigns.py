"""Signs of campaigns that several screens show."""

from __future__ import annotations

from django import template

from campaigns.models import CampaignRevision

register = template.Library()

State = CampaignRevision.State
TONES = {State.LAUNCHED: "pos", State.LAUNCHING: "pos", State.WAITING: "warn", State.PAUSED: "warn"}


@register.filter
def state_tone(revision: CampaignRevision) -> str:
    """Running is green, what waits for somebody amber, everything else neutral."""
    return TONES.get(State(revision.state), "")
