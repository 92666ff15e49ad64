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
    assert portfolio.health_series([account.pk], as_of=TODAY) == {account.pk: [50]}


def test_a_foreign_customer_is_not_found_by_name(cast):
    AccountFactory(owner=cast.chie, name="秘密商事")
    assert portfolio.find(cast.chie, text="秘密").exists()

    assert not portfolio.find(cast.aiko, text="秘密").exists()
