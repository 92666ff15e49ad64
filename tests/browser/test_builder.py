"""A planner says what the why stands on and compares two ways; a second one remarks, and neither needs a mouse for it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from campaigns.actions import evidence
from campaigns.models import CampaignRevision
from tests.browser.checks import check_axe, check_no_sideways_scroll, settled

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = ("aim", "offer", "talk", "comparison", "approval")


def test_a_plan_is_made_whole_and_sent_back_with_a_remark(world, page_of):
    evidence.keep(on=world.today)
    planner, second = page_of(world.daisuke, language="en"), page_of(world.fumi, language="en")
    draft = world.draft

    choose_evidence(planner, draft)
    compare_two_ways(planner, draft)
    every_step_is_for_everybody(planner, draft)

    to_step(planner, draft, "approval")
    with planner.expect_navigation():
        planner.get_by_role("button", name="Ask for approval").click()
    send_back(second, draft)

    planner.goto(reverse("notices"))
    planner.get_by_role("button", name="came back with 1 remark").wait_for()


def to_step(page, draft, step):
    page.goto(f"{reverse('campaign-builder', args=[draft.pk])}?step={step}")


def choose_evidence(page, draft):
    """By keyboard; it is saved by itself, and what the why lacks says so at once."""
    to_step(page, draft, "aim")
    box = page.locator("input[name=evidence]").first
    box.focus()
    page.keyboard.press("Space")
    page.locator("#saved-at").get_by_text("Saved at").wait_for()
    page.locator(".why-parts .is-there", has_text="Evidence").wait_for()
    assert len(CampaignRevision.objects.get(pk=draft.pk).evidence) == 1


def compare_two_ways(page, draft):
    to_step(page, draft, "comparison")
    with page.expect_navigation():
        page.get_by_role("button", name="Compare two ways").press("Enter")
    page.locator("[name=v0-share]").fill("60")
    page.locator("#problems").get_by_text("110%").wait_for()
    page.locator("[name=v1-share]").fill("40")
    page.locator("#saved-at").get_by_text("Saved at").wait_for()
    assert list(draft.variants.values_list("letter", "weight")) == [("A", 3), ("B", 2)]


def every_step_is_for_everybody(page, draft):
    for step in STEPS:
        to_step(page, draft, step)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            settled(page)
            check_axe(page)
            check_no_sideways_scroll(page)
        page.set_viewport_size({"width": 1440, "height": 900})


def send_back(page, draft):
    to_step(page, draft, "offer")
    page.get_by_text("Remark on this step").click()
    page.get_by_label("About").select_option("budget")
    page.get_by_label("Remark", exact=True).fill("Is it enough?")
    with page.expect_navigation():
        page.get_by_role("button", name="Remark", exact=True).click()
    page.locator(".remark-at", has_text="Is it enough?").wait_for()
    to_step(page, draft, "approval")
    page.get_by_role("button", name="Send back").click()
    page.get_by_role("button", name="Ask for approval").wait_for()
