"""The calendar shows one's own dates; its feed is secret, follows what its user may see, and dies with them."""

from datetime import date, time

import icalendar
import pytest
from django.urls import reverse

from accounts.actions import calendar_feeds, follow_ups
from accounts.models import CalendarFeed, Case
from tests.factories.accounts import AccountFactory, CaseFactory, FollowUpFactory, SubscriptionFactory
from tests.factories.people import UserFactory


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko, name="青葉メディカル株式会社", name_en="Aoba Medical")


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.aiko)
    return client


@pytest.fixture
def address(cast, now):
    return reverse("calendar-ics", args=[calendar_feeds.renew(user=cast.aiko, at=now)])


def words_of(response):
    return [entry.text for week in response.context["weeks"] for day in week for entry in day.entries]


def events_of(response):
    return icalendar.Calendar.from_ical(response.content).events


# -- The page ----------------------------------------------------------------------------------------


def test_a_month_begins_on_monday_and_marks_the_holidays(browser):
    weeks = browser.get(reverse("calendar"), {"on": "2026-11-15"}).context["weeks"]

    assert [day.on for day in (weeks[0][0], weeks[-1][-1])] == [date(2026, 10, 26), date(2026, 12, 6)]
    marked = {day.on: str(day.holiday) for week in weeks for day in week if day.holiday}
    assert marked == {date(2026, 11, 3): "文化の日", date(2026, 11, 23): "勤労感謝の日"}


def test_it_holds_follow_ups_renewals_and_cases_of_the_reader_by_the_hour(browser, account, cast):
    FollowUpFactory(account=account, text="午後の電話", due_time=time(13, 30))
    FollowUpFactory(account=account, text="朝の電話", due_time=time(9, 0))
    SubscriptionFactory(account=account, renews_on=date(2026, 11, 30))
    CaseFactory(account=account, owner=cast.aiko, due_on=date(2026, 11, 24))

    words = words_of(browser.get(reverse("calendar")))

    assert words == [
        "Answer due: 管理画面が重い",
        "朝の電話",
        "午後の電話",
        "Renewal: Plan 1",
    ]


def test_what_is_done_solved_ended_or_of_others_stays_away(browser, account, cast, now):
    FollowUpFactory(account=account, done_at=now, done_by=cast.aiko)
    FollowUpFactory(account=account, owner=cast.ben)
    SubscriptionFactory(account=AccountFactory(owner=cast.ben), renews_on=date(2026, 11, 30))
    SubscriptionFactory(account=account, renews_on=date(2026, 11, 30), ended_on=date(2026, 11, 1))
    CaseFactory(account=account, owner=cast.aiko, due_on=date(2026, 11, 24), solved_at=now)

    assert words_of(browser.get(reverse("calendar"))) == []


def test_a_day_with_more_than_fits_leads_to_its_week(browser, account):
    FollowUpFactory.create_batch(6, account=account)

    month = browser.get(reverse("calendar"))
    week = browser.get(reverse("calendar"), {"view": "week"})

    assert len(words_of(month)) == 4
    assert "2 more" in month.text
    assert len(words_of(week)) == 6


@pytest.mark.parametrize("asked", ["", "yesterday", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_a_day_that_does_not_exist_shows_today(browser, asked):
    assert browser.get(reverse("calendar"), {"on": asked}).context["on"] == date(2026, 11, 24)


def test_the_page_costs_the_same_for_one_date_and_for_fifty(browser, account, django_assert_max_num_queries):
    FollowUpFactory(account=account)
    with django_assert_max_num_queries(30) as one:
        browser.get(reverse("calendar"), {"view": "week"})
    for _number in range(25):
        FollowUpFactory(account=AccountFactory(owner=account.owner))
        SubscriptionFactory(account=AccountFactory(owner=account.owner), renews_on=date(2026, 11, 25))

    with django_assert_max_num_queries(len(one)):
        browser.get(reverse("calendar"), {"view": "week"})


# -- The feed ----------------------------------------------------------------------------------------


def test_the_feed_needs_no_sign_in_and_speaks_the_language_of_its_user(client, account, address, cast):
    cast.aiko.language = "ja"
    cast.aiko.save()
    FollowUpFactory(account=account, text="比較資料を送る", due_time=time(13, 30))

    response = client.get(address)

    (event,) = events_of(response)
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert event["SUMMARY"] == "青葉メディカル株式会社: 比較資料を送る"
    assert b"DTSTART:20261124T043000Z" in response.content


def test_it_tells_nothing_of_a_customer_but_name_and_task(client, account, address, cast):
    account.phone, account.address = "03-5555-0100", "東京都千代田区一番町一"
    account.save()
    SubscriptionFactory(account=account, monthly_amount=123_456, renews_on=date(2026, 12, 24))
    CaseFactory(account=account, owner=cast.aiko, due_on=date(2026, 11, 27), details="CANARY", kind="complaint")

    body = client.get(address).content.decode().replace("\r\n ", "")

    assert len(events_of(client.get(address))) == 2
    assert not [secret for secret in ("03-5555", "一番町", "123456", "CANARY", "123,456") if secret in body]


def test_a_change_keeps_the_name_of_the_event_and_raises_its_number(client, account, address, cast, now):
    follow_up = FollowUpFactory(account=account)
    (before,) = events_of(client.get(address))
    follow_ups.edit(follow_up=follow_up, version=1, by=cast.aiko, at=now, due_on=date(2026, 11, 26))

    (after,) = events_of(client.get(address))

    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["LAST-MODIFIED"].dt != before["LAST-MODIFIED"].dt


def test_what_did_not_change_is_not_sent_again(client, account, address):
    FollowUpFactory(account=account)
    first = client.get(address)

    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    FollowUpFactory(account=account)
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content, changed.status_code) == (304, b"", 200)


def test_a_customer_out_of_sight_leaves_the_feed(client, account, address, cast):
    FollowUpFactory(account=account)
    assert len(events_of(client.get(address))) == 1

    account.owner, account.team = cast.chie, cast.west
    account.save()

    assert events_of(client.get(address)) == []


def test_a_deactivated_user_has_no_feed(client, address, cast):
    cast.aiko.is_active = False
    cast.aiko.save()

    assert client.get(address).status_code == 404


def test_a_new_address_ends_the_old_one_and_switching_off_ends_both(browser, address, client):
    page = browser.post(reverse("calendar-feed"))
    renewed = page.context["address"]

    assert [client.get(each).status_code for each in (address, renewed)] == [404, 200]
    browser.post(reverse("calendar-feed-off"))
    assert client.get(renewed).status_code == 404


def test_the_secret_is_long_shown_once_and_kept_as_a_hash(browser, cast):
    page = browser.post(reverse("calendar-feed"))
    secret = page.context["address"].rsplit("/", 1)[1].removesuffix(".ics")

    feed = CalendarFeed.objects.get(user=cast.aiko)
    assert len(secret) * 6 >= 128
    assert secret not in feed.token_hash
    assert "no-store" in page.headers["Cache-Control"]
    assert secret not in browser.get(reverse("preferences")).text


def test_two_addresses_never_agree(db, now):
    tokens = {calendar_feeds.renew(user=UserFactory(email=f"{n}@example.com"), at=now) for n in range(5)}

    assert len(tokens) == 5


def test_a_feed_costs_the_same_for_one_date_and_for_fifty(client, account, address, django_assert_max_num_queries):
    FollowUpFactory(account=account)
    with django_assert_max_num_queries(8) as one:
        client.get(address)
    for _number in range(25):
        FollowUpFactory(account=AccountFactory(owner=account.owner))
        CaseFactory(account=account, owner=account.owner, due_on=date(2026, 11, 25))

    with django_assert_max_num_queries(len(one)):
        assert len(events_of(client.get(address))) == 51
    assert Case.objects.count() == 25
