"""Campaigns and announcements by any part of their name or why, in whatever spelling: all of them, however old."""

from __future__ import annotations

from accounts.queries.search import Ask, Kind
from campaigns.models import Announcement, CampaignRevision
from campaigns.queries.finding import having_words
from crm.people import User

NAMES, WHYS = ("name_ja", "name_en"), ("why_ja", "why_en")


def kinds(user: User, ask: Ask, limit: int) -> dict[str, Kind]:
    """The newest revision of each campaign that the user may open, and the announcements they may read."""
    found, words = {}, ask.whole.spellings
    if user.plans_campaigns or user.is_manager:
        rows = CampaignRevision.objects.visible_to(user).order_by("campaign_id", "-number").distinct("campaign_id")
        newest = CampaignRevision.objects.filter(pk__in=rows.values("pk"))
        meeting = having_words(newest, words, *(f"campaign__{name}" for name in NAMES), *WHYS).values("pk")
        found["revisions"] = Kind(
            CampaignRevision.objects.filter(pk__in=meeting).select_related("campaign").order_by("-pk")[:limit]
        )
    meeting = having_words(
        Announcement.objects.visible_to(user),
        words,
        *(f"revision__campaign__{name}" for name in NAMES),
        *(f"revision__{why}" for why in WHYS),
    ).values("pk")
    sent = Announcement.objects.filter(pk__in=meeting).select_related("revision__campaign")
    found["announcements"] = Kind(sent.order_by("-sent_at", "-pk")[:limit])
    return found
