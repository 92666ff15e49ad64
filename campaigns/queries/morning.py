"""What the morning's mail says of campaigns."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns.models import Question
from campaigns.queries.announcements import RUNNING, unread
from crm.people import User
from crm.slots import MailLine, MailPart
from crm.templatetags import formats

GROUP = "campaigns"


def announcements(user: User, at: datetime, most: int) -> MailPart | None:
    """Those that wait for the reader's reaction, the newest first."""
    rows = unread(user).filter(announcement__sent_at__lte=at).select_related("announcement__revision__campaign")
    found = list(rows.order_by("-announcement__sent_at", "-pk")[: most + 1])
    lines = [
        MailLine(
            row.announcement.revision.campaign.label,
            reverse("announcement", args=[row.announcement_id]),
            formats.date_short(row.announcement.sent_at),
        )
        for row in found[:most]
    ]
    title = _("Announcements that wait for your reaction")
    return MailPart(title, lines, reverse("announcements"), GROUP, len(found) > most) if lines else None


def questions(user: User, at: datetime, most: int) -> MailPart | None:
    """For planners: what the field asked about running campaigns and nobody has answered, the oldest first."""
    if not user.is_planner:
        return None
    rows = Question.objects.filter(announcement__revision__state__in=RUNNING, answers=None, at__lte=at)
    found = list(rows.select_related("by").order_by("at", "pk")[: most + 1])
    lines = [
        MailLine(
            pgettext("question in a mail", "%(name)s: %(words)s") % {"name": row.by.label, "words": row.words},
            reverse("announcement", args=[row.announcement_id]),
            formats.date_short(row.at),
        )
        for row in found[:most]
    ]
    return (
        MailPart(_("Questions of the field"), lines, reverse("announcements"), GROUP, len(found) > most)
        if lines
        else None
    )
