"""A follow-up is planned on a working day, moves with its reminder, is undone from history, and reminds once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from accounts.actions import follow_ups
from accounts.actions.follow_ups import NextStep
from accounts.models import Account, FollowUp
from crm.models import AuditEvent
from crm.notices import Notice
from tests.factories.accounts import AccountFactory, FollowUpFactory

WEDNESDAY = date(2026, 11, 25)
EIGHT = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko)


def test_ticking_a_follow_up_twice_leaves_one_event(account, cast, now):
    follow_up = FollowUpFactory(account=account)

    follow_ups.complete(follow_up=follow_up, by=cast.aiko, at=now)
    follow_ups.complete(follow_up=follow_up, by=cast.ben, at=now)

    assert follow_up.done_by == cast.aiko
    assert AuditEvent.objects.filter(verb="follow_up.done").count() == 1


def test_a_tick_can_be_taken_back(account, cast, now):
    follow_up = FollowUpFactory(account=account)
    follow_ups.complete(follow_up=follow_up, by=cast.aiko, at=now)

    follow_ups.reopen(follow_up=follow_up, by=cast.aiko, at=now)

    assert (follow_up.done_at, follow_up.done_by) == (None, None)


@pytest.mark.parametrize(
    ("wanted", "planned"),
    [
        (date(2026, 11, 27), date(2026, 11, 27)),
        (date(2026, 11, 28), date(2026, 11, 30)),
        (date(2026, 11, 23), date(2026, 11, 24)),
        (date(2027, 5, 3), date(2027, 5, 6)),
    ],
    ids=["a Friday", "a Saturday", "a holiday", "the holidays of May"],
)
def test_weekends_and_holidays_give_way_to_the_next_working_day(account, cast, now, wanted, planned):
    step = NextStep(kind="call", text="電話", due_on=wanted)

    assert follow_ups.plan(account=account, owner=cast.aiko, by=cast.aiko, at=now, step=step).due_on == planned


def test_a_moved_day_takes_its_reminder_along(account, cast, now):
    follow_up = FollowUpFactory(account=account, due_time=time(13, 30), remind_at=EIGHT, reminded_at=now)

    follow_ups.edit(follow_up=follow_up, version=1, by=cast.aiko, at=now, due_on=WEDNESDAY)

    assert (follow_up.remind_at, follow_up.reminded_at) == (EIGHT + timedelta(days=1), None)


def test_a_changed_hour_takes_its_reminder_along(account, cast, now):
    follow_up = FollowUpFactory(account=account, due_time=None, remind_at=EIGHT)

    follow_ups.edit(follow_up=follow_up, version=1, by=cast.aiko, at=now, due_time=time(10, 30))

    assert follow_up.remind_at == EIGHT + timedelta(minutes=90)


def test_of_two_changes_to_the_same_version_the_second_is_refused(account, cast, now):
    follow_up = FollowUpFactory(account=account)
    follow_ups.edit(follow_up=follow_up, version=1, by=cast.aiko, at=now, text="先の人")

    with pytest.raises(follow_ups.Conflict) as refusal:
        follow_ups.edit(follow_up=follow_up, version=1, by=cast.ben, at=now, text="後の人")

    assert refusal.value.current.text == FollowUp.objects.get().text == "先の人"


def test_what_may_not_be_edited_is_a_mistake_in_the_code(account, cast, now):
    with pytest.raises(TypeError):
        follow_ups.edit(follow_up=FollowUpFactory(account=account), version=1, by=cast.aiko, at=now, done_at=now)


def test_a_change_is_taken_back_with_the_reminder_it_had(account, cast, now):
    follow_up = FollowUpFactory(account=account, remind_at=EIGHT)
    follow_ups.edit(follow_up=follow_up, version=1, by=cast.aiko, at=now, due_on=WEDNESDAY, text="別の用件")

    follow_ups.take_back(follow_up=follow_up, by=cast.aiko, at=now)

    assert (follow_up.due_on, follow_up.text, follow_up.remind_at) == (date(2026, 11, 24), "比較資料を送る", EIGHT)
    assert follow_up.version == 3


def test_where_nothing_was_changed_nothing_is_taken_back(account, cast, now):
    follow_up = follow_ups.take_back(follow_up=FollowUpFactory(account=account), by=cast.aiko, at=now)

    assert follow_up.version == 1


def test_a_reminder_is_given_once_at_its_time(account, cast, now):
    follow_up = FollowUpFactory(account=account, remind_at=now)

    reminded = [follow_ups.remind(at=now - timedelta(seconds=1)), follow_ups.remind(at=now), follow_ups.remind(at=now)]

    assert reminded == [0, 1, 0]
    notice = Notice.objects.get()
    assert (notice.to, notice.code, notice.url) == (cast.aiko, "follow_up.due", f"/follow-ups/{follow_up.pk}/")


def test_nobody_is_reminded_of_a_customer_out_of_their_sight(account, cast, now):
    FollowUpFactory(account=account, owner=cast.aiko, remind_at=now)
    Account.objects.filter(pk=account.pk).update(owner=cast.chie, team=cast.west)

    follow_ups.remind(at=now)

    assert not Notice.objects.exists()
    assert follow_ups.remind(at=now) == 0


def test_what_is_moved_after_its_reminder_reminds_again(account, cast, now):
    follow_up = FollowUpFactory(account=account, remind_at=now)
    follow_ups.remind(at=now)
    follow_ups.edit(follow_up=follow_up, version=1, by=cast.aiko, at=now, due_on=WEDNESDAY)

    follow_ups.remind(at=now + timedelta(days=1))

    assert Notice.objects.count() == 2


def test_what_is_done_needs_no_reminder(account, cast, now):
    FollowUpFactory(account=account, remind_at=now, done_at=now, done_by=cast.aiko)

    assert follow_ups.remind(at=now) == 0


def test_a_thousand_reminders_cost_what_one_costs(account, cast, now, django_assert_max_num_queries):
    FollowUpFactory(account=account, remind_at=now)
    with django_assert_max_num_queries(8) as one:
        follow_ups.remind(at=now)
    FollowUpFactory.create_batch(20, account=account, remind_at=now)

    with django_assert_max_num_queries(len(one)):
        follow_ups.remind(at=now)
    assert Notice.objects.count() == 21
