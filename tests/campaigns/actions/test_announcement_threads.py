"""Questions under an announcement and reminders: read by everybody addressed, told to whom it concerns."""

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.actions import announcements as actions
from campaigns.actions.campaigns import NotPossible
from campaigns.models import Answer, Question
from crm.notices import Notice
from tests.factories.campaigns import AnnouncementFactory, LaunchedFactory, QuestionFactory, ReceiptFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def announced(cast):
    announcement = AnnouncementFactory(revision=LaunchedFactory(campaign__owner=cast.daisuke))
    for person in (cast.aiko, cast.ben):
        ReceiptFactory(announcement=announcement, user=person)
    return announcement


def told(code):
    return sorted(Notice.objects.filter(code=code).values_list("to__email", flat=True))


def test_a_question_is_read_and_its_answer_too_by_everybody_addressed(announced, cast, client):
    client.force_login(cast.aiko)
    client.post(reverse("announcement-ask", args=[announced.pk]), {"words": "20名では？"})
    client.force_login(cast.daisuke)
    client.post(reverse("question-answer", args=[Question.objects.get().pk]), {"words": "容量の追加からです"})

    client.force_login(cast.ben)
    page = client.get(reverse("announcement", args=[announced.pk])).content.decode()

    assert "20名では？" in page
    assert "容量の追加からです" in page
    assert (told("question.asked"), told("question.answered")) == ([cast.daisuke.email], [cast.aiko.email])


def test_a_manager_may_answer_and_a_rep_may_not(announced, cast, client):
    question = QuestionFactory(announcement=announced, by=cast.ben)
    address = reverse("question-answer", args=[question.pk])
    for person, status in ((cast.aiko, 403), (cast.emi, 302)):
        client.force_login(person)
        assert client.post(address, {"words": "はい"}).status_code == status

    assert Answer.objects.get().by == cast.emi


def test_who_was_not_addressed_neither_asks_nor_reads(announced, cast, client, now):
    with pytest.raises(actions.NotAddressed):
        actions.ask(announcement=announced, words="？", by=cast.daisuke, at=now)
    client.force_login(cast.chie)
    assert client.post(reverse("announcement-ask", args=[announced.pk]), {"words": "？"}).status_code == 404
    QuestionFactory(announcement=announced, by=cast.aiko)
    assert not Question.objects.visible_to(cast.chie).exists()


def test_the_reaction_question_leads_to_writing_it(announced, cast, client):
    client.force_login(cast.aiko)

    response = client.post(reverse("announcement-react", args=[announced.pk]), {"reaction": "question"})

    assert response.url == f"/announcements/{announced.pk}/#questions"


def test_many_questions_come_in_pages(announced, cast, client):
    asked = [QuestionFactory(announcement=announced, by=cast.aiko) for _ in range(23)]
    client.force_login(cast.ben)
    address = reverse("announcement", args=[announced.pk])

    first = client.get(address).context["threads"]
    rest = client.get(address, {"before": first.older}).context["threads"]

    assert [each.pk for each in (*first.questions, *rest.questions)] == [each.pk for each in reversed(asked)]
    assert rest.older is None


def test_the_page_asks_as_often_for_many_threads_as_for_one(announced, cast, client, django_assert_num_queries):
    from tests.campaigns.views.test_campaigns import queries_of

    client.force_login(cast.aiko)
    address = reverse("announcement", args=[announced.pk])

    def thread():
        return Answer.objects.create(
            question=QuestionFactory(announcement=announced), words="はい", by=cast.daisuke, at=announced.sent_at
        )

    thread()
    client.get(address)
    one = queries_of(client, address)
    for _ in range(5):
        thread()

    assert queries_of(client, address) == one


def test_a_reminder_tells_only_who_is_silent_twice_at_most_and_a_day_apart(announced, cast, now):
    actions.react(announcement=announced, reaction="agree", by=cast.ben, at=now)

    def remind(hours):
        return actions.remind(announcement=announced, by=cast.daisuke, at=now + timedelta(hours=hours))

    assert remind(0) == 1
    with pytest.raises(actions.NotNow):
        remind(23)
    assert remind(24) == 1
    with pytest.raises(actions.NotNow):
        remind(72)
    assert told("announcement.reminder") == [cast.aiko.email] * 2


def test_there_is_nobody_to_remind_once_all_have_reacted_or_it_has_ended(announced, cast, now):
    ended = AnnouncementFactory(revision=LaunchedFactory(state="ended", ended_at=now))
    ReceiptFactory(announcement=ended, user=cast.aiko)
    with pytest.raises(NotPossible):
        actions.remind(announcement=ended, by=cast.daisuke, at=now)
    for person in (cast.aiko, cast.ben):
        actions.react(announcement=announced, reaction="agree", by=person, at=now)
    with pytest.raises(actions.NotNow):
        actions.remind(announcement=announced, by=cast.daisuke, at=now)


def test_the_board_offers_it_and_today_shows_it(announced, cast, client):
    client.force_login(cast.daisuke)
    board = reverse("campaign-board", args=[announced.revision_id])
    assert client.get(board).context["silent"] == 2

    client.post(reverse("campaign-remind", args=[announced.revision_id]))

    assert client.get(board).context["silent"] == 0
    client.force_login(cast.aiko)
    assert "Reminder" in client.get(reverse("home")).content.decode()
