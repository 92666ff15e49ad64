"""One ledger, a rolling window, and the day on which there is room again."""

from datetime import timedelta

import pytest

from campaigns.deciding.budget import budget
from tests.campaigns.deciding.world import TODAY, days_ago, touch


def spent(*days: int, limit: int = 3):
    return budget([touch(day) for day in days], limit=limit, days=30, today=TODAY)


def test_two_of_three_leaves_one() -> None:
    found = spent(3, 9)
    assert (found.used, found.left, found.is_spent, found.free_on) == (2, 1, False, None)


@pytest.mark.parametrize(("day", "used"), [(0, 1), (29, 1), (30, 0)])
def test_a_touch_counts_for_thirty_days(day: int, used: int) -> None:
    assert spent(day).used == used


def test_room_comes_back_when_the_oldest_leaves() -> None:
    assert spent(3, 9, 20).free_on == days_ago(20) + timedelta(days=30)


def test_after_an_excess_enough_must_leave_before_there_is_room() -> None:
    """Four in a window of three: the two oldest must go."""
    found = spent(3, 9, 20, 25)
    assert found.free_on == days_ago(20) + timedelta(days=30)
    assert found.left == 0


def test_on_the_day_it_names_there_is_room() -> None:
    found = spent(1, 2, 5, 8, 21)
    assert found.free_on is not None
    touches = [touch(day) for day in (1, 2, 5, 8, 21)]
    assert not budget(touches, limit=3, days=30, today=found.free_on).is_spent
    assert budget(touches, limit=3, days=30, today=found.free_on - timedelta(days=1)).is_spent
