"""The commands of `./sodate`."""

import contextlib
import ipaddress
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from launcher import gate, install
from launcher.places import CHECKOUT, home, locked, read_env_file, secret_key
from launcher.postgres import Cluster, find_programs, own_cluster, with_database
from launcher.supervise import Company, Interrupted, stoppable
from launcher.words import Stop, complain, say, sentence, stop

DEFAULT_PORT = 8000
WORKERS = int(os.environ.get("SODATE_WORKERS") or 2)
HEALTH_SECONDS = 300  # a busy machine is slow, not broken; a dead program is noticed at once
FAILURE, INTERRUPTED = 1, 130


def main(words: list[str]) -> int:
    """Run one command; what it returns is the exit code."""
    command, arguments = (words or ["help"])[0], words[1:]
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    try:
        read_env_file()
        return COMMANDS.get(command, unknown(command))(arguments)
    except Stop as reason:
        complain(str(reason))
        return FAILURE
    except (KeyboardInterrupt, Interrupted):
        return INTERRUPTED


def unknown(word: str) -> Callable[[list[str]], int]:
    return lambda arguments: stop("unknown", word=word, usage=sentence("usage"))


def show_help(arguments: list[str]) -> int:
    say("usage")
    return 0


# -- up --------------------------------------------------------------------------------------------


def up(arguments: list[str]) -> int:
    """Start everything, wait until it is healthy, and stay until asked to stop."""
    host, port = address(arguments)
    folder = home()
    with alone(folder), stoppable():
        claim(folder, host, port)
        install.ensure(install.RUNTIME)
        try:
            run(folder, host, port)
        except Interrupted:
            say("stopped")
    return 0


def run(folder: Path, host: str, port: int) -> None:
    with database() as (url, cluster):
        environment = environment_for(url, folder, host)
        logins = prepare(environment)
        company = Company(environment, folder / "log")
        try:
            start_parts(company, folder, host, port)
            wait_until_healthy(company, web_address(host, port))
            welcome(folder, host, port, logins)
            company.watch(also=lambda: require_alive(cluster))
        except Interrupted:
            say("stopping")
            raise
        finally:
            company.stop()


def address(arguments: list[str]) -> tuple[str, int]:
    """Host and port from the options, else from SODATE_BIND and SODATE_PORT, else this machine alone."""
    chosen = {
        "--host": os.environ.get("SODATE_BIND") or "127.0.0.1",
        "--port": os.environ.get("SODATE_PORT") or str(DEFAULT_PORT),
    }
    words = [part for word in arguments for part in word.split("=", 1)]
    for name, value in zip(words[::2], [*words[1::2], ""], strict=False):
        if name not in chosen:
            stop("unknown", word=name, usage=sentence("usage"))
        chosen[name] = value
    port = chosen["--port"]
    if not (port.isdecimal() and 1 <= int(port) <= 65535):
        stop("bad_port", port=port)
    return chosen["--host"], int(port)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Only one `up` in a data folder; the second one says so."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(folder / "up.lock", wait=False))
        except BlockingIOError:
            stop("already_up", **who_is_up(folder))
        yield


def claim(folder: Path, host: str, port: int) -> None:
    """Refuse what cannot work before anything is started, then leave a note for a second `up`."""
    if is_demo() and not is_loopback(host):
        stop("demo_in_public", host=host)
    require_free(host, port)
    note = {"pid": os.getpid(), "url": web_address(host, port)}
    (folder / "up.json").write_text(json.dumps(note), encoding="utf-8")


def who_is_up(folder: Path) -> dict[str, object]:
    try:
        return json.loads((folder / "up.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {"pid": "?", "url": "?"}


def require_free(host: str, port: int) -> None:
    """A port that our own killed predecessor still holds gets a few seconds to come free."""
    deadline = time.monotonic() + 3
    while not is_free(host, port):
        if time.monotonic() > deadline:
            stop("port_taken", port=port, free=next(free for free in range(port + 1, 65536) if is_free(host, free)))
        time.sleep(0.2)


def is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (socket.gaierror, OSError) as trouble:
            if isinstance(trouble, socket.gaierror) or trouble.errno == 99:
                stop("no_address", host=host)
            return False
    return True


def is_demo() -> bool:
    return os.environ.get("SODATE_DEMO", "1").lower() in ("1", "true", "yes", "on")


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def web_address(host: str, port: int) -> str:
    """An address to type into a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)  # noqa: S104 (translated, not bound)
    return f"http://{shown}:{port}/"


@contextlib.contextmanager
def database() -> Iterator[tuple[str, Cluster | None]]:
    """The address of the database, and the embedded server behind it unless DATABASE_URL names another."""
    if url := os.environ.get("DATABASE_URL"):
        yield url, None
        return
    with own_cluster().running() as cluster:
        yield cluster.url, cluster


def environment_for(url: str, folder: Path, host: str = "127.0.0.1") -> dict[str, str]:
    """What every program of ours finds in its environment."""
    ours = {"DATABASE_URL": url, "SODATE_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "crm.settings"}
    defaults = {"SODATE_SECRET_KEY": secret_key(folder), "SODATE_DEMO": "1" if is_demo() else "0"}
    return {**defaults, **os.environ, **ours, "PYTHONPATH": str(CHECKOUT)}


def prepare(environment: dict[str, str]) -> list[str]:
    """Migrate, load the demo company once, and learn the demo logins, one a line."""
    say("preparing")
    command = [str(install.PYTHON), str(CHECKOUT / "manage.py"), "prepare"]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        stop("prepare_failed")
    return done.stdout.splitlines()


def start_parts(company: Company, folder: Path, host: str, port: int) -> None:
    python = str(install.PYTHON)
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    start_background(company, folder, python)
    company.start("web", [python, "-m", "gunicorn", "--config", str(CHECKOUT / "crm" / "gunicorn.py"), "--bind", bind])


def start_background(company: Company, folder: Path, python: str) -> None:
    """Workers, one process each, and beat."""
    celery = [python, "-m", "celery", "--app", "crm", "--workdir", str(CHECKOUT)]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    for number in range(1, WORKERS + 1):
        name = f"worker-{number}"
        company.start(name, [*celery, "worker", "--hostname", f"{name}@%h", "--loglevel", "INFO", *quiet])
    schedule = ["--pidfile=", "--schedule", str(folder / "beat-schedule")]
    company.start("beat", [*celery, "beat", "--loglevel", "INFO", *schedule])


def wait_until_healthy(company: Company, url: str) -> None:
    deadline = time.monotonic() + HEALTH_SECONDS
    while (answer := health(url)) != "ok":
        company.check()
        if time.monotonic() > deadline:
            stop("not_healthy", seconds=HEALTH_SECONDS, missing=answer, log=company.logs)
        time.sleep(0.2)


def health(url: str) -> str:
    """“ok”, or what /health/ says is missing. No proxy stands between us and ourselves."""
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    try:
        with ask(f"{url}health/", timeout=5):
            return "ok"
    except urllib.error.HTTPError as answer:
        return answer.read(500).decode(errors="replace")
    except OSError as trouble:
        return str(trouble)


def welcome(folder: Path, host: str, port: int, logins: list[str]) -> None:
    say("running", url=web_address(host, port))
    for line in logins:
        print(line, flush=True)
    say("how_to_stop", folder=folder)


def require_alive(cluster: Cluster | None) -> None:
    if cluster and cluster.pid() is None:
        cluster.explain_failure()


# -- The rest --------------------------------------------------------------------------------------


def manage(arguments: list[str]) -> int:
    """A Django command, with the embedded database running; its exit code is ours."""
    install.ensure(install.RUNTIME)
    with database() as (url, _):
        command = [str(install.PYTHON), str(CHECKOUT / "manage.py"), *arguments]
        return obey(command, environment_for(url, home()))


def obey(command: list[str], environment: dict[str, str]) -> int:
    """Run in the foreground. Ctrl-C is the command's to answer: we wait for what it makes of it."""
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            code = process.wait()
            return code if code >= 0 else 128 - code
        except KeyboardInterrupt:
            continue


def backup(arguments: list[str]) -> int:
    """The whole database in one file, which appears only when it is complete."""
    file = the_file("backup", arguments)
    draft = file.with_name(f"{file.name}.part")
    with database() as (url, _):
        command = [client("pg_dump"), "--format=custom", f"--file={draft}", f"--dbname={url}"]
        if subprocess.run(command, check=False).returncode:
            draft.unlink(missing_ok=True)
            stop("backup_failed")
    draft.rename(file)
    say("backed_up", file=file, size=file.stat().st_size // 1024)
    return 0


def restore(arguments: list[str]) -> int:
    """Fill a fresh database from the file, then put it in the place of the present one."""
    file = the_file("restore", arguments)
    if not file.is_file():
        stop("no_file", file=file)
    folder = home()
    try:
        with locked(folder / "up.lock", wait=False), database() as (url, _):
            fill_and_swap(file, url)
    except BlockingIOError:
        stop("stop_up_first", pid=who_is_up(folder)["pid"])
    say("restored", file=file)
    return 0


def the_file(command: str, arguments: list[str]) -> Path:
    if len(arguments) != 1:
        stop("needs_file", command=command)
    return Path(arguments[0]).absolute()


def fill_and_swap(file: Path, url: str) -> None:
    """Until the very last step the present database is untouched."""
    name = urlsplit(url).path.lstrip("/")
    fresh, elsewhere = f"{name}_restoring", with_database(url, "postgres")
    ask(elsewhere, file, f'DROP DATABASE IF EXISTS "{fresh}"', f'CREATE DATABASE "{fresh}" TEMPLATE template0')
    command = [
        client("pg_restore"),
        "--exit-on-error",
        "--no-owner",
        f"--dbname={with_database(url, fresh)}",
        str(file),
    ]
    if subprocess.run(command, check=False).returncode:
        ask(elsewhere, file, f'DROP DATABASE "{fresh}"')
        stop("restore_failed", file=file)
    ask(elsewhere, file, f'DROP DATABASE "{name}" WITH (FORCE)', f'ALTER DATABASE "{fresh}" RENAME TO "{name}"')


def ask(url: str, file: Path, *statements: str) -> None:
    command = [client("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url]
    for statement in statements:
        command += ["-c", statement]
    if subprocess.run(command, check=False).returncode:
        stop("restore_failed", file=file)


def client(name: str) -> str:
    return find_programs()[name]


def test(arguments: list[str]) -> int:
    return gate.run(arguments[1:] if arguments[:1] == ["--"] else arguments)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "help": show_help,
    "--help": show_help,
    "-h": show_help,
    "up": up,
    "manage": manage,
    "backup": backup,
    "restore": restore,
    "test": test,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
