import json
from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, CurrentScores
from crm.lists import aggregates
from tests.calls import calls_of
from tests.factories.accounts import (
    AccountFactory,
    ActivityFactory,
    ScoreRunFactory,
    SnapshotFactory,
    SubscriptionFactory,
    UsageFactory,
)

PAGE = "/customers/"
TODAY = date(2026, 11, 24)
FULL = 50
STATEMENTS = 10


def customer(cast):
    account = AccountFactory(owner=cast.aiko)
    ActivityFactory(account=account)
    SubscriptionFactory(account=account)
    UsageFactory(account=account)
    return account


def test_the_page_costs_the_same_for_one_customer_and_for_many(client, cast, django_assert_max_num_queries):
    client.force_login(cast.aiko)
    customer(cast)
    client.get(PAGE)
    with django_assert_max_num_queries(40) as one:
        client.get(PAGE)
    for _ in range(12):
        customer(cast)

    with django_assert_max_num_queries(len(one)):
        page = client.get(PAGE).content.decode()

    assert page.count("row-link") == 13


def test_a_page_of_fifty_customers_is_light_and_asks_little(client, cast, now, django_assert_max_num_queries):
    accounts = [customer(cast) for _ in range(FULL)]
    Account.objects.update(name="あけぼのメディカル株式会社", name_en="")
    for weeks in range(12, -1, -1):
        run = ScoreRunFactory(as_of=TODAY - timedelta(weeks=weeks))
        for account in accounts:
            SnapshotFactory(run=run, account=account, as_of=run.as_of, health=(account.pk * weeks) % 97, nps=9)
    CurrentScores.objects.create(pk=1, run=run, switched_at=now)
    client.force_login(cast.aiko)
    client.get(PAGE)

    with django_assert_max_num_queries(STATEMENTS):
        page = client.get(PAGE, {"view": "all"})
    two = json.dumps([{"field": "health", "op": "at_most", "value": 97}, {"field": "nps", "op": "filled"}])
    narrowed = client.get(PAGE, {"view": "all", "sort": "-health", "filter": two})

    assert page.text.count("<path") == narrowed.text.count("<path") == FULL
    assert len(page.content) <= 57 * 1024
    assert len(narrowed.content) <= 60 * 1024
    assert calls_of(client, PAGE, {"view": "all"}) <= 90_000
    assert calls_of(client, PAGE, {"view": "all", "filter": two}) <= 97_000


def test_other_orders_and_conditions_ask_no_more(client, cast, now, django_assert_max_num_queries):
    run = ScoreRunFactory(as_of=TODAY)
    for number in range(FULL + 1):
        SnapshotFactory(run=run, account=customer(cast), as_of=TODAY, health=number, nps=9)
    CurrentScores.objects.create(pk=1, run=run, switched_at=now)
    client.force_login(cast.aiko)
    client.get(PAGE)

    low = json.dumps([{"field": "health", "op": "at_most", "value": 97}])
    for asked in ({"sort": "-health"}, {"sort": "city"}, {"filter": low}):
        with django_assert_max_num_queries(STATEMENTS):
            page = client.get(PAGE, {"view": "all", **asked})

        assert page.text.count("row-link") >= FULL


def test_the_foot_and_every_tab_are_counted_by_few_statements(client, cast):
    client.force_login(cast.aiko)
    customer(cast)

    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE, {"view": "all", "figures": 1})

    asked = [each["sql"] for each in captured if "SAVEPOINT" not in each["sql"]]
    assert len(asked) <= STATEMENTS


def test_tabs_that_take_too_long_leave_the_foot_of_the_list_itself(client, cast, monkeypatch):
    whole = aggregates.overview

    def impatient(asked, others):
        if others:
            raise aggregates.OutOfPatience
        return whole(asked, others)

    monkeypatch.setattr(aggregates, "overview", impatient)
    client.force_login(cast.aiko)
    customer(cast)

    foot = client.get(PAGE, {"view": "all", "figures": 1}, headers={"HX-Request": "true"}).text

    assert '"innerHTML:#list-number">1 customer<' in foot
    assert '"innerHTML:#count-mine"><' in foot


def test_a_customer_out_of_sight_is_not_listed(client, cast):
    client.force_login(cast.aiko)
    AccountFactory(owner=cast.chie, name="秘密商事株式会社", name_en="")
    own = customer(cast)

    page = client.get(PAGE, {"view": "all"}).content.decode()

    assert own.name_en in page
    assert "秘密商事株式会社" not in page


def test_a_customer_known_elsewhere_says_only_whom_to_ask(client, cast):
    client.force_login(cast.aiko)
    AccountFactory(owner=cast.chie, name="秘密商事株式会社", matching_key="秘密商事", phone="03-1111-2222")

    answer = client.post(f"{PAGE}new/", {"name": "(株)秘密商事"})

    page = answer.content.decode()
    assert (answer.status_code, "Chie Chiba" in page, "03-1111-2222" in page) == (422, True, False)


KNOWN = {"name": "株式会社青葉商事", "matching_key": "青葉商事", "phone": "022-123-4567", "name_en": ""}
TYPED = {"name": "青葉商亊", "phone": "022-123-4567"}


def test_a_likeness_is_shown_first_and_a_second_press_adds_the_customer(client, cast):
    client.force_login(cast.aiko)
    known = AccountFactory(owner=cast.aiko, **KNOWN)

    first = client.post(f"{PAGE}new/", TYPED)

    page = first.content.decode()
    assert (first.status_code, Account.objects.count()) == (422, 1)
    assert f'href="/customers/{known.pk}/"' in page
    assert 'name="anyway"' in page

    second = client.post(f"{PAGE}new/", {**TYPED, "anyway": "1"})
    assert second.url == f"/customers/{Account.objects.get(name='青葉商亊').pk}/"


def test_a_known_name_leads_to_the_customer_and_cannot_be_added_anyway(client, cast):
    client.force_login(cast.aiko)
    known = AccountFactory(owner=cast.aiko, **KNOWN)

    answer = client.post(f"{PAGE}new/", {"name": "㈱青葉商事", "anyway": "1"})

    page = answer.content.decode()
    assert (answer.status_code, Account.objects.count()) == (422, 1)
    assert f'href="/customers/{known.pk}/"' in page
    assert 'name="anyway"' not in page


def test_of_a_namesake_out_of_sight_only_whom_to_ask_is_told(client, cast):
    client.force_login(cast.aiko)
    hidden = AccountFactory(owner=cast.chie, **KNOWN)

    answer = client.post(f"{PAGE}new/", {"name": "青葉商事 本社", "phone": "022-123-4567"})

    page = answer.content.decode()
    assert (answer.status_code, "Chie Chiba" in page, 'name="anyway"' in page) == (422, True, True)
    assert f"/customers/{hidden.pk}/" not in page
    assert "株式会社青葉商事" not in page


def test_a_phone_number_known_out_of_sight_tells_nothing(client, cast):
    client.force_login(cast.aiko)
    AccountFactory(owner=cast.chie, **KNOWN)

    answer = client.post(f"{PAGE}new/", {"name": "まったく別の会社", "phone": "022-123-4567"})

    assert answer.status_code == 302
