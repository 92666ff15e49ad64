"""gunicorn as in production, four clients against it, and the memory of its workers. Stops by itself."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from crm.people import User

ROOT = Path(__file__).resolve().parents[2]
CLIENTS, WORKERS = 4, 2
COOKIE = "__Host-session"
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Rate:
    """`middle` and `slow` are the median and the 95th hundredth of the waiting times in milliseconds."""

    path: str
    a_second: float
    middle: float
    slow: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes of each worker, resident; before: after its first pages, after: at the end."""

    before: list[float]
    after: list[float]


def measure(user: User, paths: Sequence[str], *, seconds: float) -> tuple[list[Rate], Memory]:
    """The rate of each path by itself."""
    with served() as (port, master), signed_in(user) as key:
        for _ in range(8 * WORKERS):
            ask(port, key, paths[0], 1)
        before = memory_of(master)
        rates = [rate(port, key, path, seconds) for path in paths]
        return rates, Memory(before, memory_of(master))


@contextmanager
def signed_in(user: User) -> Iterator[str]:
    """A session of this person, which ends with the bench."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    try:
        yield str(session.session_key)
    finally:
        session.delete()


@contextmanager
def served() -> Iterator[tuple[int, int]]:
    """Port and process id of a gunicorn of our own."""
    with tempfile.TemporaryDirectory() as home:
        port = free_port()
        env = {
            **os.environ,
            "SODATE_PRODUCTION": "1",
            "SODATE_HOSTS": "127.0.0.1",
            "SODATE_HOME": home,
            "SODATE_WEB_WORKERS": str(WORKERS),
            "SODATE_LOG_LEVEL": "WARNING",
        }
        run = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
        subprocess.run(run, cwd=ROOT, env=env, check=True)  # noqa: S603
        command = [sys.executable, "-m", "gunicorn", "-c", "crm/gunicorn.py", "-b", f"127.0.0.1:{port}"]
        with tempfile.TemporaryFile() as log:
            server = subprocess.Popen(command, cwd=ROOT, env=env, stderr=log, stdout=log)  # noqa: S603
            try:
                wait_for(port, server)
                yield port, server.pid
            finally:
                server.terminate()
                server.wait(PATIENCE)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("gunicorn did not start.")


def rate(port: int, key: str, path: str, seconds: float) -> Rate:
    with ThreadPoolExecutor(CLIENTS) as clients:
        started = time.monotonic()
        jobs = [clients.submit(ask_until, port, key, path, started + seconds) for _ in range(CLIENTS)]
        waits = [wait for job in jobs for wait in job.result()]
        taken = time.monotonic() - started
    return Rate(path, len(waits) / taken, median(waits), quantiles(waits, n=20)[-1] if len(waits) > 1 else waits[0])


def ask_until(port: int, key: str, path: str, until: float) -> list[float]:
    waits: list[float] = []
    while time.monotonic() < until:
        waits += ask(port, key, path, 20, until)
    return waits


def ask(port: int, key: str, path: str, times: int, until: float = float("inf")) -> list[float]:
    """Some requests over one connection, each with its waiting time in milliseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    waits = []
    for _ in range(times):
        started = time.monotonic()
        connection.request("GET", path, headers={"Cookie": f"{COOKIE}={key}", "X-Forwarded-Proto": "https"})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"{path} answered {response.status}.")
        waits.append(1000 * (time.monotonic() - started))
        if time.monotonic() >= until:
            break
    connection.close()
    return waits


def memory_of(master: int) -> list[float]:
    """Resident megabytes of the children of a process."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return [resident(int(child)) for child in children]


def resident(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024
