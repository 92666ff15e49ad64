"""The page of one customer, in its states, and what may be done on it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Case, Need
from tests.campaigns import worlds
from tests.campaigns.worlds import suggest, welcome
from tests.factories.accounts import (
    AccountFactory,
    ActivityFactory,
    CaseFactory,
    ContactFactory,
    NeedFactory,
    NpsFactory,
    TopicFactory,
)
from tests.factories.fields import FieldFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(cast):
    worlds.nobody_in_control()
    return welcome(cast.aiko, name="青葉メディカル株式会社", name_en="Aoba Medical")


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.aiko)
    return client


def page(browser, account, **query):
    return browser.get(reverse("customer", args=[account.pk]), query).content.decode()


def test_a_suggestion_stands_first_with_now_and_next(browser, account, now):
    suggest(now)

    text = page(browser, account)

    assert "Suggested now" in text
    assert "Priority " in text
    assert "¥96,000 / mo" in text
    assert "¥144,000 / mo" in text


def test_an_unhappy_customer_is_met_with_the_careful_card(browser, account, now):
    suggest(now)
    answer = NpsFactory(account=account, score=3, comment="返事が遅い")

    text = page(browser, account)

    assert "Leave offers for now" in text
    assert "返事が遅い" in text
    assert reverse("nps-heard", args=[answer.pk]) in text
    assert "Suggested now" not in text


def test_without_a_suggestion_the_page_says_when_we_look_again(browser, account):
    assert "There is no suggestion now" in page(browser, account)


def test_an_empty_customer_has_dashes_and_no_noughts(browser, cast):
    text = page(browser, AccountFactory(owner=cast.aiko))

    assert "Nothing is known yet" in text
    assert "No answer yet" in text
    assert "No need is known yet" in text


def test_the_page_reads_in_japanese(browser, cast, account):
    cast.aiko.language = "ja"
    cast.aiko.save()

    assert "青葉メディカル株式会社" in page(browser, account)


@pytest.mark.parametrize("tab", ["overview", "activity", "needs", "contracts", "contacts", "proposals", "nonsense"])
def test_every_tab_opens(browser, account, tab):
    assert browser.get(reverse("customer", args=[account.pk]), {"tab": tab}).status_code == 200


def test_older_entries_follow_without_overlap(browser, account, now):
    for number in range(30):
        ActivityFactory(account=account, note=f"電話その{number}。", at=now - timedelta(hours=number))

    first = browser.get(reverse("customer", args=[account.pk]), {"tab": "activity"})
    at, key = first.context["cursor"]
    older = browser.get(
        reverse("customer", args=[account.pk]),
        {"tab": "activity", "before": at.isoformat(), "key": key},
        headers={"HX-Request": "true"},
    )

    shown = [{entry.key for entry in response.context["entries"]} for response in (first, older)]
    assert shown[0] & shown[1] == set()
    assert b"<html" not in older.content


def test_what_they_refused_is_said_beside_the_contact(browser, account):
    contact = ContactFactory(account=account, phone="03-0000-0000")
    account.consents.create(contact=contact, channel="sales", is_granted=False, at="2026-10-01T00:00Z", source="call")

    assert "No sales contact" in page(browser, account)
    assert "tel:03-0000-0000" not in page(browser, account)


def test_a_need_is_written_down_in_their_words(browser, account):
    topic = TopicFactory()

    response = browser.post(reverse("need", args=[account.pk]), {"topic": topic.pk, "words": "夜に聞ける人がいない"})

    assert response.status_code == 302
    assert Need.objects.filter(account=account, words="夜に聞ける人がいない").exists()


def test_custom_values_of_a_need_are_written_with_it_and_shown(browser, account):
    FieldFactory(on="need", key="urgency", name_ja="緊急度", name_en="Urgency")
    topic = TopicFactory()

    browser.post(
        reverse("need", args=[account.pk]), {"topic": topic.pk, "words": "急ぎたい", "custom_urgency": "今月中"}
    )

    need = Need.objects.get(words="急ぎたい")
    assert need.custom == {"urgency": "今月中"}
    page = browser.get(reverse("customer", args=[account.pk]), {"tab": "needs"}).content.decode()
    assert "今月中" in page
    assert reverse("need-custom", args=[need.pk]) in page


def test_a_need_without_words_is_refused(browser, account):
    before = Need.objects.count()

    assert browser.post(reverse("need", args=[account.pk]), {"topic": TopicFactory().pk}).status_code == 422
    assert Need.objects.count() == before


def test_a_need_is_solved_once(browser, account):
    need = NeedFactory(account=account)
    address = reverse("need-solved", args=[need.pk])

    assert browser.post(address, {"solution": "窓口を追加"}).status_code == 302
    assert browser.post(address, {"solution": "もう一度"}).status_code == 409
    need.refresh_from_db()
    assert need.solution == "窓口を追加"


def test_listening_closes_the_loop_once(browser, cast, account):
    answer = NpsFactory(account=account, score=3)
    address = reverse("nps-heard", args=[answer.pk])

    assert browser.post(address, {"what_was_done": "お詫びして改善を約束"}).status_code == 302
    assert browser.post(address, {"what_was_done": "もう一度"}).status_code == 409
    answer.refresh_from_db()
    assert answer.loop_closed_by == cast.aiko


def test_a_case_is_opened_solved_and_reported_in_that_order(browser, account):
    browser.post(reverse("case", args=[account.pk]), {"kind": "complaint", "subject": "画面が重い"})
    case = Case.objects.get(account=account)

    assert browser.post(reverse("case-reported", args=[case.pk])).status_code == 409
    assert browser.post(reverse("case-solved", args=[case.pk])).status_code == 302
    assert browser.post(reverse("case-reported", args=[case.pk])).status_code == 302
    assert not Case.objects.filter(account=account).open().exists()


def test_another_team_finds_nothing(client, cast, account):
    need, case = NeedFactory(account=account), CaseFactory(account=account)
    client.force_login(cast.chie)

    assert client.get(reverse("customer", args=[account.pk])).status_code == 404
    assert client.post(reverse("need-solved", args=[need.pk]), {"solution": "x"}).status_code == 404
    assert client.post(reverse("case-solved", args=[case.pk])).status_code == 404


# -- States ----------------------------------------------------------------------------------------


def test_a_customer_that_was_merged_leads_to_the_survivor(browser, cast, account):
    between = AccountFactory(owner=cast.aiko, merged_into=account)
    gone = AccountFactory(owner=cast.aiko, merged_into=between)

    response = browser.get(reverse("customer", args=[gone.pk]))

    assert response["Location"] == reverse("customer", args=[account.pk])


def test_a_survivor_out_of_sight_is_not_told_of(browser, cast):
    gone = AccountFactory(owner=cast.chie, merged_into=AccountFactory(owner=cast.chie))

    assert browser.get(reverse("customer", args=[gone.pk])).status_code == 404


def test_a_closed_customer_says_so(browser, account):
    account.closed_on = "2026-10-31"
    account.save()

    assert "The last contract ended on" in page(browser, account)


def test_a_colleagues_customer_says_whose_it_is(browser, cast):
    text = page(browser, AccountFactory(owner=cast.ben))

    assert "Bando looks after this customer" in text


def test_what_is_missing_for_the_lifetime_value_is_named(browser, account):
    account.snapshots.update(ltv=None, margin_rate=None)

    assert "Not known yet: margin." in page(browser, account)


def test_whoever_comes_from_a_list_goes_on_in_its_order(browser, cast):
    first, second, third = (
        AccountFactory(owner=cast.aiko, name_en=name, reading=reading, employees=many)
        for name, reading, many in (("Ichi", "い", 30), ("Ni", "ろ", 10), ("San", "は", 20))
    )
    listed = browser.get(reverse("customers"), {"sort": "-employees"}).content.decode()
    assert listed.index("Ichi") < listed.index("San")

    state = {"from": "customers?sort=-employees", "tab": "needs"}
    response = browser.get(reverse("customer", args=[third.pk]), state)

    near = response.context["neighbours"]
    assert (near.before, near.after) == (first.pk, second.pk)
    onward = f"{reverse('customer', args=[second.pk])}?tab=needs&amp;from=customers%3Fsort%3D-employees"
    assert f'href="{onward}"' in response.content.decode()


def test_a_list_that_was_changed_is_known_by_where_the_browser_came_from(browser, cast):
    first, second, third = (AccountFactory(owner=cast.aiko, employees=many) for many in (30, 10, 20))
    page_of_third = reverse("customer", args=[third.pk])

    came = browser.get(page_of_third, headers={"referer": "http://testserver/customers/?view=all&sort=-employees"})
    foreign = browser.get(page_of_third, headers={"referer": "http://elsewhere/customers/?view=all&sort=-employees"})

    near = came.context["neighbours"]
    assert (near.before, near.after) == (first.pk, second.pk)
    assert "origin" not in foreign.context


@pytest.mark.parametrize("state", ["", "&sort=-reading"], ids=["as a view stands", "changed"])
def test_whoever_comes_from_another_list_is_led_back_into_that_one(browser, account, state):
    ContactFactory(account=account)
    address = f"{reverse('list-contacts')}?view=all{state}"
    listed = browser.get(address).content.decode()
    link = re.search(r'class=row-link href="([^"]+)"', listed).group(1).replace("&amp;", "&")

    text = browser.get(link, headers={"referer": f"http://testserver{address}"}).content.decode()

    back = address.replace("&", "&amp;")
    assert f'<a href="{back}">Contacts</a>' in text


@pytest.mark.parametrize("origin", ["customers?sort=nonsense", "customers?q=%00", "others?x=1", "customers", "%"])
def test_a_list_that_makes_no_sense_does_not_stop_the_page(browser, account, origin):
    assert browser.get(reverse("customer", args=[account.pk]), {"from": origin}).status_code == 200
