from datetime import date, timedelta

import pytest

from campaigns import tasks
from campaigns.actions import looking
from campaigns.models import Look
from campaigns.queries import looks
from crm.models import OutboxItem
from tests.factories.campaigns import LaunchedFactory, RevisionFactory, TargetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def revision():
    found = LaunchedFactory(ends_on=date(2026, 11, 30))
    for arm in ("treated", "holdout"):
        TargetFactory(revision=found, arm=arm)
    return found


def test_a_look_keeps_the_three_rows_of_the_day(revision, now):
    looking.look(revision=revision, at=now)

    rows = Look.objects.values_list("row", "on", "verdict", "treated", "holdout")
    assert set(rows) == {
        ("sales", date(2026, 11, 24), "TOO_EARLY", 1, 1),
        ("loyalty", date(2026, 11, 24), "TOO_EARLY", 0, 0),
        ("harm", date(2026, 11, 24), "TOO_EARLY", 1, 1),
    }


def test_a_second_look_on_the_same_day_changes_nothing(revision, now):
    looking.look(revision=revision, at=now)
    TargetFactory(revision=revision)
    looking.look(revision=revision, at=now + timedelta(hours=1))

    assert set(Look.objects.filter(row="sales").values_list("treated", flat=True)) == {1}


def test_nobody_was_addressed_so_there_is_nothing_to_look_at(now):
    looking.look(revision=LaunchedFactory(), at=now)

    assert not Look.objects.exists()


def test_the_nightly_run_looks_at_what_runs_and_at_nothing_twice(revision, now):
    RevisionFactory(campaign=revision.campaign, number=2)
    ended = LaunchedFactory(campaign=revision.campaign, number=3, state="ended", path=revision.path)
    TargetFactory(revision=ended)
    assert [each.pk for each in looks.to_take(at=now)] == [revision.pk]

    tasks.look()

    assert not looks.to_take(at=now).exists()
    assert Look.objects.count() == 3


def test_new_scores_ask_for_one_look_a_day(now):
    for _ in range(2):
        tasks.after_rescore(as_of=now.date(), at=now)

    assert OutboxItem.objects.filter(task="campaigns.look").count() == 1


def test_the_history_says_how_many_looks_there_were_of_how_many(revision, now):
    for days in range(3):
        looking.look(revision=revision, at=now - timedelta(days=days))

    found = looks.history(revision)

    assert (found.taken, found.planned) == (3, 30)
    assert [look.on.day for look in found.rows[0].looks] == [22, 23, 24]


def test_only_the_mean_answer_is_told_as_what_all_looks_agree_on(revision):
    for day, low, high in ((20, -1.0, 2.0), (21, -0.5, 3.0)):
        for row in ("sales", "loyalty", "harm"):
            Look.objects.create(
                revision=revision, on=date(2026, 11, day), row=row, verdict="TOO_EARLY", treated=9, holdout=9,
                difference=0.5, low=low, high=high,
            )  # fmt: skip

    assert [history.common for history in looks.history(revision).rows] == [None, (-0.5, 2.0), None]
