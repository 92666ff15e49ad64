"""Every page of docs/authz.csv in both languages, both themes and on a phone; a new page is covered by its row there.

Each page is loaded once a language. What axe looks at is the same in both, so it is asked in Japanese, on a desk and on
a phone; in English the words and the width are looked at. Only the rules about colour depend on the theme, so only they
are asked again in the dark. The theme is the attribute that the server writes, switched in place.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.checks import (
    COLOUR_RULES,
    check_axe,
    check_head,
    check_language,
    check_no_sideways_scroll,
    settled,
)
from tests.browser.conftest import context_of
from tests.browser.watch import Watch

READERS = {"planner": "daisuke", "rep_own": "aiko", "manager_own": "emi", "admin": "fumi"}
"""Callers of docs/authz.csv and who they are here."""

FOR_PLANNERS = ("campaign", "revision", "theme")
STATES = {
    "account": ("account", "unhappy", "long_named", "unknown"),
    "revision": ("revision", "draft"),
    "campaign": ("campaign", "planned"),
    "import_batch": ("import_batch", "imported"),
    "call_round": ("call_round", "call_guarded"),
}
"""By what docs/authz.csv calls a thing, the states of it that the world holds."""

FRAME_LAYERS = ["keys", "org-menu", "palette"]
LAYERS = "() => [...document.querySelectorAll('dialog, [popover]')].map((layer) => layer.id)"
OPEN_LAYER = """(id) => {
  const layer = document.getElementById(id);
  layer.matches("dialog") ? layer.showModal() : layer.showPopover();
}"""
CLOSE_LAYER = """(id) => {
  const layer = document.getElementById(id);
  layer.matches("dialog") ? layer.close() : layer.hidePopover();
}"""

NO_PAGES = ("api-", "health", "calendar-ics", "file", "import-refused", "measures-pdf")
DESK, PHONE, SMALLEST = 1440, 390, 320


def pages() -> list[dict[str, str]]:
    with Path(settings.BASE_DIR, "docs/authz.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["method"] == "GET" and not row["route"].startswith(NO_PAGES)]
    return [row for row in rows if readers(row)]


def readers(row: dict[str, str]) -> list[str]:
    """Who meets the page: of a campaign its planner first, of everything else the rep."""
    order = list(READERS) if row["object"] in FOR_PLANNERS else sorted(READERS, key=lambda caller: caller != "rep_own")
    return [caller for caller in order if row[caller] == "yes"]


def on_show() -> Iterator[object]:
    """Every page in both languages; what it shows of a thing in a further state in Japanese, where lines are tightest."""
    for row in pages():
        usual, *others = STATES.get(row["object"], (row["object"],))
        for language in ("ja", "en"):
            yield pytest.param(row, usual, language, id=f"{row['route']}-{language}")
        for other in others:
            yield pytest.param(row, other, "ja", id=f"{row['route']}-{other}")


@pytest.fixture(scope="module")
def context_for(
    browser: Browser, server: str, shared_world: SimpleNamespace
) -> Iterator[Callable[[str, str], BrowserContext]]:
    """One browser profile for each reader and language, for the whole module."""
    contexts: dict[tuple[str, str], BrowserContext] = {}

    def context(reader: str, language: str) -> BrowserContext:
        if (reader, language) not in contexts:
            user = getattr(shared_world, reader) if reader else None
            contexts[reader, language] = context_of(browser, server, user, language=language)
        return contexts[reader, language]

    yield context
    for each in contexts.values():
        each.close()


@pytest.fixture
def visit(context_for: Callable[[str, str], BrowserContext], watch: Watch) -> Iterator[Callable[..., Page]]:
    """`visit(url, reader, language)` opens a page in that reader's profile; an empty reader is a stranger."""
    opened: list[Page] = []

    def open_page(url: str, reader: str, language: str) -> Page:
        page = context_for(reader, language).new_page()
        opened.append(page)
        watch.attend(page)
        page.set_viewport_size({"width": DESK, "height": 900})
        page.goto(url)
        settled(page)
        return page

    yield open_page
    for page in opened:
        page.close()


def check_screen(page: Page, language: str) -> None:
    """Everything that must hold wherever somebody reads the page."""
    wrong: list[str] = []

    def tried(check: Callable[..., None], *arguments: object, **options: object) -> None:
        try:
            check(page, *arguments, **options)
        except AssertionError as failure:
            wrong.append(f"{page.viewport_size['width']} px, {theme_of(page)}: {failure}")

    tried(check_head, language)
    if not page.url.endswith("/gallery/"):  # its samples are in both languages on purpose
        tried(check_language, language)
    if language == "ja":
        for width in (DESK, PHONE):
            resize(page, width)
            tried(check_axe)
        resize(page, DESK)
        set_theme(page, "dark")
        tried(check_axe, only=COLOUR_RULES)
        set_theme(page, "light")
    for width in (PHONE, SMALLEST):
        resize(page, width)
        tried(check_no_sideways_scroll)
    if wrong:
        pytest.fail("\n\n".join(wrong), pytrace=False)


def check_layers(page: Page) -> None:
    """Dialogs and popovers are checked while they are open; those of the frame only once, on the settings page."""
    resize(page, DESK)
    frame = [] if "/preferences/" in page.url else FRAME_LAYERS
    for layer in [name for name in page.evaluate(LAYERS) if name not in frame]:
        page.evaluate(OPEN_LAYER, layer)
        for theme in ("light", "dark"):
            set_theme(page, theme)
            check_axe(page, within=f"#{layer}", only=COLOUR_RULES if theme == "dark" else None)
        page.evaluate(CLOSE_LAYER, layer)


def resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900 if width == DESK else 844})
    settled(page)


def theme_of(page: Page) -> str:
    return page.locator("html").get_attribute("data-theme") or ""


def set_theme(page: Page, theme: str) -> None:
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
    settled(page)


@pytest.mark.parametrize(("row", "thing", "language"), list(on_show()))
def test_a_page_is_for_everybody(
    row: dict[str, str], thing: str, language: str, shared_world: SimpleNamespace, visit: Callable[..., Page]
):
    reader = READERS[readers(row)[0]]
    key = shared_world.key_of(thing, getattr(shared_world, reader)) if thing else None
    url = reverse(row["route"], kwargs={row["parameter"]: key} if row["parameter"] else {})

    page = visit(url, reader, language)

    if urlsplit(page.url).path != url:
        pytest.skip("only leads to another page")
    if page.locator("body[data-keys]").count() == 0:
        pytest.skip("a part of a page")
    check_screen(page, language)
    if language == "ja":
        check_layers(page)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("route", ["account_login", "account_reset_password"])
def test_the_entrance_is_for_everybody(route: str, language: str, visit: Callable[..., Page]):
    check_screen(visit(reverse(route), "", language), language)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_page_that_does_not_exist_says_so_to_everybody(language: str, visit: Callable[..., Page], watch: Watch):
    page = visit("/customers/999999999/", "aiko", language)

    assert "status 404" in "".join(watch.expected())
    check_screen(page, language)
