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


@transaction.atomic
def write(
    *,
    revision: CampaignRevision,
    body_ja: str,
    questions: Sequence[Mapping[str, Any]],
    body_en: str = "",
    by: User,
    at: datetime,
) -> TrainingItem:
    """Write the training of a draft, or write it anew; `questions` are the fields of TrainingQuestion, in their order."""
    locked = CampaignRevision.objects.select_for_update(no_key=True, of=("self",)).get(pk=revision.pk)
    if not locked.is_editable:
        raise NotPossible(locked.state)
    words = {"body_ja": body_ja, "body_en": body_en}
    item, _is_new = TrainingItem.objects.update_or_create(revision=locked, defaults=words)
    item.questions.all().delete()
    TrainingQuestion.objects.bulk_create(
        TrainingQuestion(item=item, number=number, **fields) for number, fields in enumerate(questions, start=1)
    )
    audit.record(verb="training.written", subject=item, by=by, at=at)
    return item


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
