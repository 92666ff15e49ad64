"""Working days in Japan: Monday to Friday without the holidays of 国民の祝日に関する法律 (as amended up to 2018).

Valid from 2022 on; a holiday that falls on a Sunday moves to the next day that is none (article 3-2), and a day
between two holidays is one as well (article 3-3). The equinoxes follow the astronomical approximation that
holds until 2099; the government fixes each of them in February of the year before.
"""

from datetime import date, timedelta
from functools import lru_cache

FIXED = ((1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23))
MONDAYS = ((1, 2), (7, 3), (9, 3), (10, 2))
"""Month and which of its Mondays."""
DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6


def next_working_day(after: date) -> date:
    """The first working day after this one."""
    day = after + DAY
    while not is_working_day(day):
        day += DAY
    return day


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in holidays(day.year)


@lru_cache(maxsize=16)
def holidays(year: int) -> frozenset[date]:
    named = {date(year, month, day) for month, day in FIXED}
    named |= {_monday(year, month, number) for month, number in MONDAYS}
    named |= {_equinox(year, 3, 20.8431), _equinox(year, 9, 23.2488)}
    moved = {_substitute(day, named) for day in named if day.weekday() == SUNDAY}
    between = {day + DAY for day in named if day + 2 * DAY in named and (day + DAY).weekday() != SUNDAY}
    return frozenset(named | moved | between)


def _monday(year: int, month: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7 + 7 * (number - 1))


def _equinox(year: int, month: int, day_in_1980: float) -> date:
    years = year - 1980
    return date(year, month, int(day_in_1980 + 0.242194 * years) - years // 4)


def _substitute(holiday: date, named: set[date]) -> date:
    day = holiday + DAY
    while day in named:
        day += DAY
    return day
