"""The field's answer to an announcement: opened is not read, a reaction is; questions are asked and answered under it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from campaigns import notices
from campaigns.actions import feedback
from campaigns.actions.campaigns import NotPossible
from campaigns.models import Announcement, Answer, Feedback, Question, Reaction, Receipt
from campaigns.queries import announcements as queries
from crm import audit
from crm.people import User

REMINDERS = 2
BETWEEN = timedelta(hours=24)


class NotAddressed(Exception):
    """The announcement went to others; this person has nothing to sign."""


class NotNow(Exception):
    """Reminded twice already, or less than a day ago, or everybody has reacted."""


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


@transaction.atomic
def ask(*, announcement: Announcement, words: str, by: User, at: datetime) -> Question:
    """Asked by somebody addressed, read by everybody addressed; whoever planned it hears of it."""
    if not Receipt.objects.filter(announcement=announcement, user=by).exists():
        raise NotAddressed
    question = Question.objects.create(announcement=announcement, words=words, by=by, at=at)
    audit.record(verb="announcement.asked", subject=question, by=by, at=at, announcement=announcement.pk)
    notices.question_asked(question, at)
    return question


@transaction.atomic
def answer(*, question: Question, words: str, by: User, at: datetime) -> Answer:
    """Under the question, for everybody; whoever asked hears of it. The caller sees to it that `by` may answer."""
    given = Answer.objects.create(question=question, words=words, by=by, at=at)
    audit.record(verb="announcement.answered", subject=given, by=by, at=at, question=question.pk)
    notices.question_answered(given, at)
    return given


@transaction.atomic
def remind(*, announcement: Announcement, by: User, at: datetime) -> int:
    """Tell those who have not reacted, at most twice and not twice within a day; returns how many were told."""
    locked = Announcement.objects.select_for_update(no_key=True, of=("self",)).get(pk=announcement.pk)
    if not locked.revision.is_running:
        raise NotPossible(locked.revision.state)
    silent = list(queries.silent(locked))
    if not silent or not may_remind(locked, at):
        raise NotNow
    locked.reminders, locked.reminded_at = locked.reminders + 1, at
    locked.save(update_fields=["reminders", "reminded_at"])
    notices.reminded(locked, silent, at)
    audit.record(verb="announcement.reminded", subject=locked, by=by, at=at, people=len(silent), time=locked.reminders)
    return len(silent)


def may_remind(announcement: Announcement, at: datetime) -> bool:
    last = announcement.reminded_at
    return announcement.reminders < REMINDERS and (last is None or at - last >= BETWEEN)
