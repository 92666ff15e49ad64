"""How the rules do on pairs that were not made to fit them: the labels stand, the rules have to follow."""

from collections import Counter

import pytest

from accounts.matching import compare
from accounts.matching.spelling import is_issued
from tests.accounts.matching import slips


@pytest.mark.parametrize(("pairs", "number", "true"), [(slips.worked(), 540, 270), (slips.aside(), 168, 88)])
def test_of_true_pairs_nearly_all_are_offered_and_of_others_nearly_none(pairs, number, true):
    """The figures are in docs/duplicates.md; `-s` prints them, with what is missed."""
    offered = [pair for pair in pairs if compare(*pair.parties).is_offered]
    found = sum(pair.is_same for pair in offered)
    recall, precision = found / true, found / len(offered)
    missed = Counter(pair.case for pair in pairs if pair.is_same and not compare(*pair.parties).is_offered)
    print(f"{number} pairs, {true} true: recall {recall:.1%}, precision {precision:.1%}; missed: {dict(missed)}")

    assert (len(pairs), sum(pair.is_same for pair in pairs)) == (number, true)
    assert recall >= 0.95
    assert precision >= 0.95


def test_every_accident_is_found_more_often_than_not():
    pairs = [pair for pair in [*slips.worked(), *slips.aside()] if pair.is_same]
    all_of = Counter(pair.case for pair in pairs)
    found = Counter(pair.case for pair in pairs if compare(*pair.parties).is_offered)

    assert [case for case, number in all_of.items() if found[case] / number < 0.8] == []


def test_two_that_look_alike_are_never_sure():
    pairs = [*slips.worked(), *slips.aside()]

    assert max(compare(*pair.parties).score for pair in pairs if not pair.is_same) < 100


def test_the_pairs_are_the_same_at_every_run():
    assert slips.worked() == slips.worked()
    assert not {str(pair) for pair in slips.worked()} & {str(pair) for pair in slips.aside()}


def test_a_finding_does_not_depend_on_who_comes_first():
    for pair in [*slips.worked(), *slips.aside()]:
        one, other = pair.parties
        assert compare(one, other) == compare(other, one)


def test_the_numbers_of_the_register_have_their_check_digit():
    dice = slips.Dice(slips.WORKED, 1)

    assert all(is_issued(dice.number()) for _ in range(50))
    assert not is_issued("1234567890123")
    assert not is_issued("")
