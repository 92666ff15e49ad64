"""Run several programs as one: started together, watched, stopped together."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from launcher.places import MEGABYTE
from launcher.postgres import end_with_parent
from launcher.words import complain, say, stop

PATIENCE_SECONDS = 15
LONGEST_LOG = 10 * MEGABYTE
LAST_LINES = 20


class Interrupted(Exception):
    """Somebody asked us to stop: Ctrl-C, SIGTERM, or the terminal was closed."""


@dataclass
class Part:
    """One running program, how it was started, its log, and the name people know it by."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes]
    log: Path


class Company:
    """The parts that run together. The last one started is the first one stopped."""

    def __init__(self, environment: dict[str, str], logs: Path) -> None:
        self.environment = environment
        self.logs = logs
        self.parts: list[Part] = []

    def start(self, name: str, command: list[str]) -> None:
        log = self.logs / f"{name}.log"
        self.parts.append(Part(name, command, self.spawn(command, log), log))

    def spawn(self, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        """A program in a session of its own, so that Ctrl-C reaches us alone."""
        with log.open("ab") as out:
            return subprocess.Popen(
                command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGTERM),
            )

    def watch(self, also: Callable[[], None]) -> None:
        """Return never, but raise when we are asked to stop; `also` is called every second."""
        while True:
            self.mend()
            also()
            self.trim_logs()
            time.sleep(1)

    def mend(self) -> None:
        """Start again what ended by itself: it has run before, so it can."""
        for part in self.parts:
            if part.process.poll() is not None:
                say("part_restarted", part=part.name, log=part.log)
                end_session(part.process)
                part.process = self.spawn(part.command, part.log)

    def check(self) -> None:
        """Stop with the last words of a part that ended before everything ran."""
        for part in self.parts:
            if part.process.poll() is not None:
                complain(last_lines(part.log))
                stop("part_ended", part=part.name, log=part.log)

    def trim_logs(self) -> None:
        for part in self.parts:
            if part.log.stat().st_size > LONGEST_LOG:
                part.log.with_suffix(".log.1").write_bytes(part.log.read_bytes())
                os.truncate(part.log, 0)

    def stop(self) -> None:
        """Ask each to finish; whoever has not after a while is ended, children included."""
        for part in reversed(self.parts):
            part.process.terminate()
        deadline = time.monotonic() + PATIENCE_SECONDS
        for part in reversed(self.parts):
            with contextlib.suppress(subprocess.TimeoutExpired):
                part.process.wait(max(0.0, deadline - time.monotonic()))
            end_session(part.process)
            part.process.wait()


def end_session(process: subprocess.Popen[bytes]) -> None:
    """End what a program has left behind, itself included."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def last_lines(file: Path) -> str:
    return "\n".join(file.read_text(errors="replace").splitlines()[-LAST_LINES:])


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Within the block, the first request to stop raises Interrupted; later ones cannot disturb the stopping."""

    def interrupt(*_: object) -> None:
        for number in requests:
            signal.signal(number, signal.SIG_IGN)
        raise Interrupted

    requests = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in requests}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
