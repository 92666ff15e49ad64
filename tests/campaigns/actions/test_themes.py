import pytest
from django.utils.translation import override

from campaigns.actions import themes
from campaigns.models import Change, Feedback, Theme
from crm.audit import AuditEvent
from crm.notices import Notice
from tests.factories.campaigns import FeedbackFactory, LaunchedFactory, ThemeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def revision(cast):
    return LaunchedFactory(campaign__owner=cast.daisuke, campaign__name_ja="年末の容量", campaign__name_en="Headroom")


def said(revision, *words, **fields):
    return [FeedbackFactory(revision=revision, words=text, **fields) for text in words]


def titles(revision):
    return set(Theme.objects.filter(revision=revision, is_confirmed=False).values_list("title_ja", flat=True))


# -- Proposing ---------------------------------------------------------------------------------------


def test_notes_that_share_a_word_are_proposed_as_a_theme(revision):
    notes = said(revision, "容量追加だけで足ります", "容量追加から始めたい", "予算が閉じています")

    assert themes.propose(revision=revision) == 1

    theme = Theme.objects.get()
    assert (theme.title_ja, theme.is_confirmed, theme.state) == ("容量追加", False, "to_decide")
    assert set(theme.notes.all()) == set(notes[:2])


def test_proposing_again_changes_nothing(revision):
    said(revision, "容量追加だけで足ります", "容量追加から始めたい", "予算が閉じています", "予算は来期です")
    themes.propose(revision=revision)
    before = set(Theme.objects.values_list("pk", "title_ja"))

    themes.propose(revision=revision)

    assert set(Theme.objects.values_list("pk", "title_ja")) == before


def test_a_later_note_joins_the_proposal_that_is_there(revision):
    said(revision, "容量追加だけで足ります", "容量追加から始めたい")
    themes.propose(revision=revision)
    known = Theme.objects.get()

    said(revision, "容量追加が喜ばれました")
    themes.propose(revision=revision)

    assert Theme.objects.get() == known
    assert known.notes.count() == 3


def test_a_confirmed_theme_is_left_alone(revision):
    theme = ThemeFactory(revision=revision)
    said(revision, "容量追加だけで足ります", "容量追加から始めたい", theme=theme)

    assert themes.propose(revision=revision) == 0
    assert theme.notes.count() == 2


def test_the_night_looks_at_every_revision_with_loose_notes(revision):
    other = LaunchedFactory()
    for each in (revision, other):
        said(each, "容量追加だけで足ります", "容量追加から始めたい")

    themes.propose_all()

    assert titles(revision) == titles(other) == {"容量追加"}


# -- What a person decides ---------------------------------------------------------------------------


def test_naming_a_theme_gathers_its_notes(revision, cast, now):
    notes = said(revision, "一", "二")

    theme = themes.name_theme(revision=revision, title_ja=" 価格差 ", notes=notes, by=cast.daisuke, at=now)

    assert (theme.title_ja, set(theme.notes.all())) == ("価格差", set(notes))


def test_a_note_of_another_revision_is_refused_and_nothing_is_kept(revision, cast, now):
    with pytest.raises(themes.OtherRevision):
        themes.name_theme(revision=revision, title_ja="価格差", notes=[FeedbackFactory()], by=cast.daisuke, at=now)

    assert not Theme.objects.exists()


def test_a_theme_needs_a_name(revision, cast, now):
    with pytest.raises(themes.NameMissing):
        themes.name_theme(revision=revision, title_ja="  ", notes=[], by=cast.daisuke, at=now)
    with pytest.raises(themes.NameMissing):
        themes.confirm(theme=ThemeFactory(revision=revision), title_ja="", by=cast.daisuke, at=now)


def test_confirming_takes_a_proposal_up_under_the_name_a_person_gives(revision, cast, now):
    theme = ThemeFactory(revision=revision, is_confirmed=False)

    themes.confirm(theme=theme, title_ja="価格差", title_en="Price", by=cast.daisuke, at=now)

    theme.refresh_from_db()
    assert (theme.is_confirmed, theme.title_ja, theme.title_en) == (True, "価格差", "Price")


def test_two_themes_become_one_with_their_notes_and_what_they_caused(revision, cast, now):
    one, two = ThemeFactory(revision=revision), ThemeFactory(revision=revision)
    notes = [*said(revision, "一", theme=one), *said(revision, "二", theme=two)]
    change = Change.objects.create(revision=LaunchedFactory(), part="talk", note_ja="伺う", by=cast.daisuke, at=now)
    change.themes.add(one)

    themes.merge(theme=one, into=two, by=cast.daisuke, at=now)

    assert set(two.notes.all()) == set(notes)
    assert list(change.themes.all()) == [two]
    assert not Theme.objects.filter(pk=one.pk).exists()


def test_themes_of_two_revisions_stay_apart(revision, cast, now):
    with pytest.raises(themes.OtherRevision):
        themes.merge(theme=ThemeFactory(revision=revision), into=ThemeFactory(), by=cast.daisuke, at=now)


def test_some_notes_are_split_off(revision, cast, now):
    theme = ThemeFactory(revision=revision)
    stay, go = said(revision, "残る", "移る", theme=theme)
    stranger = said(revision, "よそ")[0]

    made = themes.split(theme=theme, notes=[go, stranger], title_ja="別の話", by=cast.daisuke, at=now)

    assert list(made.notes.all()) == [go]
    assert list(theme.notes.all()) == [stay]


def test_a_proposal_that_was_none_frees_its_notes_and_a_confirmed_theme_stays(revision, cast, now):
    proposed, kept = ThemeFactory(revision=revision, is_confirmed=False), ThemeFactory(revision=revision)
    note = said(revision, "一", theme=proposed)[0]

    for theme in (proposed, kept):
        themes.dissolve(theme=theme, by=cast.daisuke, at=now)

    note.refresh_from_db()
    assert note.theme is None
    assert list(Theme.objects.all()) == [kept]


# -- Answering ---------------------------------------------------------------------------------------


def test_an_answer_says_who_and_when(cast, now):
    theme = themes.answer(theme=ThemeFactory(), state="keep", answer="続けます", by=cast.daisuke, at=now)

    assert (theme.state, theme.answered_by, theme.answered_at) == (Theme.State.KEEP, cast.daisuke, now)
    assert AuditEvent.objects.get(verb="theme.answered").reason == "続けます"


def test_declining_needs_a_reason(cast, now):
    theme = ThemeFactory()

    with pytest.raises(themes.AnswerMissing):
        themes.answer(theme=theme, state="declined", answer=" ", by=cast.daisuke, at=now)

    theme.refresh_from_db()
    assert theme.state == "to_decide"


def test_everybody_who_wrote_is_told_once_in_their_language(revision, cast, now):
    theme = ThemeFactory(revision=revision, title_ja="価格差", title_en="Price step")
    said(revision, "一", "二", theme=theme, by=cast.aiko)
    said(revision, "三", theme=theme, by=cast.ben)

    for _ in range(2):
        themes.answer(theme=theme, state="declined", answer="来期に", by=cast.daisuke, at=now)

    assert sorted(Notice.objects.values_list("to__email", flat=True)) == ["aiko@example.com", "ben@example.com"]
    with override("en"):
        assert Notice.objects.first().words == "Headroom: this will not be changed. Price step 来期に"


def test_another_answer_is_told_again_and_the_answering_person_is_not_told(revision, cast, now):
    theme = ThemeFactory(revision=revision)
    said(revision, "一", theme=theme, by=cast.aiko)
    said(revision, "二", theme=theme, by=cast.daisuke)

    themes.answer(theme=theme, state="keep", by=cast.daisuke, at=now)
    themes.answer(theme=theme, state="in_revision", by=cast.daisuke, at=now.replace(hour=5))

    assert list(Notice.objects.values_list("to", flat=True)) == [cast.aiko.pk] * 2


def test_who_joins_an_answered_theme_hears_its_answer(revision, cast, now):
    theme = ThemeFactory(revision=revision, state="keep", answer="続けます", answered_at=now, answered_by=cast.daisuke)
    late = said(revision, "同じです", by=cast.ben)

    themes.gather(theme=theme, notes=late, by=cast.daisuke, at=now)

    assert Notice.objects.get().to == cast.ben
    assert Feedback.objects.get().theme == theme


def test_deciding_again_takes_the_answer_away(cast, now):
    theme = themes.answer(theme=ThemeFactory(), state="keep", by=cast.daisuke, at=now)

    themes.answer(theme=theme, state="to_decide", by=cast.daisuke, at=now)

    assert (theme.answered_at, theme.answered_by) == (None, None)
