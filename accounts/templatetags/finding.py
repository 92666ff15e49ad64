"""Found words, marked where they stand."""

from __future__ import annotations

from itertools import accumulate

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.models.folding import asked, folded

register = template.Library()
BEFORE, AT_MOST = 12, 90
"""Signs shown before the first found word, and in all."""


@register.filter
def marked(text: str, question: str) -> SafeString:
    """The text with <mark> around every word of the question, in whatever spelling; a long text from the first on."""
    terms = [spelling for spellings in asked(question) for spelling in spellings]
    flags = places(text, terms)
    start = max(flags.index(True) - BEFORE, 0) if True in flags and len(text) > AT_MOST else 0
    end = start + AT_MOST
    cut = zip(text[start:end], flags[start:end], strict=True)
    return mark_safe(("…" if start else "") + joined(list(cut)) + ("…" if end < len(text) else ""))  # noqa: S308


def places(text: str, terms: list[str]) -> list[bool]:
    """For every sign whether it belongs to a found word. Signs fold one by one, some to nothing or to more."""
    pieces = [folded(sign) for sign in text]
    whole, ends = "".join(pieces), list(accumulate(map(len, pieces)))
    hit = [False] * len(whole)
    for term in terms:
        at = whole.find(term)
        while at >= 0:
            hit[at : at + len(term)] = [True] * len(term)
            at = whole.find(term, at + 1)
    hit.append(False)
    return [
        any(hit[end - len(piece) : end]) if piece else hit[end - 1] and hit[end]
        for piece, end in zip(pieces, ends, strict=True)
    ]


def joined(signs: list[tuple[str, bool]]) -> str:
    parts: list[str] = []
    run, is_marked = "", False
    for sign, flag in [*signs, ("", not signs[-1][1] if signs else False)]:
        if flag != is_marked and run:
            parts.append(format_html("<mark>{}</mark>", run) if is_marked else escape(run))
            run = ""
        run, is_marked = run + sign, flag
    return "".join(parts)
