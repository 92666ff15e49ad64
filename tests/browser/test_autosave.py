"""What a planner types is not lost: not with the session, not with the connection, not to a colleague."""

from __future__ import annotations

import pytest
from django.urls import reverse

from campaigns.models import CampaignRevision

pytestmark = pytest.mark.django_db(transaction=True)

SIGNED_OUT = "Written after the session had ended"
OFFLINE = "Written in a tunnel"


def test_what_is_typed_survives_a_broken_connection_and_the_end_of_the_session(world, page_of, watch):
    page = page_of(world.daisuke, language="en")
    page.goto(f"{reverse('campaign-builder', args=[world.draft.pk])}?step=aim")
    benefit, said = page.locator("[name=customer_benefit_en]"), page.locator("#saved-at")

    page.route("**/plan/**", lambda route: route.abort())
    benefit.fill(OFFLINE)
    said.get_by_text("Not saved yet").wait_for()
    page.unroute("**/plan/**")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    said.get_by_text("Saved at").wait_for()
    assert kept(world).customer_benefit_en == OFFLINE

    session = [cookie for cookie in page.context.cookies() if "session" in cookie["name"]]
    page.context.clear_cookies(name=session[0]["name"])
    with page.expect_navigation(url="**/signin/**"):
        benefit.fill(SIGNED_OUT)
    page.context.add_cookies(session)
    page.goto(f"{reverse('campaign-builder', args=[world.draft.pk])}?step=aim")
    said.get_by_text("Saved at").wait_for()
    assert kept(world).customer_benefit_en == SIGNED_OUT
    assert watch.expected()


def kept(world):
    return CampaignRevision.objects.get(pk=world.draft.pk)
