import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import standing
from accounts.models import Account, Case, CurrentScores, ScoreRun, ScoreSnapshot
from accounts.queries import facts
from accounts.queries import standing as queries
from tests.factories.accounts import (
    AccountFactory,
    CaseFactory,
    MeterFactory,
    NeedFactory,
    NpsFactory,
    SubscriptionFactory,
    UsageFactory,
)

TODAY = date(2026, 11, 24)
WRITTEN = [field.attname for field in ScoreSnapshot._meta.concrete_fields if field.attname not in ("id", "run_id")]


@pytest.fixture
def account(db):
    account = AccountFactory()
    SubscriptionFactory(account=account)
    seats = MeterFactory(code="seats_used")
    for days, used in ((100, 60), (1, 72)):
        UsageFactory(account=account, meter=seats, read_on=TODAY - timedelta(days=days), value=used, allowance=80)
    UsageFactory(account=account, value=736, allowance=800)
    NpsFactory(account=account, score=9)
    NeedFactory(account=account)
    return account


def snapshots(run):
    return list(ScoreSnapshot.objects.filter(run=run).order_by("account").values(*WRITTEN))


@pytest.mark.django_db
def test_every_account_is_scored_under_one_run_and_everybody_reads_it(account, now):
    run = standing.rescore(as_of=TODAY, at=now)

    (snapshot,) = queries.current_snapshots()
    assert (run.as_of, run.accounts, run.finished_at) == (TODAY, 1, now)
    assert (snapshot.run, snapshot.account, snapshot.nps) == (run, account, 9)
    assert (snapshot.yearly_value, snapshot.ltv_sources["yearly"]) == (1_152_000, "CONTRACTS")
    assert snapshot.ltv == round(snapshot.yearly_value * snapshot.margin_rate * snapshot.expected_years)


@pytest.mark.django_db
def test_contributions_add_up_to_their_scores_exactly(account, now):
    standing.rescore(as_of=TODAY, at=now)

    snapshot = queries.current_snapshots().get()
    assert snapshot.health is not None
    assert snapshot.loyalty is not None
    assert sum(part["points"] for part in snapshot.health_parts) == snapshot.health
    assert sum(part["points"] for part in snapshot.loyalty_parts) == snapshot.loyalty


@pytest.mark.django_db
def test_nothing_known_is_no_score_and_not_zero(now):
    AccountFactory()

    standing.rescore(as_of=TODAY, at=now)

    snapshot = queries.current_snapshots().get()
    assert (snapshot.health, snapshot.loyalty, snapshot.ltv, snapshot.nps, snapshot.stage) == (None,) * 4 + ("",)


@pytest.mark.django_db
def test_the_same_day_scored_again_gives_the_same_figures(account, now):
    first = snapshots(standing.rescore(as_of=TODAY, at=now))

    second = snapshots(standing.rescore(as_of=TODAY, at=now + timedelta(hours=1)))

    assert second == first


@pytest.mark.django_db
def test_a_past_day_recomputes_to_what_was_stored_then(account, now):
    stored = snapshots(standing.rescore(as_of=TODAY, at=now))
    later = now + timedelta(days=20)
    NpsFactory(account=account, score=2, answered_at=later)
    CaseFactory(account=account, opened_at=later)
    UsageFactory(account=account, read_on=later.date(), value=10)
    NeedFactory(account=account, heard_on=later.date())
    newer = snapshots(standing.rescore(as_of=later.date(), at=later))
    assert newer[0]["nps"] == 2

    again = standing.rescore(as_of=TODAY, at=later + timedelta(hours=1))

    assert snapshots(again) == stored


@pytest.mark.django_db
def test_an_older_day_never_takes_the_place_of_a_newer_one(account, now):
    newest = standing.rescore(as_of=TODAY, at=now)

    standing.rescore(as_of=TODAY - timedelta(days=30), at=now)

    assert CurrentScores.objects.get().run == newest
    assert ScoreRun.objects.exclude(pk=newest.pk).get().as_of == TODAY - timedelta(days=30)


@pytest.mark.django_db
def test_health_is_compared_with_some_ninety_days_before(account, now):
    Case.objects.all().delete()
    standing.rescore(as_of=TODAY, at=now)
    before = queries.current_snapshots().get()
    CaseFactory(account=account, kind="complaint", opened_at=now)

    standing.rescore(as_of=TODAY, at=now)

    after = queries.current_snapshots().get()
    assert before.health_change is not None
    assert after.health - before.health == after.health_change - before.health_change < 0


@pytest.mark.django_db
def test_a_run_that_died_is_never_read_and_later_taken_away(account, now):
    dead = ScoreRun.objects.create(as_of=TODAY, started_at=now - timedelta(days=1), rules_version="1")
    ScoreSnapshot.objects.create(run=dead, account=account, as_of=TODAY, health=1)
    assert not queries.current_snapshots().exists()

    run = standing.rescore(as_of=TODAY, at=now)

    assert list(ScoreRun.objects.all()) == [run]


@pytest.mark.django_db
def test_the_number_of_statements_does_not_grow_with_the_accounts(account, now):
    for _ in range(2):  # from the third run of a day on, each takes one away
        standing.rescore(as_of=TODAY, at=now)
    with_one = _statements(now)
    AccountFactory.create_batch(20)

    assert _statements(now) == with_one


def _statements(now):
    with CaptureQueriesContext(connection) as captured:
        standing.rescore(as_of=TODAY, at=now)
    return len(captured)


@pytest.mark.django_db
def test_a_loaded_history_is_looked_at_on_its_last_day(now):
    account = AccountFactory()
    assert facts.newest_day(now) == TODAY

    SubscriptionFactory(account=account, starts_on=date(2017, 8, 28), renews_on=None, ended_on=date(2017, 9, 1))

    assert facts.newest_day(now) == date(2017, 8, 28)


@pytest.mark.django_db(transaction=True)
def test_readers_see_the_old_scores_until_the_switch_and_never_a_mix(monkeypatch):
    """The new run waits half-way, its first chunk committed, while another connection reads."""
    now = datetime(2026, 11, 24, 1, tzinfo=UTC)
    for _ in range(4):
        SubscriptionFactory(account=AccountFactory(), renews_on=None)
    old = standing.rescore(as_of=TODAY, at=now)
    monkeypatch.setattr(standing, "CHUNK", 2)
    half_way, go_on = threading.Event(), threading.Event()
    write = standing._write

    def write_and_wait(run, rows):
        write(run, rows)
        half_way.set()
        assert go_on.wait(30)

    monkeypatch.setattr(standing, "_write", write_and_wait)
    worker = threading.Thread(target=_rescore_elsewhere, args=(now + timedelta(hours=1),))
    worker.start()
    assert half_way.wait(30)
    written = set(ScoreSnapshot.objects.values_list("run", flat=True))
    seen = set(queries.current_snapshots().values_list("run", flat=True))
    go_on.set()
    worker.join()

    assert len(written) == 2
    assert seen == {old.pk}
    after = set(queries.current_snapshots().values_list("run", flat=True))
    assert len(after) == 1
    assert after != seen
    assert queries.current_snapshots().count() == Account.objects.count() == 4


def _rescore_elsewhere(at):
    try:
        standing.rescore(as_of=TODAY, at=at)
    finally:
        connection.close()
