"""A day as people write it: 2026-11-24, 2026/11/24, 2026年11月24日, 令和8年11月24日, R8.11.24; full-width digits too."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

REST = r"(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?"
WESTERN = re.compile(rf"(\d{{4}}){REST}(?:[ T]0{{1,2}}:00(?::00)?)?", re.ASCII)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
ERA = re.compile(rf"(明治|大正|昭和|平成|令和|[MTSHR])\.?(元|\d{{1,2}}){REST}", re.ASCII | re.IGNORECASE)
YEAR_BEFORE = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
LETTERS = dict(zip("MTSHR", YEAR_BEFORE, strict=True))


def read_day(text: str) -> date | None:
    """None when it is no day. A year of an era that had ended by then (平成35年 in an old contract) is counted on."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if parts := WESTERN.fullmatch(plain) or COMPACT.fullmatch(plain):
        return _day(int(parts[1]), parts[2], parts[3])
    if parts := ERA.fullmatch(plain):
        era, year, month, day = parts.groups()
        before = YEAR_BEFORE[LETTERS.get(era.upper(), era)]
        return _day(before + (1 if year == "元" else int(year)), month, day)
    return None


def _day(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None
