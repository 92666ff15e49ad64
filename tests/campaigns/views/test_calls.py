"""The screens of call mode: forms alone suffice, and a refusal keeps what was written."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Activity
from campaigns.models import CallRound, Suggestion
from tests.campaigns.worlds import nobody_in_control, suggest, welcome
from tests.factories.accounts import AccountFactory, CaseFactory, FollowUpFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def aiko(client, cast):
    client.force_login(cast.aiko)
    return client


@pytest.fixture
def offered(cast, now):
    nobody_in_control()
    account = welcome(cast.aiko)
    suggest(now)
    return Suggestion.objects.get(account=account, rank=1)


def test_a_call_from_today_by_forms_alone(aiko, cast, offered):
    begun = aiko.post(reverse("call-begin"), {"source": "today"})
    tour = CallRound.objects.get(by=cast.aiko)
    assert begun.url == reverse("call", args=[tour.pk])
    page = aiko.get(begun.url).content.decode()
    assert offered.benefit_en in page
    assert 'value="accepted"' in page

    sent = {"step": 1, "outcome": "accepted", "suggestion": offered.pk, "version": offered.version, "note": "承知"}
    after = aiko.post(reverse("call-result", args=[tour.pk]), sent, follow=True)

    assert Activity.objects.get(by=cast.aiko, kind="call").note == "承知"
    assert offered.account.name_en in after.content.decode()
    aiko.post(reverse("call-undo", args=[tour.pk]))
    offered.refresh_from_db()
    assert offered.state == "open"
    assert not Activity.objects.filter(by=cast.aiko, kind="call").exists()


def test_a_guard_that_closed_meanwhile_says_so_and_keeps_the_words(aiko, cast, offered, now):
    aiko.post(reverse("call-begin"), {"source": "today"})
    tour = CallRound.objects.get(by=cast.aiko)
    CaseFactory(account=offered.account, opened_at=now - timedelta(minutes=1))

    sent = {"step": 1, "outcome": "accepted", "suggestion": offered.pk, "note": "部長も同席"}
    answer = aiko.post(reverse("call-result", args=[tour.pk]), sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "部長も同席" in page
    assert 'value="accepted"' not in page
    assert 'role="alert"' in page


def test_a_list_of_customers_is_called_through_and_skipped(aiko, cast):
    first, second = (AccountFactory(owner=cast.aiko, name=name, name_en="", reading=name) for name in ("あ社", "い社"))
    assert reverse("call-begin") in aiko.get(reverse("customers")).content.decode()

    aiko.post(reverse("call-begin"), {"source": "customers", "state": "?view=mine"})
    tour = CallRound.objects.get(by=cast.aiko)
    page = aiko.post(reverse("call-skip", args=[tour.pk]), {"step": 1}, follow=True).content.decode()
    assert second.label in page
    earlier = aiko.get(reverse("call-step", args=[tour.steps.get(number=1).pk])).content.decode()
    assert first.label in earlier
    assert reverse("call-undo", args=[tour.pk]) in earlier


def test_a_reason_alone_says_that_they_declined(aiko, cast, offered):
    aiko.post(reverse("call-begin"), {"source": "today"})
    tour = CallRound.objects.get(by=cast.aiko)

    aiko.post(reverse("call-result", args=[tour.pk]), {"step": 1, "reason": "budget", "suggestion": offered.pk})

    offered.refresh_from_db()
    assert (offered.state, tour.steps.get(number=1).outcome) == ("dismissed", "declined")


def test_the_page_asks_as_much_for_one_customer_as_for_fifty(aiko, cast):
    AccountFactory(owner=cast.aiko, name="あ社", reading="あ")
    aiko.post(reverse("call-begin"), {"source": "customers", "state": "?view=mine"})
    address = reverse("call", args=[CallRound.objects.get(by=cast.aiko).pk])
    aiko.get(address)
    few = queries_of(aiko, address)
    AccountFactory.create_batch(50, owner=cast.aiko)

    assert queries_of(aiko, address) == few


def queries_of(client, address):
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


def test_the_same_by_api(aiko, cast, offered):
    begun = aiko.post(reverse("api-call-round-list"), {"source": "today"}, content_type="application/json")
    assert begun.status_code == 201
    number = begun.json()["id"]
    told = aiko.get(reverse("api-call-round-call", args=[number])).json()
    assert (told["suggestion"], told["against"]) == (offered.pk, [])

    sent = {"step": told["step"], "outcome": "later", "suggestion": told["suggestion"], "version": told["version"]}
    done = aiko.post(reverse("api-call-round-result", args=[number]), sent, content_type="application/json")
    assert done.status_code == 200
    again = aiko.post(reverse("api-call-round-result", args=[number]), sent, content_type="application/json")
    assert again.status_code == 409
    offered.refresh_from_db()
    assert offered.state == "snoozed"


def test_a_promise_is_ticked_on_the_screen_and_stays_open_when_it_is_unticked(aiko, cast, now):
    account = AccountFactory(owner=cast.aiko, name="あ社", reading="あ")
    follow_up = FollowUpFactory(account=account, owner=cast.aiko, kind="call", due_on=now.date())
    aiko.post(reverse("call-begin"), {"source": "customers", "state": "?view=mine"})
    tour = CallRound.objects.get(by=cast.aiko)
    page = aiko.get(reverse("call", args=[tour.pk])).content.decode()
    assert f'name="kept" value="{follow_up.pk}" form="result" checked data-key="d"' in page

    result = reverse("call-result", args=[tour.pk])
    aiko.post(result, {"step": 1, "outcome": "talked", "has_promises": "1"})
    follow_up.refresh_from_db()
    assert follow_up.done_at is None

    aiko.post(reverse("call-undo", args=[tour.pk]))
    aiko.post(result, {"step": 1, "outcome": "talked", "has_promises": "1", "kept": follow_up.pk})
    follow_up.refresh_from_db()
    assert follow_up.done_by == cast.aiko


def test_the_end_has_the_totals_and_the_ways_back(aiko, cast):
    AccountFactory(owner=cast.aiko)
    aiko.post(reverse("call-begin"), {"source": "customers", "state": "?view=mine"})
    tour = CallRound.objects.get(by=cast.aiko)
    aiko.post(reverse("call-result", args=[tour.pk]), {"step": 1, "outcome": "absent"})

    answer = aiko.get(reverse("call", args=[tour.pk]))

    assert (answer.context["totals"].called, answer.context["totals"].planned) == (1, 1)
    page = answer.content.decode()
    assert "No answer 1" in page
    assert f'href="{reverse("customers")}?view=mine"' in page
    told = aiko.get(reverse("api-call-round-totals", args=[tour.pk])).json()
    assert told["results"] == {"absent": 1}
