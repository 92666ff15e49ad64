"""The playbook: what works in which situation, written by those who plan and manage, proposed by those who did it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import Account
from campaigns.models import CampaignRevision, Play, PlayUse, Suggestion
from crm import audit
from crm.people import User

FIELDS = ("kind", "trigger", "family", "reaction", "title_ja", "title_en", "body_ja", "body_en")
PROPOSABLE = (Play.Kind.STORY,)
"""What a rep may propose."""
TITLE = 120


class NotTheirs(Exception):
    """Reps propose stories; the rest of the playbook is written by managers and planners."""


class Clash(Exception):
    """Somebody else saved in between; `theirs` is what stands in the database."""

    def __init__(self, theirs: Play) -> None:
        super().__init__(theirs.pk)
        self.theirs = theirs


class LessonMissing(ValueError):
    """What was learned has not been written."""


@transaction.atomic
def write(*, fields: Mapping[str, Any], by: User, at: datetime) -> Play:
    """A new play; a rep's story waits until somebody takes it up. Raises NotTheirs."""
    if by.is_rep and fields["kind"] not in PROPOSABLE:
        raise NotTheirs
    state = Play.State.PROPOSED if by.is_rep else Play.State.PUBLISHED
    play = Play.objects.create(**_own(fields), state=state, by=by, at=at)
    audit.record(verb=f"play.{'proposed' if by.is_rep else 'written'}", subject=play, by=by, at=at, kind=play.kind)
    return play


@transaction.atomic
def edit(*, play: Play, fields: Mapping[str, Any], version: int, by: User, at: datetime) -> Play:
    """Its writer while it is proposed, else managers and planners. Raises NotTheirs and Clash."""
    if not may_edit(play, by) or (by.is_rep and fields["kind"] not in PROPOSABLE):
        raise NotTheirs
    _update(play, version=version, **_own(fields))
    audit.record(verb="play.edited", subject=play, by=by, at=at)
    return Play.objects.select_related("family", "by").get(pk=play.pk)


def may_edit(play: Play, by: User) -> bool:
    return not by.is_rep or (play.by_id == by.pk and play.state == Play.State.PROPOSED)


@transaction.atomic
def publish(*, play: Play, by: User, at: datetime) -> Play:
    """Take up what somebody proposed. Raises NotTheirs."""
    if by.is_rep:
        raise NotTheirs
    if Play.objects.filter(pk=play.pk, state=Play.State.PROPOSED).update(
        state=Play.State.PUBLISHED, version=F("version") + 1
    ):
        audit.record(verb="play.published", subject=play, by=by, at=at)
    play.refresh_from_db()
    return play


@transaction.atomic
def retire(*, play: Play, by: User, at: datetime) -> Play:
    """No longer shown where it fitted; it stays in the playbook of the past. Raises NotTheirs."""
    if not may_edit(play, by):
        raise NotTheirs
    if Play.objects.filter(pk=play.pk, retired_at=None).update(retired_at=at, version=F("version") + 1):
        audit.record(verb="play.retired", subject=play, by=by, at=at)
    play.refresh_from_db()
    return play


def _own(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in FIELDS if name in fields}


def _update(play: Play, *, version: int, **fields: Any) -> None:
    if not Play.objects.filter(pk=play.pk, version=version).update(**fields, version=F("version") + 1):
        raise Clash(Play.objects.select_related("family", "by").get(pk=play.pk))


@transaction.atomic
def use(*, play: Play, account: Account, suggestion: Suggestion | None = None, by: User, at: datetime) -> PlayUse:
    """Somebody used it with a customer; on one suggestion it is used once."""
    if suggestion is None:
        return PlayUse.objects.create(play=play, account=account, by=by, at=at)
    made, is_new = PlayUse.objects.get_or_create(
        play=play, suggestion=suggestion, defaults={"account": account, "by": by, "at": at}
    )
    if is_new:
        audit.record(verb="play.used", subject=play, by=by, at=at, account_id=account.pk, suggestion=suggestion.pk)
    return made


@transaction.atomic
def learn(*, revision: CampaignRevision, lesson_ja: str, lesson_en: str = "", by: User, at: datetime) -> Play:
    """Keep what a revision taught; the lesson stands in the playbook for whatever it offered.

    Written again, it takes the place of the first. Raises LessonMissing.
    """
    if not lesson_ja.strip():
        raise LessonMissing
    lesson = {"lesson_ja": lesson_ja.strip(), "lesson_en": lesson_en.strip()}
    CampaignRevision.objects.filter(pk=revision.pk).update(**lesson)
    said = {
        "title_ja": _title(lesson["lesson_ja"]),
        "title_en": _title(lesson["lesson_en"]),
        "body_ja": lesson["lesson_ja"],
        "body_en": lesson["lesson_en"],
        "family": revision.path.to_product.family if revision.path else None,
    }
    play, _is_new = Play.objects.update_or_create(
        learned_from=revision, kind=Play.Kind.LESSON, defaults=said, create_defaults={**said, "by": by, "at": at}
    )
    audit.record(verb="campaign.learned", subject=revision, by=by, at=at, reason=lesson["lesson_ja"])
    return play


def _title(lesson: str) -> str:
    """The first sentence."""
    first = lesson.strip().split("\n")[0]
    end = min((place for place in (first.find("。"), first.find(". ")) if place > 0), default=len(first))
    return first[:end][:TITLE]
