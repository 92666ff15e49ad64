from tests.factories.accounts import AccountFactory, ActivityFactory, SubscriptionFactory, UsageFactory

PAGE = "/customers/"


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

    assert page.count("data-row-link") == 13


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
