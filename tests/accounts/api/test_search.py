import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from tests.factories.accounts import AccountFactory, ActivityFactory, ContactFactory, NeedFactory

SEARCH = "/api/v1/search/"


@pytest.fixture
def api(cast):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=cast.aiko)}")
    return client


def everything_of(owner):
    account = AccountFactory(owner=owner, name="青葉商事", name_en="")
    ContactFactory(account=account, name="青葉 花子")
    NeedFactory(account=account, words="青葉祭りに間に合わせたい")
    ActivityFactory(account=account, note="青葉祭りの件で電話")
    return account


def test_every_kind_is_found_and_nothing_foreign(api, cast):
    account = everything_of(cast.aiko)
    everything_of(cast.chie)

    found = api.get(SEARCH, {"q": "ＡＢ"}).json() | api.get(SEARCH, {"q": "青葉"}).json()

    assert [row["id"] for row in found["customers"]] == [account.pk]
    assert [found[kind][0]["account"] for kind in ("contacts", "needs", "activities")] == [account.pk] * 3
    assert [len(found[kind]) for kind in ("contacts", "needs", "activities", "colleagues")] == [1, 1, 1, 0]


def test_the_number_of_lines_is_asked_for_and_bounded(api, cast):
    for _ in range(3):
        everything_of(cast.aiko)

    assert len(api.get(SEARCH, {"q": "青葉", "limit": 2}).json()["customers"]) == 2
    assert api.get(SEARCH, {"q": "青葉", "limit": 1000}).status_code == 400


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "あ" * 101}])
def test_a_question_that_is_none_is_refused(api, query):
    assert api.get(SEARCH, query).status_code == 400


def test_it_costs_the_same_for_one_and_for_many(api, cast):
    def statements():
        with CaptureQueriesContext(connection) as queries:
            api.get(SEARCH, {"q": "青葉"})
        return len(queries)

    everything_of(cast.aiko)
    one = statements()
    for _ in range(15):
        everything_of(cast.aiko)

    assert statements() <= one
