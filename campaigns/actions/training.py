"""Some minutes of reading with two questions, before a campaign is taken to customers. It marks, and blocks nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from campaigns.actions.announcements import NotAddressed
from campaigns.actions.campaigns import NotPossible
from campaigns.models import CampaignRevision, Receipt, TrainingItem, TrainingQuestion, TrainingResult
from crm import audit
from crm.people import User

State = CampaignRevision.State
OVER = (State.ENDED, State.SUPERSEDED)


@transaction.atomic
def write(
    *,
    revision: CampaignRevision,
    questions: Sequence[Mapping[str, Any]],
    by: User,
    at: datetime,
    item: TrainingItem | None = None,
    **words: Any,
) -> TrainingItem:
    """Add an item, or write `item` anew; `questions` are the fields of TrainingQuestion, in their order, `words` those of the item.

    What somebody has answered is retired and followed by the new one. Raises `NotPossible` when the revision is over.
    """
    _hold(revision)
    if item is not None and item.results.exists():
        retire(item=item, by=by, at=at)
        item = None
    if item is None:
        item = TrainingItem(revision=revision)
    for name, value in words.items():
        setattr(item, name, value)
    item.save()
    item.questions.all().delete()
    TrainingQuestion.objects.bulk_create(
        TrainingQuestion(item=item, number=number, **fields) for number, fields in enumerate(questions, start=1)
    )
    audit.record(verb="training.written", subject=item, by=by, at=at)
    return item


@transaction.atomic
def retire(*, item: TrainingItem, by: User, at: datetime) -> TrainingItem:
    """It is asked no more; who passed it stays known."""
    _hold(item.revision)
    if TrainingItem.objects.in_force().filter(pk=item.pk).update(retired_at=at):
        audit.record(verb="training.retired", subject=item, by=by, at=at)
    item.refresh_from_db()
    return item


def _hold(revision: CampaignRevision) -> None:
    """Locked, so that it does not end meanwhile."""
    locked = CampaignRevision.objects.select_for_update(no_key=True, of=("self",)).get(pk=revision.pk)
    if locked.state in OVER:
        raise NotPossible(locked.state)


@transaction.atomic
def answer(*, item: TrainingItem, answers: Mapping[int, int], by: User, at: datetime) -> TrainingResult:
    """One try: `answers` are choices, from 0, by the number of the question. Who has passed stays passed."""
    if not Receipt.objects.filter(announcement__revision=item.revision_id, user=by).exists():
        raise NotAddressed
    TrainingResult.objects.get_or_create(item=item, user=by)
    result = TrainingResult.objects.select_for_update().get(item=item, user=by)
    if result.passed_at is not None:
        return result
    is_right = all(answers.get(question.number) == question.right for question in item.questions.all())
    result.tries, result.passed_at = result.tries + 1, at if is_right else None
    result.save(update_fields=["tries", "passed_at"])
    audit.record(verb="training.answered", subject=result, by=by, at=at, passed=is_right)
    return result
