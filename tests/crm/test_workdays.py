from datetime import date

import pytest

from crm.workdays import holidays, next_working_day


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (date(2026, 11, 24), date(2026, 11, 25)),
        (date(2026, 11, 20), date(2026, 11, 24)),  # weekend, then 勤労感謝の日
        (date(2026, 5, 1), date(2026, 5, 7)),  # 憲法記念日 is a Sunday and moves behind こどもの日
        (date(2026, 9, 18), date(2026, 9, 24)),  # the day between 敬老の日 and 秋分の日 is a holiday too
        (date(2027, 3, 19), date(2027, 3, 23)),  # 春分の日 on a Sunday moves to Monday
    ],
)
def test_the_next_working_day_skips_weekends_and_holidays(after, expected):
    assert next_working_day(after) == expected


@pytest.mark.parametrize(
    ("year", "spring", "autumn"), [(2024, 20, 22), (2025, 20, 23), (2026, 20, 23), (2027, 21, 23), (2028, 20, 22)]
)
def test_the_equinoxes_fall_on_the_days_the_observatory_published(year, spring, autumn):
    assert {date(year, 3, spring), date(year, 9, autumn)} <= holidays(year)
