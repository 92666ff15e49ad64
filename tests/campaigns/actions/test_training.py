"""Read, answer, passed: it marks who has not, and blocks nothing."""

import pytest
from django.urls import reverse

from campaigns.actions import announcements, training
from campaigns.actions.campaigns import NotPossible
from campaigns.models import TrainingResult
from tests.factories.campaigns import AnnouncementFactory, ReceiptFactory, RevisionFactory

pytestmark = pytest.mark.django_db
QUESTIONS = [
    {"words_ja": "最初に何を伺いますか", "choices_ja": "価格\n困りごと", "right": 1},
    {"words_ja": "迷われたら", "choices_ja": "お試し\n値引き", "right": 0},
]


@pytest.fixture
def announced(cast, now):
    """Written while it was a draft, then launched and announced to Aiko."""
    revision = RevisionFactory(campaign__owner=cast.daisuke)
    training.write(revision=revision, body_ja="伺ってから、お見せする。", questions=QUESTIONS, by=cast.daisuke, at=now)
    revision.state, revision.launched_at, revision.launched_by = "launched", now, cast.daisuke
    revision.save()
    announcement = AnnouncementFactory(revision=revision)
    ReceiptFactory(announcement=announcement, user=cast.aiko)
    return announcement


def test_who_has_not_passed_sees_a_mark_and_may_try_again(announced, cast, client):
    client.force_login(cast.aiko)
    page, address = (reverse(name, args=[announced.pk]) for name in ("announcement", "announcement-train"))
    assert "Not passed yet" in client.get(page).content.decode()

    client.post(address, {"q1": "0", "q2": "0"})
    assert "Not passed yet" in client.get(page).content.decode()
    client.post(address, {"q1": "1", "q2": "0"})

    assert "Not passed yet" not in client.get(page).content.decode()
    result = TrainingResult.objects.get(user=cast.aiko)
    assert (result.tries, result.passed_at is not None) == (2, True)


def test_who_has_passed_stays_passed(announced, cast, now):
    item = announced.revision.training.get()
    training.answer(item=item, answers={1: 1, 2: 0}, by=cast.aiko, at=now)

    assert training.answer(item=item, answers={}, by=cast.aiko, at=now).passed_at == now


def test_only_who_was_addressed_answers(announced, cast, now):
    with pytest.raises(announcements.NotAddressed):
        training.answer(item=announced.revision.training.get(), answers={1: 1, 2: 0}, by=cast.ben, at=now)


def test_what_is_launched_is_not_written_anew(announced, cast, now):
    with pytest.raises(NotPossible):
        training.write(revision=announced.revision, body_ja="別", questions=QUESTIONS, by=cast.daisuke, at=now)


def test_a_planner_writes_it_by_api_with_exactly_two_questions(cast, client):
    revision = RevisionFactory(campaign__owner=cast.daisuke)
    client.force_login(cast.daisuke)
    address = reverse("api-revision-training", args=[revision.pk])

    def put(questions):
        body = {"body_ja": "読む", "questions": questions}
        return client.put(address, body, content_type="application/json").status_code

    assert put(QUESTIONS[:1]) == 400
    assert put([QUESTIONS[0], QUESTIONS[1] | {"right": 2}]) == 400
    assert [put(QUESTIONS), put(QUESTIONS)] == [200, 200]
    assert [question.right for question in revision.training.get().questions.all()] == [1, 0]
