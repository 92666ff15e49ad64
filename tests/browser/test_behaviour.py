"""What the modules in static/js promise, tried on the page that shows every component."""

import pytest

from tests.factories.people import UserFactory

COMPOSED_ENTER = """(code) => {
  const input = document.querySelector("[name=company]");
  input.focus();
  const enter = new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, ...code});
  return input.dispatchEvent(enter);
}"""


@pytest.fixture
def gallery(transactional_db, page_of):
    reader = UserFactory()

    def open_gallery(**wishes):
        page = page_of(reader, **wishes)
        page.goto("/gallery/")
        page.wait_for_selector("html.js")
        page.evaluate("document.activeElement.blur()")
        return page

    return open_gallery


def is_open(page, layer):
    return page.evaluate(
        "(id) => document.getElementById(id).matches(':popover-open, dialog[open], [data-open]')", layer
    )


def focused(page):
    return page.evaluate("document.activeElement.textContent.trim()")


def chosen(page):
    return page.evaluate("[...document.querySelectorAll('[data-row-check]')].map((box) => box.checked)")


def test_a_key_opens_a_layer_and_escape_gives_the_focus_back(gallery):
    page = gallery(language="en")

    page.keyboard.press("l")
    assert is_open(page, "sample-sheet")

    page.keyboard.press("Escape")
    assert not is_open(page, "sample-sheet")
    assert "Log activity" in focused(page)


def test_only_the_keys_of_the_topmost_layer_work(gallery):
    page = gallery()
    page.keyboard.press("d")
    assert is_open(page, "sample-reasons")

    page.keyboard.press("l")

    assert not is_open(page, "sample-sheet")


def test_rows_are_walked_and_selected_by_keys(gallery):
    page = gallery()

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("Shift+J")
    assert chosen(page) == [True, True, True, False, False]

    page.keyboard.press("Escape")
    assert chosen(page) == [False] * 5


def test_letters_typed_into_a_field_are_letters(gallery):
    page = gallery()

    page.focus("[name=note]")
    page.keyboard.type("lj?d")

    assert page.input_value("[name=note]") == "lj?d"
    assert not is_open(page, "sample-sheet")


def test_keys_that_were_switched_off_rest(gallery):
    page = gallery()
    page.evaluate("document.body.dataset.keys = 'off'")

    page.keyboard.press("l")

    assert not is_open(page, "sample-sheet")


@pytest.mark.parametrize("code", [{"isComposing": True}, {"keyCode": 229}])
def test_the_enter_that_ends_a_conversion_does_not_send(gallery, code):
    assert gallery().evaluate(COMPOSED_ENTER, code) is False


def test_a_plain_enter_is_left_to_the_form(gallery):
    assert gallery().evaluate(COMPOSED_ENTER, {}) is True


def test_control_enter_sends_the_form(gallery):
    page = gallery()
    page.evaluate(
        "document.querySelector('.gallery form').addEventListener('submit', (event) => {"
        " event.preventDefault(); window.isSent = true; })"
    )

    page.focus("[name=company]")
    page.keyboard.press("Control+Enter")

    assert page.evaluate("window.isSent") is True


def test_the_right_column_is_a_drawer_on_a_narrow_window(gallery):
    page = gallery(width=1024)
    page.locator("#detail").wait_for(state="hidden")

    page.locator("[data-row-link]").first.focus()
    page.keyboard.press("Space")
    page.locator("#detail").wait_for()

    page.keyboard.press("Escape")
    page.locator("#detail").wait_for(state="hidden")


def test_a_phone_opens_its_menu_and_closes_it(gallery):
    page = gallery(width=390)

    page.locator("[data-menu-open]").click()
    assert page.locator("#menu").is_visible()

    page.locator("[data-menu-close]").click()
    assert not page.locator("#menu").is_visible()


def test_without_script_the_right_column_stands_below(transactional_db, page_of):
    page = page_of(UserFactory(), width=1024, javascript=False)
    page.goto("/gallery/")

    assert page.locator("#detail").is_visible()
