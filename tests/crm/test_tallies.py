"""The figures of the menu cost one statement, however many there are, and stop counting early."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm import tallies
from crm.models import User
from crm.tallies import Tally
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


def users(**condition):
    return User.objects.filter(**condition).values("pk")


def test_every_tally_gets_its_figure_from_one_statement(django_assert_num_queries):
    for number in range(3):
        UserFactory(email=f"{number}@tally.example")
    mine = users(email__endswith="@tally.example")

    with django_assert_num_queries(1):
        found = tallies.figures([Tally([mine]), Tally([mine, mine]), Tally([users(email="nobody")])])

    assert found == [3, 6, 0]


def test_a_figure_may_be_made_of_several_numbers():
    UserFactory(email="1@tally.example")
    mine = users(email__endswith="@tally.example")

    assert tallies.figures([Tally([mine, users(pk__in=[])], lambda one, none: one * 10 + none)]) == [10]


def test_a_tally_may_end_earlier():
    for number in range(5):
        UserFactory(email=f"{number}@tally.example")

    assert tallies.figures([Tally([users(email__endswith="@tally.example")], most=3)]) == [4]


def test_without_tallies_the_database_is_left_alone(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert tallies.figures([]) == []


def test_nothing_is_counted_beyond_the_cap(monkeypatch):
    monkeypatch.setattr(tallies, "CAP", 2)
    for number in range(5):
        UserFactory(email=f"{number}@tally.example")

    assert tallies.figures([Tally([users(email__endswith="@tally.example")])]) == [3]


@pytest.mark.parametrize("who", ["aiko", "emi", "fumi"])
def test_the_whole_menu_is_counted_by_one_statement(cast, client, who):
    client.force_login(getattr(cast, who))

    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(reverse("keys"))

    counting = [
        query["sql"] for query in asked.captured_queries if "count(" in query["sql"] or "tallies" in query["sql"]
    ]
    assert len(counting) == 1
