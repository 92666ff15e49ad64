"""What the field says about a revision, gathered into themes that get an answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns import notices
from campaigns.models import CampaignRevision, Feedback, Theme
from crm import audit, webhooks
from crm.people import User


class NothingSaid(ValueError):
    """Feedback without words."""


class AnswerMissing(ValueError):
    """Whoever declines a theme says why; the reason goes back to those who wrote."""


class OtherRevision(ValueError):
    """A note and its theme belong to the same revision."""


@transaction.atomic
def write(
    *, revision: CampaignRevision, words: str, words_en: str = "", by: User, at: datetime, theme: Theme | None = None
) -> Feedback:
    """Keep a note in the writer's words; the same words sent twice exist once."""
    if not words.strip():
        raise NothingSaid
    if theme is not None and theme.revision_id != revision.pk:
        raise OtherRevision
    note, is_new = Feedback.objects.get_or_create(
        revision=revision, by=by, words=words.strip(), defaults={"words_en": words_en, "at": at, "theme": theme}
    )
    if is_new:
        audit.record(verb="feedback.written", subject=note, by=by, at=at)
        webhooks.announce("feedback.given", subject=note, at=at, revision=revision.pk, by=by.pk)
    return note


@transaction.atomic
def name_theme(
    *, revision: CampaignRevision, title_ja: str, title_en: str = "", notes: list[Feedback], by: User, at: datetime
) -> Theme:
    """Gather notes under a name; notes that had another theme move."""
    theme = Theme.objects.create(revision=revision, title_ja=title_ja, title_en=title_en)
    Feedback.objects.filter(pk__in=[note.pk for note in notes], revision=revision).update(theme=theme)
    audit.record(verb="theme.named", subject=theme, by=by, at=at, notes=len(notes))
    return theme


@transaction.atomic
def answer(*, theme: Theme, state: str, answer: str = "", by: User, at: datetime) -> Theme:
    """Decide what becomes of a theme. Raises AnswerMissing when declined without a reason."""
    if state == Theme.State.DECLINED and not answer.strip():
        raise AnswerMissing
    theme.state, theme.answer = Theme.State(state), answer.strip()
    theme.answered_by, theme.answered_at = by, at
    theme.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    audit.record(verb="theme.answered", subject=theme, by=by, at=at, reason=theme.answer, state=state)
    notices.theme_answered(theme, at)
    return theme
