import pytest
from django.urls import reverse
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from accounts.models import Account, Need
from tests.accounts.actions.merging.worlds import merged, twins
from tests.factories.accounts import TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast, now):
    both = twins(cast.aiko)
    merged(*both, cast.emi, now)
    return both


def test_every_page_of_the_gone_one_leads_to_the_survivor(client, cast, two):
    survivor, gone = two
    client.force_login(cast.aiko)

    for route in ("customer", "log", "consents"):
        response = client.get(reverse(route, args=[gone.pk]), {"tab": "needs"})
        assert response.status_code == 302
        assert response["Location"].startswith(reverse(route, args=[survivor.pk]))


def test_what_was_sent_to_the_gone_one_arrives_at_the_survivor(client, cast, two):
    survivor, gone = two
    client.force_login(cast.aiko)

    response = client.post(
        reverse("need", args=[gone.pk]), {"topic": TopicFactory().pk, "words": "置き場所"}, follow=True
    )

    assert response.redirect_chain[0] == (reverse("need", args=[survivor.pk]), 307)
    assert Need.objects.get().account == survivor


def test_the_api_leads_there_as_well(cast, two):
    survivor, gone = two
    api = APIClient(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=cast.aiko)}")

    assert api.get(f"/api/v1/accounts/{gone.pk}/", follow=True).json()["id"] == survivor.pk


def test_a_survivor_out_of_sight_does_not_exist(client, cast, two):
    survivor, gone = two
    Account.objects.filter(pk=survivor.pk).update(owner=cast.chie, team=cast.west)
    client.force_login(cast.aiko)

    assert client.get(reverse("log", args=[gone.pk])).status_code == 404


def test_what_never_was_stays_missing(client, cast, two):
    client.force_login(cast.aiko)

    assert client.get(reverse("log", args=[999_999])).status_code == 404
    assert client.get("/nowhere/").status_code == 404
