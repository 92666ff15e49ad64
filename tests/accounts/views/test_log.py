"""The log of a conversation: one request, only the result is required."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Activity, FollowUp, Need
from campaigns.actions import suggestions
from campaigns.models import Proposal
from tests.campaigns import worlds
from tests.campaigns.worlds import offered, suggest, welcome
from tests.factories.accounts import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    NeedFactory,
    PathFactory,
    TopicFactory,
)
from tests.factories.campaigns import LaunchedFactory, TargetFactory
from tests.factories.fields import FieldFactory

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


def test_custom_values_are_written_with_the_log(browser, account):
    FieldFactory(on="activity", key="machine", is_required=True, name_en="Machine number")
    FieldFactory(on="activity", key="stops", kind="number")

    refused = log(browser, account, custom_stops="３")
    assert (refused.status_code, "Machine number" in refused.text, Activity.objects.count()) == (422, True, 0)

    log(browser, account, custom_stops="３", custom_machine="A-7")
    assert Activity.objects.get().custom == {"machine": "A-7", "stops": 3}


def test_what_is_required_stands_open_and_the_rest_is_folded(browser, account):
    page = reverse("log", args=[account.pk])
    assert "log-further" not in browser.get(page).text
    FieldFactory(on="activity", key="stops", kind="number")
    FieldFactory(on="activity", key="machine", is_required=True)

    before, folded = browser.get(page).text.split('<details class="log-further">')

    assert ("custom_machine" in before, "custom_stops" in before) == (True, False)
    assert "custom_stops" in folded
    assert '<details class="log-further" open>' in log(browser, account, custom_machine="1", custom_stops="x").text


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


# -- What is filled in -------------------------------------------------------------------------------


def form_of(browser, account, **query):
    return browser.get(reverse("log", args=[account.pk]), query).context["form"]


def test_the_person_of_the_last_conversation_is_filled_in(browser, account, cast):
    ContactFactory(account=account)
    last = ContactFactory(account=account)
    ActivityFactory(account=account, contact=last)

    assert form_of(browser, account).person == last


def test_whoever_has_left_is_not(browser, account, cast):
    here = ContactFactory(account=account)
    gone = ContactFactory(account=account, left_on=date(2026, 11, 1))
    ActivityFactory(account=account, contact=gone)

    assert form_of(browser, account).person == here


def test_the_person_of_the_telephone_link_comes_before_the_last_one(browser, account):
    called, last = ContactFactory(account=account), ContactFactory(account=account)
    ActivityFactory(account=account, contact=last)

    assert form_of(browser, account, contact=called.pk).person == called


def test_moment_and_minutes_are_kept(browser, account):
    contact = ContactFactory(account=account)

    log(browser, account, contact=contact.pk, happened_at="2026-11-24T09:30", minutes="12")

    activity = Activity.objects.get()
    assert (activity.contact, activity.minutes) == (contact, 12)
    assert activity.at == datetime(2026, 11, 24, 0, 30, tzinfo=UTC)


def test_what_is_still_to_come_cannot_be_logged(browser, account):
    response = log(browser, account, happened_at="2026-11-24T10:30")

    assert response.status_code == 422
    assert "still to come" in response.content.decode()
    assert not Activity.objects.exists()


def test_needs_of_the_customer_come_first_then_the_themes_of_campaigns_for_them(browser, account, cast):
    heard, talked_about = TopicFactory(code="cost"), TopicFactory(code="rooms")
    path = PathFactory(topics=[talked_about], is_open=False)
    NeedFactory(account=account, topic=heard)
    TargetFactory(revision=LaunchedFactory(path=path), account=account)

    assert form_of(browser, account).offered[:2] == [heard, talked_about]


def test_a_campaign_that_left_the_customer_alone_brings_no_theme(browser, account):
    path = PathFactory(topics=[TopicFactory(code="rooms")], is_open=False)
    TargetFactory(revision=LaunchedFactory(path=path), account=account, arm="holdout")

    assert form_of(browser, account).offered == []


def test_the_promise_is_in_the_words_of_who_gave_it(browser, account):
    log(browser, account, step="send", step_text="見積を金曜までに")

    assert FollowUp.objects.get().text == "見積を金曜までに"


# -- Afterwards --------------------------------------------------------------------------------------


def correct(browser, activity, **fields):
    given = {"kind": "call", "result": "talked", "version": activity.version, **fields}
    return browser.post(reverse("activity", args=[activity.pk]), given)


def test_who_wrote_a_log_corrects_it_and_takes_that_back(browser, account):
    activity = ActivityFactory(account=account, note="書きまちがい")

    correct(browser, activity, note="正しい言葉")
    activity.refresh_from_db()
    assert (activity.note, activity.at) == ("正しい言葉", datetime(2026, 11, 12, 1, 0, tzinfo=UTC))
    back = reverse("log-back", args=[activity.pk])
    assert back in browser.get(reverse("customer", args=[account.pk])).content.decode()

    browser.post(back)
    activity.refresh_from_db()
    assert activity.note == "書きまちがい"


def test_a_colleague_reads_a_log_and_cannot_correct_it(client, account, cast):
    activity = ActivityFactory(account=account, note="聞いたこと")
    client.force_login(cast.emi)

    assert "聞いたこと" in client.get(reverse("activity", args=[activity.pk])).content.decode()
    assert correct(client, activity, note="別の言葉").status_code == 403
    assert Activity.objects.get().note == "聞いたこと"


def test_a_clash_shows_the_log_as_it_stands_now(browser, account):
    activity = ActivityFactory(account=account)
    correct(browser, activity, note="先の言葉")

    response = correct(browser, activity, note="後の言葉")

    assert response.status_code == 409
    assert "先の言葉" in response.content.decode()


def test_a_log_written_twice_can_be_joined(browser, account):
    log(browser, account, note="一つめ")
    log(browser, account, note="二つめ")
    page = browser.get(reverse("customer", args=[account.pk])).content.decode()
    second = Activity.objects.latest("pk")
    assert reverse("log-join", args=[second.pk]) in page

    browser.post(reverse("log-join", args=[second.pk]))

    assert Activity.objects.get().note == "一つめ\n二つめ"


def test_joining_what_was_joined_before_says_so(browser, account):
    activity = ActivityFactory(account=account)

    browser.post(reverse("log-join", args=[activity.pk]))

    assert "Nothing was changed" in browser.get(reverse("customer", args=[account.pk])).content.decode()


def test_the_form_costs_the_same_after_one_conversation_and_after_a_hundred(
    browser, account, django_assert_max_num_queries
):
    ActivityFactory(account=account)
    with django_assert_max_num_queries(9) as one:
        browser.get(reverse("log", args=[account.pk]))
    ActivityFactory.create_batch(100, account=account)
    ContactFactory.create_batch(10, account=account)

    with django_assert_max_num_queries(len(one)):
        browser.get(reverse("log", args=[account.pk]))
