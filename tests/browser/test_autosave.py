"""What a planner types is not lost: not with the session, not with the connection, not to a colleague."""

from __future__ import annotations

import pytest
from django.urls import reverse

from campaigns.models import CampaignRevision

pytestmark = pytest.mark.django_db(transaction=True)

SIGNED_OUT = "Written after the session had ended"
OFFLINE = "Written in a tunnel"


def test_what_is_typed_is_not_lost_with_the_connection_the_session_or_the_next_button(world, page_of, watch):
    page = page_of(world.daisuke, language="en")
    to_step(page, world, "aim")
    write_without_a_connection(page, world)
    write_after_the_end_of_the_session(page, world)
    assert watch.expected()
    add_a_condition_at_once(page, world)


def to_step(page, world, step):
    page.goto(f"{reverse('campaign-builder', args=[world.draft.pk])}?step={step}")


def write_without_a_connection(page, world):
    page.route("**/plan/**", lambda route: route.abort())
    page.locator("[name=customer_benefit_en]").fill(OFFLINE)
    page.locator("#saved-at").get_by_text("Not saved yet").wait_for()
    page.unroute("**/plan/**")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.locator("#saved-at").get_by_text("Saved at").wait_for()
    assert kept(world).customer_benefit_en == OFFLINE


def write_after_the_end_of_the_session(page, world):
    session = [cookie for cookie in page.context.cookies() if "session" in cookie["name"]]
    page.context.clear_cookies(name=session[0]["name"])
    with page.expect_navigation(url="**/signin/**"):
        page.locator("[name=customer_benefit_en]").fill(SIGNED_OUT)
    page.context.add_cookies(session)
    to_step(page, world, "aim")
    page.locator("#saved-at").get_by_text("Saved at").wait_for()
    assert kept(world).customer_benefit_en == SIGNED_OUT


def add_a_condition_at_once(page, world):
    """Sooner than the page saves what was chosen; neither is in the way of the other."""
    to_step(page, world, "audience")
    before = len(kept(world).audience)
    page.locator("#add-condition").select_option("health")
    with page.expect_navigation():
        page.get_by_role("button", name="Condition", exact=True).click()
    page.wait_for_timeout(1500)

    assert [each["field"] for each in kept(world).audience][before:] == ["health"]
    assert page.locator("#problems").inner_text() == ""


def kept(world):
    return CampaignRevision.objects.get(pk=world.draft.pk)
