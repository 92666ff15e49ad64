"""Campaigns and announcements by any part of their name or why, in whatever spelling."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models.folding import asked
from accounts.queries.search import Kind, Terms, holds
from campaigns.models import Announcement, CampaignRevision
from crm.people import User

NEWEST = 300
"""Revisions and announcements that are looked through; there are few, and they are folded here."""


def kinds(user: User, text: str, limit: int) -> dict[str, Kind]:
    """The newest revision of each campaign that the user may open, and the announcements they may read."""
    terms, found = asked(text), {}
    if user.plans_campaigns or user.is_manager:
        rows = CampaignRevision.objects.visible_to(user).order_by("campaign_id", "-number").distinct("campaign_id")
        newest = CampaignRevision.objects.filter(pk__in=rows.values("pk")).select_related("campaign").order_by("-pk")
        found["revisions"] = Kind(newest[:NEWEST], lambda found: that_meet(terms, found)[:limit])
    sent = Announcement.objects.visible_to(user).select_related("revision__campaign").order_by("-sent_at", "-pk")
    found["announcements"] = Kind(
        sent[:NEWEST], lambda found: [one for one in found if that_meet(terms, [one.revision])][:limit]
    )
    return found


def that_meet(terms: Terms, revisions: Iterable[CampaignRevision]) -> list[CampaignRevision]:
    return [one for one in revisions if holds(terms, *_words(one))]


def _words(revision: CampaignRevision) -> tuple[str, str, str, str]:
    campaign = revision.campaign
    return campaign.name_ja, campaign.name_en, revision.why_ja, revision.why_en
