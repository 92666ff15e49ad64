from datetime import date, timedelta

from accounts.models import CurrentScores
from accounts.queries import portfolio
from tests.factories.accounts import (
    AccountFactory,
    ActivityFactory,
    ScoreRunFactory,
    SnapshotFactory,
    SubscriptionFactory,
    UsageFactory,
)

TODAY = date(2026, 11, 24)


def test_a_row_holds_the_newest_of_each_fact(cast, now):
    account = AccountFactory(owner=cast.aiko)
    run = ScoreRunFactory()
    CurrentScores.objects.create(pk=1, run=run, switched_at=now)
    SnapshotFactory(run=run, account=account, health=84)
    SubscriptionFactory(account=account)
    UsageFactory(account=account, read_on=date(2026, 10, 1), value=100)
    UsageFactory(account=account, read_on=date(2026, 11, 23), value=736)
    ActivityFactory(account=account, at=now - timedelta(days=30))
    newest = ActivityFactory(account=account, at=now - timedelta(days=1))

    [row] = portfolio.rows_for([account], as_of=TODAY)

    assert (row.standing.health, row.plan.seats, row.storage_share, row.last_activity) == (84, 80, 0.92, newest)


def test_scores_of_an_unfinished_run_are_not_read(cast, now):
    account = AccountFactory(owner=cast.aiko)
    old = ScoreRunFactory(as_of=TODAY - timedelta(days=1))
    CurrentScores.objects.create(pk=1, run=old, switched_at=now)
    SnapshotFactory(run=old, account=account, health=50, as_of=old.as_of)
    SnapshotFactory(run=ScoreRunFactory(finished_at=None), account=account, health=99)

    [row] = portfolio.rows_for([account], as_of=TODAY)

    assert (row.standing.health, row.health_series) == (50, [50])


def test_pages_hold_every_customer_once(cast):
    for n in range(7):
        AccountFactory(owner=cast.aiko, reading="おなじ" if n < 4 else f"よみ{n}")
    seen, cursor = [], None

    while True:
        page = portfolio.page(portfolio.find(cast.aiko), as_of=TODAY, after=cursor, limit=2)
        seen += [row.account.pk for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == 7


def test_a_foreign_customer_is_not_found_by_name(cast):
    AccountFactory(owner=cast.chie, name="秘密商事")
    assert portfolio.find(cast.chie, text="秘密").exists()

    assert not portfolio.find(cast.aiko, text="秘密").exists()


def test_a_page_costs_the_same_for_one_and_for_many(cast, django_assert_max_num_queries, now):
    AccountFactory(owner=cast.aiko)
    with django_assert_max_num_queries(10) as one:
        portfolio.page(portfolio.find(cast.aiko), as_of=TODAY)
    for _ in range(20):
        ActivityFactory(account=AccountFactory(owner=cast.aiko))

    with django_assert_max_num_queries(len(one)):
        portfolio.page(portfolio.find(cast.aiko), as_of=TODAY)
