"""Consent on screen: what holds now, what was ever said, and writing it down."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Consent
from tests.factories.accounts import AccountFactory, ContactFactory


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko)


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.aiko)
    return client


@pytest.fixture
def page(account):
    return reverse("consents", args=[account.pk])


def test_a_refusal_is_written_down_and_shown_with_its_proof(browser, account, page, cast):
    contact = ContactFactory(account=account)
    body = {"contact": contact.pk, "channels": ["phone", "mail"], "answer": "refused", "source": "call"}

    assert browser.post(page, {**body, "proof": "メールもやめて"}).status_code == 302

    assert {row.channel for row in Consent.objects.filter(contact=contact, is_granted=False)} == {"phone", "mail"}
    shown = browser.get(page).text
    assert "メールもやめて" in shown
    assert cast.aiko.name_en in shown


def test_a_permission_without_words_says_what_is_missing(browser, page):
    answer = browser.post(page, {"channels": ["phone"], "answer": "granted", "source": "form"})

    assert answer.status_code == 422
    assert "in which it was allowed" in answer.text


@pytest.mark.parametrize(
    ("source", "words"), [("privacy", "Request about personal data"), ("merge", "Merge of customers")]
)
def test_what_the_system_wrote_down_says_why_in_the_history_and_is_no_choice(browser, account, page, source, words):
    Consent.objects.create(account=account, channel="mail", is_granted=False, source=source, at=timezone.now())

    shown = browser.get(page).text

    assert words in shown
    assert f'value="{source}"' not in shown


def test_the_contact_of_another_customer_is_no_choice(browser, page):
    body = {"contact": ContactFactory().pk, "channels": ["sales"], "answer": "refused", "source": "call"}

    assert browser.post(page, body).status_code == 422
    assert not Consent.objects.exists()


def test_the_customers_page_leads_here(browser, account, page):
    assert page in browser.get(reverse("customer", args=[account.pk])).text


def test_a_refusal_for_the_whole_customer_takes_the_telephone_from_the_page(browser, account, page):
    ContactFactory(account=account, phone="03-5555-0100")
    there = reverse("customer", args=[account.pk])
    assert "tel:03-5555-0100" in browser.get(there).text

    browser.post(page, {"channels": ["phone"], "answer": "refused", "source": "call"})

    assert "tel:03-5555-0100" not in browser.get(there).text
