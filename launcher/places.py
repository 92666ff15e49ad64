"""Where things are: the checkout, the data folder, and what must be able to reach them."""

import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from launcher.words import stop

CHECKOUT = Path(__file__).resolve().parent.parent
MEGABYTE = 1024 * 1024


def read_env_file() -> None:
    """Take over `.env` of the checkout; what the environment already says goes before it."""
    file = CHECKOUT / ".env"
    if not file.exists():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.partition(" #")[0].strip().strip("\"'"))


def home() -> Path:
    """The data folder, made if it is not there: SODATE_HOME, or var/ in the checkout."""
    folder = Path(os.environ.get("SODATE_HOME") or CHECKOUT / "var").absolute()
    try:
        (folder / "log").mkdir(parents=True, exist_ok=True)
    except PermissionError:
        stop("not_ours", folder=folder)
    except OSError as trouble:
        stop_if_full(trouble, folder)
        raise
    if not os.access(folder, os.W_OK):
        stop("not_ours", folder=folder)
    return folder


def stop_if_full(trouble: OSError, folder: Path) -> None:
    if trouble.errno in (errno.ENOSPC, errno.EDQUOT):
        stop("disk_full", folder=folder, free=free_megabytes(folder), needed=200)


def require_room(folder: Path, megabytes: int) -> None:
    free = free_megabytes(folder)
    if free < megabytes:
        stop("disk_full", folder=folder, free=free, needed=megabytes)


def free_megabytes(folder: Path) -> int:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(there).free // MEGABYTE


def short_name(folder: Path) -> str:
    """A short name of its own for any folder: socket paths may not pass some 100 bytes."""
    return hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]


def secret_key(folder: Path) -> str:
    """The key that signs sessions: made once, readable by the owner alone."""
    file = folder / "secret-key"
    if not file.exists():
        draft = file.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50), encoding="ascii")
        draft.rename(file)
    return file.read_text(encoding="ascii")


@contextlib.contextmanager
def locked(file: Path, *, wait: bool = True) -> Iterator[int]:
    """Hold `file` for us alone, across processes; the system lets go of it even after a kill -9.

    Raises BlockingIOError when another holds it and `wait` is off.
    """
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield handle
    finally:
        os.close(handle)
