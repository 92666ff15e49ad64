from datetime import date, timedelta

import pytest

from accounts.models import CurrentScores, Industry
from campaigns.actions.guarding import renew_all
from campaigns.models import Picked
from campaigns.queries import audience
from tests.factories.accounts import (
    AccountFactory,
    CaseFactory,
    MeterFactory,
    NeedFactory,
    PlanFactory,
    ScoreRunFactory,
    SnapshotFactory,
    SubscriptionFactory,
    TopicFactory,
    UsageFactory,
)
from tests.factories.campaigns import RevisionFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 24)


def condition(field, op, value):
    return {"field": field, "op": op, "value": value}


@pytest.fixture
def rich(cast, now):
    """The customer that meets every condition below."""
    run = ScoreRunFactory()
    CurrentScores.objects.create(pk=1, run=run, switched_at=now)
    industry = Industry.objects.create(code="medical", name_ja="医療", name_en="Medical")
    account = AccountFactory(owner=cast.aiko, employees=86, industry=industry)
    SubscriptionFactory(account=account, product=PlanFactory(rank=2), seats=80, renews_on=date(2026, 12, 31))
    UsageFactory(account=account, value=736, allowance=800)
    UsageFactory(account=account, meter=MeterFactory(code="seats_used"), value=72, allowance=None)
    SnapshotFactory(run=run, account=account, health=84, stage="leaf", nps=9)
    NeedFactory(account=account, topic=TopicFactory(code="storage"), heard_on=date(2026, 6, 1))
    NeedFactory(account=account, topic=TopicFactory(code="seats"), solved_on=ON)
    put_right = now - timedelta(days=30)
    CaseFactory(account=account, kind="complaint", solved_at=put_right, reported_at=put_right)
    return account


MET = [
    condition("tier", "in", ["groupware:2", "groupware:3"]),
    condition("storage", "at_least", 92),
    condition("stage", "in", ["leaf", "bloom"]),
    condition("health", "at_least", 84),
    condition("nps", "at_least", 9),
    condition("need", "in", ["storage", "seats"]),
    condition("renewal", "within", 37),
    condition("repaired", "within", 30),
    condition("seats", "at_most", 80),
    condition("seats_used", "at_least", 90),
    condition("employees", "at_least", 86),
    condition("industry", "in", ["medical"]),
    condition("team", "in", ["sales"]),
]
MISSED = [
    condition("tier", "in", ["groupware:1"]),
    condition("storage", "at_most", 91),
    condition("stage", "in", ["seed"]),
    condition("health", "at_most", 83),
    condition("nps", "at_most", 8),
    condition("need", "in", ["seats"]),
    condition("renewal", "within", 36),
    condition("repaired", "within", 29),
    condition("seats", "at_least", 81),
    condition("seats_used", "at_most", 89),
    condition("employees", "at_most", 85),
    condition("industry", "in", ["retail"]),
    condition("team", "in", ["west"]),
]


@pytest.mark.parametrize("met", MET, ids=lambda condition: condition["field"])
def test_a_condition_finds_who_meets_it(rich, met):
    AccountFactory()

    assert list(audience.matching([met], on=ON)) == [rich]


@pytest.mark.parametrize("missed", MISSED, ids=lambda condition: condition["field"])
def test_a_condition_leaves_out_who_misses_it_by_one(rich, missed):
    assert rich not in audience.matching([missed], on=ON)


def test_what_is_worked_out_ahead_finds_the_same(rich, now):
    AccountFactory()
    renew_all(at=now)

    for met, missed in zip(MET, MISSED, strict=True):
        assert list(audience.matching([met], on=ON)) == [rich], met
        assert rich not in audience.matching([missed], on=ON), missed


def test_all_conditions_must_hold(rich):
    assert list(audience.matching(MET, on=ON)) == [rich]
    assert not audience.matching([*MET, MISSED[0]], on=ON).exists()


def test_every_field_is_tried_here():
    assert {met["field"] for met in MET} == set(audience.FIELDS)


def test_the_newest_reading_counts(rich):
    UsageFactory(account=rich, value=80, allowance=800, read_on=ON)

    assert not audience.matching([condition("storage", "at_least", 80)], on=ON).exists()


def test_a_customer_who_left_is_never_meant(rich):
    rich.closed_on = ON
    rich.save()

    assert not audience.matching([], on=ON).exists()


def test_who_was_picked_by_hand_is_meant_beside_those_who_meet_the_conditions(rich, cast, now):
    picked, _other = AccountFactory(), AccountFactory()
    revision = RevisionFactory(audience=[MET[0]])
    Picked.objects.create(revision=revision, account=picked, by=cast.daisuke, at=now)

    assert set(audience.meant(revision, on=ON)) == {rich, picked}


def test_without_conditions_only_who_was_picked_is_meant(rich, cast, now):
    picked = AccountFactory()
    revision = RevisionFactory(audience=[])
    assert set(audience.meant(revision, on=ON)) == {rich, picked}

    Picked.objects.create(revision=revision, account=picked, by=cast.daisuke, at=now)

    assert list(audience.meant(revision, on=ON)) == [picked]


def test_who_left_is_not_meant_though_picked(cast, now):
    gone = AccountFactory(closed_on=ON)
    revision = RevisionFactory(audience=[])
    Picked.objects.create(revision=revision, account=gone, by=cast.daisuke, at=now)

    assert not audience.meant(revision, on=ON).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        condition("password", "in", ["x"]),
        condition("owner__password", "at_least", 1),
        condition("health", "contains", 1),
        condition("health", "at_least", "84"),
        condition("health", "at_least", True),
        condition("health", "at_least", -1),
        condition("stage", "in", "leaf"),
        condition("stage", "in", []),
        condition("stage", "in", [1]),
        {},
    ],
)
def test_what_is_not_on_the_list_never_reaches_the_database(wrong):
    assert audience.problems([MET[0], wrong]) == [1]
    with pytest.raises(audience.Invalid):
        audience.matching([wrong], on=ON)


def test_conditions_are_said_in_words(rich, settings):
    from django.utils.translation import override

    with override("en"):
        said = audience.sentences([MET[0], MET[1], condition("gone", "in", [])])

    assert [(s.field, s.operator, s.values, s.is_understood) for s in said] == [
        ("Plan", "is any of", ("Tier 2", "groupware:3"), True),
        ("Storage used", "at least", ("92%",), True),
        ("gone", "", (), False),
    ]
