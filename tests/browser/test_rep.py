"""A rep's morning in a real browser: decide, take back, write down, and be refused kindly."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Activity
from campaigns.models import Suggestion
from tests.factories.accounts import CaseFactory

pytestmark = pytest.mark.django_db(transaction=True)


def shown(page):
    return page.locator("#detail [data-shown]").get_attribute("data-shown")


def test_accepting_by_key_moves_on_to_the_next_and_undo_brings_it_back(world, page_of):
    page = page_of(world.aiko, language="en")
    page.goto("/")
    rows = page.locator("#suggestions [data-row]")
    many, taken = rows.count(), shown(page)

    page.keyboard.press("a")
    page.locator("#toasts").get_by_text("You took up").wait_for()
    page.locator(f"#pick-{taken}").wait_for(state="detached")
    assert Suggestion.objects.get(pk=taken).state == "accepted"
    assert shown(page) != taken
    assert rows.count() == many - 1

    with page.expect_navigation():
        page.keyboard.press("z")
    assert Suggestion.objects.get(pk=taken).state == "open"
    assert page.locator("#suggestions [data-row]").count() == many


def test_the_next_row_is_shown_and_selected_by_key(world, page_of):
    page = page_of(world.aiko)
    page.goto("/")
    before = shown(page)

    page.keyboard.press("j")
    page.wait_for_function(
        "(before) => document.querySelector('#detail [data-shown]').dataset.shown !== before", arg=before
    )

    assert page.locator("#suggestions .is-selected").get_attribute("id") == f"pick-{shown(page)}"
    assert page.locator("#suggestions [aria-current]").count() == 1


def test_a_reason_by_its_figure_sets_a_suggestion_aside(world, page_of):
    page = page_of(world.aiko)
    page.goto("/")
    taken = shown(page)

    page.keyboard.press("d")
    page.keyboard.press("2")
    page.locator(f"#pick-{taken}").wait_for(state="detached")

    assert Suggestion.objects.get(pk=taken).responses.get(kind="dismissed").reason == "bad_timing"


def test_a_call_is_written_down_in_four_interactions_and_shows_on_the_timeline(world, page_of):
    page = page_of(world.aiko)
    page.goto("/")
    account = Suggestion.objects.get(pk=shown(page)).account
    before = Activity.objects.count()

    page.keyboard.press("l")
    page.locator(".log-form").wait_for()
    page.keyboard.press("1")
    page.keyboard.press("q")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")

    activity = Activity.objects.latest("pk")
    assert Activity.objects.count() == before + 1
    assert (activity.account, activity.result, activity.reaction) == (account, "talked", "positive")
    page.goto(reverse("customer", args=[account.pk]))
    assert page.locator(".timeline li").first.get_by_text("前向き").count() == 1


def test_a_call_nobody_answered_asks_for_neither_reaction_nor_need(world, page_of):
    page = page_of(world.aiko)
    page.goto(reverse("log", args=[world.account.pk]))

    page.keyboard.press("2")

    assert not page.locator("[name=reaction]").first.locator("xpath=..").is_visible()


def test_the_guard_that_appeared_since_answers_in_the_row(world, page_of):
    page = page_of(world.aiko, language="en")
    page.goto("/")
    taken = shown(page)
    CaseFactory(account=Suggestion.objects.get(pk=taken).account)

    page.keyboard.press("a")
    page.locator(f"#pick-{taken}").get_by_text("Nothing was sent").wait_for()

    assert Suggestion.objects.get(pk=taken).state == "open"


def test_on_a_phone_the_log_opens_as_a_sheet(world, page_of):
    page = page_of(world.aiko, width=390)
    page.goto(reverse("customer", args=[world.account.pk]))

    page.locator("[data-dialog=log-sheet]").first.click()
    page.locator("#log-sheet .log-form").wait_for()

    assert page.locator("#log-sheet").get_attribute("open") is not None
