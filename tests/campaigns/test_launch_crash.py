"""A launch survives the death of its Celery workers at any moment: nobody is lost, nobody is addressed twice."""

import os
import random
import select
import signal
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Account, CurrentScores, Need, NpsResponse, ScoreSnapshot, Subscription, UsageReading
from campaigns.actions import campaigns, launches
from campaigns.models import Announcement, CampaignRevision, LaunchChunk, Receipt, Suggestion, Target
from crm.audit import AuditEvent
from launcher.commands import start_background
from launcher.places import CHECKOUT
from launcher.supervise import Company
from tests.databases import address
from tests.factories.accounts import (
    MeterFactory,
    PathFactory,
    PlanFactory,
    PriceFactory,
    ScoreRunFactory,
    TopicFactory,
)
from tests.factories.campaigns import ApprovedFactory, CampaignFactory, approved

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ACCOUNTS = 300
KILLS = 10
UNGUARDED = Path(__file__).with_name("unguarded_launch.py")


@pytest.fixture
def revision(cast):
    """A complete draft for 300 happy customers; the clock of the worker is the real one."""
    today = datetime.now(tz=None).astimezone()
    light, premium = PlanFactory(rank=1), PlanFactory(rank=2)
    PriceFactory(product=light, amount=1200)
    PriceFactory(product=premium, amount=1800)
    run = ScoreRunFactory(as_of=today.date(), finished_at=today)
    CurrentScores.objects.create(pk=1, run=run, switched_at=today)
    _customers(cast.aiko, light, run, today)
    path = PathFactory(key="up", from_product=light, to_product=premium)
    ends_on = today.date() + timedelta(days=30)
    return ApprovedFactory(campaign=CampaignFactory(owner=cast.daisuke), path=path, ends_on=ends_on)


def _customers(owner, plan, run, now):
    names = (f"客{number}" for number in range(ACCOUNTS))
    accounts = Account.objects.bulk_create(
        Account(name=name, matching_key=name, owner=owner, team=owner.team) for name in names
    )
    day, topic, meter = now.date() - timedelta(days=10), TopicFactory(), MeterFactory()
    for account in accounts:
        account.rows = (
            Subscription(account=account, product=plan, seats=80, monthly_amount=96_000, starts_on=date(2020, 1, 1)),
            Need(account=account, topic=topic, words="共有したい", heard_on=day),
            NpsResponse(account=account, score=9, answered_at=now - timedelta(days=20)),
            UsageReading(account=account, meter=meter, read_on=day, value=736, allowance=800),
            ScoreSnapshot(
                run=run,
                account=account,
                as_of=day,
                health=84,
                stage="leaf",
                yearly_value=1_152_000,
                margin_rate="0.6",
                expected_years=5,
            ),
        )
    for rows in zip(*(account.rows for account in accounts), strict=True):
        type(rows[0]).objects.bulk_create(rows)


@pytest.fixture
def company(tmp_path):
    """Two Celery workers and beat on the test's own database, watched as `./sodate up` watches them."""
    environment = {**os.environ, "DATABASE_URL": address(), "SODATE_SWEEP_SECONDS": "1"}
    environment |= {"DJANGO_SETTINGS_MODULE": "crm.settings", "PYTHONPATH": str(CHECKOUT)}
    company = Company(environment, tmp_path)
    start_background(company, tmp_path, sys.executable)
    yield company
    company.stop()


def launched(revision):
    """Dealt here, in small chunks; the workers find that done."""
    now = timezone.now()
    launches.launch(revision=revision, by=revision.campaign.owner, at=now)
    launches.deal(revision_id=revision.pk, at=now)
    return revision


def next_one(revision):
    revision.refresh_from_db()
    fork = campaigns.revise(revision=revision, by=revision.campaign.owner, at=timezone.now())
    return approved(fork, timezone.now())


def chunks_done(revision):
    return LaunchChunk.objects.filter(revision=revision, done_at__isnull=False).count()


def is_done(revision):
    return CampaignRevision.objects.get(pk=revision.pk).state == "launched"


def wait_until(condition, company, seconds=60):
    """While the supervisor goes on mending."""
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, [(part.name, part.log.read_text()[-2000:]) for part in company.parts]
        company.mend()
        sleep(0.05)


def is_that_far(revision, chunks):
    return chunks_done(revision) >= chunks or is_done(revision)


def is_at_work_or_done(revision):
    return work_is_held() or is_done(revision)


def work_is_held():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        return cursor.fetchone()[0] > 0


def test_a_launch_survives_sigkill_of_its_workers_at_ten_random_moments(company, revision, monkeypatch):
    monkeypatch.setattr(launches, "CHUNK", 10)
    moments, died_with, at_work = random.Random(9), [], 0
    workers = [part for part in company.parts if part.name.startswith("worker")]
    launched(revision)
    while len(died_with) < KILLS:
        further = chunks_done(revision) + moments.randint(0, 3)
        wait_until(partial(is_that_far, revision, further), company)
        wait_until(partial(is_at_work_or_done, revision), company)
        sleep(moments.uniform(0, 0.3))
        if is_done(revision):
            whole(revision)
            revision = launched(next_one(revision))
            continue
        at_work += work_is_held()
        for part in moments.choice((workers, workers[:1], workers[1:])):
            part.process.kill()
            part.process.wait()
        died_with.append(chunks_done(revision))
    wait_until(partial(is_done, revision), company)

    print(f"{KILLS} kills, {at_work} while a chunk was in work; chunks done at each: {died_with}")
    assert len(set(died_with)) > 2
    assert at_work >= KILLS / 4
    whole(revision)


def whole(revision):
    """Every target once, in one arm; one suggestion for each addressed one; none for those left alone."""
    arms = dict(Target.objects.filter(revision=revision).values_list("account", "arm"))
    assert Target.objects.filter(revision=revision).count() == len(arms) == ACCOUNTS
    assert Counter(arms.values()) == {"treated": 210, "holdout": 90}
    offered = Counter(Suggestion.objects.filter(revision=revision, state="open").values_list("account", flat=True))
    assert offered == dict.fromkeys((account for account, arm in arms.items() if arm == "treated"), 1)
    assert not LaunchChunk.objects.filter(revision=revision, done_at=None).exists()
    assert AuditEvent.objects.filter(verb="campaign.launched", subject_id=revision.pk).count() == 1
    assert Announcement.objects.filter(revision=revision).count() == 1
    assert Receipt.objects.filter(announcement__revision=revision).count() == 1


@pytest.fixture
def control():
    with Control() as running:
        yield running


class Control:
    """Talks to launch_worker.py, on the test's own database, with a broker that holds nothing."""

    def __enter__(self):
        environment = {**os.environ, "DATABASE_URL": address(), "CELERY_BROKER_URL": "memory://localhost/"}
        environment |= {"DJANGO_SETTINGS_MODULE": "crm.settings", "PYTHONPATH": str(CHECKOUT)}
        self.process = subprocess.Popen(
            [sys.executable, str(UNGUARDED)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self.hear() == ["ready"]
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def begin(self, revision):
        """The process id of a child that is at work."""
        self.process.stdin.write(f"{revision.pk}\n")
        self.process.stdin.flush()
        word, child = self.hear()
        assert word == "child"
        return int(child)

    def hear(self, patience=60.0):
        """The next line, or None when there is none in time."""
        ready, _, _ = select.select([self.process.stdout], [], [], patience)
        return self.process.stdout.readline().split() if ready else None

    def kill_in_the_middle(self, revision, chunks, moment):
        """Once so many chunks are marked as done, and a moment later."""
        child = self.begin(revision)
        deadline = monotonic() + 60
        while chunks_done(revision) < chunks and monotonic() < deadline:
            sleep(0.01)
        sleep(moment)
        os.kill(child, signal.SIGKILL)

    def finish(self, revision):
        self.begin(revision)
        assert self.hear() == ["done"]


def test_the_same_kills_lose_targets_when_the_done_mark_is_not_one_with_the_work(control, revision):
    moments = random.Random(9)
    for chunks in range(2, 7):
        control.kill_in_the_middle(revision, chunks, moments.uniform(0, 0.1))
    control.finish(revision)

    treated = Target.objects.filter(revision=revision, arm="treated").count()
    lost = treated - Suggestion.objects.filter(revision=revision).count()
    print(f"{lost} of {treated} lost without the guard")
    assert treated == 210
    assert lost > 0
