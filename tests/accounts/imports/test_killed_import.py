"""A worker that is killed in the middle of an import leaves nothing behind, and the next one does the whole work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from time import monotonic, sleep

import pytest
from django.conf import settings
from django.db import connection

from accounts.actions.imports import batches
from accounts.models import Account, AccountWords, ImportChange, ImportProblem
from crm.audit import AuditEvent
from crm.notices import Notice
from tests.accounts.imports.support import NOW, checked
from tests.databases import address

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

ROWS = 3_000
SLICE = 100
WORKS_HERE = f"a worker of {os.getpid()}"
WORKER = """
import sys
import django
django.setup()
from django.conf import settings
from django.utils import timezone
from accounts.actions.imports import batches, runs
from accounts.models import ImportBatch
settings.MEDIA_ROOT, runs.SLICE = sys.argv[2], {slice}
batches.run(batch=ImportBatch.objects.get(pk=sys.argv[1]), at=timezone.now())
"""


@pytest.fixture
def batch(cast, settings, tmp_path):
    """Checked and handed to a worker: one row is known and changes, all others are new."""
    settings.MEDIA_ROOT = tmp_path
    Account.objects.create(external_id="K1", name="前の名前", created_at=NOW)
    lines = "".join(f"K{number},青葉{number}商事\n" for number in range(1, ROWS + 1))
    batch = checked(f"取引先コード,会社名\n{lines}", cast.daisuke)
    batches.start(batch=batch, with_refused=False, by=cast.daisuke, at=NOW)
    return batch


def surroundings() -> dict[str, str]:
    """Of a process on the test's database, whose sessions are told from others by their name."""
    ours = {"DATABASE_URL": address(), "DJANGO_SETTINGS_MODULE": "crm.settings", "PGAPPNAME": WORKS_HERE}
    return os.environ | ours


def a_worker(batch) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER.format(slice=SLICE), str(batch.pk), str(settings.MEDIA_ROOT)],
        cwd=settings.BASE_DIR,
        env=surroundings(),
    )


def kill_in_the_middle(batch, rows: int) -> int:
    """Once so many rows were merged; the answer is how many it had said to be done."""
    worker, deadline = a_worker(batch), monotonic() + 120
    while batch.rows_done < rows and worker.poll() is None and monotonic() < deadline:
        sleep(0.005)
        batch.refresh_from_db()
    worker.send_signal(signal.SIGKILL)
    assert worker.wait() == -signal.SIGKILL
    wait_until_its_session_is_gone(deadline)
    batch.refresh_from_db()
    return batch.rows_done


def wait_until_its_session_is_gone(deadline: float) -> None:
    """The server learns of the death at its next word to the client, and rolls back then."""
    while monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [WORKS_HERE])
            if not cursor.fetchone()[0]:
                return
        sleep(0.02)


def left() -> dict[str, object]:
    return {
        "customers": list(Account.objects.values_list("external_id", "name", "version")),
        "words": AccountWords.objects.count(),
        "ledger": ImportChange.objects.count(),
        "problems": ImportProblem.objects.count(),
        "told": Notice.objects.count(),
        "written": AuditEvent.objects.filter(verb="import.loaded").count(),
    }


@pytest.mark.parametrize("share", [0.05, 0.4, 0.8])
def test_a_killed_import_leaves_nothing_and_the_next_run_does_it_whole(batch, share: float):
    before = left()

    done = kill_in_the_middle(batch, int(ROWS * share))

    assert ROWS * share <= done < ROWS
    assert batch.state == "running"
    assert left() == before

    assert a_worker(batch).wait(120) == 0
    batch.refresh_from_db()
    assert (batch.state, batch.rows_done, batch.counts["created"], batch.counts["updated"]) == (
        "done",
        ROWS,
        ROWS - 1,
        1,
    )
    assert Account.objects.count() == AccountWords.objects.count() == ImportChange.objects.count() == ROWS
    assert Account.objects.get(external_id="K1").name == "青葉1商事"
    assert left()["told"] == left()["written"] == 1
