"""One launch after the other: watched, under fire, and without the guard."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from time import perf_counter, sleep

from django.db import connection
from django.utils import timezone

from campaigns.actions import campaigns, launches
from campaigns.models import CampaignRevision, LaunchChunk, Receipt, Suggestion, Target
from crm.audit import AuditEvent
from launcher.commands import start_background
from launcher.places import CHECKOUT
from launcher.supervise import Company, Part

PATIENCE = 1800
LONGEST_STEP = 1.5
"""Seconds: a kill comes at a random moment of so many after somebody has begun to write."""
CONTROL_KILLS, CONTROL_CHUNKS = 10, 20

HOW_MANY = """
    SELECT count(*), count(DISTINCT t.account_id), count(*) FILTER (WHERE t.arm = 'holdout'),
           count(*) FILTER (WHERE t.arm = 'treated' AND coalesce(s.open, 0) = 0),
           count(*) FILTER (WHERE s.made > 1),
           count(*) FILTER (WHERE t.arm = 'holdout' AND s.made > 0)
    FROM campaigns_target t LEFT JOIN (
        SELECT account_id, count(*) AS made, count(*) FILTER (WHERE state = 'open') AS open
        FROM campaigns_suggestion WHERE revision_id = %(revision)s GROUP BY 1) s ON s.account_id = t.account_id
    WHERE t.revision_id = %(revision)s"""

LOST = """
    SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
        SELECT FROM campaigns_suggestion s WHERE s.revision_id = t.revision_id AND s.account_id = t.account_id))
    FROM campaigns_target t WHERE t.revision_id = %(revision)s AND t.arm = 'treated' AND t.chunk <= %(chunks)s"""


class Known(Company):
    """Whose parts the database knows by their names."""

    def spawn(self, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        self.environment["PGAPPNAME"] = log.stem
        return super().spawn(command, log)


@contextmanager
def workers(logs: Path) -> Iterator[Company]:
    """Two Celery workers and beat, watched as `./sodate up` watches them."""
    environment = {**os.environ, "SODATE_SWEEP_SECONDS": "1", "PYTHONPATH": str(CHECKOUT)}
    company = Known(environment, logs)
    start_background(company, logs, sys.executable)
    try:
        yield company
    finally:
        company.stop()


def next_revision() -> CampaignRevision:
    newest = CampaignRevision.objects.select_related("campaign__owner").order_by("-number").first()
    assert newest is not None
    if newest.state == "draft":
        return newest
    return campaigns.revise(revision=newest, by=newest.campaign.owner, at=timezone.now())


def launch(revision: CampaignRevision) -> float:
    begun = perf_counter()
    launches.launch(revision=revision, by=revision.campaign.owner, at=timezone.now())
    return perf_counter() - begun


def undisturbed(revision: CampaignRevision, company: Company) -> None:
    """From the press of the button: when everybody is dealt, the first and half of the suggestions, and the end."""
    wait_until(lambda: first_sign_of_life(company), company)
    begun = perf_counter()
    print(f"launched in {launch(revision):.2f} s")
    seen = {
        "every target dealt": lambda: bool(state(revision)[1]),
        "first suggestions": lambda: Suggestion.objects.filter(revision=revision).exists(),
        "half of the chunks": lambda: 2 * done(revision) >= revision.chunks.count() > 0,
        "announced": lambda: is_through(revision),
    }
    for words, is_so in seen.items():
        wait_until(is_so, company)
        print(f"{words} after {perf_counter() - begun:.1f} s")


def first_sign_of_life(company: Company) -> bool:
    return all("ready" in part.log.read_text(errors="replace") for part in workers_of(company))


def under_fire(company: Company, *, steps: int, kills: int, seed: int) -> None:
    """Launches during which one worker or both are killed at moments that are spread at random over all steps: the dealing
    and every chunk. One launch, unless it was through before the last of its kills."""
    dice, fallen, inside = random.Random(seed), 0, 0
    while fallen < kills:
        revision, begun = next_revision(), perf_counter()
        launch(revision)
        hits = list(_shots(revision, company, steps, kills - fallen, dice))
        wait_until(partial(is_through, revision), company)
        fallen, inside = fallen + len(hits), inside + sum(is_inside for _step, is_inside in hits)
        print(f"{len(hits)} kills during a launch of {perf_counter() - begun:.0f} s")
        print(f"steps done at each, of {steps}: {' '.join(str(step) for step, _is_inside in hits)}")
        check(revision)
    print(f"{fallen} kills, {inside} of them inside a transaction that had written something")


def _shots(
    revision: CampaignRevision, company: Company, steps: int, kills: int, dice: random.Random
) -> Iterator[tuple[int, bool]]:
    """Of each kill the steps that were done, and whether it hit a worker inside a transaction."""
    for moment in sorted(dice.uniform(0, steps) for _kill in range(kills)):
        wait_until(partial(_is_that_far, revision, int(moment)), company)
        wait_until(lambda: bool(writing()) or is_through(revision), company)
        sleep(dice.uniform(0, LONGEST_STEP))
        mend(company)
        if is_through(revision):
            return
        yield progress(revision), shoot(dice.choice(splits(company)))


def splits(company: Company) -> list[list[Part]]:
    """The first worker, the others, or all of them."""
    found = workers_of(company)
    return [found[:1], found[1:], found]


def shoot(parts: list[Part]) -> bool:
    """Was one of them inside a transaction that had written something?"""
    is_inside = any(part.name in writing() for part in parts)
    for part in parts:
        os.kill(part.process.pid, signal.SIGKILL)
        part.process.wait()
    return is_inside


def check(revision: CampaignRevision) -> None:
    """Raises AssertionError unless everything is there exactly once."""
    with connection.cursor() as cursor:
        cursor.execute(HOW_MANY, {"revision": revision.pk})
        targets, customers, held_out, lost, doubled, touched = cursor.fetchone()
    revision.refresh_from_db()
    receipts = Counter(Receipt.objects.filter(announcement__revision=revision).values_list("user", flat=True))
    reps = Target.objects.filter(revision=revision, arm="treated").values("rep").distinct().count()
    print(
        f"revision {revision.number}: {targets:,} targets, {held_out:,} held out; {lost} lost, {doubled} doubled, "
        f"{touched} of the holdout touched; {receipts.total()} receipts for {reps} reps"
    )
    assert targets == customers == revision.fall_out["reachable"]
    assert abs(held_out - float(revision.holdout_share) * targets) < 100
    assert (lost, doubled, touched) == (0, 0, 0)
    assert set(receipts.values()) == {1}
    assert len(receipts) == reps
    assert not revision.chunks.filter(done_at=None).exists()
    for verb in ("campaign.launched", "campaign.dealt"):
        assert AuditEvent.objects.filter(verb=verb, subject_id=revision.pk).count() == 1


def control(*, seed: int) -> None:
    """The same work with the done mark outside its transaction."""
    moments, revision = random.Random(seed), next_revision()
    launch(revision)
    launches.deal(revision_id=revision.pk, at=timezone.now())
    command = [sys.executable, "-m", "bench.launch.unguarded", str(revision.pk), str(CONTROL_CHUNKS)]
    for _kill in range(CONTROL_KILLS):
        before, child = done(revision), subprocess.Popen(command)  # noqa: S603 (our own module)
        while done(revision) == before and child.poll() is None:
            sleep(0.02)
        sleep(moments.uniform(0, 2))
        child.kill()
        child.wait()
    subprocess.run(command, check=True)  # noqa: S603 (our own module)
    with connection.cursor() as cursor:
        cursor.execute(LOST, {"revision": revision.pk, "chunks": CONTROL_CHUNKS})
        treated, lost = cursor.fetchone()
    print(f"control without the guard: {lost:,} of {treated:,} addressed customers lost by {CONTROL_KILLS} kills")
    assert lost


def workers_of(company: Company) -> list[Part]:
    return [part for part in company.parts if part.name.startswith("worker")]


def done(revision: CampaignRevision) -> int:
    return LaunchChunk.objects.filter(revision=revision, done_at__isnull=False).count()


def state(revision: CampaignRevision) -> tuple[str, dict[str, int]]:
    return CampaignRevision.objects.values_list("state", "fall_out").get(pk=revision.pk)


def progress(revision: CampaignRevision) -> int:
    """Steps done: the dealing, and each chunk."""
    return bool(state(revision)[1]) + done(revision)


def _is_that_far(revision: CampaignRevision, steps: int) -> bool:
    return progress(revision) >= steps


def is_through(revision: CampaignRevision) -> bool:
    return state(revision)[0] == "launched"


def writing() -> set[str]:
    """The parts that are inside a transaction which has written something."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_xid IS NOT NULL AND application_name LIKE 'worker%%'"
        )
        return {name for (name,) in cursor.fetchall()}


def mend(company: Company) -> None:
    """What it says of every restart is left out."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        company.mend()


def wait_until(is_so: Callable[[], bool], company: Company) -> None:
    deadline = perf_counter() + PATIENCE
    while not is_so():
        if perf_counter() > deadline:
            raise TimeoutError([part.log.read_text(errors="replace")[-2000:] for part in company.parts])
        mend(company)
        sleep(0.05)
