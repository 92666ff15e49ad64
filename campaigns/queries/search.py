"""Campaigns and announcements by any part of their name or why, in whatever spelling."""

from __future__ import annotations

from accounts.models.folding import asked
from accounts.queries.search import holds
from campaigns.models import Announcement, CampaignRevision
from crm.people import User

NEWEST = 300
"""Revisions and announcements that are looked through; there are few, and they are folded here."""


def revisions(user: User, text: str, limit: int) -> list[CampaignRevision]:
    """The newest revision of each campaign that the user may open."""
    if not (user.plans_campaigns or user.is_manager):
        return []
    rows = CampaignRevision.objects.visible_to(user).order_by("campaign_id", "-number").distinct("campaign_id")
    newest = CampaignRevision.objects.filter(pk__in=rows.values("pk")).select_related("campaign").order_by("-pk")
    return [row for row in newest[:NEWEST] if meets(text, row)][:limit]


def announcements(user: User, text: str, limit: int) -> list[Announcement]:
    rows = Announcement.objects.visible_to(user).select_related("revision__campaign").order_by("-sent_at", "-pk")
    return [row for row in rows[:NEWEST] if meets(text, row.revision)][:limit]


def meets(text: str, revision: CampaignRevision) -> bool:
    campaign = revision.campaign
    return holds(asked(text), campaign.name_ja, campaign.name_en, revision.why_ja, revision.why_en)
