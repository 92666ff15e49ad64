"""Statements that are written once answer for any value, and are planned once by a connection."""

from datetime import date
from functools import partial

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection
from django.db.models import BigIntegerField, CharField, DateField, F

from accounts.models import Contact, Subscription
from crm.statements import Given, Passing, Prepared, Statement, is_any
from crm.together import prepared
from tests.factories.accounts import AccountFactory, ContactFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

ACCOUNT = Given("account", BigIntegerField())


def planned(statement):
    """Which of its plans PostgreSQL has used how often, and what it was told of the types."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT parameter_types::text[], generic_plans + custom_plans FROM pg_prepared_statements WHERE name = %s",
            [statement.name],
        )
        return cursor.fetchone()


@pytest.mark.parametrize("kind", [Statement, partial(Prepared, "named")])
def test_the_same_statement_answers_for_any_value_with_its_constants_as_they_are(kind):
    one, other = AccountFactory(), AccountFactory()
    ContactFactory(account=one, name="100% O'Hara")
    ContactFactory(account=other, name="Sato")
    named = Contact.objects.filter(account=ACCOUNT, name__contains="100% O'H").values_list("name")
    statement = kind(*named.query.sql_with_params())

    assert statement.ask(account=one.pk) == [("100% O'Hara",)]
    assert statement.ask(account=other.pk) == []


def test_a_value_may_be_wanted_in_many_places_and_is_sent_once_with_the_type_of_its_field():
    account = AccountFactory()
    rows = Contact.objects.filter(account=ACCOUNT, pk__gt=ACCOUNT - F("account"), name=Given("name", CharField()))
    statement = Prepared("question", *rows.values_list("pk").query.sql_with_params())
    contact = ContactFactory(account=account, name="佐藤")

    assert statement.ask(account=account.pk, name="佐藤") == [(contact.pk,)]
    assert planned(statement) == (["bigint", "character varying"], 1)


def test_a_connection_plans_a_statement_once_and_tells_of_it_as_one_statement(django_assert_num_queries):
    statement = Prepared("question", "SELECT %(word)s, %(number)s", {"word": "100%", "number": ACCOUNT})

    with django_assert_num_queries(2):
        assert statement.ask(account=1) == [("100%", 1)]
        assert statement.ask(account=2**40) == [("100%", 2**40)]

    assert planned(statement) == (["bigint"], 2)


def test_a_statement_without_places_is_asked_with_nothing():
    assert Prepared("question", "SELECT %s", ["constant"]).ask() == [("constant",)]


def test_the_place_of_a_list_takes_any_number_of_values():
    names = Given("names", ArrayField(CharField()))
    rows = Contact.objects.filter(is_any("name", names)).order_by("name").values_list("name")
    statement = Prepared("named", *rows.query.sql_with_params())
    for name in ("Ando", "Baba", "Chiba"):
        ContactFactory(name=name)

    assert statement.ask(names=["Chiba", "Ando"]) == [("Ando",), ("Chiba",)]
    assert statement.ask(names=[]) == []


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_plans_anew():
    statement = Prepared("question", "SELECT %s", [ACCOUNT])
    statement.ask(account=1)

    connection.close()

    assert planned(statement) is None
    assert statement.ask(account=1) == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_cannot_be_planned_says_so_as_any_other_and_leaves_nothing_behind():
    statement = Prepared("question", "SELECT nobody FROM nowhere WHERE id = %s", [ACCOUNT])

    for _again in range(2):
        with pytest.raises(DatabaseError, match="nowhere"):
            statement.ask(account=1)


def test_rows_of_several_tables_are_asked_of_another_customer_and_day(django_assert_num_queries):
    @prepared(account=BigIntegerField(), today=DateField())
    def hanging(account, today):
        contracts = Subscription.objects.running(today).filter(account=account).select_related("product")
        return {"contracts": contracts, "nobody": Contact.objects.filter(account=account).none()}

    contract = SubscriptionFactory(starts_on=date(2026, 4, 1))

    with django_assert_num_queries(2):
        found = hanging(account=contract.account_id, today=date(2026, 4, 1))
        assert not hanging(account=contract.account_id, today=date(2026, 3, 31))["contracts"]

    assert found == {"contracts": [contract], "nobody": []}
    assert found["contracts"][0].product == contract.product


def kept_plans():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return {name for (name,) in cursor.fetchall()}


def test_a_connection_keeps_the_plans_of_the_last_readers_only(monkeypatch):
    monkeypatch.setattr(Passing, "MOST", 2)
    first, second, third = (Passing("of_reader", "SELECT %s", [number]) for number in range(3))

    asked = [first.ask(), second.ask(), first.ask(), third.ask()]
    kept = kept_plans()

    assert asked == [[(0,)], [(1,)], [(0,)], [(2,)]]
    assert kept.isdisjoint({second.name}) and kept >= {first.name, third.name}
    assert second.ask() == [(1,)]
