"""Lines of the search, with the found words marked where they stand. Drawn by functions: a page has a hundred of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from accounts.models.folding import asked, folded
from crm.slots import SearchHit
from crm.templatetags.marks import avatar, guard
from crm.templatetags.ui import icon, split_keys

register = template.Library()
BEFORE, AT_MOST = 12, 90
"""Signs shown before the first found word, and in all."""


@register.simple_tag
def found_line(hit: SearchHit, question: str) -> SafeString:
    """What stands in the link of a line: sign, label and what is beside it, then what stands at the end."""
    sign = avatar(hit.label, hit.tint) if hit.tint else icon(hit.icon) if hit.icon else ""
    aside = _span("found-aside", marked(hit.aside, question)) if hit.aside else ""
    badge = guard(hit.guard.state, hit.guard.words) if hit.guard else ""
    note = _span("found-note", hit.note) if hit.note else ""
    keys = ((cap,) for cap in split_keys(hit.key))
    caps = format_html_join("", '<kbd class="key" aria-hidden="true">{}</kbd>', keys) if hit.key else ""
    end = _span("found-end", format_html("{}{}{}", badge, note, caps))
    return format_html("{}{}{}{}", sign, _span("found-label", marked(hit.label, question)), aside, end)


def _span(css: str, words: str) -> SafeString:
    return format_html('<span class="{}">{}</span>', css, words)


@register.filter
def marked(text: str, question: str) -> SafeString:
    """The text with <mark> around every word of the question, in whatever spelling; a long text from the first on."""
    flags = places(text, spellings_of(question))
    start = max(flags.index(True) - BEFORE, 0) if True in flags and len(text) > AT_MOST else 0
    end = start + AT_MOST
    cut = zip(text[start:end], flags[start:end], strict=True)
    return mark_safe(("…" if start else "") + joined(list(cut)) + ("…" if end < len(text) else ""))  # noqa: S308


@lru_cache
def spellings_of(question: str) -> tuple[str, ...]:
    return tuple(spelling for spellings in asked(question) for spelling in spellings)


folded_sign = lru_cache(8192)(folded)


def places(text: str, terms: Iterable[str]) -> list[bool]:
    """For every sign whether it belongs to a found word. Signs fold one by one, some to nothing or to more."""
    pieces = [folded_sign(sign) for sign in text]
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
