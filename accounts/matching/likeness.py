"""How alike two matching keys are."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from accounts.matching.spelling import KEPT

SHORTEST = 3
"""Below three signs every edit makes another name."""

SAFE = 4
"""Below four signs another sign makes another name (青葉堂, 若葉堂); one lost, doubled or swapped is still a slip."""

LONG = 8
"""From eight signs on, two edits may be slips."""

MOST_EDITS = 2
OUTLINE = 128
"""Bits of an outline."""

TELLING = frozenset("0123456789一二三四五六七八九十壱弐参東西南北新旧大小上下左右")
"""Signs that tell sister companies apart; where one of them differs, the difference is meant."""

ALIKE = str.maketrans("一口力夕二八工卜千才厶ソツ", "-ロカタニハエトチオムンシ")
"""Kanji and kana that look like a kana, as it stands in a matching key."""

_FORMS = "co ltd inc kk k llc corp corporation company limited plc gmbh 株式会社 有限会社 合同会社 株 有"
FORMS = frozenset(_FORMS.split())
"""Words of the legal form."""


def edits(one: str, other: str, *, most: int) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours; `most + 1` when there are more than `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    last: list[int] = []
    row = list(range(len(other) + 1))
    for i, sign in enumerate(one, start=1):
        before, last, row = last, row, [i]
        for j, mark in enumerate(other, start=1):
            cost = min(last[j] + 1, row[-1] + 1, last[j - 1] + (sign != mark))
            if min(i, j) > 1 and sign == other[j - 2] and mark == one[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def is_near(one: str, other: str) -> bool:
    """A slip of the pen: one edit, two in a long name, and none of the signs that tell sisters apart."""
    shorter = min(len(one), len(other))
    if one == other or shorter < SHORTEST:
        return False
    if _by_eye(one) == _by_eye(other):
        return True
    if _telling(one) != _telling(other):
        return False
    if shorter < SAFE and len(one) == len(other) and sorted(one) != sorted(other):
        return False
    most = MOST_EDITS if shorter >= LONG else 1
    return edits(one, other, most=most) <= most


@lru_cache(maxsize=KEPT)
def _by_eye(key: str) -> str:
    """As a card reader, or somebody without glasses, tells it: no voice marks, and what looks alike is alike."""
    return "".join(sign for sign in unicodedata.normalize("NFD", key) if not unicodedata.combining(sign)).translate(
        ALIKE
    )


def outline(key: str) -> int:
    """Which signs stand in a key, as bits: to tell at once that two keys are not near."""
    bits = 0
    for sign in key:
        bits |= 1 << ord(sign) % OUTLINE
    return bits


def may_be_near(one: int, other: int) -> bool:
    """By their outlines; never wrong where it says no, because an edit takes one sign away and adds one at most."""
    return (one ^ other).bit_count() <= 2 * MOST_EDITS


def _telling(key: str) -> list[str]:
    return [sign for sign in key if sign in TELLING]


@lru_cache(maxsize=KEPT)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name in alphabetical order without the legal form, so that their order does not matter."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    return tuple(sorted(word for word in words if word not in FORMS))
