"""A manager merges two customers that are one, sees where everything went, and takes it back."""

from __future__ import annotations

import pytest

from accounts.actions import duplicates
from accounts.models import Account, Merge
from tests.factories.accounts import AccountFactory, NeedFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_pair_is_merged_and_taken_back(world, page_of):
    twin = AccountFactory(
        owner=world.aiko,
        name="㈱青葉メディカル",
        name_en="",
        reading=world.account.reading,
        matching_key=world.account.matching_key,
        domain="aoba.example",
    )
    need = NeedFactory(account=twin)
    for step in duplicates.STEPS:
        duplicates.search(step=step, at=world.now)
    page = page_of(world.emi, language="en")

    page.goto("/duplicates/")
    page.locator("[data-row]", has_text=twin.name).locator("[data-row-link]").click()
    page.get_by_role("radio", name="This one stays").first.check()
    page.locator("input[name=domain][value=second]").check()
    page.get_by_role("button", name="See what comes of it").click()
    page.get_by_text("aoba.example").wait_for()
    assert not Merge.objects.exists()

    page.get_by_role("button", name="Merge", exact=True).click()
    page.locator("#toasts").get_by_text("went up in").wait_for()
    need.refresh_from_db()
    assert need.account == world.account
    page.goto(f"/customers/{twin.pk}/")
    assert page.url.endswith(f"/customers/{world.account.pk}/")

    page.goto("/duplicates/")
    page.get_by_role("button", name="Take back").click()
    page.locator("#toasts").get_by_text("is a customer of its own again").wait_for()
    need.refresh_from_db()
    assert need.account == twin
    assert Account.objects.get(pk=world.account.pk).domain != "aoba.example"


def test_two_customers_that_nobody_found_are_merged_from_the_list_and_taken_back(world, page_of):
    other = AccountFactory(owner=world.aiko, name="みなと食品", name_en="", reading="みなとしょくひん")
    page = page_of(world.emi, language="en")

    page.goto("/customers/")
    for account in (world.account, other):
        page.get_by_role("row", name=account.name_en or account.name).locator("[name=selected]").check()
    page.get_by_role("button", name="Merge the two").click()
    page.get_by_text("Brought together by hand").wait_for()
    page.get_by_role("radio", name="This one stays").first.check()
    page.get_by_role("button", name="See what comes of it").click()
    page.get_by_role("button", name="Merge", exact=True).click()
    page.locator("#toasts").get_by_text("went up in").wait_for()
    other.refresh_from_db()
    assert other.merged_into == world.account

    page.locator("#toasts").get_by_role("button").first.click()
    page.locator("#toasts").get_by_text("is a customer of its own again").wait_for()
    other.refresh_from_db()
    assert other.merged_into is None


def test_the_other_customer_is_searched_for_from_the_record(world, page_of):
    other = AccountFactory(owner=world.aiko, name="みなと食品", name_en="", reading="みなとしょくひん")
    page = page_of(world.emi, language="en")

    page.goto(f"/customers/{world.account.pk}/")
    page.get_by_role("button", name="More").first.click()
    page.get_by_role("link", name="Merge with…").click()
    page.get_by_role("searchbox", name="Search customers").fill("みなと")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=f"Compare with {other.label}").click()
    page.get_by_role("heading", name="One customer, or two?").wait_for()
