from datetime import timedelta

import pytest

from campaigns.actions import remarks
from campaigns.actions.campaigns import NotPossible
from campaigns.models import Remark
from crm.audit import AuditEvent
from crm.notices import Notice
from tests.factories.campaigns import LaunchedFactory, RevisionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(cast, now):
    revision = RevisionFactory(campaign__owner=cast.daisuke)
    return remarks.write(revision=revision, step="offer", field="budget", words=" 予算の根拠は ", by=cast.fumi, at=now)


def test_a_remark_speaks_of_a_field_and_is_open(thread, cast):
    assert (thread.step, thread.field, thread.words) == ("offer", "budget", "予算の根拠は")
    assert list(Remark.objects.visible_to(cast.daisuke).open()) == [thread]
    assert not Remark.objects.visible_to(cast.emi).exists()


@pytest.mark.parametrize(("step", "field"), [("offer", "why_ja"), ("budget", ""), ("", "budget")])
def test_a_remark_speaks_of_what_there_is(cast, now, step, field):
    with pytest.raises(remarks.NoSuchPlace):
        remarks.write(revision=RevisionFactory(), step=step, field=field, words="根拠は", by=cast.fumi, at=now)


def test_words_are_needed_and_what_was_launched_is_not_remarked_on(cast, now):
    with pytest.raises(remarks.NothingSaid):
        remarks.write(revision=RevisionFactory(), words="  ", by=cast.fumi, at=now)
    with pytest.raises(NotPossible):
        remarks.write(revision=LaunchedFactory(), words="遅い", by=cast.fumi, at=now)


def test_answers_stay_in_the_thread_and_are_told_to_whoever_began_it(thread, cast, now):
    first = remarks.answer(remark=thread, words="昨年の実績です", by=cast.daisuke, at=now)
    second = remarks.answer(remark=first, words="わかりました", by=cast.fumi, at=now + timedelta(hours=1))

    assert [first.answers, second.answers] == [thread, thread]
    assert list(Remark.objects.filter(revision=thread.revision).open()) == [thread]
    assert set(Notice.objects.values_list("to", "code")) == {
        (cast.daisuke.pk, "remark.written"),
        (cast.fumi.pk, "remark.answered"),
    }


def test_a_settled_thread_is_opened_again_before_it_goes_on(thread, cast, now):
    settled = remarks.settle(remark=thread, by=cast.daisuke, at=now)
    assert (settled.settled_by, Remark.objects.open().count()) == (cast.daisuke, 0)
    with pytest.raises(remarks.AlreadySettled):
        remarks.answer(remark=thread, words="もう一つ", by=cast.fumi, at=now)

    remarks.reopen(remark=settled, by=cast.fumi, at=now)

    assert remarks.answer(remark=thread, words="もう一つ", by=cast.fumi, at=now).answers == thread


def test_settling_twice_is_settling_once(thread, cast, now):
    remarks.settle(remark=thread, by=cast.daisuke, at=now)
    again = remarks.settle(remark=thread, by=cast.fumi, at=now + timedelta(days=1))

    assert (again.settled_by, again.settled_at) == (cast.daisuke, now)
    assert AuditEvent.objects.filter(verb="remark.settled").count() == 1
