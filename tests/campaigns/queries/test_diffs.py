from decimal import Decimal

import pytest
from django.utils.translation import override

from campaigns.queries.diffs import changed, compare, differences
from tests.factories.campaigns import LaunchedFactory, RevisionFactory


def marked(line):
    return "".join(f"[{span.text}]" if span.is_changed else span.text for span in line.spans)


def test_what_stays_what_went_and_what_came():
    assert [(line.kind, line.text) for line in compare(["a", "b", "c"], ["a", "x", "c", "d"])] == [
        ("same", "a"),
        ("removed", "b"),
        ("added", "x"),
        ("same", "c"),
        ("added", "d"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "removed", "added"),
    [
        (
            "Offer Premium to all customers above 80%.",
            "Offer Premium to small customers above 90%.",
            "Offer Premium to [all] customers above [80%.]",
            "Offer Premium to [small] customers above [90%.]",
        ),
        (
            "まずプランをお見せします。",
            "まず困りごとを伺い、プランをお見せします。",
            "まずプランをお見せします。",
            "まず[困りごとを伺い、]プランをお見せします。",
        ),
    ],
)
def test_the_words_that_differ_are_marked_within_a_line_that_stays_the_same_otherwise(before, after, removed, added):
    assert [marked(line) for line in compare([before], [after])] == [removed, added]


def test_two_lines_that_have_nothing_in_common_are_not_taken_apart():
    assert [marked(line) for line in compare(["値段の話をする"], ["Ask first"])] == ["値段の話をする", "Ask first"]


def test_what_went_stands_above_what_came_in_its_place():
    found = compare(["容量 80% 以上", "プレミアムを案内"], ["容量 90% 以上", "標準を案内"])

    assert [line.kind for line in found] == ["removed", "added", "removed", "added"]


@pytest.mark.django_db
def test_every_part_of_the_plan_is_compared_in_its_order():
    old = LaunchedFactory(opening_en="Hello", questions_en="", goal_wins=60, holdout_share=Decimal("0.20"))
    new = RevisionFactory(campaign=old.campaign, number=2, opening_en="Good day", questions_en="What stops first?")
    new.goal_wins, new.holdout_share, new.audience = (
        80,
        Decimal("0.30"),
        [*old.audience, {"field": "storage", "op": "at_least", "value": 80}],
    )

    with override("en"):
        parts = [line.part for line in changed(differences(old, new)) if line.kind != "same"]

    assert set(parts) >= {"audience", "talk", "policy"}
    assert parts == sorted(parts, key=["why", "audience", "offer", "talk", "policy"].index)


@pytest.mark.django_db
def test_a_plan_that_was_only_copied_differs_in_nothing():
    old = LaunchedFactory()

    assert {line.kind for line in differences(old, old)} == {"same"}
