from uuid import uuid4

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from accounts.models import Account, Activity, Need
from tests.factories.accounts import AccountFactory, CaseFactory, FollowUpFactory, NpsFactory, TopicFactory

ACCOUNTS = "/api/v1/accounts/"


@pytest.fixture
def api(cast):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=cast.aiko)}")
    return client


@pytest.fixture
def account(cast):
    return AccountFactory(owner=cast.aiko)


@pytest.fixture
def foreign(cast):
    return AccountFactory(owner=cast.chie, name="秘密商事", name_en="Secret")


def body(**changes):
    return {"client_id": str(uuid4()), "kind": "call", "result": "talked", **changes}


def test_the_list_holds_what_the_caller_may_see(api, account, foreign):
    answer = api.get(ACCOUNTS).json()

    assert [row["id"] for row in answer["results"]] == [account.pk]


def test_a_foreign_row_answers_like_one_that_does_not_exist(api, foreign):
    existing = api.get(f"{ACCOUNTS}{foreign.pk}/")
    missing = api.get(f"{ACCOUNTS}999999/")

    assert (existing.status_code, existing.content) == (404, missing.content)


def test_without_a_token_nothing_is_told(account):
    assert APIClient().get(f"{ACCOUNTS}{account.pk}/").status_code == 401


def test_a_deactivated_user_is_out_with_the_next_call(api, account, cast):
    assert api.get(ACCOUNTS).status_code == 200
    cast.aiko.is_active = False
    cast.aiko.save()

    assert api.get(ACCOUNTS).status_code == 401


def test_a_call_is_logged_with_its_need(api, account):
    TopicFactory()

    answer = api.post(f"{ACCOUNTS}{account.pk}/log/", body(note="共有したい", topics=["storage"]), format="json")

    assert answer.status_code == 201
    assert (Activity.objects.get().note, Need.objects.get().words) == ("共有したい", "共有したい")


def test_a_reused_id_with_another_body_is_refused(api, account):
    first = body(note="A")
    api.post(f"{ACCOUNTS}{account.pk}/log/", first, format="json")

    answer = api.post(f"{ACCOUNTS}{account.pk}/log/", {**first, "note": "B"}, format="json")

    assert (answer.status_code, Activity.objects.get().note) == (422, "A")


def test_nothing_is_logged_on_a_foreign_account(api, foreign):
    assert api.post(f"{ACCOUNTS}{foreign.pk}/log/", body(), format="json").status_code == 404
    assert not Activity.objects.exists()


def test_a_contact_of_another_account_cannot_be_named(api, account, foreign):
    stranger = foreign.contacts.create(name="他社 太郎")

    answer = api.post(f"{ACCOUNTS}{account.pk}/log/", body(contact=stranger.pk), format="json")

    assert (answer.status_code, Activity.objects.count()) == (404, 0)


def test_protected_fields_cannot_be_set(api, account, cast):
    answer = api.patch(
        f"{ACCOUNTS}{account.pk}/", {"version": 1, "city": "台東区", "owner": cast.chie.pk, "team": None}, format="json"
    )

    account.refresh_from_db()
    assert (answer.status_code, account.city, account.owner) == (200, "台東区", cast.aiko)


def test_two_editors_never_overwrite_each_other(api, account):
    api.patch(f"{ACCOUNTS}{account.pk}/", {"version": 1, "city": "台東区"}, format="json")

    answer = api.patch(f"{ACCOUNTS}{account.pk}/", {"version": 1, "city": "港区"}, format="json")

    account.refresh_from_db()
    assert (answer.status_code, answer.json()["current"]["city"], account.city) == (409, "台東区", "台東区")


def test_a_customer_known_elsewhere_says_only_whom_to_ask(api, cast):
    api_body = {"name": "株式会社秘密商事"}
    assert api.post(ACCOUNTS, {"name": "別会社"}, format="json").status_code == 201
    from accounts.models.matching import matching_key

    AccountFactory(owner=cast.chie, name="秘密商事", matching_key=matching_key("秘密商事"))

    answer = api.post(ACCOUNTS, api_body, format="json")

    assert (answer.status_code, answer.json()) == (409, {"known_to": cast.chie.label})
    assert Account.objects.count() == 2


def test_cases_follow_ups_and_loops_take_one_step_each(api, account):
    case, follow_up, answer = (
        CaseFactory(account=account),
        FollowUpFactory(account=account),
        NpsFactory(account=account),
    )

    assert api.post(f"/api/v1/cases/{case.pk}/report/").status_code == 409
    assert api.post(f"/api/v1/cases/{case.pk}/solve/").status_code == 200
    assert api.post(f"/api/v1/cases/{case.pk}/report/").status_code == 200
    assert api.post(f"/api/v1/follow-ups/{follow_up.pk}/done/").json()["done_at"]
    closing = f"/api/v1/nps-responses/{answer.pk}/close-loop/"
    assert api.post(closing, {"what_was_done": "画面を直した"}, format="json").status_code == 200
    assert api.post(closing, {"what_was_done": "もう一度"}, format="json").status_code == 409


def test_a_list_costs_the_same_for_one_and_for_many(api, account, cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(10) as one:
        api.get(ACCOUNTS)
    for _ in range(20):
        AccountFactory(owner=cast.aiko)

    with django_assert_max_num_queries(len(one)):
        api.get(ACCOUNTS)


def test_a_customer_alike_is_added_when_the_call_says_so(api, cast):
    known = AccountFactory(owner=cast.aiko, name="青葉商事フーズ企画", reading="アオバ", phone="06-1234-5678")
    new = {"name": "青葉商事フーズ企劃", "phone": "06-1234-5678"}

    asked = api.post(ACCOUNTS, new, format="json")
    assert asked.status_code == 409
    (candidate,) = asked.json()["candidates"]
    assert (candidate["account"], candidate["name"]) == (known.pk, "青葉商事フーズ企画")
    assert {reason["code"] for reason in candidate["reasons"]} >= {"near_name", "phone"}
    assert Account.objects.count() == 1

    assert api.post(ACCOUNTS, {**new, "even_if_alike": True}, format="json").status_code == 201


def test_of_a_customer_out_of_sight_only_its_owner_is_told(api, cast, foreign):
    Account.objects.filter(pk=foreign.pk).update(name_en="Aoba Secret", phone="06-1234-5678")

    answer = api.post(ACCOUNTS, {"name": "秘密商事 本社", "phone": "06-1234-5678"}, format="json")

    assert answer.status_code == 409
    assert answer.json() == {"candidates": [], "elsewhere": True, "known_to": cast.chie.label}
