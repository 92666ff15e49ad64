"""Notes that seem to speak of the same thing: gathered by the words they share and by nothing else.

A proposal for a person, so it must be possible to see at a glance why it was made: the shared words are its name.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

AT_LEAST = 2
"""Notes that make a group."""
TOO_COMMON = 0.6
"""A word in more than this share of the notes tells nothing apart, once there are MANY."""
MANY = 8
NAME_WORDS = 3

RUNS = re.compile(r"[一-鿿々]{2,}|[ァ-ヴー]{2,}|[a-z][a-z'-]{3,}")
"""Words that carry meaning: kanji, katakana, Latin. Hiragana and figures hold sentences together."""
EMPTY = frozenset(
    [
        "客様",
        "提案",
        "施策",
        "会社",
        "今回",
        "先日",
        "場合",
        "必要",
        "自分",
        "一番",
        "毎回",
        "全部",
        "本当",
        "非常",
        "営業",
        "顧客",
        "担当",
        "御社",
        "弊社",
        "about",
        "after",
        "also",
        "always",
        "because",
        "been",
        "before",
        "could",
        "customer",
        "customers",
        "does",
        "even",
        "first",
        "from",
        "have",
        "into",
        "just",
        "like",
        "more",
        "most",
        "much",
        "need",
        "only",
        "other",
        "said",
        "some",
        "than",
        "that",
        "their",
        "them",
        "then",
        "there",
        "they",
        "this",
        "very",
        "wants",
        "want",
        "were",
        "what",
        "when",
        "which",
        "while",
        "will",
        "with",
        "would",
        "your",
    ]
)


@dataclass(frozen=True, slots=True)
class Group:
    """`words` are what the notes share, the most telling first."""

    notes: tuple[int, ...]
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        return "・".join(self.words)


def groups(notes: Mapping[int, str]) -> list[Group]:
    """Each note in one group at most; the word that gathers most notes goes first."""
    terms = _without_common({number: terms_of(words) for number, words in notes.items()})
    found: list[Group] = []
    while seed := _seed(terms, len(notes)):
        members = tuple(number for number in terms if seed in terms[number])
        found.append(Group(members, _name([terms[number] for number in members], seed)))
        terms = {number: own for number, own in terms.items() if number not in members}
    return found


def _without_common(terms: Mapping[int, frozenset[str]]) -> dict[int, frozenset[str]]:
    if len(terms) < MANY:
        return dict(terms)
    shared = Counter(term for own in terms.values() for term in own)
    common = {term for term, many in shared.items() if many > len(terms) * TOO_COMMON}
    return {number: own - common for number, own in terms.items()}


def terms_of(words: str) -> frozenset[str]:
    """Runs of one script with what they are made of: 容量追加 is 容量追加, 容量, 量追 and 追加."""
    runs = RUNS.findall(unicodedata.normalize("NFKC", words).lower())
    parts = {run[place : place + 2] for run in runs if not run.isascii() for place in range(len(run) - 1)}
    return frozenset(parts | {run.rstrip("s") if run.isascii() else run for run in runs}) - EMPTY


def _seed(terms: Mapping[int, frozenset[str]], total: int) -> str:
    """Many notes and few others: the word with the most of both. Of equals the longer; then always the same."""
    shared = Counter(term for own in terms.values() for term in own)
    fitting = [term for term, many in shared.items() if many >= AT_LEAST]
    return max(fitting, key=lambda term: (_weight(shared[term], total), len(term), term), default="")


def _weight(many: int, total: int) -> float:
    return round(many * math.log((total + 1) / many), 9)


def _name(members: Sequence[frozenset[str]], seed: str) -> tuple[str, ...]:
    """What more than half of the notes share; what is a part of something longer says nothing new."""
    shared = Counter(term for own in members for term in own)
    wanted = [term for term, many in shared.items() if many * 2 > len(members) and many >= AT_LEAST] or [seed]
    longest = [term for term in wanted if not any(term != other and term in other for other in wanted)]
    ranked = sorted(longest, key=lambda term: (-shared[term], -len(term), term))
    kept = [term for term in ranked if seed in term] or [seed]
    return tuple(dict.fromkeys((kept[0], *ranked)))[:NAME_WORDS]
