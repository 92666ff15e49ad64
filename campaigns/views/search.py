"""What this app adds to the search: campaigns and announcements, and the suggestion of the first customer found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import BigIntegerField, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from campaigns.models import Suggestion
from campaigns.models.suggestions import Lane
from campaigns.queries.today import OFFERED, what_of
from crm.people import User
from crm.slots import GuardBadge, SearchHit
from crm.statements import Given
from crm.templatetags.formats import date_short
from crm.written import planned


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


@planned(account=BigIntegerField())
def best_of(account: Given) -> QuerySet[Suggestion]:
    """Of a customer whom the reader has found."""
    rows = Suggestion.objects.filter(account=account).open().select_related(*OFFERED)
    return rows.order_by("rank", "-priority", "pk")[:1]


def suggestion_of(user: User, account: Account, guard: GuardBadge | None) -> list[SearchHit]:
    """The customer's page shows it with its buttons; nothing is accepted from a list, and nothing offered on guard."""
    suggestion = next(iter(best_of(account=account.pk)), None)
    if suggestion is None or not (guard is None or guard.allows or suggestion.lane == Lane.RIGHT_SIZE):
        return []
    label = _("See the suggestion “%(what)s”") % {"what": what_of(suggestion)}
    return [SearchHit(label, reverse("customer", args=[account.pk]), icon="sprout")]
