"""The two commands as a stranger meets them: real processes, real signals."""

from __future__ import annotations

import os
import signal
import socket
import time

import pytest

from tests.sodate.conftest import Copy, kill

pytestmark = pytest.mark.slow


def wait_until(condition, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def remember(copy: Copy, text: str) -> None:
    copy.ask(f"CREATE TABLE IF NOT EXISTS test_memory (text text); INSERT INTO test_memory VALUES ('{text}')")


def test_up_serves_shares_its_database_and_stops_cleanly_on_ctrl_c(copy: Copy) -> None:
    up = copy.up()

    assert up.health() == {"missing": [], "database": "ok", "migrations": "ok", "worker": "ok", "beat": "ok"}
    second = copy.run("up", "--port", "1")
    assert second.returncode == 1
    assert second.stderr == f"Sodate CRM already runs in this folder: {up.url} (process {up.process.pid}).\n"
    japanese = copy.run("up", LANG="ja_JP.UTF-8")
    assert japanese.stderr.startswith("このフォルダーの Sodate CRM はすでに起動しています")
    assert copy.run("manage", "showmigrations", "crm").stdout.startswith("crm\n [X] 0001_squashed_0009_")
    remember(copy, "before ctrl-c")
    refused = copy.run("restore", "/dev/null/nothing")
    assert (refused.returncode, refused.stderr[:16]) == (1, "There is no file")

    code, out, _ = up.end(signal.SIGINT)

    assert code == 0
    assert out.splitlines()[-2:] == ["Stopping …", "Stopped; the data is kept."]
    assert copy.processes() == set()
    assert copy.ask("SELECT text FROM test_memory") == "before ctrl-c"
    assert copy.processes() == set()


def test_up_comes_back_with_its_data_after_everything_was_killed(copy: Copy) -> None:
    up = copy.up()
    remember(copy, "before kill -9")

    kill({up.process.pid} | copy.processes())
    up.process.communicate()
    up = copy.up()

    assert up.health() is not None
    assert copy.ask("SELECT count(*) FROM test_memory WHERE text = 'before kill -9'") == "1"
    assert up.end(signal.SIGTERM)[0] == 0


def test_a_killed_supervisor_takes_its_programs_along_and_the_next_up_works(copy: Copy) -> None:
    up = copy.up()
    programs = {up.part("gunicorn"), up.part(" worker"), up.part(" beat")}

    os.kill(up.process.pid, signal.SIGKILL)
    up.process.communicate()

    assert wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in programs))  # noqa: PTH110
    up = copy.up()
    assert up.health() is not None
    assert up.end()[0] == 0


def test_a_program_that_dies_is_started_again(copy: Copy) -> None:
    up = copy.up()
    died = up.part(" worker")

    os.kill(died, signal.SIGKILL)

    assert wait_until(lambda: up.parts(" worker") and died not in up.parts(" worker"))
    assert wait_until(lambda: up.health() is not None)
    code, _, complaints = up.end()
    assert code == 0
    assert "ended by itself" not in complaints
    assert wait_until(lambda: copy.processes() == set())


def test_a_taken_port_is_said_with_a_free_one(copy: Copy) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        refused = copy.run("up", "--port", str(port))

    assert refused.returncode == 1
    start = f"Port {port} is taken by another program: start with ./sodate up --port "
    assert refused.stderr.startswith(start)
    suggested = int(refused.stderr.removeprefix(start).rstrip(".\n"))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", suggested))


def test_manage_starts_the_database_alone_and_passes_the_exit_code_on(copy: Copy) -> None:
    assert copy.processes() == set()

    assert copy.run("manage", "shell", "-c", "import sys; sys.exit(7)").returncode == 7

    assert copy.processes() == set()


def test_demo_logins_are_not_served_to_other_machines(copy: Copy) -> None:
    refused = copy.run("up", "--host", "0.0.0.0", SODATE_DEMO="1")  # noqa: S104 (to be refused)

    assert refused.returncode == 1
    assert refused.stderr.startswith("The demo logins are known to everyone")


def test_a_backup_restores_row_for_row(copy: Copy) -> None:
    copy.run("manage", "migrate", "-v0")
    remember(copy, "株式会社 そだて\n'quoted' \\ 100%".replace("'", "''"))
    before = rows_of_every_table(copy)
    file = copy.folder / "控え 1.backup"

    made = copy.run("backup", str(file))
    copy.ask("DELETE FROM test_memory; DELETE FROM django_migrations; CREATE TABLE too_much (n int)")
    changed = rows_of_every_table(copy)
    restored = copy.run("restore", str(file))

    assert (made.returncode, made.stdout[:8]) == (0, "Written:")
    assert changed != before
    assert restored.returncode == 0
    assert rows_of_every_table(copy) == before


def test_a_broken_backup_changes_nothing(copy: Copy) -> None:
    copy.run("manage", "migrate", "-v0")
    before = rows_of_every_table(copy)
    file = copy.folder / "broken.backup"
    file.write_bytes(b"PGDMP and then nonsense")

    refused = copy.run("restore", str(file))

    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith("Nothing was changed")
    assert rows_of_every_table(copy) == before


def rows_of_every_table(copy: Copy) -> dict[str, str]:
    """Per table its number of rows and a digest of all of them, in an order of their own."""
    with copy.cluster().running() as cluster:
        tables = cluster.ask(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1",
            "sodate",
        )
        question = "SELECT count(*) || md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM {} t"
        return {table: cluster.ask(question.format(table), "sodate") for table in tables.splitlines()}
