"""What the morning's mail says of customers."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import FollowUp
from crm.bilingual import pick
from crm.people import User
from crm.slots import MailLine, MailPart
from crm.templatetags import formats


def follow_ups(user: User, at: datetime, most: int) -> MailPart | None:
    """One's own that are due today, and what is still open from before."""
    today = timezone.localdate(at)
    rows = FollowUp.objects.visible_to(user).open().filter(owner=user, due_on__lte=today)
    found = list(rows.select_related("account").order_by("due_on", "due_time", "pk")[: most + 1])
    lines = [_line(row, is_late=row.due_on < today) for row in found[:most]]
    return (
        MailPart(_("Follow-ups for today"), lines, reverse("follow-ups"), "customers", len(found) > most)
        if lines
        else None
    )


def _line(row: FollowUp, *, is_late: bool) -> MailLine:
    words = _("%(customer)s: %(text)s") % {"customer": row.account.label, "text": pick(row.text, row.text_en)}
    late = _("since %(day)s") % {"day": formats.date_short(row.due_on)} if is_late else ""
    hour = f"{row.due_time:%H:%M}" if row.due_time and not is_late else ""
    return MailLine(words, reverse("customer", args=[row.account_id]), late or hour)
