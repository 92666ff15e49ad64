"""Filters and orders in the database agree with the values."""

import pytest

from accounts.models import Account
from crm.custom_fields import equals, expression
from tests.factories.accounts import AccountFactory
from tests.factories.fields import FieldFactory

pytestmark = pytest.mark.django_db
VALUES = {
    "text": ["あ", "い"],
    "number": [-3, 2.5, 10],
    "money": [-500, 90, 12_000],
    "date": ["2025-12-31", "2026-11-24"],
    "choice": ["blue", "red"],
    "user": [9, 10],
    "yes_no": [False, True],
}


@pytest.mark.parametrize("kind", VALUES)
def test_rows_are_ordered_by_the_value_and_not_by_its_letters(kind):
    field = FieldFactory(key="k", kind=kind)
    for value in reversed(VALUES[kind]):
        AccountFactory(custom={"k": value})
    AccountFactory()

    rows = Account.objects.alias(value=expression(field)).exclude(value=None).order_by("value")

    assert [row.custom["k"] for row in rows] == VALUES[kind]


@pytest.mark.parametrize(("kind", "lowest", "found"), [("number", 3, [10]), ("date", "2026-01-01", ["2026-11-24"])])
def test_ranges_compare_numbers_and_days(kind, lowest, found):
    field = FieldFactory(key="k", kind=kind)
    for value in VALUES[kind]:
        AccountFactory(custom={"k": value})

    rows = Account.objects.alias(value=expression(field)).filter(value__gte=lowest)

    assert [row.custom["k"] for row in rows] == found


def test_equality_finds_the_value_and_a_choice_among_several():
    one, several = FieldFactory(key="k", kind="number"), FieldFactory(key="m", kind="multi")
    both = AccountFactory(custom={"k": 2.5, "m": ["red", "blue"]})
    AccountFactory(custom={"k": 25, "m": ["blue"]})

    assert Account.objects.get(equals(one, 2.5)) == both
    assert Account.objects.get(equals(several, "red")) == both
    assert Account.objects.filter(equals(several, ["blue"])).count() == 2


def test_a_value_is_reached_through_another_table():
    field = FieldFactory(key="k", kind="money")
    account = AccountFactory(custom={"k": 5})
    contact = account.contacts.create(name="佐伯")

    rows = type(contact).objects.annotate(value=expression(field, "account__custom"))

    assert [row.value for row in rows] == [5]
