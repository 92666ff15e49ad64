import pytest
from django.utils.translation import override

from campaigns.actions import playbook, revising
from campaigns.actions.campaigns import NotPossible
from campaigns.models import Change, Judgement, Play
from campaigns.queries import revising as queries
from crm.notices import Notice
from tests.factories.campaigns import (
    ChangeFactory,
    FeedbackFactory,
    LaunchedFactory,
    RevisionFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(cast):
    return LaunchedFactory(campaign__owner=cast.daisuke, campaign__name_en="Headroom")


@pytest.fixture
def draft(running):
    return RevisionFactory(campaign=running.campaign, number=2)


@pytest.fixture
def theme(running, cast):
    theme = ThemeFactory(revision=running, title_ja="先に伺う")
    for by in (cast.aiko, cast.aiko, cast.ben):
        FeedbackFactory(revision=running, theme=theme, by=by)
    return theme


def test_what_is_said_of_a_figure_last_is_what_stands(running, cast, now):
    revising.judge(revision=running, figure="read", decision="keep", by=cast.daisuke, at=now)
    revising.judge(revision=running, figure="read", decision="change", note=" 短く ", by=cast.daisuke, at=now)

    said = Judgement.objects.get()
    assert (said.decision, said.note) == ("change", "短く")


def test_a_draft_has_no_figures_to_judge(draft, cast, now):
    with pytest.raises(NotPossible):
        revising.judge(revision=draft, figure="read", decision="keep", by=cast.daisuke, at=now)


def test_a_change_names_the_themes_behind_it_and_the_people_behind_those(draft, theme, cast, now):
    revising.add_change(
        revision=draft, part="talk", note_ja="先に伺ってからお見せします", themes=[theme], by=cast.daisuke, at=now
    )

    row = queries.credited(draft)[0]
    assert (row.themes, row.writers) == ([theme], [cast.aiko, cast.ben])


def test_a_theme_of_another_campaign_causes_nothing_here(draft, cast, now):
    with pytest.raises(revising.OtherCampaign):
        revising.add_change(
            revision=draft, part="talk", note_ja="変更", themes=[ThemeFactory()], by=cast.daisuke, at=now
        )
    assert not Change.objects.exists()


def test_a_change_needs_words(draft, cast, now):
    with pytest.raises(revising.NothingSaid):
        revising.add_change(revision=draft, part="talk", note_ja=" ", by=cast.daisuke, at=now)


def test_what_was_launched_keeps_its_changes(running, cast, now):
    change = ChangeFactory(revision=running)

    with pytest.raises(NotPossible):
        revising.add_change(revision=running, part="why", note_ja="あとから", by=cast.daisuke, at=now)
    with pytest.raises(NotPossible):
        revising.drop_change(change=change, by=cast.daisuke, at=now)


def test_writers_are_thanked_once_when_the_revision_is_launched(draft, theme, cast, now):
    for note, english in (("先に伺う", "Ask first"), ("短く話す", "")):
        ChangeFactory(revision=draft, note_ja=note, note_en=english).themes.add(theme)

    assert revising.credit(revision=draft, at=now) == 2
    assert revising.credit(revision=draft, at=now) == 0

    told = Notice.objects.filter(to=cast.aiko).get()
    assert (told.code, told.url) == ("feedback.credited", f"/themes/{theme.pk}/")
    with override("en"):
        assert told.words == ("Thank you. Headroom, revision 2, has changed because of your words: Ask first; 短く話す")
    assert Notice.objects.count() == 2
    assert not Change.objects.filter(told_at=None).exists()


def test_crediting_asks_as_often_for_many_changes_as_for_one(draft, theme, django_assert_num_queries):
    ChangeFactory(revision=draft).themes.add(theme)
    with django_assert_num_queries(4):
        queries.credited(draft)
    for _ in range(10):
        more = ThemeFactory(revision=theme.revision)
        FeedbackFactory(revision=theme.revision, theme=more)
        ChangeFactory(revision=draft).themes.add(more)

    with django_assert_num_queries(4):
        queries.credited(draft)


# -- The lesson --------------------------------------------------------------------------------------


def test_the_lesson_of_a_revision_stands_in_the_playbook_once(running, cast, now):
    playbook.learn(revision=running, lesson_ja="値段より先に困りごとを。次も。", by=cast.daisuke, at=now)
    playbook.learn(revision=running, lesson_ja="先に伺う。", lesson_en="Ask first. Then show.", by=cast.daisuke, at=now)

    play = Play.objects.get()
    assert (play.kind, play.title_ja, play.title_en) == ("lesson", "先に伺う", "Ask first")
    assert (play.learned_from, play.family) == (running, running.path.to_product.family)
    running.refresh_from_db()
    assert (running.lesson_ja, running.lesson_en) == ("先に伺う。", "Ask first. Then show.")


def test_a_lesson_needs_words(running, cast, now):
    with pytest.raises(playbook.LessonMissing):
        playbook.learn(revision=running, lesson_ja=" ", by=cast.daisuke, at=now)
