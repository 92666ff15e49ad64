"""Who may be this customer already, for whoever is about to add one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import DuplicatePair
from accounts.queries import duplicates
from tests.accounts.actions.merging.worlds import pair_of
from tests.accounts.matching.labelled import labelled
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def aoba(cast):
    return AccountFactory(
        owner=cast.aiko,
        name="株式会社青葉商事",
        matching_key="青葉商事",
        reading="あおばしょうじ",
        phone="022-123-4567",
        domain="aoba.jp",
        name_en="Aoba Shoji",
    )


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "㈱青葉商事"},
        {"name": "青葉商亊", "phone": "+81 22 123 4567"},
        {"name": "Aoba Shoji K.K.", "phone": "022-123-4567"},
        {"name": "あおばしょうじ", "domain": "https://www.aoba.jp/"},
        {"name": "アオバ商事", "reading": "アオバショウジ", "phone": "０２２（１２３）４５６７"},
    ],
)
def test_a_customer_is_found_by_whatever_is_known(cast, aoba, typed):
    found = duplicates.candidates_for(cast.aiko, **typed)

    assert [one.account for one in found.seen] == [aoba]
    assert not found.elsewhere


def test_the_customer_itself_and_what_was_merged_are_not_offered(cast, aoba):
    gone = AccountFactory(matching_key="青葉商事", owner=cast.aiko, merged_into=aoba)

    assert duplicates.candidates_for(cast.aiko, name="青葉商事", besides=aoba.pk).seen == []
    assert gone.pk not in [one.account.pk for one in duplicates.candidates_for(cast.aiko, name="青葉商事").seen]


def test_of_a_foreign_customer_only_whom_to_ask_is_told(cast, aoba):
    found = duplicates.candidates_for(cast.chie, name="㈱青葉商事")

    assert (found.seen, found.elsewhere, found.whom_to_ask) == ([], True, cast.aiko)


def test_a_foreign_phone_or_domain_tells_nothing(cast, aoba):
    found = duplicates.candidates_for(
        cast.chie, name="別の会社", reading="あおばしょうじ", phone="022-123-4567", domain="aoba.jp"
    )

    assert found == duplicates.Candidates()


def test_the_likeliest_stands_first(cast, aoba):
    namesake = AccountFactory(owner=cast.aiko, name="青葉商事", matching_key="青葉商事")

    found = duplicates.candidates_for(cast.aiko, name="青葉商事", phone="022-123-4567")

    assert [one.account for one in found.seen] == [aoba, namesake]


def test_one_customer_and_fifty_cost_the_same(cast):
    costs = []
    for many in (1, 49):
        AccountFactory.create_batch(many, owner=cast.aiko, name="青葉商事", matching_key="青葉商事")
        with CaptureQueriesContext(connection) as queries:
            found = duplicates.candidates_for(cast.aiko, name="青葉商事")
        costs.append(len(queries))
    assert len(found.seen) == 50
    assert costs == [2, 2]


@pytest.mark.parametrize("name", ["%", "_", "\\", "株式会社", "'; DROP TABLE x"])
def test_odd_names_are_only_names(cast, aoba, name):
    assert duplicates.candidates_for(cast.aiko, name=name).seen == []


def test_a_pair_is_seen_by_whoever_sees_both(cast, aoba):
    own = pair_of(aoba, AccountFactory(owner=cast.ben))
    half = pair_of(aoba, AccountFactory(owner=cast.chie))
    pair_of(AccountFactory(owner=cast.chie), AccountFactory(owner=cast.chie))

    def seen(user):
        return list(DuplicatePair.objects.visible_to(user).order_by("pk"))

    assert seen(cast.aiko) == seen(cast.emi) == [own]
    assert half in seen(cast.fumi)
    assert len(seen(cast.fumi)) == len(seen(cast.daisuke)) == 3


def test_pairs_are_paged_by_keyset_the_surest_first(cast, aoba):
    scores = [60, 90, 60, 75, 90]
    pairs = [pair_of(aoba, AccountFactory(owner=cast.aiko), score=score) for score in scores]

    seen, after = [], None
    while True:
        page = duplicates.page(cast.aiko, after=after, size=2)
        seen += page.rows
        after = page.next_cursor
        if after is None:
            break

    assert seen == [pairs[index] for index in (1, 4, 3, 0, 2)]
    assert duplicates.number_open(cast.aiko) == 5


def test_a_page_of_pairs_is_one_statement(cast, aoba, django_assert_num_queries):
    for _ in range(3):
        pair_of(aoba, AccountFactory(owner=cast.aiko))
    with django_assert_num_queries(1):
        page = duplicates.page(cast.fumi)
        assert [(pair.first.label, pair.second.owner.label) for pair in page.rows]


def test_the_true_pairs_are_offered_to_whoever_types_them(cast):
    """The live check looks at fewer signs than the nightly search; it offers at least nine of ten."""
    from tests.accounts.actions.test_duplicates import account_of

    true = [pair for pair in labelled() if pair.is_same]
    offered = 0
    for pair in true:
        known, typed = pair.sides
        account = account_of(known, cast.aiko, without_number=False)
        about = {
            name: typed[name]
            for name in ("name_en", "reading", "corporate_number", "phone", "domain", "city", "address")
        }
        found = duplicates.candidates_for(cast.aiko, name=typed["name"], is_company=typed["kind"] == "company", **about)
        offered += account.pk in [one.account.pk for one in found.seen]
        account.delete()
    print(f"typed anew: {offered} of {len(true)} true pairs offered")
    assert offered >= 0.9 * len(true)
