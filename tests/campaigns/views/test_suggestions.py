"""Accept, later, dismiss, undo: as pages do it, with and without script."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import FollowUp
from campaigns.models import Proposal, Response, Suggestion
from tests.campaigns import worlds
from tests.campaigns.worlds import offered, suggest, welcome
from tests.factories.accounts import CaseFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def account(cast):
    worlds.nobody_in_control()
    return welcome(cast.aiko, name_en="Aoba Medical")


@pytest.fixture
def suggestion(account, now):
    suggest(now)
    return offered(account)[0]


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.aiko)
    return client


def answer(browser, suggestion, what, *, htmx=False, **fields):
    given = {"version": suggestion.version, "place": "today" if htmx else "", **fields}
    return browser.post(reverse(f"suggestion-{what}", args=[suggestion.pk]), given, headers=HTMX if htmx else None)


def state(suggestion):
    return Suggestion.objects.get(pk=suggestion.pk).state


def test_accepting_makes_a_proposal_and_a_promise_for_the_next_working_day(browser, suggestion):
    response = answer(browser, suggestion, "accept")

    assert response.url == "/"
    assert state(suggestion) == "accepted"
    assert Proposal.objects.get().suggestion == suggestion
    assert FollowUp.objects.get().due_on == date(2026, 11, 25)


def test_the_next_page_says_what_was_done_and_offers_to_take_it_back(browser, suggestion):
    answer(browser, suggestion, "accept")

    text = browser.get("/").content.decode()

    assert "You took up" in text
    assert reverse("suggestion-undo", args=[suggestion.pk]) in text
    assert "You took up" not in browser.get("/").content.decode()


def test_with_script_the_row_goes_and_the_next_suggestion_comes(browser, cast, suggestion, now):
    other = welcome(cast.aiko)
    suggest(now + timedelta(minutes=1))

    text = answer(browser, suggestion, "accept", htmx=True).content.decode()

    assert f'id="pick-{suggestion.pk}" hx-swap-oob="delete"' in text
    assert f'data-shown="{offered(other)[0].pk}"' in text
    assert reverse("suggestion-undo", args=[suggestion.pk]) in text


def test_after_the_last_one_the_day_is_done(browser, suggestion):
    text = answer(browser, suggestion, "accept", htmx=True).content.decode()

    assert "All suggestions of today are done" in text


def test_the_guard_that_appeared_since_turns_the_row_into_a_guard_row(browser, account, suggestion):
    CaseFactory(account=account)

    response = answer(browser, suggestion, "accept", htmx=True)

    assert response.status_code == 422
    assert "Report the fix first" in response.content.decode()
    assert "Nothing was sent" in response.content.decode()
    assert state(suggestion) == "open"
    assert not Proposal.objects.exists()


def test_without_script_the_refusal_is_a_page_that_says_why(browser, account, suggestion):
    CaseFactory(account=account)

    response = answer(browser, suggestion, "accept")

    assert response.status_code == 422
    assert "Report the fix first" in response.content.decode()


@pytest.mark.parametrize("htmx", [True, False])
def test_somebody_was_quicker(browser, suggestion, htmx):
    Suggestion.objects.filter(pk=suggestion.pk).update(version=7)

    response = answer(browser, suggestion, "accept", htmx=htmx)

    assert response.status_code == 409
    assert "Somebody decided about this meanwhile" in response.content.decode()


def test_later_sets_it_aside_until_the_day(browser, suggestion):
    answer(browser, suggestion, "later", until="2026-12-01")

    assert state(suggestion) == "snoozed"
    assert Suggestion.objects.get(pk=suggestion.pk).snoozed_until == date(2026, 12, 1)


def test_later_takes_a_day_of_ones_own(browser, suggestion):
    answer(browser, suggestion, "later", on="2026-12-09")

    assert Suggestion.objects.get(pk=suggestion.pk).snoozed_until == date(2026, 12, 9)


@pytest.mark.parametrize("until", ["", "2026-11-24", "nonsense"])
def test_later_is_a_day_to_come(browser, suggestion, until):
    response = answer(browser, suggestion, "later", until=until)

    assert response.status_code == 422
    assert state(suggestion) == "open"


@pytest.mark.parametrize(
    ("again", "day"),
    [("renewal", date(2026, 12, 1)), ("months", date(2027, 2, 23)), ("never", date(2999, 12, 31))],
)
def test_a_dismissal_keeps_its_reason_and_when_to_ask_again(browser, suggestion, again, day):
    answer(browser, suggestion, "dismiss", reason="budget", again=again)

    response = Response.objects.get(kind="dismissed")
    assert (response.reason, response.ask_again_on) == ("budget", day)


def test_a_dismissal_needs_a_reason(browser, suggestion):
    assert answer(browser, suggestion, "dismiss").status_code == 422
    assert state(suggestion) == "open"


def test_undo_within_half_a_minute_opens_it_again(browser, suggestion):
    answer(browser, suggestion, "accept")

    response = browser.post(reverse("suggestion-undo", args=[suggestion.pk]))

    assert response.url == f"/?s={suggestion.pk}"
    assert state(suggestion) == "open"


def test_undo_comes_too_late_after_half_a_minute(browser, suggestion, now):
    answer(browser, suggestion, "accept")

    with time_machine.travel(now + timedelta(minutes=2)):
        browser.post(reverse("suggestion-undo", args=[suggestion.pk]))
        text = browser.get("/").content.decode()

    assert state(suggestion) == "accepted"
    assert "too late to undo" in text


def test_the_way_back_never_leads_out_of_the_house(browser, suggestion):
    assert answer(browser, suggestion, "accept", next="https://elsewhere.example/").url == "/"


@pytest.mark.parametrize("what", ["accept", "later", "dismiss", "undo"])
def test_another_team_finds_nothing(client, cast, suggestion, what):
    client.force_login(cast.chie)

    assert answer(client, suggestion, what).status_code == 404
    assert state(suggestion) == "open"
