"""Cases on screen: opened, changed, handed over, solved and told, with their history."""

import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Case
from tests.factories.accounts import AccountFactory, CaseFactory
from tests.factories.fields import FieldFactory


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko, name_en="Aoba Medical")


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.aiko)
    return client


@pytest.fixture
def case(account, cast):
    return CaseFactory(account=account, owner=cast.aiko)


def listed(browser, view):
    keys = re.findall(r"name=selected value=(\d+)", browser.get(reverse("cases"), {"view": view}).text)
    subjects = dict(Case.objects.values_list("pk", "subject"))
    return [subjects[int(key)] for key in keys]


def test_a_case_is_opened_with_its_severity_and_its_day(browser, account):
    body = {"kind": "outage", "subject": "止まった", "severity": "high", "due_on": "2026-11-25", "details": "朝から"}

    assert browser.post(reverse("case", args=[account.pk]), body).status_code == 302

    case = Case.objects.get()
    assert (case.severity, case.due_on, case.details) == ("high", date(2026, 11, 25), "朝から")


def test_a_new_case_takes_custom_values_and_asks_for_the_required_ones(browser, account):
    FieldFactory(on="case", key="machine", is_required=True, name_en="Machine number")
    FieldFactory(on="case", key="stops", kind="number")
    body = {"kind": "outage", "subject": "止まった", "custom_stops": "３"}

    refused = browser.post(reverse("case", args=[account.pk]), body)
    assert (refused.status_code, "Machine number" in refused.text, Case.objects.count()) == (422, True, 0)

    browser.post(reverse("case", args=[account.pk]), {**body, "custom_machine": "A-7"})
    assert Case.objects.get().custom == {"machine": "A-7", "stops": 3}


def test_the_short_form_on_the_customers_page_is_enough(browser, account):
    browser.post(reverse("case", args=[account.pk]), {"kind": "complaint", "subject": "重い"})

    assert Case.objects.get().severity == "normal"


def test_without_saying_what_happened_nothing_is_opened(browser, account):
    assert browser.post(reverse("case", args=[account.pk]), {"kind": "complaint"}).status_code == 422
    assert not Case.objects.exists()


def test_the_views_hold_what_they_say(browser, account, cast, now):
    CaseFactory(account=account, subject="自分", owner=cast.aiko)
    CaseFactory(account=account, subject="遅れ", owner=cast.ben, due_on=date(2026, 11, 20))
    CaseFactory(account=account, subject="終わり", solved_at=now, reported_at=now)
    CaseFactory(account=AccountFactory(owner=cast.chie), subject="よそ")

    assert listed(browser, "open") == ["遅れ", "自分"]
    assert listed(browser, "assigned") == ["自分"]
    assert listed(browser, "late") == ["遅れ"]
    assert listed(browser, "closed") == ["終わり"]


def test_the_page_tells_the_history_with_names(browser, case, cast):
    page = reverse("case-page", args=[case.pk])
    browser.post(page, {"kind": "complaint", "subject": "とても重い", "severity": "high", "version": 1})
    browser.post(reverse("case-assign", args=[case.pk]), {"owner": cast.ben.pk, "version": 2})
    browser.post(reverse("case-solved", args=[case.pk]), {"solution": "索引を足した"})
    browser.post(reverse("case-reported", args=[case.pk]))

    context = browser.get(page).context
    assert [words for words, _step in context["history"]] == [
        "Changed",
        "Handed to Ben Bando",
        "Solved",
        "Customer told",
    ]
    assert (context["case"].subject, context["case"].solution) == ("とても重い", "索引を足した")


def test_a_change_can_be_taken_back(browser, case):
    page = reverse("case-page", args=[case.pk])
    browser.post(page, {"kind": "question", "subject": case.subject, "version": 1})
    assert reverse("case-back", args=[case.pk]) in browser.get(page).text

    browser.post(reverse("case-back", args=[case.pk]))

    assert Case.objects.get().kind == "complaint"


def test_a_clash_shows_the_case_as_it_stands_now(browser, case):
    page = reverse("case-page", args=[case.pk])
    browser.post(page, {"kind": "question", "subject": "先", "version": 1})

    answer = browser.post(page, {"kind": "outage", "subject": "後", "version": 1})

    assert answer.status_code == 409
    assert "先" in answer.text
    assert Case.objects.get().kind == "question"


def test_only_people_at_the_customers_desk_are_offered_as_owners(browser, case, cast):
    offered = set(browser.get(reverse("case-page", args=[case.pk])).context["assign_form"].fields["owner"].queryset)

    assert offered == {cast.aiko, cast.ben, cast.emi}
    assert browser.post(reverse("case-assign", args=[case.pk]), {"owner": cast.chie.pk}).status_code == 422
