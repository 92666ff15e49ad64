"""What the page of one customer costs: statements, whatever the length of its history."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Activity, Need, NpsResponse
from tests.calls import calls_of
from tests.campaigns import worlds
from tests.campaigns.worlds import suggest, welcome
from tests.factories.accounts import ContactFactory, NpsFactory, SubscriptionFactory, TopicFactory

pytestmark = pytest.mark.django_db

AT_MOST = 14


@pytest.fixture
def account(cast, now):
    worlds.nobody_in_control()
    found = welcome(cast.aiko, name="青葉メディカル株式会社")
    ContactFactory(account=found)
    suggest(now)
    return found


@pytest.fixture
def statements(client, cast, account):
    """`statements(path, **query)` opens a page and gives what it asked the database."""
    client.force_login(cast.aiko)

    def asked(path="", **query):
        address = path or reverse("customer", args=[account.pk])
        client.get(address, query)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address, query)
        assert response.status_code == 200
        return [each["sql"] for each in captured.captured_queries]

    return asked


def history(account, by, now, many):
    Activity.objects.bulk_create(
        Activity(
            account=account,
            by=by,
            kind="call",
            result="talked",
            reaction="positive",
            note=f"話した {number}",
            at=now - timedelta(hours=number),
            client_id=uuid4(),
        )
        for number in range(many)
    )


def test_the_page_costs_few_statements_its_frame_among_them(statements):
    assert len(statements()) <= AT_MOST


@pytest.mark.parametrize("state", ["unhappy", "nothing to suggest"])
def test_the_other_states_cost_no_more(statements, account, state):
    usual = len(statements())
    if state == "unhappy":
        NpsFactory(account=account, score=2, comment="遅い")
    else:
        account.suggestions.update(state="expired")

    assert len(statements()) <= usual


@pytest.mark.parametrize("tab", ["overview", "activity", "needs", "contracts", "contacts", "proposals"])
def test_ten_thousand_activities_cost_the_statements_that_ten_cost(statements, cast, account, now, tab):
    history(account, cast.aiko, now, 10)
    few = len(statements(tab=tab))
    history(account, cast.aiko, now - timedelta(days=1), 10_000)
    topic = TopicFactory()
    Need.objects.bulk_create(
        Need(account=account, topic=topic, words="x", heard_on=now.date() - timedelta(days=n)) for n in range(300)
    )
    NpsResponse.objects.bulk_create(
        NpsResponse(account=account, score=9, answered_at=now - timedelta(days=n)) for n in range(300)
    )
    SubscriptionFactory(account=account, renews_on="2027-12-31")
    ContactFactory(account=account)

    assert len(statements(tab=tab)) == few


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
def test_the_timeline_reads_as_many_rows_of_a_long_history_as_of_a_short_one(statements, cast, account, now, mode):
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL plan_cache_mode = {mode}")
    history(account, cast.aiko, now, 100)
    few = most_read(statements(tab="activity"))
    history(account, cast.aiko, now - timedelta(days=1), 10_000)

    assert most_read(statements(tab="activity")) <= few


def most_read(asked):
    """Of any step of the plan of what is asked of many tables at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%UNION ALL%'")
        many = {name for (name,) in cursor.fetchall()}
        [sql] = [each for each in asked if each.startswith("EXECUTE") and each.split()[1] in many]
        cursor.execute("ANALYZE accounts_activity")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        [[plan]] = cursor.fetchall()
    return max(rows_read(plan[0]["Plan"]))


def rows_read(plan):
    yield plan["Actual Rows"] * plan["Actual Loops"]
    for part in plan.get("Plans", []):
        yield from rows_read(part)


def test_a_long_history_is_counted_only_so_far(client, cast, account, now):
    history(account, cast.aiko, now, 1_200)
    client.force_login(cast.aiko)

    assert "1,000+" in client.get(reverse("customer", args=[account.pk])).content.decode()


@pytest.fixture
def calls(client, cast, account):
    """`calls(path)`"""
    client.force_login(cast.aiko)
    return partial(calls_of, client)


@pytest.mark.parametrize(
    ("route", "query", "at_most"),
    [("customer", "", 87_000), ("customer", "?tab=activity", 70_500), ("log", "", 48_500)],
)
def test_a_page_is_made_by_few_calls(calls, cast, account, now, route, query, at_most):
    """What is written or drawn once must not be written or drawn again: it would show here first."""
    history(account, cast.aiko, now, 40)

    assert calls(reverse(route, args=[account.pk]) + query) <= at_most
