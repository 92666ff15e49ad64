"""Working days in Japan: Monday to Friday without the holidays of 国民の祝日に関する法律 (as amended up to 2018).

Valid from 2022 on; a holiday that falls on a Sunday moves to the next day that is none (article 3-2), and a day
between two holidays is one as well (article 3-3). The equinoxes follow the astronomical approximation that
holds until 2099; the government fixes each of them in February of the year before.
"""

from collections.abc import Container, Mapping
from datetime import date, timedelta
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FIXED = {
    (1, 1): _("New Year's Day"),
    (2, 11): _("National Foundation Day"),
    (2, 23): _("Emperor's Birthday"),
    (4, 29): _("Showa Day"),
    (5, 3): _("Constitution Day"),
    (5, 4): _("Greenery Day"),
    (5, 5): _("Children's Day"),
    (8, 11): _("Mountain Day"),
    (11, 3): _("Culture Day"),
    (11, 23): _("Labour Thanksgiving Day"),
}
MONDAYS = {
    (1, 2): _("Coming of Age Day"),
    (7, 3): _("Marine Day"),
    (9, 3): _("Respect for the Aged Day"),
    (10, 2): _("Sports Day"),
}
"""Month and which of its Mondays."""
SPRING, AUTUMN = _("Vernal Equinox Day"), _("Autumnal Equinox Day")
SUBSTITUTE, BETWEEN = _("Substitute holiday"), _("Citizens' holiday")
DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6


def next_working_day(after: date) -> date:
    """The first working day after this one."""
    day = after + DAY
    while not is_working_day(day):
        day += DAY
    return day


def working_days_before(day: date, many: int) -> date:
    """The day that lies so many working days before this one."""
    for _step in range(many):
        day -= DAY
        while not is_working_day(day):
            day -= DAY
    return day


def working_day_from(day: date) -> date:
    """The day itself, or the first working day after it."""
    return day if is_working_day(day) else next_working_day(day)


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def holidays(year: int) -> frozenset[date]:
    return frozenset(names_of_holidays(year))


@lru_cache(maxsize=16)
def names_of_holidays(year: int) -> Mapping[date, Promise]:
    named = {date(year, month, day): name for (month, day), name in FIXED.items()}
    named |= {_monday(year, month, number): name for (month, number), name in MONDAYS.items()}
    named |= {_equinox(year, 3, 20.8431): SPRING, _equinox(year, 9, 23.2488): AUTUMN}
    moved = {_substitute(day, named): SUBSTITUTE for day in named if day.weekday() == SUNDAY}
    between = {day + DAY for day in named if day + 2 * DAY in named and (day + DAY).weekday() != SUNDAY}
    return dict.fromkeys(between, BETWEEN) | moved | named


def _monday(year: int, month: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7 + 7 * (number - 1))


def _equinox(year: int, month: int, day_in_1980: float) -> date:
    years = year - 1980
    return date(year, month, int(day_in_1980 + 0.242194 * years) - years // 4)


def _substitute(holiday: date, named: Container[date]) -> date:
    day = holiday + DAY
    while day in named:
        day += DAY
    return day
