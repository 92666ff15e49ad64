"""Small helpers of the components: icons, avatar letters and tints, families of badges."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxSelectMultiple, RadioSelect
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy

register = template.Library()

TINTS = 6
NPS_GROUPS = ((9, "promoter"), (7, "passive"), (0, "detractor"))
TYPES = {
    "upgrade": ("up", "arrow-up", pgettext_lazy("suggestion type", "Upgrade")),
    "seats": ("up", "plus", pgettext_lazy("suggestion type", "Seats")),
    "option": ("up", "circle-check", pgettext_lazy("suggestion type", "Option")),
    "bundle": ("up", "layers", pgettext_lazy("suggestion type", "Bundle")),
    "cross_sell": ("cross", "box", pgettext_lazy("suggestion type", "Add-on")),
    "trial": ("cross", "eye", pgettext_lazy("suggestion type", "Trial")),
    "reorder": ("cross", "repeat", pgettext_lazy("suggestion type", "Reorder")),
    "right_size": ("down", "arrow-left-right", pgettext_lazy("suggestion type", "Right-size")),
}
CONTROLS = {"Select": "select", "SelectMultiple": "select", "Textarea": "textarea", "CheckboxInput": "check-input"}
COMPANY_FORMS = ("株式会社", "有限会社", "合同会社", "㈱", "㈲", "(株)", "（株）")


@register.simple_tag
@cache
def icon(name: str, size: str = "", css: str = "") -> SafeString:
    """An icon of static/icons.svg; decoration only, the words beside it carry the meaning."""
    classes = " ".join(part for part in ("icon", size and f"icon-{size}", css) if part)
    return format_html('<svg class="{}" aria-hidden=true><use href="{}#{}"/></svg>', classes, static("icons.svg"), name)


@register.simple_tag
def type_badge(kind: str, words: str = "") -> SafeString:
    """What kind of offer: the family gives the colour, icon and word the meaning. Kinds are the keys of TYPES."""
    tone, name, usual = TYPES[kind]
    return format_html('<span class="badge badge-{}">{}{}</span>', tone, icon(name, "s"), words or usual)


@register.filter
def initials(name: object) -> str:
    """青葉メディカル株式会社 gives 青; Misaki Takahashi gives MT. The form of company is skipped."""
    words = without_company_form(str(name)).split()
    if not words:
        return ""
    if words[0][0].isascii():
        return "".join(word[0] for word in words[:2]).upper()
    return words[0][0]


@register.filter
def first_letter(name: object) -> str:
    """One sign for a company: 青, A."""
    return initials(name)[:1]


def without_company_form(name: str) -> str:
    for form in COMPANY_FORMS:
        name = name.replace(form, " ")
    return name.strip()


@register.filter
def tint(key: object) -> str:
    """A stable tint class for an avatar, by id; text keys count by their code points."""
    number = key if isinstance(key, int) else sum(map(ord, str(key)))
    return f"tint-{number % TINTS + 1}"


@register.filter
def nps_group(score: int) -> str:
    """promoter 9-10, passive 7-8, detractor 0-6."""
    return next(group for lowest, group in NPS_GROUPS if score >= lowest)


@register.filter
def meter_tone(percent: float | None) -> str:
    """Usage below 85 % is calm, from 85 % warns, from 100 % is over."""
    if percent is None or percent < 85:
        return ""
    return "is-neg" if percent >= 100 else "is-warn"


@register.filter
def split_keys(keys: str) -> list[str]:
    """ "g t" is two key caps, and "shift+C" as well: ⇧ and C."""
    return str(keys).replace("shift+", "⇧ ").split()


@register.simple_tag
def styled(field: BoundField, is_large: bool = False) -> SafeString:
    """A form field's widget with the class of its control; groups of choices become chips."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return choices_of(field)
    css = CONTROLS.get(type(widget).__name__, "input")
    large = " input-large" if is_large else ""
    return field.as_widget(attrs={"class": f"{css}{large} {widget.attrs.get('class', '')}".strip()})


def choices_of(field: BoundField) -> SafeString:
    chips = format_html_join(
        "", '<label class="chip">{}<span>{}</span></label>', ((choice.tag(), choice.choice_label) for choice in field)
    )
    return format_html('<div class="chips" role="group" aria-labelledby="{}_label">{}</div>', field.auto_id, chips)


class Kept(Node):
    """Drawn once a process for each language and each of the values; nothing else may decide what it shows."""

    def __init__(self, values: list[FilterExpression], nodelist: NodeList) -> None:
        self.values = values
        self.nodelist = nodelist
        self.drawn: dict[tuple[Any, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        key = get_language(), *(value.resolve(context) for value in self.values)
        if key not in self.drawn:
            self.drawn[key] = self.nodelist.render(context)
        return self.drawn[key]


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """`{% kept shell.theme %}…{% endkept %}`: what every page says in the same words, with few values that change them."""
    values = [parser.compile_filter(each) for each in token.split_contents()[1:]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(values, nodelist)
