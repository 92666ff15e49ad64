import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Order, OrderLine, Product
from accounts.queries.facts import day
from campaigns.deciding.affinity import fit
from campaigns.queries.learning import purchase_table
from tests.campaigns import worlds
from tests.factories.accounts import AccountFactory, CaseFactory, FamilyFactory, PlanFactory

pytestmark = pytest.mark.django_db

LAST_DAY = date(2017, 8, 28)


@pytest.fixture
def shop():
    """250 people; of six categories everybody has the first, and who has the second mostly has the third."""
    worlds.nobody_in_control()
    goods = [
        PlanFactory(code=f"good-{n}", kind="good", tier=None, family=FamilyFactory(code=f"FAMILY {n}"))
        for n in range(6)
    ]
    people = [AccountFactory(kind="person", external_id=f"h{n}", customer_since=None) for n in range(250)]
    for number, person in enumerate(people):
        bought = [0, 1 + number % 5]
        bought += [2] if bought[1] == 1 and number % 4 else []
        order = Order.objects.create(
            account=person, ordered_at=datetime(2017, 8, 28, tzinfo=UTC) - timedelta(weeks=number % 30)
        )
        OrderLine.objects.bulk_create(
            OrderLine(order=order, product=goods[n], line_number=n + 1, quantity=1, amount=5) for n in bought
        )
    return people


def export(tmp_path, **options):
    out = tmp_path / "out.csv"
    call_command("export_suggestions", out=out, stdout=StringIO(), **options)
    with out.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_candidates_are_what_affinity_ranks_by_external_id(shop, tmp_path):
    rows = export(tmp_path, top=3, stage="candidates", lane="cross_sell", level="category")

    table = purchase_table(day(LAST_DAY))
    names = {person.pk: person.external_id for person in shop}
    best = fit(table, segments=dict.fromkeys(names, "person")).best_for_many(table, top=3)
    expected = [
        {"account_id": names[account], "rank": str(rank), "category": family}
        for account, rank, family in zip(best["account"], best["rank"], best["family"], strict=True)
    ]
    assert rows == expected
    assert len({row["account_id"] for row in rows}) == 250


def test_what_they_have_already_never_stands_in_the_list(shop, tmp_path):
    rows = export(tmp_path, top=20, stage="candidates", lane="cross_sell", level="category")

    assert "FAMILY 0" not in {row["category"] for row in rows}
    assert {"FAMILY 1", "FAMILY 2"} <= {row["category"] for row in rows}


def test_what_is_not_on_sale_is_neither_learned_from_nor_listed(shop, tmp_path):
    Product.objects.filter(code="good-2").update(is_on_sale=False)

    rows = export(tmp_path, top=20, stage="candidates", lane="cross_sell", level="category")

    assert "FAMILY 2" not in {row["category"] for row in rows}
    assert "FAMILY 3" in {row["category"] for row in rows}


def test_the_allowed_are_those_that_the_guard_lets_through(cast, tmp_path):
    worlds.nobody_in_control()
    welcome, unhappy = worlds.welcome(cast.aiko), worlds.welcome(cast.aiko, external_id="A-2")
    CaseFactory(account=unhappy)

    allowed = export(tmp_path, stage="allowed", lane="up", level="product", as_of=worlds.TODAY)
    candidates = export(tmp_path, stage="candidates", lane="up", level="product", as_of=worlds.TODAY)

    assert allowed == [{"account_id": str(welcome.pk), "rank": "1", "product": "plan-2"}]
    assert [row["account_id"] for row in candidates] == [str(welcome.pk), "A-2"]


def test_who_has_bought_nothing_yet_is_listed_what_most_customers_buy(shop, tmp_path):
    AccountFactory(kind="person", external_id="new", customer_since=None)

    rows = export(tmp_path, top=1, stage="candidates", lane="cross_sell", level="category")

    assert rows[-1] == {"account_id": "new", "rank": "1", "category": "FAMILY 0"}
