"""The keyboard layer on a real page: single keys move and open, and keep silent while somebody writes Japanese."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.checks import settled

PAST_THE_CONVERSION = 120
"""Milliseconds after which an Enter no longer belongs to the conversion before it."""


@pytest.fixture
def customers(shared_world: SimpleNamespace, page_of: Callable[..., Page]) -> Page:
    page = page_of(shared_world.aiko)
    page.goto(reverse("customers"))
    page.wait_for_selector("html.js")
    return page


def names(page: Page) -> list[str]:
    return page.locator("[data-row] .row-link").all_inner_texts()


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.innerText").strip()


def is_in_search(page: Page) -> bool:
    return page.evaluate("document.activeElement.matches('input[type=search]')")


# ------------------------------------------------------------------------------ what keys do


def test_j_and_k_walk_the_rows(customers: Page):
    first, second = (name.strip() for name in names(customers)[:2])

    customers.keyboard.press("j")
    assert focused(customers) == first
    customers.keyboard.press("j")
    assert focused(customers) == second
    customers.keyboard.press("k")
    assert focused(customers) == first


def test_enter_opens_the_row_in_focus(customers: Page):
    customers.keyboard.press("j")
    customers.keyboard.press("Enter")

    customers.wait_for_url(re.compile(r"/customers/\d+/\?from=\w+"))


def test_a_question_mark_shows_the_keys_and_escape_closes_them(customers: Page):
    customers.keyboard.press("?")
    expect(customers.locator("dialog#keys")).to_be_visible()

    customers.keyboard.press("Escape")
    expect(customers.locator("dialog#keys")).to_be_hidden()


def test_a_slash_goes_to_the_search(customers: Page):
    customers.keyboard.press("/")

    assert is_in_search(customers)
    assert customers.input_value("input[type=search]") == ""


@pytest.mark.parametrize(("keys", "route"), [("gt", "home"), ("ga", "announcements"), ("gc", "customers")])
def test_g_and_a_letter_go_to_a_place(customers: Page, keys: str, route: str):
    customers.goto(reverse("preferences"))
    customers.wait_for_selector("html.js")

    for key in keys:
        customers.keyboard.press(key)

    customers.wait_for_url(f"**{reverse(route)}")


# ------------------------------------------------------------------------------ when they are silent


def test_letters_typed_into_the_search_are_letters(customers: Page):
    customers.keyboard.press("/")

    customers.keyboard.type("jk?/gt")

    assert customers.input_value("input[type=search]") == "jk?/gt"
    assert is_in_search(customers)
    expect(customers.locator("dialog#keys")).to_be_hidden()


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_a_letter_with_a_modifier_is_left_to_the_browser(customers: Page, modifier: str):
    customers.keyboard.press(f"{modifier}+j")

    assert customers.evaluate("document.activeElement === document.body")


def test_keys_rest_when_they_are_switched_off_in_the_settings(world: SimpleNamespace, page_of: Callable[..., Page]):
    page = page_of(world.aiko)
    page.goto(reverse("preferences"))
    page.locator("[name=has_single_keys]").set_checked(False, force=True)
    page.locator("main [type=submit]").first.click()
    page.wait_for_load_state()
    page.goto(reverse("customers"))
    page.wait_for_selector("html.js")

    page.keyboard.press("j")
    page.keyboard.press("?")

    assert page.evaluate("document.activeElement === document.body")
    expect(page.locator("dialog#keys")).to_be_hidden()


# ------------------------------------------------------------------------------ writing Japanese


@pytest.fixture
def ime(customers: Page) -> CDPSession:
    """The search has the focus and the browser's own input method is within reach."""
    customers.keyboard.press("/")
    return customers.context.new_cdp_session(customers)


def compose(ime: CDPSession, text: str) -> None:
    ime.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})


def press(ime: CDPSession, key: str, code: int, text: str = "") -> None:
    what = {"key": key, "code": key if len(key) > 1 else f"Key{key.upper()}", "windowsVirtualKeyCode": code}
    ime.send("Input.dispatchKeyEvent", {"type": "keyDown" if text else "rawKeyDown", "text": text, **what})
    ime.send("Input.dispatchKeyEvent", {"type": "keyUp", **what})


def test_keys_pressed_during_a_conversion_only_convert(customers: Page, ime: CDPSession):
    compose(ime, "あおb")
    press(ime, "j", 229)
    press(ime, "Escape", 229)
    compose(ime, "青葉")
    ime.send("Input.insertText", {"text": "青葉"})

    assert customers.input_value("input[type=search]") == "青葉"
    assert is_in_search(customers)


def test_single_keys_are_silent_while_the_page_hears_a_conversion(customers: Page):
    """Some input methods report the first key of a conversion to a page whose focus is in no field."""
    for composing in ({"isComposing": True}, {"keyCode": 229}):
        customers.evaluate(
            "(how) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', bubbles: true, ...how}))",
            composing,
        )

    assert customers.evaluate("document.activeElement === document.body")


def test_the_enter_that_ends_a_conversion_does_not_send_the_search(customers: Page, ime: CDPSession):
    before = customers.url
    compose(ime, "青葉")
    press(ime, "Enter", 13, "\r")
    ime.send("Input.insertText", {"text": "青葉"})
    settled(customers)
    assert customers.url == before

    customers.wait_for_timeout(PAST_THE_CONVERSION)
    customers.keyboard.press("Enter")
    customers.wait_for_url("**q=%E9%9D%92%E8%91%89*")


def test_an_enter_reported_just_after_the_conversion_does_not_send_either(customers: Page, ime: CDPSession):
    """Safari ends the composition first and then reports the Enter that confirmed it."""
    before = customers.url
    compose(ime, "青葉")
    ime.send("Input.insertText", {"text": "青葉"})
    press(ime, "Enter", 13, "\r")
    settled(customers)

    assert customers.url == before
    assert customers.input_value("input[type=search]") == "青葉"
