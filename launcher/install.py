"""The virtual environment and what is installed in it, always from the hashed lock files."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from launcher.places import CHECKOUT, free_megabytes, home, locked, require_room
from launcher.words import Stop, complain, say_once, sentence, stop

VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME, DEVELOPMENT = CHECKOUT / "requirements.txt", CHECKOUT / "requirements-dev.txt"
POSTGRES, UV = CHECKOUT / "requirements-postgres.txt", CHECKOUT / "requirements-uv.txt"
ROOM_MB = 1500
NO_BUILD = ("no wheels with a matching", "no matching distribution")  # uv's words, pip's words


class NoBuild(Stop):
    """A package has no ready-made build for this machine."""


def ensure(*locks: Path) -> None:
    """Install the packages of these lock files, unless exactly they are installed already."""
    with locked(home() / "install.lock"):
        missing = [lock for lock in locks if not is_installed(lock)]
        if not missing:
            return
        say_once("installing")
        require_room(CHECKOUT, ROOM_MB)
        make_venv()
        for lock in missing:
            install(lock)


def is_installed(lock: Path) -> bool:
    stamp = stamp_of(lock)
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == fingerprint(lock)


def stamp_of(lock: Path) -> Path:
    return VENV / f"installed-{lock.stem}"


def fingerprint(lock: Path) -> str:
    """What an installation depends on: the lock, this Python, and where the folder stands."""
    parts = (lock.read_bytes(), sys.version.encode(), os.fsencode(VENV.resolve()))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def make_venv() -> None:
    if PYTHON.exists() and runs_this_python():
        return
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if not logged(command):
        shutil.rmtree(VENV, ignore_errors=True)
        stop("no_venv")


def runs_this_python() -> bool:
    question = "import sys, pip; print(sys.version)"
    answer = subprocess.run([PYTHON, "-c", question], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == sys.version.strip()


def install(lock: Path) -> None:
    """uv first, being several times faster; plain pip where uv cannot be had."""
    log().unlink(missing_ok=True)
    if not (with_uv(lock) or with_pip(lock)):
        explain_failure(lock)
    stamp_of(lock).write_text(fingerprint(lock))


def with_uv(lock: Path) -> bool:
    uv = VENV / "bin" / "uv"
    if not uv.exists() and not with_pip(UV):
        return False
    return logged(
        [str(uv), "pip", "install", "--python", str(PYTHON), "--no-build", "--compile-bytecode", *exactly(lock)]
    )


def with_pip(lock: Path) -> bool:
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--only-binary=:all:"]
    return logged([*pip, *exactly(lock)])


def exactly(lock: Path) -> list[str]:
    """The lock names everything that is needed, each with its hash: nothing else may come in."""
    return ["--require-hashes", "--no-deps", "-r", str(lock)]


def logged(command: list[str]) -> bool:
    """Run `command` with its output in the log; whether it succeeded."""
    with log().open("ab") as out:
        return subprocess.run(command, stdout=out, stderr=out, check=False).returncode == 0


def log() -> Path:
    return home() / "log" / "install.log"


def explain_failure(lock: Path) -> NoReturn:
    words = log().read_text(errors="replace")
    if "No space left" in words:
        stop("disk_full", folder=CHECKOUT, free=free_megabytes(CHECKOUT), needed=ROOM_MB)
    if any(sign in words.lower() for sign in NO_BUILD) and "Retrying" not in words:
        raise NoBuild(sentence("no_wheel", package=lock.stem, machine=machine()))
    complain(words[-2000:])
    stop("install_failed", log=log())


def machine() -> str:
    return f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"


def try_postgres() -> bool:
    """Install the embedded PostgreSQL; False where there is no build of it for this machine."""
    refused = VENV / "no-build-of-postgres"
    if refused.exists() and refused.read_text() == fingerprint(POSTGRES):
        return False
    try:
        ensure(POSTGRES)
    except NoBuild:
        refused.write_text(fingerprint(POSTGRES))
        return False
    return True
