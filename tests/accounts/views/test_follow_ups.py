"""The page of follow-ups: what is late comes first, a tick and a move can be taken back, nobody else's are in reach."""

from datetime import UTC, date, datetime, time

import pytest
from django.urls import reverse

from accounts.models import FollowUp
from tests.factories.accounts import AccountFactory, ContactFactory, FollowUpFactory


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko, name_en="Aoba Medical")


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.aiko)
    return client


def shown(browser, **query):
    sections = browser.get(reverse("follow-ups"), query).context["sections"]
    return {section.key: [follow_up.text for follow_up in section.rows] for section in sections}


def test_they_stand_under_late_today_this_week_and_later(browser, account):
    for text, day in (("遅れ", 20), ("今日", 24), ("日曜まで", 29), ("来週", 30)):
        FollowUpFactory(account=account, text=text, due_on=date(2026, 11, day))

    assert shown(browser) == {"overdue": ["遅れ"], "today": ["今日"], "week": ["日曜まで"], "later": ["来週"]}


def test_within_a_day_they_go_by_the_hour(browser, account):
    for text, hour in (("午後", time(13)), ("いつでも", None), ("朝", time(9))):
        FollowUpFactory(account=account, text=text, due_time=hour)

    assert shown(browser) == {"today": ["いつでも", "朝", "午後"]}


def test_a_rep_sees_those_of_the_team_and_a_manager_those_of_the_teams_below(browser, account, cast, client):
    FollowUpFactory(account=account, owner=cast.ben, text="ベンの件")
    FollowUpFactory(account=AccountFactory(owner=cast.chie), text="千恵の件")

    assert (shown(browser), shown(browser, view="team")) == ({}, {"today": ["ベンの件"]})
    client.force_login(cast.emi)
    assert shown(client, view="team") == {"today": ["ベンの件"]}
    cast.emi.team = cast.sales
    cast.emi.save()
    assert sorted(shown(client, view="team")["today"]) == ["ベンの件", "千恵の件"]


def test_a_long_section_goes_on_where_it_ended(browser, account, monkeypatch):
    monkeypatch.setattr("accounts.queries.follow_ups.PAGE", 2)
    for number in range(5):
        FollowUpFactory(account=account, text=str(number), due_time=time(9 + number // 2))
    seen, after = [], ""

    for _page in range(3):
        (section,) = browser.get(reverse("follow-ups"), {"section": "today", "after": after}).context["sections"]
        seen += [follow_up.text for follow_up in section.rows]
        after = section.after

    assert (seen, after) == (["0", "1", "2", "3", "4"], None)


@pytest.mark.parametrize(
    "query", [{"section": "never"}, {"section": "today", "after": "x/y"}, {"done": "", "at": "?", "id": "1"}]
)
def test_an_address_written_by_hand_breaks_nothing(browser, account, query):
    FollowUpFactory(account=account)

    assert browser.get(reverse("follow-ups"), query).status_code == 200


def test_a_follow_up_is_planned_with_its_reminder(browser, account):
    contact = ContactFactory(account=account)
    body = {"text": "見積を送る", "due_on": "2026-11-27", "due_time": "13:30", "kind": "mail", "reminder": "60"}

    answer = browser.post(reverse("new-follow-up", args=[account.pk]), {**body, "contact": contact.pk})

    made = FollowUp.objects.get()
    assert answer.status_code == 302
    assert (made.text, made.kind, made.contact, made.due_time) == ("見積を送る", "mail", contact, time(13, 30))
    assert made.remind_at == datetime(2026, 11, 27, 3, 30, tzinfo=UTC)


def test_what_is_planned_for_a_holiday_says_so(browser, account):
    browser.post(reverse("new-follow-up", args=[account.pk]), {"text": "電話", "due_on": "2026-11-28"})

    assert "the next working day" in browser.get(reverse("follow-ups")).text


def test_without_words_or_day_nothing_is_planned_and_what_was_typed_stays(browser, account):
    answer = browser.post(reverse("new-follow-up", args=[account.pk]), {"text": "書きかけ"})

    assert (answer.status_code, FollowUp.objects.count()) == (422, 0)
    assert "書きかけ" in answer.text


def test_the_tick_and_its_way_back(browser, account, cast):
    follow_up = FollowUpFactory(account=account)

    part = browser.post(reverse("follow-up-done", args=[follow_up.pk]), headers={"HX-Request": "true"})

    follow_up.refresh_from_db()
    assert follow_up.done_by == cast.aiko
    assert reverse("follow-up-reopen", args=[follow_up.pk]) in part.text
    browser.post(reverse("follow-up-reopen", args=[follow_up.pk]))
    follow_up.refresh_from_db()
    assert follow_up.done_at is None


def test_a_move_and_its_way_back(browser, account):
    follow_up = FollowUpFactory(account=account)

    browser.post(reverse("follow-up-move", args=[follow_up.pk]), {"due_on": "2026-11-25"})
    assert FollowUp.objects.get().due_on == date(2026, 11, 25)
    assert reverse("follow-up-back", args=[follow_up.pk]) in browser.get(reverse("follow-ups")).text

    browser.post(reverse("follow-up-back", args=[follow_up.pk]))
    assert FollowUp.objects.get().due_on == date(2026, 11, 24)


def test_a_change_to_an_old_version_shows_what_stands_there_now(browser, account, cast):
    follow_up = FollowUpFactory(account=account)
    url = reverse("follow-up-edit", args=[follow_up.pk])
    body = {"due_on": "2026-11-27", "version": 1}
    browser.post(url, {**body, "text": "先の人の言葉"})

    answer = browser.post(url, {**body, "text": "後の人の言葉"})

    assert answer.status_code == 409
    assert "先の人の言葉" in answer.text
    assert FollowUp.objects.get().text == "先の人の言葉"


def test_a_reminder_of_its_own_moment_survives_a_change_of_the_words(browser, account):
    moment = datetime(2026, 11, 23, 22, 7, tzinfo=UTC)
    follow_up = FollowUpFactory(account=account, remind_at=moment)
    url = reverse("follow-up-edit", args=[follow_up.pk])
    assert browser.get(url).context["form"]["reminder"].value() == "keep"

    browser.post(url, {"text": "別の言葉", "due_on": "2026-11-24", "reminder": "keep", "version": 1})

    assert FollowUp.objects.get().remind_at == moment


def test_the_done_ones_stand_with_the_newest_first(browser, account, cast):
    for day in (20, 22, 21):
        FollowUpFactory(account=account, text=str(day), done_at=datetime(2026, 11, day, tzinfo=UTC), done_by=cast.aiko)

    assert [one.text for one in browser.get(reverse("follow-ups"), {"done": ""}).context["done"]] == ["22", "21", "20"]


@pytest.mark.parametrize("query", [{}, {"view": "team"}, {"done": ""}])
def test_the_page_costs_the_same_for_one_and_for_fifty(browser, cast, now, query, django_assert_max_num_queries):
    done = {"done_at": now, "done_by": cast.aiko} if "done" in query else {}
    FollowUpFactory(account=AccountFactory(owner=cast.aiko), **done)
    with django_assert_max_num_queries(30) as one:
        browser.get(reverse("follow-ups"), query)
    for _number in range(50):
        FollowUpFactory(account=AccountFactory(owner=cast.aiko), **done)

    with django_assert_max_num_queries(len(one)):
        browser.get(reverse("follow-ups"), query)
