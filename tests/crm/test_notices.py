"""Somebody is told the same thing once, and sees only their own."""

from datetime import timedelta

import pytest
from django.urls import reverse

from crm import notices, slots, tallies
from crm.notices import Notice, tell


def unread(user):
    [number] = tallies.figures([notices.unread_tally(user)])
    return number


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    filled = slots.Slot("notice_kinds")
    filled.fill("tea.ready", slots.NoticeKind("bell", lambda figures: f"Tea for {figures['name']}"))
    monkeypatch.setattr(slots, "notice_kinds", filled)


def test_the_same_thing_is_told_once_and_stays_read(cast, now):
    tell(cast.aiko, "tea.ready", "tea:1", now, "/", name="Ben")
    notices.read(Notice.objects.all(), at=now)
    tell(cast.aiko, "tea.ready", "tea:1", now + timedelta(hours=1), "/", name="Chie")

    told = Notice.objects.get()
    assert (told.words, told.at, told.read_at) == ("Tea for Ben", now, now)


def test_the_bell_counts_what_is_unread_and_ones_own(cast, now, client):
    for number in range(3):
        tell(cast.aiko, "tea.ready", f"tea:{number}", now, name="Ben")
    tell(cast.ben, "tea.ready", "tea:0", now, name="Ben")
    client.force_login(cast.aiko)

    client.post(reverse("notice", args=[Notice.objects.filter(to=cast.aiko).first().pk]))

    assert unread(cast.aiko) == 2


def test_reading_leads_to_what_it_is_about(cast, now, client):
    tell(cast.aiko, "tea.ready", "tea:1", now, "/help/keys/", name="Ben")
    client.force_login(cast.aiko)

    answer = client.post(reverse("notice", args=[Notice.objects.get().pk]))

    assert (answer.status_code, answer.url) == (302, "/help/keys/")


def test_all_can_be_marked_as_read_but_not_those_of_others(cast, now, client):
    for person in (cast.aiko, cast.ben):
        tell(person, "tea.ready", "tea:1", now, name="Ben")
    client.force_login(cast.aiko)

    client.post(reverse("notices-read"))

    assert [unread(person) for person in (cast.aiko, cast.ben)] == [0, 1]


def test_every_page_of_notices_goes_on_where_the_last_one_ended(cast, now, client, monkeypatch):
    monkeypatch.setattr("crm.views.notices.PAGE", 2)
    for number in range(5):
        tell(cast.aiko, "tea.ready", f"tea:{number}", now, name=str(number))
    client.force_login(cast.aiko)
    seen, query = [], {}

    for _page in range(3):
        context = client.get(reverse("notices"), query).context
        seen += [notice.figures["name"] for notice in context["notices"]]
        query = {"at": context["last"].at.isoformat(), "id": context["last"].pk} if context["last"] else {}

    assert seen == ["4", "3", "2", "1", "0"]


def test_a_code_that_nobody_fills_any_more_breaks_no_page(cast, now, client):
    tell(cast.aiko, "gone", "gone:1", now)
    client.force_login(cast.aiko)

    assert client.get(reverse("notices")).status_code == 200


def test_a_page_costs_the_same_for_one_notice_and_for_fifty(cast, now, client, django_assert_max_num_queries):
    client.force_login(cast.aiko)
    tell(cast.aiko, "tea.ready", "tea:first", now, name="Ben")
    with django_assert_max_num_queries(30) as one:
        client.get(reverse("notices"))
    for number in range(50):
        tell(cast.aiko, "tea.ready", f"tea:{number}", now, name="Ben")

    with django_assert_max_num_queries(len(one)):
        client.get(reverse("notices"))
