"""The small marks of lists and records as functions: components and cells draw the same ones, by the fastest way there is.

Whatever comes from people goes through `format_html`. A mark is an `i`: a list says hundreds of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.templatetags import formats
from crm.templatetags.charts import sparkline
from crm.templatetags.ui import first_letter, icon, initials, meter_tone, nps_group, tint

register = template.Library()

NOTHING = format_html("<i class=unknown>{}</i>", formats.EMPTY)

NPS_WORDS = {
    "promoter": pgettext_lazy("nps", "Promoter"),
    "passive": pgettext_lazy("nps", "Passive"),
    "detractor": pgettext_lazy("nps", "Detractor"),
}
STAGES = {
    "seed": pgettext_lazy("stage", "Seed"),
    "sprout": pgettext_lazy("stage", "Sprout"),
    "leaf": pgettext_lazy("stage", "Leaf"),
    "bloom": pgettext_lazy("stage", "Bloom"),
    "tree": pgettext_lazy("stage", "Tree"),
}
GUARDS = {
    "clear": _("OK to offer"),
    "unhappy": pgettext_lazy("guard", "Unhappy"),
    "open_case": pgettext_lazy("guard", "Open case"),
    "recent": pgettext_lazy("guard", "Asked recently"),
    "no_need": pgettext_lazy("guard", "No known need"),
    "opted_out": pgettext_lazy("guard", "Opted out"),
    "other": pgettext_lazy("guard", "Not now"),
}


def is_unknown(value: object) -> bool:
    return value is None or value == ""


@register.simple_tag
def avatar(name: object, key: Any = 0, *, is_person: bool = False, size: str = "") -> SafeString:
    """Decoration beside the written name."""
    letters = initials(name) if is_person else first_letter(name)
    kind = f"{' avatar-person' if is_person else ''}{f' avatar-{size}' if size else ''}"
    return format_html('<i class="avatar {}{}" aria-hidden=true>{}</i>', tint(key), kind, letters)


@register.simple_tag
def health(score: int | None, series: Sequence[int] = (), *, is_stale: bool = False) -> SafeString:
    """The figure and how it came there; `series` oldest first."""
    if is_unknown(score):
        return NOTHING
    stale = format_html('"health is-stale" title="{}"', _("Older than 7 days")) if is_stale else "health"
    line = sparkline(series, is_stale) if series else ""
    return format_html("<b class={}>{}</b>{}", stale, score, line)


@register.simple_tag
def nps(score: int | None, *, is_bare: bool = False) -> SafeString:
    """The figure with its group; bare where the word stands in the head of the column."""
    if is_unknown(score):
        return NOTHING
    group = nps_group(score or 0)
    word = "" if is_bare else format_html(" <small>{}</small>", NPS_WORDS[group])
    return format_html('<b class="nps nps-{}">{}</b>{}', group, score, word)


@register.simple_tag
def meter(percent: float | None, *, figure: str = "", label: str = "", tone: str = "auto") -> SafeString:
    """The bar is painted by the class `at-…`; the figure stands beside it."""
    if percent is None or percent == "":
        return NOTHING
    return format_html(
        '<i class="meter at-{}{}">{}{}</i>',
        round(min(max(percent, 0), 100)),
        f" {found}" if tone == "auto" and (found := meter_tone(percent)) else "",
        format_html('<span class="meter-label">{}</span>', label) if label else "",
        figure or formats.percent(percent),
    )


@register.simple_tag
def stage(
    key: str, name: str = "", *, is_bare: bool = False, is_framed: bool = False, is_large: bool = False
) -> SafeString:
    """The plant with its word; bare only where the word is already in the name of the row or the head of the column."""
    known = key if key in STAGES else "tree"
    word = name or STAGES[known]
    css = f"{known}{' stage-framed' if is_framed else ''}{' stage-large' if is_large else ''}"
    if is_bare:
        return format_html('<i class="stage stage-{}" role="img" aria-label="{}"></i>', css, word)
    return format_html('<i class="stage stage-{}">{}</i>', css, word)


@register.simple_tag(name="guard_badge")
def guard(state: str, words: str = "", popover: str = "") -> SafeString:
    """`words` in place of the usual ones; `popover` is the id of what explains it. Colour and sign are in css/marks.css."""
    known = state if state in GUARDS else "other"
    said = words or GUARDS[known]
    if popover:
        return format_html(
            '<button type="button" popovertarget="{}" class="badge guard-{}">{}</button>', popover, known, said
        )
    return format_html('<i class="badge guard-{}">{}</i>', known, said)


@register.simple_tag
def timeline_item(sign: str, verb: str, said: str, *, by: str = "", when: str = "", end: str = "") -> SafeString:
    """`sign` is an icon, `said` what was said or done, `end` what stands at the right."""
    return format_html(
        '<li><span class="timeline-icon">{}</span><div>{}{}<div class="meta dots">{}{}</div></div>{}</li>',
        icon(sign, "s"),
        format_html('<span class="timeline-verb">{}</span>', verb) if verb else "",
        said,
        format_html("<span>{}</span>", by) if by else "",
        format_html("<span>{}</span>", when) if when else "",
        format_html("<div>{}</div>", end) if end else "",
    )


@register.simple_tag
def timeline_entry(entry: Any, today: date) -> SafeString:
    """An entry as the timeline knows it: what has a page of its own leads there."""
    text = format_html('<a class="link-plain" href="{}">{}</a>', entry.url, entry.text) if entry.url else entry.text
    quote = formats.quoted(entry.quote) if entry.quote else ""
    said = format_html("{} {}", text, quote) if text and quote else text or quote
    end = format_html('<span class="badge badge-{1}">{0}</span>', *entry.badge) if entry.badge else ""
    when = formats.date_near(entry.at, today)
    return timeline_item(entry.icon, entry.verb, said, by=entry.who, when=when, end=end)
