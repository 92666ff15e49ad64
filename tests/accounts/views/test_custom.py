"""Custom values on screen: beside the customer, in the form of a new one, and on a page of their own."""

import pytest
from django.urls import reverse

from accounts.models import Account
from tests.factories import accounts as make
from tests.factories.fields import FieldFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(client, cast):
    cast.aiko.language = "en"
    cast.aiko.save()
    client.force_login(cast.aiko)
    return client


@pytest.fixture
def account(cast):
    return make.AccountFactory(owner=cast.aiko)


def test_a_new_customer_takes_custom_values(rep):
    FieldFactory(key="plan_month", kind="date", name_en="Plan month")
    assert "Plan month" in rep.get(reverse("new-customer")).content.decode()

    rep.post(reverse("new-customer"), {"name": "新しい会社", "custom_plan_month": "2026-11-24"})

    assert Account.objects.get(name="新しい会社").custom == {"plan_month": "2026-11-24"}


def test_a_value_that_does_not_fit_is_told_at_its_field(rep):
    FieldFactory(key="devices", kind="number")

    answer = rep.post(reverse("new-customer"), {"name": "新しい会社", "custom_devices": "many"})

    assert answer.status_code == 422
    assert "Write a number." in answer.content.decode()
    assert not Account.objects.exists()


def test_the_customers_page_shows_values_and_leads_to_their_form(rep, account):
    assert "Further details" not in rep.get(reverse("customer", args=[account.pk])).content.decode()
    FieldFactory(key="building", name_en="Building")
    Account.objects.update(custom={"building": "北館 <3"})

    page = rep.get(reverse("customer", args=[account.pk])).content.decode()

    assert "北館 &lt;3" in page
    assert reverse("account-custom", args=[account.pk]) in page


@pytest.mark.parametrize("on", ["account", "contact", "need", "case", "subscription", "activity"])
def test_every_object_has_a_form_of_its_values(rep, cast, account, on):
    FieldFactory(on=on, key="devices", kind="number", name_en="Devices")
    factory = getattr(make, f"{on.title()}Factory")
    row = account if on == "account" else factory(account=account)
    url = reverse(f"{on}-custom", args=[row.pk])
    assert "Devices" in rep.get(url).content.decode()

    answer = rep.post(url, {"version": 1, "custom_devices": "１２"})

    assert answer.url == reverse("customer", args=[account.pk])
    row.refresh_from_db()
    assert row.custom == {"devices": 12}


def test_an_older_version_is_told_and_nothing_is_written(rep, account):
    FieldFactory(key="devices", kind="number")
    Account.objects.update(version=5)

    answer = rep.post(reverse("account-custom", args=[account.pk]), {"version": 1, "custom_devices": "1"})

    assert answer.status_code == 422
    assert "Somebody changed this record in the meantime." in answer.content.decode()
    account.refresh_from_db()
    assert account.custom == {}


def test_without_fields_the_page_says_who_adds_them(rep, account):
    assert "No field of your own yet" in rep.get(reverse("account-custom", args=[account.pk])).content.decode()
