from datetime import date

import pytest

from crm.days import read_day

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24",
        "2026/11/24",
        "2026.11.24",
        "２０２６／１１／２４",
        "2026年11月24日",
        "20261124",
        " 2026/11/24 ",
        "2026-11-24 00:00:00",
        "令和8年11月24日",
        "令和８年１１月２４日",
        "㋿8年11月24日",
        "R8.11.24",
        "Ｒ８．１１．２４",
        "r8/11/24",
        "R.8.11.24",
        "平成38年11月24日",
    ],
)
def test_a_day_is_read_however_it_is_written(text):
    assert read_day(text) == TODAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和元年5月1日", date(2019, 5, 1)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("2024/2/29", date(2024, 2, 29)),
    ],
)
def test_eras_count_from_their_first_year(text, day):
    assert read_day(text) == day


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13-01", "2025-02-29", "11/24", "X8.11.24", "令和8年", "2026-11-24x"]
)
def test_what_is_no_day_is_nothing(text):
    assert read_day(text) is None
