"""Whom a campaign tells what: those it concerns, once, in their own language."""

import pytest
from django.utils import translation

from campaigns import notices
from campaigns.models import Answer, Question
from crm import slots
from crm.notices import Notice
from tests.factories.accounts import AccountFactory
from tests.factories.campaigns import (
    AnnouncementFactory,
    FeedbackFactory,
    LaunchedFactory,
    ReceiptFactory,
    TargetFactory,
    ThemeFactory,
)


@pytest.fixture
def revision(cast):
    """Planned by Daisuke, addressed to a customer of Aiko's, whose team Emi manages."""
    revision = LaunchedFactory(campaign__owner=cast.daisuke)
    TargetFactory(revision=revision, account=AccountFactory(owner=cast.aiko, team=cast.east))
    return revision


@pytest.fixture
def announcement(revision, cast):
    announcement = AnnouncementFactory(revision=revision)
    ReceiptFactory(announcement=announcement, user=cast.aiko)
    return announcement


def told(code):
    return {notice.to.email.split("@")[0] for notice in Notice.objects.filter(code=code)}


def test_an_announcement_is_told_to_those_it_is_addressed_to(announcement, now):
    notices.announcement_published(announcement, now)
    notices.announcement_published(announcement, now)

    assert told("announcement.published") == {"aiko"}
    assert Notice.objects.get().url == f"/announcements/{announcement.pk}/"


def test_each_reminder_is_told_once(announcement, cast, now):
    for number in (1, 1, 2):
        announcement.reminders = number
        notices.reminded(announcement, [cast.aiko], now)

    assert Notice.objects.filter(code="announcement.reminder").count() == 2


def test_a_question_goes_to_the_planner_and_its_answer_back(announcement, cast, now):
    question = Question.objects.create(announcement=announcement, words="20名では？", by=cast.aiko, at=now)
    notices.question_asked(question, now)
    notices.question_answered(Answer.objects.create(question=question, words="はい", by=cast.daisuke, at=now), now)

    assert (told("question.asked"), told("question.answered")) == ({"daisuke"}, {"aiko"})


def test_nobody_is_told_of_their_own_words(announcement, cast, now):
    question = Question.objects.create(announcement=announcement, words="念のため", by=cast.daisuke, at=now)
    notices.question_asked(question, now)
    notices.question_answered(Answer.objects.create(question=question, words="はい", by=cast.daisuke, at=now), now)

    assert not Notice.objects.exists()


def test_what_becomes_of_a_theme_goes_back_to_everybody_who_wrote(announcement, revision, cast, now):
    theme = ThemeFactory(revision=revision, state="declined", answer="Too dear.", answered_by=cast.daisuke)
    for writer in (cast.aiko, cast.aiko, cast.chie, cast.daisuke):
        FeedbackFactory(revision=revision, theme=theme, by=writer)

    notices.theme_answered(theme, now)

    assert told("theme.answered") == {"aiko", "chie"}
    assert Notice.objects.filter(to=cast.aiko).get().words.endswith("Too dear.")


def test_a_crossed_guardrail_reaches_planner_and_manager_once_for_each_rule(revision, cast, now):
    for rule in ("NPS", "NPS", "COMPLAINTS"):
        notices.guardrail_crossed(revision, rule, now)

    assert told("campaign.guardrail") == {"daisuke", "emi"}
    assert Notice.objects.filter(to=cast.emi).count() == 2


def test_the_end_leads_everybody_to_a_page_that_they_may_read(announcement, revision, cast, now):
    notices.ended(revision, now)

    urls = {notice.to: notice.url for notice in Notice.objects.all()}
    board, page = f"/campaigns/revisions/{revision.pk}/", f"/announcements/{announcement.pk}/"
    assert urls == {cast.daisuke: board, cast.emi: board, cast.aiko: page}


def test_whoever_has_left_is_told_nothing(announcement, revision, cast, now):
    for person in (cast.aiko, cast.emi, cast.daisuke):
        person.is_active = False
        person.save()

    notices.announcement_published(announcement, now)
    notices.launched(revision, now)

    assert not Notice.objects.exists()


def test_telling_a_hundred_people_costs_what_telling_one_costs(announcement, now, django_assert_num_queries):
    with django_assert_num_queries(2):
        notices.announcement_published(announcement, now)
    ReceiptFactory.create_batch(100, announcement=announcement)

    with django_assert_num_queries(2):
        notices.announcement_published(announcement, now)
    assert Notice.objects.count() == 101


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("code", sorted(notices.KINDS))
def test_every_kind_has_words_an_icon_and_a_group(code, language):
    figures = {
        "campaign": "年末",
        "campaign_en": "Year end",
        "number": 2,
        "title": "差",
        "title_en": "Gap",
        "state": "keep",
        "rule": "NPS",
        "words": "…",
        "words_en": "…",
        "many": 2,
        "missing": ["WHY", "PATH"],
    }

    with translation.override(language):
        words = slots.notice_kinds[code].words(figures)

    assert ("Year end" if language == "en" else "年末") in words
    assert slots.notice_kinds[code].group in slots.notice_groups
