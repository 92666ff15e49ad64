"""The queue in PostgreSQL: a killed worker loses nothing, and with early acknowledgement it would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from launcher.places import CHECKOUT

pytestmark = pytest.mark.slow

TASKS = 20
DATABASE = f"sodate_broker_{os.getpid()}"
QUEUE_SQL = CHECKOUT / "crm" / "sql" / "pgmq-1.13.0.sql"


@pytest.fixture
def database() -> Iterator[str]:
    """The address of a fresh database with a queue and two empty tables."""
    known = conninfo_to_dict(settings.CELERY_BROKER_TRANSPORT_OPTIONS["conn_string"])
    server = {name: value for name, value in known.items() if name != "dbname"}
    with psycopg.connect(**server, dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{DATABASE}"')
    with psycopg.connect(**server, dbname=DATABASE, autocommit=True) as connection:
        connection.execute(QUEUE_SQL.read_text())
        connection.execute("CREATE TABLE started (n int); CREATE TABLE done (n int)")
    yield address(server)
    with psycopg.connect(**server, dbname="postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{DATABASE}" WITH (FORCE)')


def address(server: dict[str, str]) -> str:
    port = f"&port={server['port']}" if "port" in server else ""
    password = f"&password={quote(server['password'])}" if "password" in server else ""
    return f"postgres://{server['user']}@/{DATABASE}?host={quote(server['host'], safe='')}{port}{password}"


class Worker:
    """A worker of the kill test's application, and the questions asked about its work."""

    def __init__(self, database: str, *, acks_late: bool) -> None:
        self.environment = os.environ | {
            "DATABASE_URL": database,
            "TEST_ACKS_LATE": str(int(acks_late)),
            "DJANGO_SETTINGS_MODULE": "crm.settings",
        }
        self.connection = psycopg.connect(database, autocommit=True)
        self.process: subprocess.Popen[bytes] | None = None

    def send(self) -> None:
        code = f"from tests.sodate.killed_worker import slow\nfor n in range({TASKS}): slow.delay(n)"
        subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, env=self.environment, check=True)

    def start(self) -> None:
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        command = [sys.executable, "-m", "celery", "-A", "tests.sodate.killed_worker", "worker", "-c", "2", *quiet]
        self.process = subprocess.Popen(
            command, cwd=CHECKOUT, env=self.environment, stderr=subprocess.DEVNULL, start_new_session=True
        )

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def numbers(self, table: str) -> set[int]:
        return {number for (number,) in self.connection.execute(f"SELECT DISTINCT n FROM {table}").fetchall()}

    def wait_until(self, condition, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, (self.numbers("started"), self.numbers("done"))
            time.sleep(0.05)

    def waiting(self) -> int:
        """Messages that are still in the queue, seen or unseen."""
        (count,) = self.connection.execute("SELECT count(*) FROM pgmq.q_killed").fetchone()
        return count

    def is_in_the_middle(self) -> bool:
        return len(self.numbers("done")) >= 4 and bool(self.numbers("started") - self.numbers("done"))


def run_with_a_kill(database: str, *, acks_late: bool) -> set[int]:
    """Send, kill the whole worker group in the middle, start another; the numbers that were done at the end."""
    worker = Worker(database, acks_late=acks_late)
    worker.send()
    worker.start()
    try:
        worker.wait_until(worker.is_in_the_middle)
        worker.kill()
        worker.start()
        worker.wait_until(lambda: worker.waiting() == 0)
        worker.wait_until(lambda: len(worker.numbers("done")) >= TASKS - 4, seconds=20)
        time.sleep(1)
        return worker.numbers("done")
    finally:
        worker.kill()
        worker.connection.close()


def test_a_killed_worker_loses_no_task(database: str) -> None:
    assert run_with_a_kill(database, acks_late=True) == set(range(TASKS))


def test_the_kill_would_lose_tasks_if_they_were_acknowledged_early(database: str) -> None:
    assert len(run_with_a_kill(database, acks_late=False)) < TASKS


def test_the_queue_schema_is_the_version_that_the_client_expects() -> None:
    import pgmq.install

    assert QUEUE_SQL.read_text() == pgmq.install.get_embedded_install_sql()
    assert Path(QUEUE_SQL).stem == f"pgmq-{pgmq.install.get_embedded_sql_version()}"
