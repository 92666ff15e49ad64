"""Dates, money, counts and names as each language writes them.

Formats are a table by language, not messages to translate. "Today" comes in as an argument
(`{{ day|date_near:today }}`); nothing here reads the clock. None is written as an em dash.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

Day = date | datetime
Number = int | float | Decimal

EMPTY = "—"
MINUS = "−"
FAR_DAYS = 365
WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NEAR_WORDS = {"ja": {-1: "昨日", 0: "今日", 1: "明日"}, "en": {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}}
PERIODS = {"ja": {"month": "月", "year": "年", "30d": "30日"}, "en": {"month": "mo", "year": "yr", "30d": "30 d"}}
COUNTERS: dict[str, tuple[str, str, str]] = {
    "customers": ("社", "customer", "customers"),
    "items": ("件", "", ""),
    "suggestions": ("件", "suggestion", "suggestions"),
    "proposals": ("件", "proposal", "proposals"),
    "cases": ("件", "case", "cases"),
    "campaigns": ("件", "campaign", "campaigns"),
    "answers": ("件", "answer", "answers"),
    "needs": ("件", "need", "needs"),
    "activities": ("件", "activity", "activities"),
    "notes": ("件", "note", "notes"),
    "rows": ("行", "row", "rows"),
    "people": ("名", "person", "people"),
    "reps": ("名", "rep", "reps"),
    "seats": ("席", "seat", "seats"),
    "devices": ("台", "device", "devices"),
    "days": ("日", "day", "days"),
    "months": ("か月", "month", "months"),
    "years": ("年", "year", "years"),
    "hours": ("時間", "hour", "hours"),
    "minutes": ("分", "minute", "minutes"),
    "times": ("回", "time", "times"),
    "points": ("ポイント", "pt", "pt"),
}


def in_japanese() -> bool:
    return (get_language() or "").startswith("ja")


def language() -> str:
    return "ja" if in_japanese() else "en"


def dash_for_none(write: Callable[..., str]) -> Callable[..., str]:
    """An unknown value is a dash, never a zero."""

    @wraps(write)
    def written(value: Any, *args: Any) -> str:
        return EMPTY if value is None or value == "" else write(value, *args)

    return written


def day_of(value: Day) -> date:
    """The calendar day in the active time zone."""
    if not isinstance(value, datetime):
        return value
    return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()


def time_of(value: Day) -> str:
    if not isinstance(value, datetime):
        return ""
    return (timezone.localtime(value) if timezone.is_aware(value) else value).strftime("%H:%M")


# -- Dates -----------------------------------------------------------------------------------------


@register.filter
@dash_for_none
def date_short(value: Day, today: Day | None = None) -> str:
    """11/24, 24 Nov; with the year when it is more than twelve months from `today`."""
    day = day_of(value)
    if today is not None and abs((day - day_of(today)).days) > FAR_DAYS:
        return date_contract(day)
    return f"{day.month}/{day.day}" if in_japanese() else f"{day.day} {MONTHS[day.month - 1]}"


@register.filter
@dash_for_none
def date_near(value: Day, today: Day) -> str:
    """今日 10:02, 昨日, 11/24; Today 10:02, Yesterday, 24 Nov. The time is for moments of today only."""
    word = NEAR_WORDS[language()].get((day_of(value) - day_of(today)).days)
    if word is None:
        return date_short(value, today)
    return f"{word} {time_of(value)}".strip() if day_of(value) == day_of(today) else word


@register.filter
@dash_for_none
def date_long(value: Day) -> str:
    """11月24日（火）, Tue 24 Nov."""
    day = day_of(value)
    weekday = WEEKDAYS[language()][day.weekday()]
    if in_japanese():
        return f"{day.month}月{day.day}日（{weekday}）"
    return f"{weekday} {day.day} {MONTHS[day.month - 1]}"


@register.filter
@dash_for_none
def date_full(value: Day) -> str:
    """2026年11月24日, 24 Nov 2026."""
    day = day_of(value)
    if in_japanese():
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


@register.filter
@dash_for_none
def date_contract(value: Day) -> str:
    """2026/1/1, 1 Jan 2026: always with the year, without padding."""
    day = day_of(value)
    return f"{day.year}/{day.month}/{day.day}" if in_japanese() else date_full(day)


@register.filter
@dash_for_none
def date_export(value: Day) -> str:
    """2026/11/24, 2026-11-24: fixed width for files."""
    return day_of(value).strftime("%Y/%m/%d" if in_japanese() else "%Y-%m-%d")


@register.filter
@dash_for_none
def date_month(value: Day) -> str:
    """26/10, Oct 26: ticks of a chart."""
    day = day_of(value)
    return f"{day:%y}/{day.month}" if in_japanese() else f"{MONTHS[day.month - 1]} {day:%y}"


@register.filter
@dash_for_none
def date_month_year(value: Day) -> str:
    """2026年11月, Nov 2026."""
    day = day_of(value)
    return f"{day.year}年{day.month}月" if in_japanese() else f"{MONTHS[day.month - 1]} {day.year}"


@register.filter
def weekday(value: Day) -> str:
    """火, Tue."""
    return WEEKDAYS[language()][day_of(value).weekday()]


@register.filter
@dash_for_none
def moment(value: datetime, today: Day) -> str:
    """今日 10:02, 11/24 10:02: a day with its time, however far away."""
    day = date_near(day_of(value), today)
    return f"{day} {time_of(value)}"


@register.filter
@dash_for_none
def clock(value: datetime) -> str:
    """10:02 in the active time zone."""
    return time_of(value)


@register.simple_tag
def date_range(start: Day, end: Day, today: Day | None = None) -> str:
    """12/1 – 12/25; 1–25 Dec, 28 Nov – 3 Dec."""
    first, last = day_of(start), day_of(end)
    same_month = (first.year, first.month) == (last.year, last.month)
    if not in_japanese() and same_month:
        return f"{first.day}–{date_short(last, today)}"
    return f"{date_short(first, today)} – {date_short(last, today)}"


@register.filter
def days_until(value: Day, today: Day) -> int:
    """Whole days from today; negative once past."""
    return (day_of(value) - day_of(today)).days


@register.filter
@dash_for_none
def remaining(value: Day, today: Day) -> str:
    """37日, 37 days; a past day counts as 0."""
    return count(max(days_until(value, today), 0), "days")


@register.filter
@dash_for_none
def renews_in(value: Day, today: Day) -> str:
    """更新まで 37日, Renews in 37 days; 本日更新, Renews today; 更新日から 3日, Renewal 3 days ago."""
    left = days_until(value, today)
    if left == 0:
        return "本日更新" if in_japanese() else "Renews today"
    span = count(abs(left), "days")
    if left < 0:
        return f"更新日から {span}" if in_japanese() else f"Renewal {span} ago"
    return f"更新まで {span}" if in_japanese() else f"Renews in {span}"


@register.filter
@dash_for_none
def tenure(start: Day, today: Day) -> str:
    """4年2か月, 4y 2m since the first day."""
    first, last = day_of(start), day_of(today)
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    years, rest = divmod(max(months, 0), 12)
    if in_japanese():
        return (f"{years}年" if years else "") + (f"{rest}か月" if rest or not years else "")
    return " ".join(filter(None, (f"{years}y" if years else "", f"{rest}m" if rest or not years else "")))


# -- Numbers ---------------------------------------------------------------------------------------


def grouped(value: Number, digits: int = 0) -> str:
    """3,980,400 without a sign."""
    return f"{abs(value):,.{digits}f}"


def sign_of(value: Number, digits: int = 0) -> str:
    """The sign a change prints; a change that rounds to nothing has none."""
    shown = float(f"{value:.{digits}f}")
    return "+" if shown > 0 else MINUS if shown < 0 else ""


@register.filter
@dash_for_none
def number(value: Number, digits: int = 0) -> str:
    """4,820; −3 with a true minus."""
    return f"{sign_of(value, digits).replace('+', '')}{grouped(value, digits)}"


@register.filter
@dash_for_none
def signed(value: Number, digits: int = 0) -> str:
    """+24, −14, 0."""
    return f"{sign_of(value, digits)}{grouped(value, digits)}"


@register.filter
@dash_for_none
def money(amount: Number) -> str:
    """¥3,980,400, −¥30,000. Yen, without decimals."""
    return f"{sign_of(amount).replace('+', '')}¥{grouped(amount)}"


@register.filter
@dash_for_none
def money_change(amount: Number) -> str:
    """+¥48,000, −¥30,000, ¥0."""
    return f"{sign_of(amount)}¥{grouped(amount)}"


@register.filter
def per(text: str, period: str = "month") -> str:
    """¥96,000 / 月, ¥96,000 / mo. Periods: month, year, 30d."""
    return f"{text} / {PERIODS[language()][period]}"


@register.filter
def per_unit(period: str) -> str:
    """/ 月, / mo alone, for a second line."""
    return f"/ {PERIODS[language()][period]}"


@register.filter
@dash_for_none
def money_compact(amount: Number) -> str:
    """398万円, 1.2億円; ¥3.98M, ¥48K. For charts only."""
    minus, size = ("", amount) if amount >= 0 else (MINUS, -amount)
    if in_japanese():
        return minus + compact_ja(size)
    return f"{minus}¥{compact_en(size)}"


def compact_ja(size: Number) -> str:
    if round(size / 10_000) >= 10_000:
        return f"{trimmed(size / 100_000_000, 1)}億円"
    if size >= 10_000:
        return f"{trimmed(size / 10_000, 1 if size < 100_000 else 0)}万円"
    return f"{size:,.0f}円"


def compact_en(size: Number) -> str:
    for unit, letter in ((1_000_000_000, "B"), (1_000_000, "M")):
        if size >= unit:
            return f"{trimmed(size / unit, 2)}{letter}"
    return f"{size / 1000:,.0f}K" if size >= 10_000 else f"{size:,.0f}"


def trimmed(value: Number, digits: int) -> str:
    """1.2 for 1.20, 3 for 3.00."""
    written = f"{value:,.{digits}f}"
    return written.rstrip("0").rstrip(".") if digits else written


@register.filter
@dash_for_none
def percent(value: Number, digits: int = 0) -> str:
    """92% from 92."""
    return f"{number(value, digits)}%"


@register.filter
@dash_for_none
def share(fraction: Number, digits: int = 0) -> str:
    """92% from 0.92."""
    return percent(fraction * 100, digits)


@register.filter
@dash_for_none
def points(value: Number, digits: int = 1) -> str:
    """+7.6 ポイント, +7.6 pt: a difference of two percentages."""
    return f"{signed(value, digits)} {'ポイント' if in_japanese() else 'pt'}"


@register.filter
@dash_for_none
def count(value: int, of: str = "items") -> str:
    """38社, 38 customers. Kinds are the keys of COUNTERS; "items" is a bare number in English."""
    counter, one, many = COUNTERS[of]
    figure = number(value)
    if in_japanese():
        return f"{figure}{counter}"
    return f"{figure} {one if value == 1 else many}".strip()


@register.filter
@dash_for_none
def counted_to(value: int, limit: int = 10_000) -> str:
    """10,000+ once a list is longer than we count."""
    return f"{grouped(limit)}+" if value > limit else number(value)


# -- Names -----------------------------------------------------------------------------------------


@register.filter
@dash_for_none
def customer_name(name: str, title: str = "") -> str:
    """佐伯様; Mr Saeki when the title is known, else Saeki."""
    return f"{name}様" if in_japanese() else f"{title} {name}".strip()


@register.filter
@dash_for_none
def colleague_name(name: str) -> str:
    """高橋さん in a sentence; Takahashi."""
    return f"{name}さん" if in_japanese() else str(name)


@register.filter
@dash_for_none
def quoted(text: str) -> str:
    """「…」 or “…”."""
    return f"「{text}」" if in_japanese() else f"“{text}”"


@register.filter
def nowrap(text: object) -> SafeString:
    """Keeps a number with its unit, or a date with its suffix, on one line."""
    return format_html('<span class="nowrap">{}</span>', text)
