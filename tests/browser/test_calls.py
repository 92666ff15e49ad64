"""Calling through a list in a real browser: one key a result, and none while Japanese is being composed."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Activity, FollowUp
from campaigns.actions import calls

pytestmark = pytest.mark.django_db(transaction=True)

COMPOSING = """(field, [key, code]) => {
  field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
  const fields = { key, bubbles: true, cancelable: true, ...(code ? { keyCode: code } : { isComposing: true }) };
  field.dispatchEvent(new KeyboardEvent("keydown", fields));
}"""


def test_a_key_settles_a_call_and_neither_digit_nor_enter_does_while_somebody_composes(world, page_of):
    tour = calls.begin(by=world.aiko, at=world.now, source="customers", query="?view=mine", ids=[world.account.pk])
    due = FollowUp.objects.open().filter(account=world.account, owner=world.aiko, due_on__lte=world.today)
    first, *others = due.order_by("due_on", "pk")
    page = page_of(world.aiko, language="en")
    page.goto(reverse("call", args=[tour.pk]))

    page.keyboard.press("n")
    note = page.locator("#call-note")
    expect(note).to_be_focused()
    for key, code in (("6", 0), ("Enter", 0), ("4", 229)):
        note.evaluate(COMPOSING, [key, code])
        page.locator("body").evaluate(COMPOSING, [key, code])
    page.keyboard.insert_text("ぶちょうと話した")
    assert tour.steps.get().outcome == ""

    page.keyboard.press("Tab")
    page.keyboard.press("d")
    expect(page.locator(f"input[name=kept][value='{first.pk}']")).not_to_be_checked()
    with page.expect_navigation():
        page.keyboard.press("6")

    expect(page.locator(".call-totals dd").first).to_have_text("1")
    assert tour.steps.get().outcome == "talked"
    assert Activity.objects.latest("pk").note == "ぶちょうと話した"
    assert list(due.all()) == [first]
    with page.expect_navigation():
        page.keyboard.press("z")
    expect(page.locator("#call-note")).to_be_visible()
    assert set(due.all()) == {first, *others}
