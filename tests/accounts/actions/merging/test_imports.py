"""A file that still names the gone one reaches the survivor."""

import pytest

from accounts.models import Account, Contact, UsageReading
from tests.accounts.actions.imports_support import load
from tests.accounts.actions.merging.worlds import merged, twins
from tests.factories.accounts import MeterFactory, PlanFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast, now):
    survivor, gone = twins(cast.aiko, external_id="OLD-1")
    merged(survivor, gone, cast.emi, now)
    return survivor, gone


def test_what_belongs_to_the_gone_one_is_loaded_on_the_survivor(two):
    PlanFactory(code="light"), MeterFactory(code="storage")
    load("contacts", "external_id,account,name\nC1,OLD-1,佐伯 直人\n")
    load("usage", "account,meter,read_on,value\nOLD-1,storage,2026-11-20,7\n")

    assert Contact.objects.get().account == UsageReading.objects.get().account == two[0]


def test_its_own_line_makes_no_third_customer_and_leaves_the_survivor_alone(two):
    load("accounts", "external_id,name,kind\nOLD-1,青葉商事（旧）,company\n")

    assert Account.objects.count() == 2
    assert Account.objects.get(pk=two[0].pk).name == "青葉商事株式会社"
