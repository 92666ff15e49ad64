"""Adding a customer: never one that is known, and one that only looks known when somebody means it."""

from datetime import UTC, datetime

import pytest

from accounts.actions import accounts
from accounts.models import Account
from tests.accounts.actions.merging.worlds import merged, twins
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


@pytest.fixture
def aoba(cast):
    return AccountFactory(
        owner=cast.aiko, name="株式会社青葉商事", matching_key="青葉商事", phone="022-123-4567", domain="aoba.jp"
    )


def create(by, name="青葉商亊", **fields) -> Account:
    return accounts.create(by=by, at=NOW, name=name, **fields)


def test_a_likeness_is_told_and_nothing_is_written(cast, aoba):
    with pytest.raises(accounts.LooksKnown) as looks:
        create(cast.aiko, phone="022-123-4567", unless_alike=True)

    assert [one.account for one in looks.value.found.seen] == [aoba]
    assert Account.objects.get() == aoba


def test_a_likeness_does_not_stop_whoever_means_it(cast, aoba):
    assert create(cast.aiko, phone="022-123-4567").name == "青葉商亊"


@pytest.mark.parametrize("unless_alike", [True, False])
def test_a_known_name_or_number_is_refused_even_if_meant(cast, aoba, unless_alike):
    Account.objects.update(corporate_number="1234567890123")
    for known in ({"name": "㈱青葉商事"}, {"name": "別の会社", "corporate_number": "1234567890123"}):
        with pytest.raises(accounts.AlreadyACustomer) as refusal:
            create(cast.chie, unless_alike=unless_alike, **known)
        assert refusal.value.owner == cast.aiko


def test_the_name_and_number_of_a_merged_customer_lead_to_the_one_that_took_over(cast):
    survivor, _ = twins(cast.aiko)
    gone = AccountFactory(
        owner=cast.chie, name="若葉商店", matching_key="若葉商店", corporate_number="1234567890123", domain=""
    )
    merged(survivor, gone, cast.fumi, NOW)

    for known in ({"name": "若葉商店"}, {"name": "別の会社", "corporate_number": "1234567890123"}):
        with pytest.raises(accounts.AlreadyACustomer) as refusal:
            create(cast.chie, **known)
        assert (refusal.value.account, refusal.value.owner) == (survivor, cast.aiko)


def test_a_living_customer_of_the_name_comes_before_a_merged_one(cast):
    survivor, gone = twins(cast.aiko)
    merged(gone, survivor, cast.aiko, NOW)

    with pytest.raises(accounts.AlreadyACustomer) as refusal:
        create(cast.aiko, name="青葉商事")

    assert refusal.value.account == gone
