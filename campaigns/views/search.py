"""What this app adds to the search: campaigns and announcements, and the suggestion of the first customer found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from campaigns.models import Suggestion
from campaigns.models.suggestions import Lane
from campaigns.queries.today import OFFERED, what_of
from crm.people import User
from crm.slots import GuardBadge, SearchHit
from crm.templatetags.formats import date_short


def told(found: Mapping[str, list[Any]]) -> list[SearchHit]:
    campaigns = [
        SearchHit(
            label=revision.campaign.label,
            aside=revision.why,
            url=reverse("campaign", args=[revision.campaign_id]),
            icon="flag",
            note=revision.get_state_display(),
        )
        for revision in found.get("revisions", [])
    ]
    announcements = [
        SearchHit(
            label=announcement.revision.campaign.label,
            aside=announcement.revision.why,
            url=reverse("announcement", args=[announcement.pk]),
            icon="megaphone",
            note=date_short(announcement.sent_at),
        )
        for announcement in found.get("announcements", [])
    ]
    return campaigns + announcements


def suggestion_of(user: User, account: Account, guard: GuardBadge | None) -> list[SearchHit]:
    """The customer's page shows it with its buttons; nothing is accepted from a list, and nothing offered on guard."""
    rows = Suggestion.objects.visible_to(user).filter(account=account).open()
    suggestion = rows.select_related(*OFFERED).order_by("rank", "-priority", "pk").first()
    if suggestion is None or not (guard is None or guard.allows or suggestion.lane == Lane.RIGHT_SIZE):
        return []
    label = _("See the suggestion “%(what)s”") % {"what": what_of(suggestion)}
    return [SearchHit(label, reverse("customer", args=[account.pk]), icon="sprout")]
