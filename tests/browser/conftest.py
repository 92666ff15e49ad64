"""A real Chromium in front of a real server; `page_of` hands out signed-in pages that must stay free of problems.

    def test_something(world, page_of):
        page = page_of(world.aiko)
        page.goto("/customers/")

`world` is built anew for each test, `shared_world` once for a module that only looks. A page that logs an error,
breaks the Content-Security-Policy or misses a file fails its test, whatever else the test asserts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from crm.celery import app as celery
from crm.jobs import OutboxItem
from crm.models import User
from crm.tasks import run_outbox_item
from tests.browser.server import AtWork
from tests.browser.watch import Watch
from tests.browser.world import build
from tests.conftest import NOW

BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
OFF_THE_NETWORK = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
PHONE = 760


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


# ------------------------------------------------------------------------------ browser and server


def chromium() -> str:
    """Where the browser is; without one the tests are skipped, but never in CI."""
    places = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else BROWSERS
    found = next((place for place in places if Path(place).exists()), None)
    if found:
        return found
    sentence = "NO CHROMIUM: nothing is known about the screens. Install it, or name it in CHROMIUM."
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Playwright keeps an event loop in this thread, in which Django would refuse all work on the database."""
    place = chromium()
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = playwright.chromium.launch(executable_path=place, args=[*OFF_THE_NETWORK, *root])
        yield running
        running.close()


@pytest.fixture(scope="session")
def at_work() -> Iterator[AtWork]:
    watching = AtWork()
    yield watching
    watching.stop()


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[str]:
    """The address of a server on the test database."""
    live = LiveServer("127.0.0.1")
    yield live.url
    live.stop()


# ------------------------------------------------------------------------------ the world on show


@pytest.fixture
def world(transactional_db: None, server: str) -> SimpleNamespace:
    """See tests/browser/world.py; gone when the test is over."""
    return build()


@pytest.fixture(scope="module")
def shared_world(django_db_blocker: Any, server: str) -> Iterator[SimpleNamespace]:
    """The same world once for a whole module, whose tests change nothing in it."""
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
        with time_machine.travel(NOW - timedelta(minutes=1)):
            made = build()
        yield made
        call_command("flush", interactive=False, verbosity=0)


# ------------------------------------------------------------------------------ pages


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Everything a page complained about; a test that provokes complaints takes them with `watch.expected()`."""
    found = Watch()
    yield found
    if found.problems:
        pytest.fail("The pages complained:\n" + "\n".join(found.problems), pytrace=False)


@pytest.fixture
def page_of(browser: Browser, server: str, watch: Watch, at_work: AtWork) -> Iterator[Callable[..., Page]]:
    """`page_of(user, language="ja", theme="light", width=1440, javascript=True)`; no user for a stranger."""
    contexts: list[BrowserContext] = []

    def open_page(user: User | None = None, **wishes: Any) -> Page:
        contexts.append(context_of(browser, server, user, **wishes))
        page = contexts[-1].new_page()
        watch.attend(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    at_work.wait_until_idle()


def context_of(
    browser: Browser,
    server: str,
    user: User | None = None,
    *,
    language: str = "ja",
    theme: str = "light",
    width: int = 1440,
    javascript: bool = True,
) -> BrowserContext:
    """A browser profile of its own: size, language, appearance, and the session of a user."""
    context = browser.new_context(
        base_url=server,
        viewport={"width": width, "height": 844 if width < PHONE else 900},
        locale={"ja": "ja-JP", "en": "en-GB"}[language],
        java_script_enabled=javascript,
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    cookies = {settings.LANGUAGE_COOKIE_NAME: language, "theme": theme}
    if user is not None:
        User.objects.filter(pk=user.pk).update(theme=theme)
        cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
    context.add_cookies([{"name": name, "value": value, "url": server} for name, value in cookies.items()])
    return context


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def work_off() -> Callable[[], None]:
    """Do what the pages have put into the outbox, as a worker would."""
    celery.loader.import_default_modules()

    def work() -> None:
        while item := OutboxItem.objects.due(timezone.now()).order_by("due_at", "pk").first():
            run_outbox_item.run(item.pk)

    return work
