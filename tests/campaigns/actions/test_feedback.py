import pytest

from campaigns.actions import feedback
from campaigns.models import Feedback, Theme
from crm.audit import AuditEvent
from tests.factories.campaigns import FeedbackFactory, LaunchedFactory, ThemeFactory

pytestmark = pytest.mark.django_db


def test_a_note_keeps_the_writers_words_and_exists_once(cast, now):
    revision = LaunchedFactory()

    first = feedback.write(revision=revision, words=" 価格差が大きい ", by=cast.aiko, at=now)
    again = feedback.write(revision=revision, words="価格差が大きい", by=cast.aiko, at=now)

    assert first == again
    assert (first.words, first.by) == ("価格差が大きい", cast.aiko)
    assert [event.verb for event in AuditEvent.objects.all()] == ["feedback.written"]


def test_nothing_said_is_refused(cast, now):
    with pytest.raises(feedback.NothingSaid):
        feedback.write(revision=LaunchedFactory(), words="  ", by=cast.aiko, at=now)


def test_a_theme_of_another_revision_is_refused(cast, now):
    with pytest.raises(feedback.OtherRevision):
        feedback.write(revision=LaunchedFactory(), words="声", theme=ThemeFactory(), by=cast.aiko, at=now)

    assert not Feedback.objects.exists()


def test_naming_a_theme_gathers_its_notes(cast, now):
    note = FeedbackFactory()
    stranger = FeedbackFactory()

    theme = feedback.name_theme(
        revision=note.revision, title_ja="価格差", notes=[note, stranger], by=cast.daisuke, at=now
    )

    assert list(theme.notes.all()) == [note]


def test_an_answer_says_who_and_when(cast, now):
    theme = feedback.answer(theme=ThemeFactory(), state="keep", answer="続けます", by=cast.daisuke, at=now)

    assert (theme.state, theme.answered_by, theme.answered_at) == (Theme.State.KEEP, cast.daisuke, now)
    assert AuditEvent.objects.get(verb="theme.answered").reason == "続けます"


def test_declining_needs_a_reason(cast, now):
    theme = ThemeFactory()

    with pytest.raises(feedback.AnswerMissing):
        feedback.answer(theme=theme, state="declined", answer=" ", by=cast.daisuke, at=now)

    theme.refresh_from_db()
    assert theme.state == "to_decide"
