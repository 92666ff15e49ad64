"""Read, answer, passed: it marks who has not, and blocks nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.actions import announcements, campaigns, copies, training
from campaigns.actions.campaigns import NotPossible
from campaigns.models import CampaignRevision, TrainingResult
from campaigns.queries import training as queries
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


def test_what_somebody_answered_is_retired_and_followed_by_the_new_one(announced, cast, now):
    item = announced.revision.training.get()
    untouched = training.write(
        revision=announced.revision, item=item, body_ja="先に伺う。", questions=QUESTIONS, by=cast.daisuke, at=now
    )
    assert untouched == item
    training.answer(item=item, answers={1: 1, 2: 0}, by=cast.aiko, at=now)

    new = training.write(
        revision=announced.revision, item=item, body_ja="別", questions=QUESTIONS[::-1], by=cast.daisuke, at=now
    )

    item.refresh_from_db()
    assert (item.retired_at, item.body_ja, item.results.count()) == (now, "先に伺う。", 1)
    assert list(queries.in_force(announced.revision_id)) == [new]


def test_nothing_is_written_when_the_campaign_is_over(announced, cast, now):
    item = announced.revision.training.get()
    CampaignRevision.objects.filter(pk=announced.revision_id).update(state="ended", ended_at=now)

    with pytest.raises(NotPossible):
        training.write(revision=announced.revision, body_ja="別", questions=QUESTIONS, by=cast.daisuke, at=now)
    with pytest.raises(NotPossible):
        training.retire(item=item, by=cast.daisuke, at=now)


def test_results_are_counted_by_team_and_cost_the_same_for_one_and_for_many(announced, cast, now):
    item = announced.revision.training.get()
    for user in (cast.ben, cast.chie):
        ReceiptFactory(announcement=announced, user=user)
    training.answer(item=item, answers={1: 1, 2: 0}, by=cast.aiko, at=now)
    training.answer(item=item, answers={}, by=cast.chie, at=now)

    (shown,) = queries.of_revision(announced.revision)
    found = {row.team: (row.addressed, row.tried, row.passed) for row in shown.teams}
    assert found == {cast.east: (2, 1, 1), cast.west: (1, 1, 0)}
    assert (shown.addressed, shown.passed) == (3, 1)
    few = statements_of(announced.revision)
    for number in range(5):
        training.write(revision=announced.revision, body_ja=str(number), questions=QUESTIONS, by=cast.daisuke, at=now)
    assert statements_of(announced.revision) == few


def statements_of(revision):
    with CaptureQueriesContext(connection) as asked:
        queries.of_revision(revision)
    return len(asked)


FORM = {
    "body_ja": "伺ってから",
    "link": "https://example.com/film",
    "minutes": "3",
    "q1_words_ja": "最初に",
    "q1_choices_ja": "価格\n困りごと",
    "q1_right": "2",
    "q2_words_ja": "迷われたら",
    "q2_choices_ja": "お試し\n値引き",
    "q2_right": "1",
}


def test_a_planner_adds_edits_and_retires_on_the_page(announced, cast, client):
    client.force_login(cast.daisuke)
    page = reverse("campaign-training", args=[announced.revision_id])
    add = reverse("campaign-training-new", args=[announced.revision_id])
    assert client.post(add, FORM | {"q1_right": "3"}).status_code == 422
    assert client.post(add, FORM).url == page
    old, new = announced.revision.training.order_by("pk")
    assert (new.minutes, new.link) == (3, "https://example.com/film")
    assert [question.right for question in new.questions.all()] == [1, 0]

    client.post(reverse("campaign-training-item", args=[new.pk]), FORM | {"minutes": "5"})
    client.post(reverse("campaign-training-retire", args=[old.pk]))

    new.refresh_from_db()
    old.refresh_from_db()
    assert (new.minutes, old.retired_at is not None) == (5, True)
    assert "Retired" in client.get(page).content.decode()


def test_a_planner_writes_it_by_api_with_exactly_two_questions(cast, client):
    revision = RevisionFactory(campaign__owner=cast.daisuke)
    client.force_login(cast.daisuke)
    address = reverse("api-revision-training", args=[revision.pk])

    def post(questions):
        body = {"body_ja": "読む", "questions": questions}
        return client.post(address, body, content_type="application/json")

    assert post(QUESTIONS[:1]).status_code == 400
    assert post([QUESTIONS[0], QUESTIONS[1] | {"right": 2}]).status_code == 400
    item = post(QUESTIONS).json()["id"]
    one = reverse("api-training-detail", args=[item])
    body = {"body_ja": "読み直す", "questions": QUESTIONS[::-1]}
    assert client.put(one, body, content_type="application/json").json()["id"] == item
    assert client.delete(one).status_code == 204
    (told,) = client.get(address).json()
    assert (told["body_ja"], [each["right"] for each in told["questions"]]) == ("読み直す", [0, 1])
    assert told["retired_at"]


@pytest.mark.parametrize("way", ["next revision", "copy", "template and what began with it"])
def test_what_is_made_from_a_plan_has_its_training_and_nobody_has_passed_it(announced, cast, now, way):
    source, item = announced.revision, announced.revision.training.get()
    gone = training.write(revision=source, body_ja="前のやり方", questions=QUESTIONS, by=cast.daisuke, at=now)
    training.retire(item=gone, by=cast.daisuke, at=now)
    training.answer(item=item, answers={1: 1, 2: 0}, by=cast.aiko, at=now)

    made = made_from(source, way, cast.daisuke, now).training.get()

    assert (made.body_ja, made.results.count()) == (item.body_ja, 0)
    asked = ("number", "words_ja", "choices_ja", "right")
    assert list(made.questions.values(*asked)) == list(item.questions.values(*asked))
    training.write(revision=made.revision, item=made, body_ja="新しいやり方", questions=[], by=cast.daisuke, at=now)
    item.refresh_from_db()
    assert (item.body_ja, item.questions.count()) == ("伺ってから、お見せする。", 2)


def made_from(source, way, by, at):
    if way == "next revision":
        return campaigns.revise(revision=source, by=by, at=at)
    made = copies.copy(revision=source, name_ja="写し", by=by, at=at, as_template=way.startswith("template"))
    return copies.copy(revision=made, name_ja="春", by=by, at=at) if made.campaign.is_template else made
