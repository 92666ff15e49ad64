"""Today: what a rep sees first, in both languages and at a price that does not grow with the day."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import FollowUp
from campaigns.models import Response, Suggestion
from campaigns.queries import today as queries
from campaigns.queries.decisions import guards_for
from tests.calls import calls_of
from tests.campaigns import worlds
from tests.campaigns.worlds import TODAY, offered, suggest, welcome
from tests.factories.accounts import AccountFactory, CaseFactory, FollowUpFactory, SubscriptionFactory
from tests.factories.campaigns import AnnouncementFactory, ReceiptFactory, SuggestionFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def account(cast, now):
    worlds.nobody_in_control()
    account = welcome(cast.aiko, name="青葉メディカル株式会社", name_en="Aoba Medical")
    suggest(now)
    return account


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.aiko)
    return client


def page(browser, **query):
    return browser.get("/", query).content.decode()


def test_the_queue_tells_whom_what_and_why(browser, account):
    text = page(browser)

    assert "Aoba Medical" in text
    assert "Plan 2 for 80 people" in text
    assert "Storage 92%" in text
    assert "+¥48,000" in text


def test_the_same_day_reads_in_japanese(browser, cast, account):
    cast.aiko.language = "ja"
    cast.aiko.save()

    text = page(browser)

    assert "青葉メディカル株式会社" in text
    assert "プラン2" in text
    assert "92%" in text


def test_the_first_suggestion_stands_in_the_right_column_with_its_answers(browser, account):
    (suggestion,) = offered(account)

    text = page(browser)

    assert f'data-shown="{suggestion.pk}"' in text
    assert reverse("suggestion-accept", args=[suggestion.pk]) in text
    assert suggestion.benefit_en in text


def test_a_link_selects_another_suggestion_without_any_script(browser, cast, account, now):
    other = welcome(cast.aiko)
    suggest(now + timedelta(minutes=1))
    second = offered(other)[0]

    assert f'data-shown="{second.pk}"' in page(browser, s=second.pk)


def test_selecting_a_row_answers_with_the_column_alone_and_remembers_the_look(browser, account):
    (suggestion,) = offered(account)

    response = browser.get(f"/?s={suggestion.pk}", headers=HTMX)

    assert b"<html" not in response.content
    assert Response.objects.filter(suggestion=suggestion, kind="opened").count() == 1


def test_a_suggestion_of_another_team_cannot_be_selected(client, cast, account):
    (suggestion,) = offered(account)
    client.force_login(cast.chie)

    assert client.get(f"/?s={suggestion.pk}", headers=HTMX).status_code == 404


def test_a_colleague_of_the_team_has_a_queue_of_their_own(client, cast, account):
    client.force_login(cast.ben)

    assert "Aoba Medical" not in page(client)


def test_a_manager_sees_the_suggestions_of_the_team(client, cast, account):
    client.force_login(cast.emi)

    assert "Aoba Medical" in page(client)


def test_whoever_plans_campaigns_starts_with_them(client, cast):
    client.force_login(cast.daisuke)

    assert client.get("/").url == reverse("campaigns")


def test_a_stranger_is_asked_to_sign_in(client):
    assert "/signin/" in client.get("/").url


def test_a_guarded_customer_stays_visible_with_what_helps(browser, cast, account):
    troubled = welcome(cast.aiko, name_en="Fujimi Logistics")
    CaseFactory(account=troubled)

    text = page(browser)

    assert "Fujimi Logistics" in text
    assert "1 open case" in text
    assert "Report the fix first" in text


def test_the_day_is_finished_once_its_number_is_dealt_with(cast, account, now):
    (suggestion,) = offered(account)
    suggestion.state, suggestion.decided_at, suggestion.decided_by = "snoozed", now, cast.aiko
    suggestion.save()

    left, decided = queries.queue(cast.aiko, TODAY)

    assert (left, decided) == ([], 1)


def test_a_finished_day_says_so(browser, cast, account, now):
    (suggestion,) = offered(account)
    suggestion.state, suggestion.decided_at, suggestion.decided_by = "snoozed", now, cast.aiko
    suggestion.save()

    assert "All suggestions of today are done" in page(browser)


def test_an_unread_announcement_stands_above_with_its_why(browser, cast):
    announcement = AnnouncementFactory(revision__campaign__owner=cast.daisuke)
    ReceiptFactory(announcement=announcement, user=cast.aiko)

    text = page(browser)

    assert announcement.revision.why_en in text
    assert reverse("announcement", args=[announcement.pk]) in text


def test_an_overdue_promise_is_counted_and_can_be_ticked_off_and_back(browser, cast, account):
    follow_up = FollowUpFactory(account=account, owner=cast.aiko, due_on=TODAY - timedelta(days=1))
    address = reverse("follow-up", args=[follow_up.pk])

    assert "1 overdue" in page(browser)
    browser.post(address)
    assert FollowUp.objects.get().done_by == cast.aiko
    browser.post(address, {"undo": "1"})
    assert FollowUp.objects.get().done_at is None


def test_a_promise_of_another_team_cannot_be_ticked_off(client, cast, account):
    follow_up = FollowUpFactory(account=account, owner=cast.aiko)
    client.force_login(cast.chie)

    assert client.post(reverse("follow-up", args=[follow_up.pk])).status_code == 404
    assert FollowUp.objects.get().done_at is None


def test_nps_after_a_win_counts_only_answers_that_follow_one(cast, account):
    assert queries.nps_after(cast.aiko, date(2026, 11, 24)) == (None, None)


def test_ten_customers_cost_no_more_statements_than_two(
    browser, cast, account, now, django_assert_max_num_queries, django_assert_num_queries
):
    welcome(cast.aiko)
    suggest(now + timedelta(minutes=1))
    page(browser)
    with django_assert_max_num_queries(60) as few:
        page(browser)
    for _ in range(8):
        FollowUpFactory(account=welcome(cast.aiko), owner=cast.aiko, due_on=TODAY)
    suggest(now + timedelta(minutes=2))

    with django_assert_num_queries(len(few)):
        page(browser)


def test_the_day_costs_the_same_statements_with_one_customer_and_with_many(browser, cast, account):
    welcome(cast.aiko)
    page(browser)
    with CaptureQueriesContext(connection) as few:
        page(browser)
    for number in range(12):
        troubled = welcome(cast.aiko, name=f"お客様{number}")
        CaseFactory(account=troubled)
        FollowUpFactory(account=troubled, owner=cast.aiko, due_on=TODAY)

    with CaptureQueriesContext(connection) as many:
        page(browser)

    assert len(many) <= len(few) <= 12
    assert calls_of(browser, "/") <= 94_000


def closed(cast):
    return AccountFactory(owner=cast.aiko, team=cast.east, closed_on=TODAY)


@pytest.mark.parametrize("who", ["aiko", "emi"])
def test_of_a_large_portfolio_those_with_a_sign_are_looked_at_first(monkeypatch, cast, who):
    monkeypatch.setattr(queries, "ASKED", 1)
    monkeypatch.setattr(queries, "FIRST", 1)
    AccountFactory(owner=cast.aiko, team=cast.east, reading="あ")
    troubled = AccountFactory(owner=cast.aiko, team=cast.east, reading="ん")
    for account in (troubled, AccountFactory(owner=cast.chie, team=cast.west), closed(cast)):
        CaseFactory(account=account)

    day = queries.today_of(getattr(cast, who), TODAY)

    assert [row.account for row in day.not_now] == [troubled]
    assert (day.guarded, day.guarded_text, day.is_guarded_in_part) == (1, "1+", True)


def test_of_a_large_portfolio_the_guard_is_asked_for_the_first_alone(monkeypatch, cast):
    monkeypatch.setattr(queries, "ASKED", 3)
    monkeypatch.setattr(queries, "FIRST", 2)
    for account in AccountFactory.create_batch(3, owner=cast.aiko, team=cast.east):
        CaseFactory(account=account)
    asked = []
    monkeypatch.setattr(queries, "guards_for", lambda accounts, on: asked.append(accounts) or guards_for(accounts, on))

    whole = queries.today_of(cast.aiko, TODAY)
    AccountFactory(owner=cast.aiko, team=cast.east)
    part = queries.today_of(cast.aiko, TODAY)

    assert [len(accounts) for accounts in asked] == [3, 2]
    assert [(day.guarded_text, day.is_guarded_in_part) for day in (whole, part)] == [("3", False), ("2+", True)]


def test_renewals_beyond_what_a_strip_holds_are_told_but_not_drawn(monkeypatch, cast, account):
    monkeypatch.setattr(queries, "RENEWALS", 1)
    for days in (10, 20):
        SubscriptionFactory(account=account, renews_on=TODAY + timedelta(days=days))

    strip = queries.today_of(cast.aiko, TODAY).strip

    assert [row.subscription.renews_on for row in strip.renewals] == [TODAY + timedelta(days=10)]
    assert strip.has_more_renewals


def test_the_best_suggestion_of_each_customer_waits_and_a_decided_one_makes_room(cast, account, now):
    (first,) = offered(account)
    Suggestion.objects.filter(pk=first.pk).update(rank=2, score=99)
    best = SuggestionFactory(account=account, path=first.path, owner=cast.aiko, rank=1, score=1)

    assert [one.pk for one in queries.open_for(cast.aiko)] == [best.pk]
    Suggestion.objects.filter(pk=best.pk).update(state="dismissed", decided_at=now, decided_by=cast.aiko)
    assert [one.pk for one in queries.open_for(cast.aiko)] == [first.pk]
