"""The log of a conversation: one request, only the result is required."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Activity, FollowUp, Need
from campaigns.actions import suggestions
from campaigns.models import Proposal
from tests.campaigns import worlds
from tests.campaigns.worlds import offered, suggest, welcome
from tests.factories.accounts import AccountFactory, TopicFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko, name_en="Aoba Medical")


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.aiko)
    return client


def log(browser, account, *, headers=None, **fields):
    given = {"client_id": uuid4(), "kind": "call", "result": "talked", **fields}
    return browser.post(reverse("log", args=[account.pk]), given, headers=headers)


def test_a_result_is_enough(browser, account, cast):
    response = log(browser, account)

    assert response.url == reverse("customer", args=[account.pk])
    activity = Activity.objects.get()
    assert (activity.by, activity.kind, activity.result) == (cast.aiko, "call", "talked")


def test_the_timeline_shows_it(browser, account):
    log(browser, account, note="年末の画像が心配")

    assert "年末の画像が心配" in browser.get(reverse("customer", args=[account.pk])).content.decode()


def test_everything_heard_is_saved_in_one_request(browser, account):
    topic = TopicFactory()

    log(browser, account, reaction="positive", note="拠点で共有したい", topics=[topic.pk], step="call")

    assert Activity.objects.get().reaction == "positive"
    assert Need.objects.get().words == "拠点で共有したい"
    assert FollowUp.objects.get().due_on == date(2026, 11, 25)


def test_a_call_nobody_answered_has_neither_reaction_nor_need(browser, account):
    log(browser, account, result="absent", reaction="upset", topics=[TopicFactory().pk])

    assert Activity.objects.get().reaction == ""
    assert not Need.objects.exists()


def test_without_a_result_nothing_is_written_and_the_words_stay(browser, account):
    response = log(browser, account, result="", note="聞いたこと")

    assert response.status_code == 422
    assert "Choose how it went." in response.content.decode()
    assert "聞いたこと" in response.content.decode()
    assert not Activity.objects.exists()


def test_sent_twice_it_exists_once(browser, account):
    number = uuid4()

    log(browser, account, client_id=number)
    log(browser, account, client_id=number)

    assert Activity.objects.count() == 1


def test_another_log_under_the_same_number_is_refused(browser, account):
    number = uuid4()
    log(browser, account, client_id=number)

    response = log(browser, account, client_id=number, note="別の電話")

    assert response.status_code == 422
    assert Activity.objects.get().note == ""


def test_an_upset_customer_can_be_called_to_be_listened_to(browser, account):
    log(browser, account, reaction="upset", step="listen")

    assert FollowUp.objects.get().text == "Call to listen"


def test_inside_a_page_the_form_comes_alone_and_leads_back(browser, account):
    part = browser.get(reverse("log", args=[account.pk]), {"place": "detail"}, headers=HTMX)
    saved = log(browser, account, place="detail", next="/", headers=HTMX)

    assert b"<html" not in part.content
    assert saved.headers["HX-Redirect"] == "/"


def test_the_form_brings_its_own_number(browser, account):
    first, second = (browser.get(reverse("log", args=[account.pk])).context["form"]["client_id"].value() for _ in "ab")

    assert first != second


def test_a_proposal_in_preparation_can_be_marked_as_made(browser, cast, now):
    worlds.nobody_in_control()
    account = welcome(cast.aiko)
    suggest(now)
    proposal = suggestions.accept(suggestion=offered(account)[0], by=cast.aiko, at=now)
    text = browser.get(reverse("log", args=[account.pk])).content.decode()

    log(browser, account, **{"extra-proposal": proposal.pk})

    assert "extra-proposal" in text
    assert Proposal.objects.get().state == "proposed"


def test_an_upset_customer_has_not_been_made_a_proposal(browser, cast, now):
    worlds.nobody_in_control()
    account = welcome(cast.aiko)
    suggest(now)
    proposal = suggestions.accept(suggestion=offered(account)[0], by=cast.aiko, at=now)

    log(browser, account, reaction="upset", **{"extra-proposal": proposal.pk})

    assert Proposal.objects.get().state == "preparing"
    assert Activity.objects.get().reaction == "upset"


def test_another_team_finds_nothing(client, cast, account):
    client.force_login(cast.chie)

    assert client.get(reverse("log", args=[account.pk])).status_code == 404
    assert log(client, account).status_code == 404
    assert not Activity.objects.exists()
