from datetime import date, timedelta

from accounts.models import CurrentScores
from accounts.queries import portfolio
from tests.factories.accounts import (
    AccountFactory,
    ScoreRunFactory,
    SnapshotFactory,
)

TODAY = date(2026, 11, 24)


def test_scores_of_an_unfinished_run_are_not_read(cast, now):
    account = AccountFactory(owner=cast.aiko)
    old = ScoreRunFactory(as_of=TODAY - timedelta(days=1))
    CurrentScores.objects.create(pk=1, run=old, switched_at=now)
    SnapshotFactory(run=old, account=account, health=50, as_of=old.as_of)
    SnapshotFactory(run=ScoreRunFactory(finished_at=None), account=account, health=99)

    assert portfolio.current_standings([account.pk])[account.pk].health == 50
    assert portfolio.listed_standings([account.pk], as_of=TODAY)[account.pk].series == [50]


def test_a_line_of_health_has_one_figure_a_day_that_of_the_last_run(cast, now):
    account = AccountFactory(owner=cast.aiko)
    for days, health in ((200, 10), (60, 40), (30, None), (0, 70), (0, 75)):
        run = ScoreRunFactory(as_of=TODAY - timedelta(days=days))
        SnapshotFactory(run=run, account=account, health=health, as_of=run.as_of)
    CurrentScores.objects.create(pk=1, run=run, switched_at=now)

    assert portfolio.listed_standings([account.pk], as_of=TODAY)[account.pk].series == [40, 75]


def test_a_foreign_customer_is_not_found_by_name(cast):
    AccountFactory(owner=cast.chie, name="秘密商事")
    assert portfolio.find(cast.chie, text="秘密").exists()

    assert not portfolio.find(cast.aiko, text="秘密").exists()
