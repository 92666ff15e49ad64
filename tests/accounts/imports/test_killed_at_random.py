"""Workers that are killed at random moments while the rows of a check are kept: nothing is half, and nothing kept is lost.

One process has the product loaded and forks a worker for every order; the worker dies by SIGKILL, its session with it.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from time import monotonic, sleep

import pytest
from django.db import connection

from accounts.actions.imports import batches, kept
from accounts.models import Account, AccountWords, ImportBatch, ImportChange
from tests.accounts.imports.support import NOW, checked
from tests.accounts.imports.test_killed_import import left, surroundings, wait_until_its_session_is_gone

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

ROWS, SLICE = 600, 25
NURSERY = """
import os, sys
import django
django.setup()
from django.conf import settings
from django.utils import timezone
from accounts.actions.imports import batches, runs
from accounts.models import ImportBatch
settings.MEDIA_ROOT, runs.SLICE, batches.SMALL_BYTES = sys.argv[1], int(sys.argv[2]), 0
for order in sys.stdin:
    deed, pk = order.split()
    worker = os.fork()
    if not worker:
        getattr(batches, deed)(batch=ImportBatch.objects.get(pk=pk), at=timezone.now())
        os._exit(0)
    print(worker, flush=True)
    print(os.waitpid(worker, 0)[1], flush=True)
"""


class Nursery:
    def __init__(self, folder: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", NURSERY, folder, str(SLICE)],
            env=surroundings(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, deed: str, batch: ImportBatch) -> int:
        """The process that is at it."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{deed} {batch.pk}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def end(self) -> int:
        """What the worker left with: 0, or the signal that killed it."""
        assert self.process.stdout
        return int(self.process.stdout.readline())

    def kill(self, deed: str, batch: ImportBatch, after: float) -> bool:
        """Whether it was still at work so many seconds after its beginning."""
        worker = self.begin(deed, batch)
        sleep(after)
        os.kill(worker, signal.SIGKILL)
        is_killed = self.end() == signal.SIGKILL
        wait_until_its_session_is_gone(monotonic() + 60)
        batch.refresh_from_db()
        return is_killed


@pytest.fixture
def nursery(tmp_path) -> Iterator[Nursery]:
    nursery = Nursery(str(tmp_path))
    with nursery.process:
        yield nursery


@pytest.fixture
def batch(cast, settings, tmp_path, monkeypatch):
    """Checked as a large file is, so that its rows are kept: one is known and changes, all others are new."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(batches, "SMALL_BYTES", 0)
    Account.objects.create(external_id="K1", name="前の名前", created_at=NOW)
    lines = "".join(f"K{number},青葉{number}商事\n" for number in range(1, ROWS + 1))
    batch = checked(f"取引先コード,会社名\n{lines}", cast.daisuke)
    batches.check(batch=batch, at=NOW)
    return batch


def rows_kept(batch) -> int:
    """In both tables; -1 where they are gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NULL", [kept.table(batch.pk, "cells")])
        if cursor.fetchone()[0]:
            return -1
        cursor.execute(" UNION ALL ".join(f"SELECT count(*) FROM {kept.table(batch.pk, name)}" for name in kept.NAMES))
        counts = {count for (count,) in cursor.fetchall()}
    assert len(counts) == 1
    return counts.pop()


def moments() -> list[float]:
    """Others at every run, so that over the weeks every moment has its turn. Of one that fails the test tells the seed."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    return sorted([0.0, *(random.Random(seed + turn).uniform(0, 0.4) for turn in range(6))])


def test_an_import_killed_at_random_moments_keeps_its_rows_and_is_whole_in_the_end(nursery, batch, cast):
    batches.start(batch=batch, with_refused=False, by=cast.daisuke, at=NOW)
    before = left()
    assert rows_kept(batch) == ROWS

    killed = 0
    for moment in moments():
        is_killed = nursery.kill("run", batch, moment)
        if batch.state == "done":
            break  # it was through before the blow
        assert is_killed
        killed += 1
        assert (batch.state, rows_kept(batch), left()) == ("running", ROWS, before)

    if batch.state == "running":
        nursery.begin("run", batch)
        assert nursery.end() == 0
    batch.refresh_from_db()
    assert killed > 0
    assert (batch.state, batch.counts["created"], batch.counts["updated"]) == ("done", ROWS - 1, 1)
    assert Account.objects.count() == AccountWords.objects.count() == ImportChange.objects.count() == ROWS
    assert left()["told"] == left()["written"] == 1
    assert rows_kept(batch) == -1


def test_a_check_killed_at_random_moments_keeps_all_rows_or_none(nursery, batch):
    for moment in moments()[::2]:
        with connection.cursor() as cursor:
            kept.drop(cursor, batch.pk)
        is_killed = nursery.kill("check", batch, moment)
        assert rows_kept(batch) == ROWS or (is_killed and rows_kept(batch) == -1)

    nursery.begin("check", batch)
    assert nursery.end() == 0
    batch.refresh_from_db()
    assert (batch.state, batch.counts["created"], rows_kept(batch)) == ("checked", ROWS - 1, ROWS)
