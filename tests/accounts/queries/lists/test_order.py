"""Pages by place: whatever the order, walking them gives every row once, as one sort of all would."""

from datetime import date, timedelta

import pytest
from django.db.models import F

from accounts.models import Account, AccountFigures, Case, CurrentScores
from accounts.queries.lists import customers
from crm.custom_fields import CustomField
from crm.lists import neighbours
from crm.lists.asking import Asked
from crm.lists.spec import lists, related
from tests.factories.accounts import (
    AccountFactory,
    ActivityFactory,
    CaseFactory,
    ContactFactory,
    FollowUpFactory,
    NeedFactory,
    ScoreRunFactory,
    SnapshotFactory,
    SubscriptionFactory,
    UsageFactory,
)

ROWS = 13


@pytest.fixture
def many(cast, now):
    """Values that repeat, values that are missing, in everything a list can be sorted by."""
    run = ScoreRunFactory()
    CurrentScores.objects.create(pk=1, run=run, switched_at=now)
    for kind in ("text", "number", "date", "yes_no"):
        CustomField.objects.create(on="account", key=kind, name_ja=kind, kind=kind)
    for number in range(ROWS):
        customer(cast, now, run, number)


def customer(cast, now, run, number):
    twice, some = number // 2, number % 3
    day = date(2026, 11, 1) + timedelta(days=twice)
    account = AccountFactory(
        owner=cast.aiko,
        reading=f"よみ{twice}",
        employees=twice if some else None,
        city=f"市{twice}",
        customer_since=day if some else None,
        custom={"text": f"t{twice}", "number": twice, "date": f"{day}", "yes_no": bool(some)} if some else {},
    )
    if some:
        score = {"health": 50 + twice, "loyalty": twice, "ltv": twice * 10, "nps": twice, "health_change": -twice}
        SnapshotFactory(run=run, account=account, **score)
        SubscriptionFactory(account=account, seats=1 + twice, renews_on=day + timedelta(days=90), ended_on=None)
        UsageFactory(account=account, value=twice)
        ActivityFactory(account=account, at=now - timedelta(days=twice), minutes=twice)
        NeedFactory(account=account, heard_on=day, solved_on=day if number % 2 else None)
        CaseFactory(account=account, due_on=day if number % 2 else None, opened_at=now - timedelta(days=twice))
        FollowUpFactory(account=account, due_on=day)
        ContactFactory(account=account, reading=f"か{twice}", left_on=day if number % 2 else None)


def walked(asked: Asked, limit: int = 4) -> list[int]:
    found, page = [], asked.page(limit=limit)
    found += [row.pk for row in page.rows]
    while page.after:
        page = asked.page(after=page.after, limit=limit)
        found += [row.pk for row in page.rows]
    return found


def walked_back(asked: Asked, limit: int = 4) -> list[int]:
    page = asked.page(limit=100)
    end = asked.page(after=asked.page(limit=len(page.rows) - 1).after, limit=100)
    found = [end.rows[-1].pk]
    while end.before:
        end = asked.page(before=end.before, limit=limit)
        found = [*(row.pk for row in end.rows), *found]
    return found


def sorted_at_once(asked: Asked) -> list[int]:
    order = asked.order
    rows = related(asked.spec, asked.rows, asked.asker, [order.field]).annotate(value=order.source)
    value = F("value").desc(nulls_last=True) if order.is_descending else F("value").asc(nulls_last=True)
    return [row.pk for row in rows.order_by(value, "-pk" if order.is_descending else "pk")]


def test_pages_of_any_order_are_the_whole_list(many, asked):
    tried = 0
    for key in lists:
        for field in asked(key, view="all").fields.values():
            for sort in (field.key, f"-{field.key}") if field.is_sortable else ():
                found = asked(key, sort=sort, filter=[])
                whole = sorted_at_once(found)
                assert (walked(found), sort) == (whole, sort)
                assert (walked_back(found), sort) == (whole, sort)
                tried += 1

    assert tried > 50


def test_choices_are_sorted_as_they_are_offered(cast, asked):
    for severity in ("normal", "high", "low"):
        CaseFactory(account=AccountFactory(owner=cast.aiko), severity=severity)

    page = asked("cases", sort="severity", view="all").page()

    assert [row.severity for row in page.rows] == Case.Severity.values


def test_the_neighbours_are_those_of_the_list_one_came_from(many, asked, cast, now):
    found = asked("customers", cast.aiko, sort="-health", filter=[])
    whole = walked(found)

    for place, pk in enumerate(whole):
        near = neighbours("customers", found.state.query(), pk, user=cast.aiko, at=now)
        assert near.before == (whole[place - 1] if place else None)
        assert near.after == (whole[place + 1] if place + 1 < len(whole) else None)


def test_a_customer_that_no_longer_meets_the_conditions_keeps_its_place(cast, asked, now):
    first, left, second = (AccountFactory(owner=cast.aiko, reading=reading, employees=9) for reading in "あいう")
    found = asked("customers", cast.aiko, filter=[["employees", "at_least", 5]])
    Account.objects.filter(pk=left.pk).update(employees=1)

    near = neighbours("customers", found.state.query(), left.pk, user=cast.aiko, at=now)

    assert (near.before, near.after) == (first.pk, second.pk)


def test_whoever_is_out_of_sight_has_no_neighbours(many, asked, cast, now):
    foreign = AccountFactory(owner=cast.chie)

    near = neighbours("customers", "?view=all", foreign.pk, user=cast.aiko, at=now)

    assert (near.before, near.after) == (None, None)


def test_a_place_of_another_order_begins_at_the_top(many, asked):
    by_name = asked("customers", sort="reading").page(limit=4)

    page = asked("customers", sort="-last_contact").page(after=by_name.after, limit=4)

    assert page.before is None


def test_what_may_be_asked_of_the_narrow_table_stands_in_the_index_of_its_usual_order():
    [usual] = [index for index in AccountFigures._meta.indexes if index.name == "figures_in_usual_order"]
    columns = {*usual.fields, *usual.include}

    asked = [field for field in customers.built_in() if field.relation == "seen_figures" and not field.ahead]

    assert len(asked) == 10
    assert {AccountFigures._meta.get_field(field.source.partition("__")[2]).name for field in asked} <= columns
