"""What a row shows, what it costs, and what nobody learns who may not see it."""

from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.models import Account, CurrentScores
from campaigns.queries import decisions
from crm.lists import aggregates
from crm.lists.export import cells, plain
from crm.lists.filters import Refused
from crm.lists.spec import lists
from crm.lists.state import TooMany, UnknownOrder
from tests.campaigns.queries.test_fall_out import world as guarded_world
from tests.factories.accounts import (
    AccountFactory,
    ActivityFactory,
    CaseFactory,
    ContactFactory,
    NeedFactory,
    ScoreRunFactory,
    SnapshotFactory,
    SubscriptionFactory,
    UsageFactory,
)
from tests.factories.fields import FieldFactory

TODAY = date(2026, 11, 24)
world = guarded_world


@pytest.fixture
def run(now):
    run = ScoreRunFactory()
    CurrentScores.objects.create(pk=1, run=run, switched_at=now)
    return run


def customer(owner, run, now, **values):
    account = AccountFactory(owner=owner, **values)
    SnapshotFactory(run=run, account=account, health=84, ltv=1000)
    SubscriptionFactory(account=account)
    UsageFactory(account=account, read_on=date(2026, 10, 1), value=100)
    UsageFactory(account=account, read_on=date(2026, 11, 23), value=736)
    ActivityFactory(account=account, at=now - timedelta(days=30), kind="visit")
    ActivityFactory(account=account, at=now - timedelta(days=1), kind="call")
    ContactFactory(account=account)
    NeedFactory(account=account)
    CaseFactory(account=account)
    return account


def shown(asked):
    """Values of the first row by the key of their column."""
    [seen] = asked.seen(asked.page().rows)
    return {field.key: field.value(seen) for field in asked.columns}


def test_a_row_holds_the_newest_of_each_fact(asked, cast, run, now):
    customer(cast.aiko, run, now, name_en="Aoba")
    columns = "health,ltv,usage,seats,renews_on,last_contact,open_cases,open_needs"

    row = shown(asked("customers", cast.aiko, columns=columns))

    assert row["health"] == (84, (84,))
    assert (row["ltv"], row["usage"], row["seats"], row["renews_on"]) == (1000, 92, 80, date(2026, 12, 31))
    assert row["last_contact"][0] == now - timedelta(days=1)
    assert (row["open_cases"], row["open_needs"]) == (1, 1)


@pytest.mark.parametrize("key", ["customers", "contacts", "activities", "needs", "cases", "subscriptions"])
def test_a_list_costs_the_same_for_one_row_and_for_fifty(
    key, asked, cast, run, now, django_assert_max_num_queries, django_assert_num_queries
):
    customer(cast.aiko, run, now)
    everything = ",".join(asked(key, cast.aiko).fields)

    def ask_all():
        found = asked(key, cast.aiko, columns=everything, filter=[])
        return found.seen(found.page().rows)

    ask_all()
    with django_assert_max_num_queries(30) as one:
        assert ask_all()
    for _ in range(20):
        customer(cast.aiko, run, now)

    with django_assert_num_queries(len(one)):
        assert len(ask_all()) > 20


def test_the_guard_filters_as_the_guard_shows(world, asked, cast, now):
    everybody = list(asked("customers", cast.fumi).rows.values_list("pk", flat=True))
    badges = decisions.badges_for(everybody, TODAY)
    states = {badge.state for badge in badges.values()}
    assert len(states) > 4

    for state in states:
        condition = {"field": "guard", "op": "any_of", "value": [state]}
        found = set(asked("customers", cast.fumi, filter=[condition]).rows.values_list("pk", flat=True))
        assert found == {pk for pk, badge in badges.items() if badge.state == state}


# ------------------------------------------------------------------------------ no oracle


@pytest.mark.parametrize("key", ["customers", "contacts", "activities", "needs", "cases", "subscriptions"])
def test_no_filter_order_count_sum_or_file_reaches_rows_out_of_sight(key, asked, cast, run, now):
    customer(cast.chie, run, now, name="秘密商事")
    spec_fields = asked(key, cast.aiko).fields

    for field in spec_fields.values():
        conditions = [[{"field": field.key, "op": op}] for op in field.usable if op in ("empty", "filled", "me")]
        for condition in conditions:
            found = asked(key, cast.aiko, filter=condition)
            assert not found.page().rows
            assert aggregates.totals(found).number == 0
    for field in spec_fields.values():
        if field.is_sortable:
            assert not asked(key, cast.aiko, filter=[], sort=field.key).page().rows
    named = "name" if key in ("customers", "contacts") else "customer"
    guess = [{"field": named, "op": "contains", "value": "秘密"}]
    assert len(list(cells(asked(key, cast.aiko, filter=guess), plain))) == 1
    assert not asked(key, cast.aiko, q="秘密", filter=[]).page().rows


def test_a_field_for_others_is_refused_like_one_that_does_not_exist(monkeypatch, asked, cast, run, now):
    customer(cast.aiko, run, now)
    only_for_planners(monkeypatch, "ltv")

    for key in ("ltv", "no_such_field"):
        with pytest.raises(Refused) as refusal:
            asked("customers", cast.aiko, filter=[{"field": key, "op": "at_least", "value": 1}]).page()
        assert (refusal.value.position, refusal.value.part) == (0, "field")
        with pytest.raises(UnknownOrder):
            asked("customers", cast.aiko, sort=key).page()
    assert "ltv" not in [field.key for field in asked("customers", cast.aiko, columns="ltv").columns]
    assert all(total.field.key != "ltv" for total in aggregates.totals(asked("customers", cast.aiko)).figures)
    assert asked("customers", cast.daisuke, sort="ltv").page().rows


def only_for_planners(monkeypatch, key):
    from dataclasses import replace

    spec = lists["customers"]

    def fields(asker):
        return [replace(each, roles=frozenset({"planner"})) if each.key == key else each for each in spec.fields(asker)]

    monkeypatch.setitem(lists, "customers", replace(spec, fields=fields))


# ------------------------------------------------------------------------------ the foot


def test_the_foot_sums_what_matches(asked, cast, run, now):
    for health in (40, 60):
        account = AccountFactory(owner=cast.aiko)
        SnapshotFactory(run=run, account=account, health=health, ltv=health * 10, nps=None)
    AccountFactory(owner=cast.aiko)

    found = aggregates.totals(asked("customers", cast.aiko))

    assert (found.number, found.is_capped) == (3, False)
    assert {total.field.key: total.value for total in found.figures} == {"health": 50, "nps": None, "ltv": 1000}


@pytest.mark.parametrize(("scores", "net"), [((10, 9, 8, 3), 25), ((6, 7), -50), ((8, None), 0)])
def test_of_answers_the_foot_says_promoters_less_detractors(asked, cast, run, scores, net):
    for score in scores:
        SnapshotFactory(run=run, account=AccountFactory(owner=cast.aiko), nps=score)

    found = aggregates.totals(asked("customers", cast.aiko))

    assert [total.value for total in found.figures if total.field.key == "nps"] == [net]


def test_beyond_the_cap_the_foot_adds_up_only_so_many(asked, cast, run, monkeypatch):
    monkeypatch.setattr(aggregates, "CAP", 2)
    for _ in range(4):
        SnapshotFactory(run=run, account=AccountFactory(owner=cast.aiko), ltv=10)

    found = aggregates.totals(asked("customers", cast.aiko))

    assert (found.number, found.is_capped) == (3, True)
    assert [total.value for total in found.figures if total.field.key == "ltv"] == [20]


def test_what_is_worked_out_row_by_row_sorts_only_so_many(asked, cast, monkeypatch):
    monkeypatch.setattr("crm.lists.asking.CAP", 2)
    FieldFactory(key="floors", kind="number")
    for number in range(3):
        UsageFactory(account=AccountFactory(owner=cast.aiko, employees=number, custom={"floors": number}), value=number)

    with pytest.raises(TooMany):
        asked("customers", cast.aiko, sort="-custom.floors").page()

    fewer = [{"field": "employees", "op": "at_least", "value": 1}]
    assert len(asked("customers", cast.aiko, sort="-custom.floors", filter=fewer).page().rows) == 2
    assert len(asked("customers", cast.aiko, sort="-usage").page().rows) == 3


def test_all_but_what_gathers_customers_sorts_any_number_of_them(asked, cast):
    fields = asked("customers", cast.aiko).fields.values()

    assert {field.key for field in fields if field.is_costly} == {"owner", "team", "industry", "plan"}


@pytest.mark.parametrize("who", ["aiko", "emi", "daisuke"])
def test_what_is_unknown_is_walked_to_by_whoever_sees_it(who, asked, cast):
    """Also a manager, whose teams stand in the join."""
    accounts = [AccountFactory(owner=cast.aiko) for _ in range(3)]
    SubscriptionFactory(account=accounts[1])
    AccountFactory(owner=cast.aiko, closed_on=TODAY)

    rows = asked("customers", getattr(cast, who), sort="-renews_on", filter=[]).page().rows

    assert [row.pk for row in rows] == [accounts[1].pk, accounts[2].pk, accounts[0].pk]


def test_a_word_of_a_row_is_found_as_one_piece(asked, cast):
    """Though the index, which knows of parts alone, would offer both."""
    account = AccountFactory(owner=cast.aiko)
    whole = NeedFactory(account=account, words="倉庫の札 xabcdx を貼りたい")
    NeedFactory(account=account, words="札 abc と札 bcd を貼りたい")

    assert list(asked("needs", cast.aiko, q="abcd").rows) == [whole]


def test_figures_are_given_up_rather_than_waited_for(cast, monkeypatch):
    monkeypatch.setattr(aggregates, "PATIENCE", timedelta(milliseconds=20))

    with pytest.raises(aggregates.OutOfPatience), aggregates.patience(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")


# ------------------------------------------------------------------------------ words


@pytest.mark.parametrize(
    ("key", "op", "value"),
    [
        ("name", "contains", "ﾔﾏﾄ"),
        ("name", "contains", "ヤマト 商"),
        ("name", "contains", "商"),
        ("name", "is", "ヤマト 商会"),
        ("name", "starts", "ヤマ"),
        ("reading", "contains", "まと"),
        ("city", "contains", "札幌"),
        ("phone", "contains", "03-1234"),
        ("phone", "contains", "-"),
        ("domain", "contains", "YAMATO"),
        ("domain", "starts", "yam"),
    ],
)
def test_words_are_found_as_without_the_index_of_the_search(key, op, value, asked, cast):
    found = {
        "name": "ヤマト 商会",
        "reading": "やまと",
        "city": "札幌市",
        "phone": "03-1234-5678",
        "domain": "yamato.example",
    }
    AccountFactory(owner=cast.aiko, **found)
    AccountFactory(
        owner=cast.aiko, name="大和商店", reading="だいわ", city="千歳市", phone="0312 34", domain="daiwa.example"
    )
    AccountFactory(owner=cast.chie, **found)
    lookup = {"contains": "icontains", "is": "exact", "starts": "istartswith"}[op]

    rows = asked("customers", cast.aiko, filter=[{"field": key, "op": op, "value": value}]).rows

    assert set(rows) == set(Account.objects.visible_to(cast.aiko).filter(**{f"{key}__{lookup}": value}))
