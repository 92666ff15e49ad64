"""The field's answer to an announcement: opened is not read, a reaction is."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.actions import feedback
from campaigns.models import Announcement, Feedback, Reaction, Receipt
from crm import audit
from crm.people import User


class NotAddressed(Exception):
    """The announcement went to others; this person has nothing to sign."""


def open_receipt(*, announcement: Announcement, by: User, at: datetime) -> None:
    """Remember the first opening; whoever only looks over the field's shoulder leaves no trace."""
    Receipt.objects.filter(announcement=announcement, user=by, opened_at=None).update(opened_at=at)


@transaction.atomic
def react(*, announcement: Announcement, reaction: str, note: str = "", by: User, at: datetime) -> Receipt:
    """React, or change the reaction; the same reaction again changes nothing.

    Words that come with it also become feedback on the revision, so that they get an answer.
    """
    receipt = Receipt.objects.select_for_update().filter(announcement=announcement, user=by).first()
    if receipt is None:
        raise NotAddressed
    if (receipt.reaction, receipt.note) == (reaction, note):
        return receipt
    if note and note != receipt.note:
        source = Feedback.Source.ANNOUNCEMENT
        feedback.write(revision=announcement.revision, words=note, by=by, at=at, source=source)
    receipt.reaction, receipt.note, receipt.reacted_at = Reaction(reaction), note, at
    receipt.opened_at = receipt.opened_at or at
    receipt.save(update_fields=["reaction", "note", "reacted_at", "opened_at"])
    audit.record(verb="announcement.reacted", subject=receipt, by=by, at=at, reaction=reaction)
    return receipt
