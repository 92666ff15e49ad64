from datetime import timedelta

import pytest

from campaigns.actions import feedback
from campaigns.models import Feedback
from crm.audit import AuditEvent
from crm.notices import Notice
from tests.conftest import NOW
from tests.factories.accounts import ActivityFactory
from tests.factories.campaigns import FeedbackFactory, LaunchedFactory, ThemeFactory
from tests.factories.people import UserFactory

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


def test_a_note_from_a_conversation_keeps_it_and_how_the_customer_took_it(cast, now):
    activity = ActivityFactory(account__owner=cast.aiko, by=cast.aiko, reaction="upset")

    note = feedback.write(
        revision=LaunchedFactory(), words="価格差", by=cast.aiko, at=now, source="log", activity=activity
    )

    assert (note.activity, note.reaction, note.source) == (activity, "upset", "log")


def written(by, days, **fields):
    return FeedbackFactory(by=by, at=NOW - timedelta(days=days), **fields)


def test_the_manager_hears_once_of_what_waited_five_working_days(cast, now):
    """Tuesday 24 November; Monday was a holiday, so Monday 16 November is five working days ago."""
    revision = LaunchedFactory()
    late = [written(cast.aiko, 8, revision=revision), written(cast.ben, 9, revision=revision)]
    written(cast.aiko, 7, revision=revision)

    assert feedback.tell_managers(at=now) == 2
    assert feedback.tell_managers(at=now) == 0

    told = Notice.objects.get()
    assert (told.to, told.code, told.figures["many"]) == (cast.emi, "feedback.waiting", 2)
    late[0].refresh_from_db()
    assert late[0].told_manager_at == now


def test_what_was_answered_is_not_late(cast, now):
    answered = ThemeFactory(state="keep", answered_at=NOW, answered_by=cast.daisuke)
    written(cast.aiko, 20, revision=answered.revision, theme=answered)

    assert feedback.tell_managers(at=now) == 0


def test_a_team_without_a_manager_has_the_one_above(cast, now):
    chief = UserFactory(role="manager", team=cast.sales)
    written(cast.chie, 20)

    feedback.tell_managers(at=now)

    assert Notice.objects.get().to == chief
