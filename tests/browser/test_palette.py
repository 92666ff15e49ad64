"""The palette on a real page: by keyboard alone, while somebody writes Japanese, and without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.checks import check_axe, settled
from tests.browser.test_keyboard import compose, press


@pytest.fixture
def page(shared_world: SimpleNamespace, page_of: Callable[..., Page]) -> Page:
    page = page_of(shared_world.aiko)
    page.goto(reverse("preferences"))
    page.wait_for_selector("html.js")
    return page


def options(page: Page):
    return page.locator("#palette [role=option]")


def chosen(page: Page) -> str:
    """What assistive technology hears as the chosen line."""
    return page.evaluate("document.activeElement.getAttribute('aria-activedescendant')")


def ask(page: Page, text: str) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type(text)
    expect(page.locator("#palette [role=option] mark").first).to_be_visible()
    settled(page)


@pytest.mark.parametrize("key", ["Control+k", "Meta+k", "/"])
def test_it_opens_by_key_and_escape_gives_the_focus_back(page: Page, key: str):
    page.locator("main a, main button").first.focus()
    before = page.evaluate("document.activeElement.outerHTML")

    page.keyboard.press(key)
    expect(page.locator("#palette")).to_be_visible()
    expect(page.locator("#palette-text")).to_be_focused()
    expect(options(page).first).to_be_visible()

    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    assert page.evaluate("document.activeElement.outerHTML") == before


def test_arrows_choose_and_enter_opens(page: Page, shared_world: SimpleNamespace):
    ask(page, shared_world.account.name)
    first = options(page).first
    expect(first).to_have_attribute("aria-selected", "true")
    assert chosen(page) == first.get_attribute("id")

    page.keyboard.press("ArrowDown")
    assert chosen(page) == options(page).nth(1).get_attribute("id")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert chosen(page) == options(page).last.get_attribute("id")
    page.keyboard.press("ArrowDown")

    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"{reverse('customer', args=[shared_world.account.pk])}$"))


def test_control_and_enter_open_a_new_tab(page: Page, shared_world: SimpleNamespace):
    before = page.url
    ask(page, shared_world.account.name)

    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Enter")

    assert opened.value.url.endswith(reverse("customer", args=[shared_world.account.pk]))
    assert page.url == before


def test_the_first_sign_asks_at_once_and_the_end_of_typing_again_and_an_old_answer_never_replaces_a_new_one(page: Page):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/search/" in request.url else None)
    page.keyboard.press("Control+k")
    expect(options(page).first).to_be_visible()
    asked.clear()

    page.keyboard.type("nowhere", delay=10)
    expect(page.locator("#palette .empty")).to_be_visible()

    words = [url.rpartition("=")[2] for url in asked]
    assert (words[0], words[-1]) == ("n", "nowhere")
    assert len(words) < len("nowhere")


def test_the_enter_that_ends_a_conversion_opens_nothing(page: Page):
    before = page.url
    page.keyboard.press("Control+k")
    expect(options(page).first).to_be_visible()
    ime = page.context.new_cdp_session(page)

    compose(ime, "あおば")
    press(ime, "Enter", 13, "\r")
    ime.send("Input.insertText", {"text": "青葉"})
    settled(page)

    assert page.url == before
    assert page.input_value("#palette-text") == "青葉"
    expect(page.locator("#palette")).to_be_visible()


def test_arrows_during_a_conversion_choose_among_its_candidates(page: Page):
    page.keyboard.press("Control+k")
    expect(options(page).first).to_be_visible()
    before = chosen(page)
    ime = page.context.new_cdp_session(page)

    compose(ime, "あおば")
    press(ime, "ArrowDown", 229)

    assert chosen(page) in (before, "palette-1-1")


def test_nothing_found_offers_to_add_the_customer(page: Page):
    page.keyboard.press("Control+k")
    page.keyboard.type("ありえない社名")
    page.locator("#palette .empty a").click()

    page.wait_for_url("**/customers/new/**")
    expect(page.locator("[name=name]").last).to_have_value("ありえない社名")


def test_pages_and_actions_are_there_before_any_answer(page: Page):
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [data-places] [role=option]").first).to_be_visible()
    settled(page)
    label = page.locator("#palette [data-places] .found-label").last.inner_text()
    page.route("**/search/**", lambda route: None)

    page.keyboard.type(label)

    expect(options(page)).to_have_text([re.compile(re.escape(label))])
    assert chosen(page) == options(page).first.get_attribute("id")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_open_palette_is_accessible(
    shared_world: SimpleNamespace, page_of: Callable[..., Page], theme: str, width: int
):
    page = page_of(shared_world.aiko, theme=theme, width=width)
    page.goto(reverse("preferences"))
    page.wait_for_selector("html.js")
    ask(page, shared_world.account.name)

    check_axe(page, within="#palette")


def test_without_script_the_search_is_a_page(shared_world: SimpleNamespace, page_of: Callable[..., Page]):
    page = page_of(shared_world.aiko, javascript=False)
    page.goto(reverse("preferences"))
    page.locator("[data-palette]").click()
    page.locator("#search-text").fill(shared_world.account.name)
    page.locator("main, .page-head").locator("form[role=search] button").first.click()

    page.locator(".found-line").first.click()
    page.wait_for_url(re.compile(rf"{reverse('customer', args=[shared_world.account.pk])}$"))
