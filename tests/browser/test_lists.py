"""The list of customers in a real browser: conditions, many at once with undo, a cell edited twice at the same time."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.actions import records
from accounts.models import Account, Tag


@pytest.fixture
def customers(world: SimpleNamespace, page_of: Callable[..., Page]) -> Page:
    page = page_of(world.aiko, language="en")
    page.goto(reverse("customers") + "?columns=health,city,guard")
    page.wait_for_selector("html.js")
    return page


def shown(page: Page) -> int:
    return page.locator("[data-row]").count()


def test_customers_are_selected_by_keys_tagged_and_the_deed_undone(customers: Page):
    bar = customers.locator("[data-bulk]")
    expect(bar).to_be_hidden()
    customers.keyboard.press("j")
    customers.keyboard.press("x")
    customers.keyboard.press("Shift+J")
    expect(bar).to_contain_text("2 selected")

    bar.get_by_role("button", name="Add tags").click()
    customers.get_by_label("Tags").fill("見学会")
    customers.get_by_role("button", name="Show what will happen").click()
    expect(customers.locator("main")).to_contain_text("2 customers will be changed")
    assert not Tag.objects.filter(name="見学会", accounts__isnull=False).exists()
    customers.get_by_role("button", name="Add tags").click()

    toast = customers.locator("[data-toast]")
    expect(toast).to_contain_text("2 customers")
    assert Account.objects.filter(tags__name="見学会").count() == 2
    customers.keyboard.press("z")
    expect(toast).to_contain_text("Taken back")
    assert not Account.objects.filter(tags__name="見学会").exists()


def test_all_that_match_are_more_than_the_page_shows(customers: Page, world: SimpleNamespace):
    many = Account.objects.visible_to(world.aiko).active().filter(owner=world.aiko).count()
    customers.keyboard.press("j")
    customers.keyboard.press("x")

    customers.get_by_label("all that match").check()
    customers.get_by_role("button", name="Add tags").click()

    expect(customers.locator("main")).to_contain_text(f"All {many} customers that match")


def test_a_condition_is_added_and_taken_away(customers: Page):
    before = shown(customers)
    customers.keyboard.press("f")
    customers.get_by_role("button", name="Reading", exact=True).click()
    customers.get_by_label("Value").fill("あおば")
    customers.keyboard.press("Enter")
    customers.wait_for_url("**filter=**")
    assert 0 < shown(customers) < before

    customers.get_by_role("link", name="Remove Reading").click()
    customers.wait_for_url(lambda url: "%22reading%22" not in url)
    assert shown(customers) == before


def test_a_head_sorts_and_says_so(customers: Page):
    customers.locator("thead a", has_text="Health").click()

    customers.wait_for_url("**sort=health**")
    expect(customers.locator("th[aria-sort=ascending]")).to_contain_text("Health")


def test_a_cell_is_edited_by_keys_and_the_edit_undone(customers: Page):
    customers.keyboard.press("j")
    row = customers.locator("[data-row]").first
    name = row.locator(".row-link").inner_text()
    customers.keyboard.press("e")
    field = row.locator("[name=value]")
    expect(field).to_be_focused()
    field.fill("大阪府堺市")
    customers.keyboard.press("Enter")

    expect(row).to_contain_text("大阪府堺市")
    expect(customers.locator("[data-toast]")).to_contain_text(name)
    expect(row.locator("[data-edit]")).to_be_focused()
    customers.keyboard.press("z")
    customers.wait_for_load_state()
    expect(customers.locator("[data-row]").first).not_to_contain_text("大阪府堺市")


def test_escape_leaves_a_cell_as_it_was(customers: Page):
    row = customers.locator("[data-row]").first
    before = row.locator("[data-cell]").inner_text()
    customers.keyboard.press("j")
    customers.keyboard.press("e")
    expect(row.locator("[name=value]")).to_be_focused()

    customers.keyboard.press("Escape")

    expect(row.locator("[name=value]")).to_have_count(0)
    assert row.locator("[data-cell]").inner_text() == before


def test_two_edits_of_one_cell_show_both_values(customers: Page, world: SimpleNamespace, watch: object):
    customers.keyboard.press("j")
    customers.keyboard.press("e")
    row = customers.locator("[data-row]").first
    expect(row.locator("[name=value]")).to_be_focused()
    link = row.locator(".row-link").get_attribute("href")
    account = Account.objects.get(pk=re.search(r"/customers/(\d+)/", link).group(1))
    records.edit(row=account, version=account.version, by=world.ben, at=world.now, city="神戸市")

    row.locator("[name=value]").fill("京都市")
    customers.keyboard.press("Enter")

    expect(row.locator("[role=alert]")).to_contain_text("神戸市")
    row.get_by_role("button", name="Save mine").click()
    expect(row.locator("[name=value]")).to_have_count(0)
    expect(row).to_contain_text("京都市")
    watch.expected()
