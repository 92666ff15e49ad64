"""Every check that a change must pass, here and in CI alike."""

import os
import secrets
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from launcher import install
from launcher.places import CHECKOUT
from launcher.postgres import throw_away_cluster, with_database
from launcher.words import complain, say, sentence

PYTHON = str(install.PYTHON)
MANAGE = [PYTHON, "manage.py"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_PACKAGES = ["chromium", "fonts-noto-cjk"]
OURS = ("SODATE_", "DATABASE_URL", "CELERY_", "DJANGO_", "PYTEST_ADDOPTS")


@dataclass(frozen=True)
class Check:
    name: str
    command: list[str]
    extra: dict[str, str] | None = None


@dataclass(frozen=True)
class Result:
    name: str
    is_well: bool
    seconds: float
    said: str


def run(arguments: list[str]) -> int:
    """The whole gate; with arguments, pytest alone with them. The exit code is 0 only if all is well."""
    install.ensure(install.RUNTIME, install.DEVELOPMENT)
    browser = find_browser()
    with throw_away_cluster() as cluster:
        environment = {**clean_environment(), "DATABASE_URL": cluster.url, "CHROMIUM": browser or ""}
        stages = [[Check("compile_translations", [*MANAGE, "compile_translations"])]]
        stages += [[pytest("tests", arguments, browser)]] if arguments else everything(cluster.url, browser)
        failed = [name for stage in stages for name in failing(stage, environment)]
    return verdict(failed, browser)


def everything(database: str, browser: str | None) -> list[list[Check]]:
    """All checks, the quick ones first; at last the tests, those that drive a browser beside the others."""
    tests = [pytest("tests", ["-m", "not browser"], browser)]
    if browser:
        tests.append(
            pytest("screens", ["-m", "browser"], browser, {"DATABASE_URL": with_database(database, "screens")})
        )
    return [*([check] for check in quick_checks()), tests]


def quick_checks() -> list[Check]:
    production = {
        "SODATE_PRODUCTION": "1",
        "SODATE_SECRET_KEY": secrets.token_urlsafe(50),
        "SODATE_HOSTS": "crm.example.com",
    }
    templates = [str(folder.relative_to(CHECKOUT)) for folder in CHECKOUT.glob("**/templates") if is_ours(folder)]
    return [
        Check("format", [PYTHON, "-m", "ruff", "format", "--check", ".", "sodate"]),
        Check("lint", [PYTHON, "-m", "ruff", "check", ".", "sodate"]),
        Check("imports", [PYTHON, "-c", "from importlinter.cli import lint_imports_command as run; run()"]),
        Check("templates", [PYTHON, "-m", "djlint", *templates, "--lint", "--quiet"]),
        Check("types", [PYTHON, "-m", "mypy"]),
        Check("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
        Check("translations", [*MANAGE, "check_translations"]),
        Check("deployment", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], production),
    ]


def is_ours(folder: Path) -> bool:
    return not any(part.startswith((".", "var")) for part in folder.relative_to(CHECKOUT).parts)


def pytest(name: str, arguments: list[str], browser: str | None, extra: dict[str, str] | None = None) -> Check:
    without_browser = [] if browser or "-m" in arguments else ["-m", "not browser"]
    return Check(name, [PYTHON, "-m", "pytest", *without_browser, *arguments], extra)


def failing(stage: list[Check], environment: dict[str, str]) -> list[str]:
    """The names of those that fail. They run side by side: the first is heard at once, the others after it."""
    heard, *others = stage
    with ThreadPoolExecutor(max_workers=len(stage)) as pool:
        waiting = [pool.submit(result, check, environment, subprocess.PIPE) for check in others]
        print(heading(heard), end="", flush=True)
        results = [result(heard, environment)]
        results += [each.result() for each in waiting]
    for done in results:
        print(f"{done.said}== {done.name}: {'ok' if done.is_well else 'FAILED'}, {done.seconds:.1f} s", flush=True)
    return [done.name for done in results if not done.is_well]


def result(check: Check, environment: dict[str, str], said: int | None = None) -> Result:
    began = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=CHECKOUT,
        env=environment | (check.extra or {}),
        stdout=said,
        stderr=said and subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Result(
        check.name, done.returncode == 0, time.monotonic() - began, heading(check) + done.stdout if said else ""
    )


def heading(check: Check) -> str:
    return f"\n== {check.name}\n"


def clean_environment() -> dict[str, str]:
    """Nothing of this machine's own settings may decide how a check ends."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return kept | {"PYTHONPATH": str(CHECKOUT)}


def find_browser() -> str | None:
    """The real Chromium for the browser tests, installed from Debian's packages when we may."""
    named = os.environ.get("CHROMIUM")
    return named or browser_on_path() or installed_browser()


def browser_on_path() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def installed_browser() -> str | None:
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or not apt:
        return None
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *BROWSER_PACKAGES]):
        subprocess.run([apt, *command], env=quiet, check=False)
    return browser_on_path()


def verdict(failed: list[str], browser: str | None) -> int:
    if not browser:
        complain("\n" + "!" * 100 + "\n" + sentence("no_browser") + "\n" + "!" * 100)
        if os.environ.get("CI", "").lower() == "true":
            failed = [*failed, "browser"]
    if failed:
        complain(sentence("checks_failed", names=", ".join(failed)))
        return 1
    say("checks_passed")
    return 0
