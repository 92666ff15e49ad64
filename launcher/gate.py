"""Every check that a change must pass, here and in CI alike."""

import os
import secrets
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from launcher import install
from launcher.places import CHECKOUT
from launcher.postgres import throw_away_cluster
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


def run(arguments: list[str]) -> int:
    """The whole gate; with arguments, pytest alone with them. The exit code is 0 only if all is well."""
    install.ensure(install.RUNTIME, install.DEVELOPMENT)
    browser = find_browser()
    with throw_away_cluster() as cluster:
        environment = {**clean_environment(), "DATABASE_URL": cluster.url, "CHROMIUM": browser or ""}
        first = [Check("compile_translations", [*MANAGE, "compile_translations"])]
        chosen = [tests(arguments, browser)] if arguments else checks(browser)
        failed = [check.name for check in first + chosen if not passes(check, environment)]
    return verdict(failed, browser)


def checks(browser: str | None) -> list[Check]:
    """All of them, the quick ones first."""
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
        tests([], browser),
    ]


def is_ours(folder: Path) -> bool:
    return not any(part.startswith((".", "var")) for part in folder.relative_to(CHECKOUT).parts)


def tests(arguments: list[str], browser: str | None) -> Check:
    without_browser = [] if browser else ["-m", "not browser"]
    return Check("tests", [PYTHON, "-m", "pytest", *without_browser, *arguments])


def passes(check: Check, environment: dict[str, str]) -> bool:
    print(f"\n== {check.name}", flush=True)
    began = time.monotonic()
    done = subprocess.run(check.command, cwd=CHECKOUT, env=environment | (check.extra or {}), check=False)
    print(
        f"== {check.name}: {'ok' if done.returncode == 0 else 'FAILED'}, {time.monotonic() - began:.1f} s", flush=True
    )
    return done.returncode == 0


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
