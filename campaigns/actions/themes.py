"""Notes of the field gathered into themes: proposed by shared words, confirmed by a person, answered to the writers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from campaigns import notices
from campaigns.measure.themes import Group, groups
from campaigns.models import CampaignRevision, Change, Feedback, Theme
from crm import audit
from crm.people import User

AT_ONCE = 500
"""Newest notes of a revision that are compared."""


class AnswerMissing(ValueError):
    """Whoever declines a theme says why; the reason goes back to those who wrote."""


class NameMissing(ValueError):
    """A theme without a name."""


class OtherRevision(ValueError):
    """Notes and themes are brought together within one revision."""


# ------------------------------------------------------------------------------- proposing


@transaction.atomic
def propose(*, revision: CampaignRevision) -> int:
    """Gather what nobody has gathered yet into proposed themes; how many there are then.

    A second run over the same notes changes nothing. No trail: nobody decided anything.
    """
    CampaignRevision.objects.select_for_update(no_key=True).get(pk=revision.pk)
    proposed = Theme.objects.filter(revision=revision, is_confirmed=False)
    free = Feedback.objects.filter(revision=revision, theme=None) | Feedback.objects.filter(theme__in=proposed)
    notes = {note.pk: note for note in free.order_by("-at", "-pk")[:AT_ONCE]}
    found = groups({number: note.words for number, note in sorted(notes.items())})
    kept = [_keep(revision, group, notes) for group in found]
    rest = {note.pk for note in notes.values() if note.theme_id} - {n for group in found for n in group.notes}
    Feedback.objects.filter(pk__in=rest).update(theme=None)
    proposed.exclude(pk__in=kept).delete()
    return len(kept)


def _keep(revision: CampaignRevision, group: Group, notes: dict[int, Feedback]) -> int:
    """The proposal that holds the first of the notes goes on under the name of today."""
    known = next((notes[number].theme_id for number in group.notes if notes[number].theme_id), None)
    english = [notes[number].words_en for number in group.notes]
    named = {"title_ja": group.name[:120], "title_en": _name_of(english)}
    if known is None:
        known = Theme.objects.create(**named, revision=revision, is_confirmed=False).pk
    else:
        Theme.objects.filter(pk=known).update(**named)
    moved = [notes[number] for number in group.notes if notes[number].theme_id != known]
    Feedback.objects.filter(pk__in=[note.pk for note in moved]).update(theme=known)
    for note in moved:
        note.theme_id = known
    return known


def _name_of(texts: Sequence[str]) -> str:
    """In the other language, where all of the notes are written in it and share a word."""
    found = groups(dict(enumerate(texts))) if all(texts) else []
    return found[0].name[:120] if found and len(found[0].notes) * 2 > len(texts) else ""


def propose_all() -> None:
    """For every revision that people still write about."""
    free = Feedback.objects.filter(theme=None, revision__state__in=CampaignRevision.PUBLIC_STATES)
    for revision in CampaignRevision.objects.filter(pk__in=free.values("revision")).iterator():
        propose(revision=revision)


# ------------------------------------------------------------------------- what a person decides


@transaction.atomic
def name_theme(
    *, revision: CampaignRevision, title_ja: str, title_en: str = "", notes: list[Feedback], by: User, at: datetime
) -> Theme:
    """Gather notes under a name; notes that had another theme move."""
    if not title_ja.strip():
        raise NameMissing
    theme = Theme.objects.create(revision=revision, title_ja=title_ja.strip(), title_en=title_en.strip())
    _move(notes, theme, at=at)
    audit.record(verb="theme.named", subject=theme, by=by, at=at, notes=len(notes))
    return theme


@transaction.atomic
def gather(*, theme: Theme, notes: list[Feedback], by: User, at: datetime) -> Theme:
    """Put notes into a theme that is there; its answer, if it has one, reaches their writers, too."""
    _move(notes, theme, at=at)
    audit.record(verb="theme.gathered", subject=theme, by=by, at=at, notes=len(notes))
    return theme


@transaction.atomic
def confirm(*, theme: Theme, title_ja: str, title_en: str = "", by: User, at: datetime) -> Theme:
    """Take up a proposed theme, or give a theme another name."""
    if not title_ja.strip():
        raise NameMissing
    before = theme.title_ja
    theme.title_ja, theme.title_en, theme.is_confirmed = title_ja.strip(), title_en.strip(), True
    theme.save(update_fields=["title_ja", "title_en", "is_confirmed"])
    audit.record(verb="theme.confirmed", subject=theme, by=by, at=at, before=before, after=theme.title_ja)
    return theme


@transaction.atomic
def merge(*, theme: Theme, into: Theme, by: User, at: datetime) -> Theme:
    """Two themes that say the same become one; the changes that the first one caused are caused by the second."""
    if theme.revision_id != into.revision_id or theme.pk == into.pk:
        raise OtherRevision
    notes = list(theme.notes.all())
    for change in Change.objects.filter(themes=theme):
        change.themes.add(into)
    _move(notes, into, at=at)
    audit.record(verb="theme.merged", subject=into, by=by, at=at, gone=theme.title_ja, notes=len(notes))
    theme.delete()
    return into


def split(*, theme: Theme, notes: list[Feedback], title_ja: str, title_en: str = "", by: User, at: datetime) -> Theme:
    """Some notes of a theme speak of something else."""
    own = [note for note in notes if note.theme_id == theme.pk]
    return name_theme(revision=theme.revision, title_ja=title_ja, title_en=title_en, notes=own, by=by, at=at)


@transaction.atomic
def dissolve(*, theme: Theme, by: User, at: datetime) -> None:
    """A proposal that was none: its notes are free again. A confirmed theme stays."""
    if theme.is_confirmed:
        return
    audit.record(verb="theme.dissolved", subject=theme, by=by, at=at, title=theme.title_ja)
    theme.delete()


def _move(notes: Sequence[Feedback], theme: Theme, *, at: datetime) -> None:
    if any(note.revision_id != theme.revision_id for note in notes):
        raise OtherRevision
    Feedback.objects.filter(pk__in=[note.pk for note in notes]).update(theme=theme)
    if theme.answered_at:
        notices.theme_answered(theme, at, [note.by for note in notes])


# ------------------------------------------------------------------------------------ answering


@transaction.atomic
def answer(*, theme: Theme, state: str, answer: str = "", by: User, at: datetime) -> Theme:
    """Decide what becomes of a theme and tell its writers; the same answer again tells nobody.

    Raises AnswerMissing when declined without a reason.
    """
    if state == Theme.State.DECLINED and not answer.strip():
        raise AnswerMissing
    if (theme.state, theme.answer) == (state, answer.strip()) and theme.answered_at:
        return theme
    theme.state, theme.answer, theme.is_confirmed = Theme.State(state), answer.strip(), True
    is_open = theme.state == Theme.State.TO_DECIDE and not theme.answer
    theme.answered_by, theme.answered_at = (None, None) if is_open else (by, at)
    theme.save(update_fields=["state", "answer", "is_confirmed", "answered_by", "answered_at"])
    audit.record(verb="theme.answered", subject=theme, by=by, at=at, reason=theme.answer, state=state)
    if not is_open:
        notices.theme_answered(theme, at)
    return theme
