"""Every operator of every kind of field, on customers that differ in one thing each."""

from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.models import AccountFigures, CurrentScores, Tag
from crm.custom_fields import CustomField
from crm.lists.filters import Refused
from tests.factories.accounts import (
    AccountFactory,
    ActivityFactory,
    CaseFactory,
    FollowUpFactory,
    NeedFactory,
    ScoreRunFactory,
    SnapshotFactory,
    SubscriptionFactory,
    UsageFactory,
)

TODAY = date(2026, 11, 24)
FIELDS = {
    "text": [],
    "number": [],
    "money": [],
    "date": [],
    "choice": [{"key": "a", "ja": "甲", "en": "A"}, {"key": "b", "ja": "乙", "en": "B"}],
    "multi": [{"key": "a", "ja": "甲", "en": "A"}, {"key": "b", "ja": "乙", "en": "B"}],
    "user": [],
    "yes_no": [],
}


@pytest.fixture
def run(now):
    run = ScoreRunFactory()
    CurrentScores.objects.create(pk=1, run=run, switched_at=now)
    return run


@pytest.fixture
def three(cast, run, now):
    """A small one, a large one, and one of which nothing is known."""
    small = AccountFactory(name="small", owner=cast.aiko, employees=10, city="大阪市", customer_since=date(2020, 1, 1))
    large = AccountFactory(name="large", owner=cast.chie, employees=500, city="東京都港区", customer_since=TODAY)
    blank = AccountFactory(name="blank", owner=None, customer_since=None)
    SnapshotFactory(run=run, account=small, health=40, stage="seed", ltv=100)
    SnapshotFactory(run=run, account=large, health=80, stage="tree", ltv=900)
    SnapshotFactory(run=ScoreRunFactory(finished_at=None), account=blank, health=99)
    small.tags.set([Tag.objects.create(name="展示会"), key := Tag.objects.create(name="重要")])
    large.tags.set([key])
    return small, large, blank


@pytest.mark.parametrize(
    ("field", "op", "value", "found"),
    [
        ("city", "contains", "大阪", {"small"}),
        ("city", "lacks", "大阪", {"large", "blank"}),
        ("city", "is", "大阪市", {"small"}),
        ("city", "starts", "東京", {"large"}),
        ("city", "empty", None, {"blank"}),
        ("city", "filled", None, {"small", "large"}),
        ("employees", "is", 10, {"small"}),
        ("employees", "at_least", 10, {"small", "large"}),
        ("employees", "at_most", 10, {"small"}),
        ("employees", "between", [11, 500], {"large"}),
        ("employees", "empty", None, {"blank"}),
        ("employees", "filled", None, {"small", "large"}),
        ("health", "at_least", 41, {"large"}),
        ("health", "at_most", 40, {"small"}),
        ("health", "empty", None, {"blank"}),
        ("ltv", "between", [100, 900], {"small", "large"}),
        ("ltv", "between", [900, 100], {"small", "large"}),
        ("stage", "any_of", ["seed"], {"small"}),
        ("stage", "none_of", ["seed"], {"large", "blank"}),
        ("stage", "empty", None, {"blank"}),
        ("customer_since", "since", "2026-11-24", {"large"}),
        ("customer_since", "until", "2026-11-23", {"small"}),
        ("customer_since", "between", ["2020-01-01", "2020-12-31"], {"small"}),
        ("customer_since", "within", 0, {"large"}),
        ("customer_since", "last", 30, {"large"}),
        ("customer_since", "not_for", 30, {"small", "blank"}),
        ("customer_since", "filled", None, {"small", "large"}),
        ("tags", "any_of", ["重要"], {"small", "large"}),
        ("tags", "all_of", ["重要", "展示会"], {"small"}),
        ("tags", "none_of", ["展示会"], {"large", "blank"}),
        ("tags", "empty", None, {"blank"}),
        ("tags", "filled", None, {"small", "large"}),
        ("owner", "empty", None, {"blank"}),
        ("owner", "filled", None, {"small", "large"}),
    ],
)
def test_an_operator_means_what_it_says(three, names, field, op, value, found):
    assert names(field, op, value) == found


@pytest.mark.parametrize("field", ["phone", "domain"])
def test_whoever_has_no_telephone_or_web_address_stands_in_an_index(names, asked, field):
    AccountFactory.create_batch(60, phone="03-1234-5678", domain="aoba.example")
    AccountFactory(name="without", phone="", domain="")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_account; SET LOCAL enable_seqscan = off")

    wanted = asked("customers", filter=[{"field": field, "op": "empty"}]).rows.order_by()

    assert names(field, "empty") == {"without"}
    assert "without" not in names(field, "filled")
    assert f"account_without_{field}" in wanted.explain()


def test_people_and_teams_are_named_by_their_number(three, names, cast):
    assert names("owner", "any_of", [cast.aiko.pk]) == {"small"}
    assert names("owner", "none_of", [cast.aiko.pk]) == {"large", "blank"}
    assert names("owner", "me", user=cast.aiko) == {"small"}
    assert names("team", "any_of", [str(cast.sales.pk)]) == {"small", "large"}
    assert names("team", "none_of", [str(cast.east.pk)]) == {"large", "blank"}


def test_a_renewal_is_that_of_the_plan_that_the_list_shows(cast, names):
    soon, later = AccountFactory(name="soon"), AccountFactory(name="later")
    SubscriptionFactory(account=soon, renews_on=TODAY + timedelta(days=30), seats=5)
    SubscriptionFactory(account=later, renews_on=TODAY + timedelta(days=31), seats=50)
    SubscriptionFactory(account=later, starts_on=date(2020, 1, 1), renews_on=TODAY, ended_on=TODAY)

    assert names("renews_on", "within", 30) == {"soon"}
    assert names("seats", "at_least", 6) == {"later"}
    assert names("plan", "filled") == {"soon", "later"}


def test_use_counts_against_the_allowance_of_its_day(cast, names):
    UsageFactory(account=AccountFactory(name="full"), value=790, allowance=800)
    UsageFactory(account=(once := AccountFactory(name="once")), value=790, read_on=date(2026, 10, 1))
    UsageFactory(account=once, value=80)

    assert names("usage", "at_least", 85) == {"full"}
    assert names("usage", "between", [10, 10]) == {"once"}


def test_silence_includes_whoever_was_never_spoken_to(cast, names, now):
    ActivityFactory(account=AccountFactory(name="old", owner=cast.aiko), at=now - timedelta(days=91))
    ActivityFactory(account=AccountFactory(name="edge", owner=cast.aiko), at=now - timedelta(days=90))
    AccountFactory(name="never")

    assert names("last_contact", "not_for", 90) == {"old", "never"}
    assert names("last_contact", "last", 90) == {"edge"}


def test_what_is_open_is_counted(cast, names):
    busy, calm = AccountFactory(name="busy", owner=cast.aiko), AccountFactory(name="calm")
    CaseFactory(account=busy)
    NeedFactory(account=busy)
    NeedFactory(account=calm, solved_on=TODAY)
    FollowUpFactory(account=busy, due_on=TODAY)

    assert names("open_cases", "at_least", 1) == {"busy"}
    assert names("open_needs", "is", 0) == {"calm"}
    assert names("next_follow_up", "until", "2026-11-24") == {"busy"}


@pytest.mark.parametrize("who", ["aiko", "daisuke", "emi", "fumi"])
def test_tabs_count_the_customers_that_they_show_whoever_reads(cast, asked, now, who):
    reader = getattr(cast, who)
    for number, owner in enumerate([cast.aiko, cast.ben, cast.chie, None] * 3):
        account = AccountFactory(owner=owner, closed_on=TODAY if number > 9 else None)
        SubscriptionFactory(account=account, renews_on=TODAY + timedelta(days=20 * number))
        UsageFactory(account=account, value=700 + 10 * number, allowance=800)
        if number % 3:
            ActivityFactory(account=account, by=cast.aiko, at=now - timedelta(days=25 * number))

    counted = {}
    for view in ("mine", "all", "renewing", "full", "silent"):
        this = asked("customers", reader, view=view)
        counted[view] = this.countable.count()
        assert counted[view] == this.rows.count()
        assert (this.countable.model is AccountFigures) == (view in ("renewing", "full", "silent"))
    assert counted["all"] > min(counted.values()) > 0


# ------------------------------------------------------------------------------ custom fields


@pytest.fixture
def filled_in(cast):
    for kind, choices in FIELDS.items():
        CustomField.objects.create(on="account", key=kind, name_ja=kind, kind=kind, choices=choices)
    AccountFactory(
        name="full",
        custom={
            "text": "青い鳥",
            "number": 2.5,
            "money": 300,
            "date": "2026-11-20",
            "choice": "a",
            "multi": ["a", "b"],
            "user": cast.aiko.pk,
            "yes_no": True,
        },
    )
    AccountFactory(name="blank")


@pytest.mark.parametrize(
    ("kind", "op", "value"),
    [
        ("text", "contains", "青い"),
        ("number", "at_least", 2.5),
        ("money", "between", [300, 301]),
        ("date", "last", 10),
        ("choice", "any_of", ["a"]),
        ("multi", "all_of", ["a", "b"]),
        ("multi", "any_of", ["b"]),
        ("user", "filled", None),
        ("yes_no", "is", True),
    ],
)
def test_custom_fields_are_filtered_like_any_other(filled_in, names, kind, op, value):
    assert names(f"custom.{kind}", op, value) == {"full"}


@pytest.mark.parametrize(("kind", "op", "value"), [("multi", "none_of", ["a"]), ("choice", "empty", None)])
def test_what_was_never_filled_in_is_not_among_the_chosen(filled_in, names, kind, op, value):
    assert names(f"custom.{kind}", op, value) == {"blank"}


def test_an_archived_field_is_none(filled_in, names):
    CustomField.objects.update(is_archived=True)

    with pytest.raises(Refused):
        names("custom.text", "contains", "青い")
