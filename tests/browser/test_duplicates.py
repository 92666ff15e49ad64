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
