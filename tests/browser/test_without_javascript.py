"""The main jobs with scripts switched off: every one is a link, a form and a page."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from accounts.models import Activity
from campaigns.models import CampaignRevision, Proposal, Receipt, Suggestion
from tests.browser.world import approved
from tests.factories.people import PASSWORD


@pytest.fixture
def plain(world: SimpleNamespace, page_of: Callable[..., Page]) -> Callable[[str], Page]:
    return lambda who: page_of(getattr(world, who), language="en", javascript=False)


def send(page: Page, button: Locator) -> None:
    with page.expect_navigation():
        button.click()


def form(page: Page, route: str, **keys: int) -> Locator:
    return page.locator(f"form[action^='{reverse(route, kwargs=keys)}']")


def test_somebody_signs_in_with_the_form(world: SimpleNamespace, page_of: Callable[..., Page]):
    page = page_of(None, language="en", javascript=False)
    page.goto("/")

    page.fill("[name=login]", world.aiko.email)
    page.fill("[name=password]", PASSWORD)
    send(page, form(page, "account_login").locator("[type=submit]"))

    expect(page.locator("h1")).to_have_text("Today")
    expect(page.locator(".sidebar .user-item")).to_contain_text("Aiko Aoki")


def test_a_suggestion_of_today_is_accepted(world: SimpleNamespace, plain: Callable[[str], Page]):
    page = plain("aiko")
    page.goto(reverse("home"))
    send(page, page.locator("[data-row] a.row-link").nth(1))
    chosen = Suggestion.objects.get(pk=page.url.rpartition("=")[2])

    send(page, form(page, "suggestion-accept", suggestion_id=chosen.pk).locator("[type=submit]"))

    chosen.refresh_from_db()
    assert (chosen.state, chosen.decided_by) == ("accepted", world.aiko)
    assert Proposal.objects.get(suggestion=chosen).state == "preparing"
    expect(page.locator(f"#pick-{chosen.pk}")).to_have_count(0)


def test_a_suggestion_is_dismissed_with_a_reason_and_the_dismissal_undone(
    world: SimpleNamespace, plain: Callable[[str], Page]
):
    page = plain("aiko")
    page.goto(reverse("home"))
    chosen = Suggestion.objects.get(pk=page.locator("[data-row]").first.get_attribute("id").removeprefix("pick-"))
    page.locator(f"[popovertarget=dismiss-{chosen.pk}]").click()
    send(page, form(page, "suggestion-dismiss", suggestion_id=chosen.pk).locator("[name=reason]").first)
    chosen.refresh_from_db()
    assert chosen.state == "dismissed"

    send(page, form(page, "suggestion-undo", suggestion_id=chosen.pk).locator("[type=submit]"))

    chosen.refresh_from_db()
    assert chosen.state == "open"


def test_a_call_is_logged_and_stands_on_the_timeline(world: SimpleNamespace, plain: Callable[[str], Page]):
    page = plain("aiko")
    page.goto(reverse("customer", kwargs={"account_id": world.account.pk}))
    address = reverse("log", kwargs={"account_id": world.account.pk})
    send(page, page.locator(f"a[href^='{address}']").first)

    page.locator("[name=result][value=talked]").check(force=True)
    page.fill("[name=note]", "来週の火曜に見積を持って伺う")
    send(page, form(page, "log", account_id=world.account.pk).locator("[type=submit]"))

    written = Activity.objects.latest("pk")
    assert (written.account, written.by, written.result) == (world.account, world.aiko, "talked")
    expect(page.locator("main")).to_contain_text("来週の火曜に見積を持って伺う")


def test_an_announcement_is_answered(world: SimpleNamespace, plain: Callable[[str], Page]):
    page = plain("aiko")
    page.goto(reverse("announcement", kwargs={"announcement_id": world.announcement.pk}))

    page.fill("[name=note]", "まず一社に話してみます")
    send(page, page.locator("[name=reaction][value=agree]"))

    receipt = Receipt.objects.get(announcement=world.announcement, user=world.aiko)
    assert (receipt.reaction, receipt.note) == ("agree", "まず一社に話してみます")
    expect(page.locator("[name=reaction][value=agree]")).to_have_attribute("aria-pressed", "true")


def test_a_revision_is_launched_and_its_holdout_drawn(
    world: SimpleNamespace, plain: Callable[[str], Page], work_off: Callable[[], None]
):
    page, draft = plain("daisuke"), approved(world.draft, world, world.now)
    page.goto(reverse("campaign-launch", kwargs={"revision_id": draft.pk}))

    send(page, page.get_by_role("button", name="Launch to"))
    work_off()

    launched = CampaignRevision.objects.get(pk=draft.pk)
    assert launched.state == "launched"
    assert launched.targets.exists()
    assert page.url.endswith(reverse("campaign-board", kwargs={"revision_id": launched.pk}))
