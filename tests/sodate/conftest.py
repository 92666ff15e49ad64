"""A copy of this checkout in a folder whose path has spaces and Japanese, and a server to try things on."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import postgres
from launcher.places import CHECKOUT

READY_SECONDS = 280


class Copy:
    """The checkout's files elsewhere, with the same virtual environment, and `./sodate` run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"], cwd=CHECKOUT, capture_output=True, text=True, check=True
        )
        for name in filter(lambda name: (CHECKOUT / name).is_file(), listed.stdout.splitlines()):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, folder / name)
        (folder / ".venv").symlink_to((CHECKOUT / ".venv").resolve())
        self.port = free_port()

    @property
    def environment(self) -> dict[str, str]:
        """A stranger's environment: nothing set, English; no demo company, which other tests load."""
        kept = ("PATH", "HOME", "SSL_CERT_FILE", "TMPDIR", "UV_CACHE_DIR", "PIP_INDEX_URL", "PIP_FIND_LINKS")
        return {name: os.environ[name] for name in kept if name in os.environ} | {"LANG": "C", "SODATE_DEMO": "0"}

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.folder / "sodate"), *words]
        full = self.environment | environment
        return subprocess.run(command, env=full, cwd="/", capture_output=True, text=True, timeout=250, check=False)

    def up(self, **environment: str) -> Up:
        return Up(self, self.environment | environment)

    def ask(self, statement: str) -> str:
        """The answer of the copy's database, which runs for this question if it does not anyway."""
        with self.cluster().running() as cluster:
            return cluster.ask(statement, "sodate")

    def cluster(self) -> postgres.Cluster:
        folder = self.folder / "var" / "postgres"
        folder.mkdir(parents=True, exist_ok=True)
        return postgres.Cluster(folder)

    def processes(self) -> set[int]:
        """Every living process that has this copy in its command line, or its data as its folder."""
        return {pid for pid, line in command_lines() if str(self.folder) in line} | self.cluster().processes()


class Up:
    """A running `./sodate up`."""

    def __init__(self, copy: Copy, environment: dict[str, str]) -> None:
        self.copy = copy
        self.url = f"http://127.0.0.1:{copy.port}/"
        command = [str(copy.folder / "sodate"), "up", "--port", str(copy.port)]
        self.process = subprocess.Popen(
            command, env=environment, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.wait_until_answering()

    def wait_until_answering(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while self.health() is None:
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline, "did not come up"
            time.sleep(0.1)

    def health(self) -> dict[str, object] | None:
        """The body of /health/ once it answers 200."""
        try:
            with urllib.request.urlopen(f"{self.url}health/", timeout=5) as answer:  # noqa: S310 (our own address)
                return json.load(answer)
        except OSError:
            return None

    def part(self, word: str) -> int:
        return self.parts(word)[0]

    def parts(self, word: str) -> list[int]:
        """The process numbers of the programs with `word` in their command line that `up` started itself."""
        return [pid for pid, line in command_lines() if word in line and parent_of(pid) == self.process.pid]

    def end(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        """Send a signal; exit code, output, complaints."""
        self.process.send_signal(number)
        out, complaints = self.process.communicate(timeout=120)
        return self.process.returncode, out, complaints


def command_lines() -> Iterator[tuple[int, str]]:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            yield int(entry.name), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue


def parent_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/stat").read_text()
    return int(status.rpartition(")")[2].split()[1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def shared_copy() -> Iterator[Copy]:
    root = Path(tempfile.mkdtemp(prefix="sodate-copy-"))
    root.chmod(0o755)
    folder = root / "育て CRM の試し"
    folder.mkdir()
    yield Copy(folder)
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def copy(shared_copy: Copy) -> Iterator[Copy]:
    """The copy with nothing running in it, before and after."""
    yield shared_copy
    kill(shared_copy.processes())


def kill(pids: set[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def cluster_folder() -> Iterator[Path]:
    """A folder for a server of the test's own, which any user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="sodate-cluster-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
