import pytest
from django.urls import reverse

from tests.factories.accounts import AccountFactory, ActivityFactory, FollowUpFactory


@pytest.fixture
def shown(client, cast):
    client.force_login(cast.aiko)
    return lambda **query: [account.name for account in client.get(reverse("log-choose"), query).context["customers"]]


def test_what_is_due_comes_first_then_whom_one_talked_to_last(shown, cast, now):
    talked, due = AccountFactory(owner=cast.aiko, name="話した"), AccountFactory(owner=cast.aiko, name="約束")
    ActivityFactory(account=talked, at=now)
    FollowUpFactory(account=due)
    AccountFactory(owner=cast.aiko, name="静か")

    assert shown() == ["約束", "話した"]


def test_anybody_in_sight_is_found_by_name_and_nobody_else(shown, cast):
    AccountFactory(owner=cast.ben, name="青葉商事")
    AccountFactory(owner=cast.chie, name="青葉化学")

    assert shown(q="青葉") == ["青葉商事"]


def test_a_customer_handed_to_another_team_is_no_longer_offered(shown, cast, now):
    account = AccountFactory(owner=cast.chie, name="よその顧客")
    ActivityFactory(account=account, by=cast.aiko, at=now)

    assert shown() == []
