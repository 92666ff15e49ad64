"""Writing down in seconds: counted interactions by keyboard and by thumb, and nothing that was typed gets lost."""

from __future__ import annotations

import time

import pytest
from django.urls import reverse

from accounts.models import Activity, FollowUp
from campaigns.models import Suggestion

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 4
SECONDS = 10


class Hand:
    """Counts what a person does: a key press or a tap each."""

    def __init__(self, page):
        self.page, self.did, self.began = page, 0, time.perf_counter()

    def press(self, key):
        self.did += 1
        self.page.keyboard.press(key)

    def tap(self, target):
        self.did += 1
        target.click()

    def check(self):
        assert self.did <= MOST
        assert time.perf_counter() - self.began < SECONDS


def saved_since(before):
    assert Activity.objects.count() == before + 1
    return Activity.objects.latest("pk")


def test_on_a_customers_page_four_keys_are_enough(world, page_of):
    page = page_of(world.aiko)
    page.goto(reverse("customer", args=[world.account.pk]))
    before, hand = Activity.objects.count(), Hand(page)

    hand.press("l")
    page.locator("#log-sheet .log-form").wait_for()
    hand.press("1")
    hand.press("q")
    with page.expect_navigation():
        hand.press("Control+Enter")

    hand.check()
    activity = saved_since(before)
    assert (activity.account, activity.result, activity.reaction) == (world.account, "talked", "positive")


def test_in_the_list_a_row_is_logged_with_four_keys_and_the_list_is_there_again(world, page_of):
    page = page_of(world.aiko)
    page.goto(reverse("customers"))
    here = page.url
    before, hand = Activity.objects.count(), Hand(page)

    hand.press("j")
    name = page.evaluate("document.activeElement.innerText").strip()
    with page.expect_navigation():
        hand.press("l")
    hand.press("1")
    with page.expect_navigation():
        hand.press("Control+Enter")

    hand.check()
    assert (saved_since(before).account.name, page.url) == (name, here)


def test_from_any_page_four_keys_are_enough(world, page_of):
    page = page_of(world.aiko)
    page.goto(reverse("proposals"))
    before, hand = Activity.objects.count(), Hand(page)

    with page.expect_navigation():
        hand.press("l")
    with page.expect_navigation():
        hand.press("1")
    hand.press("2")
    with page.expect_navigation():
        hand.press("Control+Enter")

    hand.check()
    assert saved_since(before).result == "absent"


def test_on_a_phone_four_taps_are_enough_with_reaction(world, page_of):
    page = page_of(world.aiko, width=390)
    page.goto(reverse("customer", args=[world.account.pk]))
    before, hand = Activity.objects.count(), Hand(page)

    hand.tap(page.locator("[data-dialog=log-sheet]").first)
    form = page.locator("#log-sheet .log-form")
    hand.tap(form.get_by_role("radio", name="話せた"))
    hand.tap(form.get_by_role("radio", name="前向き"))
    with page.expect_navigation():
        hand.tap(form.get_by_role("button", name="保存"))

    hand.check()
    assert saved_since(before).reaction == "positive"


def test_on_a_phone_the_bar_leads_from_anywhere_in_four_taps(world, page_of):
    page = page_of(world.aiko, width=390)
    page.goto(reverse("proposals"))
    before, hand = Activity.objects.count(), Hand(page)

    with page.expect_navigation():
        hand.tap(page.locator(".phone-bar").get_by_text("記録"))
    with page.expect_navigation():
        hand.tap(page.locator("main [data-row-link]").first)
    hand.tap(page.locator(".log-form").get_by_role("radio", name="折り返し"))
    with page.expect_navigation():
        hand.tap(page.locator(".log-form").get_by_role("button", name="保存"))

    hand.check()
    assert saved_since(before).result == "call_back"


def test_targets_on_a_phone_are_large_enough_for_a_thumb(world, page_of):
    page = page_of(world.aiko, width=390)
    page.goto(reverse("log", args=[world.account.pk]))

    boxes = [chip.bounding_box() for chip in page.locator(".log-tiles .chip").all()]
    assert min(box["height"] for box in boxes) >= 44
    assert min(box["width"] for box in boxes) >= 44


def test_a_call_nobody_answered_proposes_the_next_one_and_takes_that_back(world, page_of):
    page = page_of(world.aiko)
    page.goto(reverse("log", args=[world.account.pk]))
    call = page.locator("[name=step][value=call]")

    page.keyboard.press("2")
    assert call.is_checked()
    page.keyboard.press("1")
    assert not call.is_checked()
    page.keyboard.press("2")
    before = FollowUp.objects.count()
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")

    assert FollowUp.objects.count() == before + 1


def test_a_step_that_was_chosen_is_not_replaced_by_the_proposal(world, page_of):
    page = page_of(world.aiko)
    page.goto(reverse("log", args=[world.account.pk]))

    page.locator("[name=step][value=visit]").check()
    page.keyboard.press("2")

    assert page.locator("[name=step][value=visit]").is_checked()


def write(page, words):
    page.keyboard.press("1")
    page.locator("[name=note]").fill(words)


def test_what_was_begun_survives_a_reload_and_is_gone_once_saved(world, page_of):
    page = page_of(world.aiko)
    page.goto(reverse("log", args=[world.account.pk]))
    write(page, "部長も同席してくださる")
    number = page.locator("[name=client_id]").input_value()

    page.reload()
    assert page.locator("[name=note]").input_value() == "部長も同席してくださる"
    assert page.locator("[name=result][value=talked]").is_checked()
    assert page.locator("[name=client_id]").input_value() == number
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")

    page.goto(reverse("log", args=[world.account.pk]))
    assert page.locator("[name=note]").input_value() == ""
    assert Activity.objects.filter(note="部長も同席してくださる").count() == 1


def test_a_draft_belongs_to_its_customer_and_can_be_dropped(world, page_of):
    page = page_of(world.aiko)
    page.goto(reverse("log", args=[world.account.pk]))
    write(page, "書きかけ")

    page.goto(reverse("log", args=[world.unhappy.pk]))
    assert page.locator("[name=note]").input_value() == ""
    page.goto(reverse("log", args=[world.account.pk]))
    page.locator("[data-draft-drop]").click()
    assert page.locator("[name=note]").input_value() == ""
    page.reload()
    assert page.locator("[name=note]").input_value() == ""


def test_out_of_reach_the_words_stay_and_are_sent_when_there_is_a_connection(world, page_of, watch):
    page = page_of(world.aiko)
    page.goto(reverse("log", args=[world.account.pk]))
    write(page, "通信が切れた")
    before = Activity.objects.count()

    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    page.locator("[data-waiting]").wait_for()
    assert page.locator("[name=note]").input_value() == "通信が切れた"
    assert page.locator("[data-explanation]").count() == 0
    watch.expected()
    with page.expect_navigation():
        page.context.set_offline(False)

    assert saved_since(before).note == "通信が切れた"


def test_a_call_from_the_telephone_link_brings_person_and_minutes(world, page_of):
    page = page_of(world.aiko)
    page.goto(reverse("customer", args=[world.account.pk]))
    link = page.locator("a[data-call]").first
    person = link.get_attribute("data-call")
    page.evaluate("document.addEventListener('click', (event) => event.preventDefault(), { once: true })")
    link.click()

    page.keyboard.press("l")
    page.locator("#log-sheet .log-form").wait_for()
    page.keyboard.press("1")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")

    activity = Activity.objects.latest("pk")
    assert (str(activity.contact_id), activity.minutes) == (person, 1)


def test_enter_that_ends_a_conversion_saves_nothing(world, page_of):
    page = page_of(world.aiko)
    page.goto(reverse("log", args=[world.account.pk]))
    write(page, "ぶちょう")
    before = Activity.objects.count()

    page.locator("[name=note]").evaluate(
        """(field) => {
          field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
          const enter = new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true });
          if (field.dispatchEvent(enter)) field.form.requestSubmit();
        }"""
    )

    assert Activity.objects.count() == before


def test_the_same_call_written_twice_is_joined_from_the_message(world, page_of):
    page = page_of(world.aiko)
    for words in ("一つめ", "二つめ"):
        page.goto(reverse("log", args=[world.account.pk]))
        write(page, words)
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
    before = Activity.objects.count()

    with page.expect_navigation():
        page.locator("#toasts form button").click()

    assert Activity.objects.count() == before - 1
    assert Activity.objects.latest("pk").note == "一つめ\n二つめ"


def test_the_log_stands_inside_today(world, page_of):
    page = page_of(world.aiko)
    page.goto("/")
    shown = page.locator("#detail [data-shown]").get_attribute("data-shown")

    page.keyboard.press("l")
    page.locator("#log .log-form").wait_for()

    assert page.locator("#log .log-form").get_attribute("data-account") == str(
        Suggestion.objects.get(pk=shown).account_id
    )
