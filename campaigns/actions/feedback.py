"""What the field says about a revision, and what its managers hear when nobody answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Activity
from campaigns import notices
from campaigns.models import CampaignRevision, Feedback, Theme
from campaigns.queries import voices
from crm import audit, webhooks
from crm.people import Role, User

AT_ONCE = 1_000
"""Notes that one run tells of; the next run tells of the others."""


class NothingSaid(ValueError):
    """Feedback without words."""


class OtherRevision(ValueError):
    """A note and its theme belong to the same revision."""


@transaction.atomic
def write(
    *,
    revision: CampaignRevision,
    words: str,
    words_en: str = "",
    by: User,
    at: datetime,
    theme: Theme | None = None,
    source: str = Feedback.Source.BOARD,
    activity: Activity | None = None,
) -> Feedback:
    """Keep a note in the writer's words, with how the customer took it if it comes from a conversation.

    The same words sent twice exist once.
    """
    if not words.strip():
        raise NothingSaid
    if theme is not None and theme.revision_id != revision.pk:
        raise OtherRevision
    note, is_new = Feedback.objects.get_or_create(
        revision=revision,
        by=by,
        words=words.strip(),
        defaults={
            "words_en": words_en,
            "at": at,
            "theme": theme,
            "source": source,
            "activity": activity,
            "reaction": activity.reaction if activity else "",
        },
    )
    if is_new:
        audit.record(verb="feedback.written", subject=note, by=by, at=at)
        webhooks.announce("feedback.given", subject=note, at=at, revision=revision.pk, by=by.pk)
    return note


# ------------------------------------------------------------------------ what nobody has answered


@transaction.atomic
def tell_managers(*, at: datetime) -> int:
    """Managers hear once of every note of their team that has waited five working days; how many notes that were.

    One notice for a campaign and a day, however many notes there are.
    """
    late = voices.late(Feedback.objects.filter(told_manager_at=None), at=at)
    rows = late.select_for_update(of=("self",), skip_locked=True)
    notes = list(rows.select_related("by__team", "revision__campaign").order_by("at", "pk")[:AT_ONCE])
    managers = _managers_by_path()
    waiting = Counter((manager, note.revision) for note in notes for manager in _managers_of(note.by, managers))
    for (manager, revision), many in waiting.items():
        notices.feedback_waiting(revision, manager, many, at)
    Feedback.objects.filter(pk__in=[note.pk for note in notes]).update(told_manager_at=at)
    return len(notes)


def _managers_by_path() -> dict[str, list[User]]:
    found: dict[str, list[User]] = {}
    for manager in User.objects.filter(role=Role.MANAGER, is_active=True, team__isnull=False).select_related("team"):
        found.setdefault(manager.team.path if manager.team else "", []).append(manager)
    return found


def _managers_of(writer: User, managers: Mapping[str, list[User]]) -> Sequence[User]:
    """Of the writer's team, else of the nearest team above it that has one. Managers know what they wrote."""
    path = writer.team.path if writer.team else ""
    above = [prefix for prefix in managers if path.startswith(prefix)]
    found = managers[max(above, key=len)] if above else []
    return [manager for manager in found if manager.pk != writer.pk]
