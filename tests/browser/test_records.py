"""Two people correct the same customer at once, in two real browsers."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import AccountFile
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account(world):
    return AccountFactory(owner=world.aiko, name="若葉精機株式会社", phone="03-1111-1111", city="台東区")


def profile(page, account):
    page.goto(f"{reverse('customer', args=[account.pk])}?tab=profile")
    return page


def open_field(page, label):
    page.get_by_role("link", name=label, exact=True).click()
    field = page.locator(".record-form input:not([type=hidden])")
    expect(field).to_be_focused()
    return field


def test_whoever_comes_second_sees_both_versions_and_chooses(world, page_of, account):
    first = profile(page_of(world.aiko, language="en"), account)
    second = profile(page_of(world.ben, language="en"), account)
    mine, theirs = open_field(first, "Edit Phone"), open_field(second, "Edit Phone")

    theirs.fill("03-2222-2222")
    with second.expect_navigation():
        theirs.press("Enter")
    mine.fill("03-3333-3333")
    mine.press("Enter")
    first.locator(".versions").wait_for()

    account.refresh_from_db()
    assert account.phone == "03-2222-2222"
    shown = first.locator(".version").all_inner_texts()
    assert "03-2222-2222" in shown[0]
    assert "03-3333-3333" in shown[1]
    assert first.locator(".record-form input[name=phone]").input_value() == "03-3333-3333"
    with first.expect_navigation():
        first.get_by_role("button", name="Save these values").click()
    account.refresh_from_db()
    assert account.phone == "03-3333-3333"

    with first.expect_navigation():
        first.keyboard.press("z")
    account.refresh_from_db()
    assert account.phone == "03-2222-2222"


def test_two_who_correct_different_fields_do_not_meet(world, page_of, account):
    first = profile(page_of(world.aiko, language="en"), account)
    second = profile(page_of(world.ben, language="en"), account)
    city, phone = open_field(first, "Edit City"), open_field(second, "Edit Phone")

    phone.fill("03-2222-2222")
    with second.expect_navigation():
        phone.press("Enter")
    city.fill("港区")
    with first.expect_navigation():
        city.press("Enter")

    account.refresh_from_db()
    assert (account.phone, account.city) == ("03-2222-2222", "港区")


def test_escape_leaves_the_field_as_it_was(world, page_of, account):
    page = profile(page_of(world.aiko, language="en"), account)
    field = open_field(page, "Edit Phone")

    field.fill("03-9999-9999")
    with page.expect_navigation():
        field.press("Escape")

    assert page.locator("#fact-phone").inner_text().strip() == "03-1111-1111"
    account.refresh_from_db()
    assert account.phone == "03-1111-1111"


def test_a_file_is_kept_and_deleted_and_taken_back(world, page_of, account):
    page = page_of(world.aiko, language="en")
    page.goto(f"{reverse('customer', args=[account.pk])}?tab=files")

    page.locator("#file").set_input_files({"name": "見積書.pdf", "mimeType": "text/html", "buffer": b"%PDF-1.7"})
    with page.expect_navigation():
        page.get_by_role("button", name="Add file").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="見積書.pdf").click()
    assert download.value.suggested_filename == "見積書.pdf"

    with page.expect_navigation():
        page.get_by_role("button", name="Delete 見積書.pdf").click()
    assert AccountFile.objects.filter(deleted_at=None).count() == 0
    with page.expect_navigation():
        page.keyboard.press("z")
    assert AccountFile.objects.filter(deleted_at=None).count() == 1
