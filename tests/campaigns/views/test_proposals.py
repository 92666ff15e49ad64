"""Proposals: the list, and how one ends."""

import pytest
from django.urls import reverse

from accounts.models import Subscription, UpgradePath
from campaigns.actions import suggestions
from campaigns.models import Proposal
from tests.campaigns import worlds
from tests.campaigns.worlds import offered, suggest, welcome
from tests.worlds import proposal_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(cast, now):
    worlds.nobody_in_control()
    account = welcome(cast.aiko, name_en="Aoba Medical")
    suggest(now)
    return suggestions.accept(suggestion=offered(account)[0], by=cast.aiko, at=now)


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.aiko)
    return client


def send(browser, proposal, what, **fields):
    address = reverse(f"proposal-{what}", args=[proposal.pk])
    return browser.post(address, {"version": proposal.version, **fields})


def state(proposal):
    return Proposal.objects.get(pk=proposal.pk).state


def test_the_list_shows_customer_what_and_amount(browser, proposal):
    text = browser.get("/proposals/").content.decode()

    assert "Aoba Medical" in text
    assert "Plan 2 for 80 people" in text
    assert "+¥48,000 / mo" in text


def test_the_list_of_outcomes_holds_what_is_decided(browser, proposal):
    send(browser, proposal, "lost", reason="price")

    assert "Aoba Medical" not in browser.get("/proposals/").content.decode()
    assert "Aoba Medical" in browser.get("/proposals/?view=decided").content.decode()


def test_a_longer_list_costs_no_more_statements(
    browser, cast, proposal, django_assert_max_num_queries, django_assert_num_queries
):
    browser.get("/proposals/")
    with django_assert_max_num_queries(20) as few:
        browser.get("/proposals/")
    for _ in range(5):
        proposal_of(welcome(cast.aiko))

    with django_assert_num_queries(len(few)):
        browser.get("/proposals/")


def test_putting_it_to_the_customer_marks_it_as_proposed(browser, proposal):
    send(browser, proposal, "propose")

    assert state(proposal) == "proposed"


def test_a_win_changes_the_contract(browser, proposal):
    send(browser, proposal, "won")

    assert state(proposal) == "won"
    assert Subscription.objects.filter(account=proposal.account, product__code="plan-2", ended_on=None).exists()


def test_a_win_waits_until_the_drawbacks_were_told(browser, proposal):
    UpgradePath.objects.update(disclosure_en="The price rises.", disclosure_ja="月額が上がります。")

    response = send(browser, proposal, "won")

    assert response.status_code == 422
    assert "Tell the customer the drawbacks first" in response.content.decode()
    assert "The price rises." in response.content.decode()
    assert state(proposal) == "preparing"


def test_with_the_drawbacks_told_it_is_won(browser, proposal):
    UpgradePath.objects.update(disclosure_en="The price rises.", disclosure_ja="月額が上がります。")

    send(browser, proposal, "won", is_disclosure_told="on")

    assert Proposal.objects.get(pk=proposal.pk).is_disclosure_told
    assert state(proposal) == "won"


def test_a_loss_keeps_the_customers_reason_and_words(browser, proposal):
    send(browser, proposal, "lost", reason="competitor", note="他社で契約済み")

    found = Proposal.objects.get(pk=proposal.pk)
    assert (found.state, found.lost_reason, found.note) == ("lost", "competitor", "他社で契約済み")


def test_a_loss_without_a_reason_is_not_written_down(browser, proposal):
    assert send(browser, proposal, "lost").status_code == 422
    assert state(proposal) == "preparing"


def test_somebody_went_on_with_it(browser, proposal):
    Proposal.objects.filter(pk=proposal.pk).update(version=9)

    assert send(browser, proposal, "won").status_code == 409
    assert state(proposal) == "preparing"


def test_a_win_whose_contract_has_ended_is_refused_in_words(browser, proposal):
    Subscription.objects.all().delete()

    response = send(browser, proposal, "won")

    assert response.status_code == 409
    assert "has ended" in response.content.decode()
    assert state(proposal) == "preparing"


@pytest.mark.parametrize("what", ["propose", "won", "lost"])
def test_another_team_finds_nothing(client, cast, proposal, what):
    client.force_login(cast.chie)

    assert send(client, proposal, what, reason="price").status_code == 404
    assert state(proposal) == "preparing"
