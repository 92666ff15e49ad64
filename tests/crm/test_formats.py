"""Every row of the format table, in both languages."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from crm.templatetags import formats

TODAY = date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 1, 2, tzinfo=UTC)


def written(language, write, *args):
    with translation.override(language):
        return write(*args)


@pytest.mark.parametrize(
    ("write", "args", "ja", "en"),
    [
        (formats.date_short, (date(2026, 12, 2),), "12/2", "2 Dec"),
        (formats.date_short, (date(2027, 11, 24), TODAY), "11/24", "24 Nov"),
        (formats.date_short, (date(2027, 11, 25), TODAY), "2027/11/25", "25 Nov 2027"),
        (formats.date_near, (TODAY, TODAY), "今日", "Today"),
        (formats.date_near, (MORNING, TODAY), "今日 10:02", "Today 10:02"),
        (formats.date_near, (date(2026, 11, 23), TODAY), "昨日", "Yesterday"),
        (formats.date_near, (date(2026, 11, 25), TODAY), "明日", "Tomorrow"),
        (formats.date_near, (date(2026, 11, 12), TODAY), "11/12", "12 Nov"),
        (formats.date_near, (date(2024, 11, 12), TODAY), "2024/11/12", "12 Nov 2024"),
        (formats.date_long, (TODAY,), "11月24日（火）", "Tue 24 Nov"),
        (formats.date_full, (TODAY,), "2026年11月24日", "24 Nov 2026"),
        (formats.date_contract, (date(2026, 1, 1),), "2026/1/1", "1 Jan 2026"),
        (formats.date_export, (date(2026, 1, 1),), "2026/01/01", "2026-01-01"),
        (formats.date_month, (date(2026, 10, 30),), "26/10", "Oct 26"),
        (formats.moment, (MORNING, date(2026, 12, 1)), "11/24 10:02", "24 Nov 10:02"),
        (formats.clock, (MORNING,), "10:02", "10:02"),
        (formats.date_range, (date(2026, 12, 1), date(2026, 12, 25)), "12/1 – 12/25", "1–25 Dec"),
        (formats.date_range, (date(2026, 11, 28), date(2026, 12, 3)), "11/28 – 12/3", "28 Nov – 3 Dec"),
        (formats.remaining, (date(2026, 12, 31), TODAY), "37日", "37 days"),
        (formats.renews_in, (date(2026, 12, 31), TODAY), "更新まで 37日", "Renews in 37 days"),
        (formats.renews_in, (date(2026, 11, 25), TODAY), "更新まで 1日", "Renews in 1 day"),
        (formats.renews_in, (TODAY, TODAY), "本日更新", "Renews today"),
        (formats.renews_in, (date(2026, 11, 21), TODAY), "更新日から 3日", "Renewal 3 days ago"),
        (formats.tenure, (date(2022, 9, 1), TODAY), "4年2か月", "4y 2m"),
        (formats.tenure, (date(2022, 11, 24), TODAY), "4年", "4y"),
        (formats.tenure, (date(2026, 11, 1), TODAY), "0か月", "0m"),
    ],
)
def test_a_date_is_written_as_its_language_writes_it(write, args, ja, en):
    assert (written("ja", write, *args), written("en", write, *args)) == (ja, en)


@pytest.mark.parametrize(
    ("write", "args", "ja", "en"),
    [
        (formats.money, (3980400,), "¥3,980,400", "¥3,980,400"),
        (formats.money, (-30000,), "−¥30,000", "−¥30,000"),
        (formats.money_change, (48000,), "+¥48,000", "+¥48,000"),
        (formats.money_change, (-30000,), "−¥30,000", "−¥30,000"),
        (formats.money_change, (0,), "¥0", "¥0"),
        (formats.per, ("+¥48,000",), "+¥48,000 / 月", "+¥48,000 / mo"),
        (formats.per_unit, ("30d",), "/ 30日", "/ 30 d"),
        (formats.money_compact, (3980400,), "398万円", "¥3.98M"),
        (formats.money_compact, (120_000_000,), "1.2億円", "¥120M"),
        (formats.money_compact, (99_999_999,), "1億円", "¥100M"),
        (formats.money_compact, (48000,), "4.8万円", "¥48K"),
        (formats.money_compact, (9800,), "9,800円", "¥9,800"),
        (formats.money_compact, (-3980400,), "−398万円", "−¥3.98M"),
        (formats.percent, (92,), "92%", "92%"),
        (formats.share, (0.159, 1), "15.9%", "15.9%"),
        (formats.points, (7.6,), "+7.6 ポイント", "+7.6 pt"),
        (formats.points, (-0.04,), "0.0 ポイント", "0.0 pt"),
        (formats.signed, (-14,), "−14", "−14"),
        (formats.number, (4820,), "4,820", "4,820"),
        (formats.counted_to, (10001,), "10,000+", "10,000+"),
        (formats.count, (38, "customers"), "38社", "38 customers"),
        (formats.count, (1, "customers"), "1社", "1 customer"),
        (formats.count, (5, "suggestions"), "5件", "5 suggestions"),
        (formats.count, (48, "people"), "48名", "48 people"),
        (formats.count, (60, "seats"), "60席", "60 seats"),
        (formats.count, (2, "devices"), "2台", "2 devices"),
        (formats.count, (5,), "5件", "5"),
    ],
)
def test_a_number_is_written_as_its_language_writes_it(write, args, ja, en):
    assert (written("ja", write, *args), written("en", write, *args)) == (ja, en)


@pytest.mark.parametrize(
    ("write", "args", "ja", "en"),
    [
        (formats.customer_name, ("佐伯",), "佐伯様", "佐伯"),
        (formats.customer_name, ("Saeki", "Mr"), "Saeki様", "Mr Saeki"),
        (formats.colleague_name, ("高橋",), "高橋さん", "高橋"),
        (formats.quoted, ("拠点間で共有したい",), "「拠点間で共有したい」", "“拠点間で共有したい”"),
    ],
)
def test_a_person_is_named_with_the_right_courtesy(write, args, ja, en):
    assert (written("ja", write, *args), written("en", write, *args)) == (ja, en)


@pytest.mark.parametrize("write", [formats.money, formats.percent, formats.date_full, formats.customer_name])
def test_an_unknown_value_is_a_dash(write):
    assert written("ja", write, None) == "—"


def test_a_moment_belongs_to_the_day_of_the_organisations_zone():
    late_in_utc = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)

    assert written("ja", formats.date_near, late_in_utc, TODAY) == "今日 01:00"


def test_text_kept_on_one_line_is_escaped():
    assert formats.nowrap("<b>") == '<span class="nowrap">&lt;b&gt;</span>'
