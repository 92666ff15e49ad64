"""A rep's words on their way: written in the log, taken up, answered, in the next revision, and thanked for."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.actions import launches
from campaigns.models import CampaignRevision, Feedback, Target, Theme
from tests.browser.world import approved

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reps_words_change_the_next_revision_and_come_back_as_thanks(world, page_of):
    rep, planner = page_of(world.ben, language="en"), page_of(world.daisuke, language="en")

    write_in_the_log(rep, world)
    theme = take_up(planner, world)
    decide(planner, theme)
    draft = revise(planner, world, theme)
    launch(draft, world)

    rep.goto(reverse("notices"))
    thanks = rep.get_by_role("button", name="Thank you.")
    assert "Begin with the limit" in thanks.inner_text()
    thanks.click()
    rep.get_by_text("Changed in revision 2: Begin with the limit").wait_for()
    rep.goto(reverse("notices"))
    rep.get_by_role("button", name="your point goes into the next revision").click()
    assert "It is the first sentence now." in rep.locator("main").inner_text()


def write_in_the_log(page, world):
    target = Target.objects.filter(revision=world.revision, arm="treated").earliest("pk")
    page.goto(reverse("log", args=[target.account_id]))
    page.locator("label", has_text="Talked").first.click()
    page.locator("#log-voice").fill("上限の話から入ると伺いやすいです")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    assert Feedback.objects.get(source="log").by == world.ben


def take_up(page, world):
    """A note of the board and the one of the log share a word: proposed, then named by a person."""
    page.goto(reverse("campaign-board", args=[world.revision.pk]) + "?tab=act")
    page.get_by_role("button", name="Propose themes").click()
    name = page.locator("input[name=title_ja]").first
    assert "上限" in name.input_value()
    name.fill("上限の日から話す")
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("link", name="上限の日から話す").wait_for()
    return Theme.objects.get(title_ja="上限の日から話す", is_confirmed=True)


def decide(page, theme):
    page.goto(reverse("theme", args=[theme.pk]))
    page.get_by_label("What becomes of it").select_option("in_revision")
    page.get_by_label("Answer to those who wrote").fill("It is the first sentence now.")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("Decided. Those who wrote are told.").wait_for()


def revise(page, world, theme):
    page.goto(reverse("campaign-board", args=[world.revision.pk]) + "?tab=act")
    with page.expect_navigation():
        page.get_by_role("button", name="Start the next revision").click()
    draft = CampaignRevision.objects.get(campaign=world.campaign, number=2)
    page.goto(reverse("campaign-board", args=[world.revision.pk]) + "?tab=act")
    page.get_by_label("Part of the plan").select_option("talk")
    page.get_by_label("What changes", exact=True).fill("Begin with the limit")
    page.locator("label", has_text=theme.title_ja).locator("input[name=themes]").check()
    page.get_by_role("button", name="Add the change").click()
    page.get_by_text("From the words of Ben").wait_for()
    return draft


def launch(draft, world):
    now = timezone.now()
    launches.launch(revision=approved(draft, world, now), by=world.daisuke, at=now)
    launches.complete(revision=draft, at=now)
