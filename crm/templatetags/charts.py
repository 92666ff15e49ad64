"""Charts drawn as SVG on the server, readable without colour, hover or script.

Horizontal places are percentages, so text keeps its size at any width; colours come from classes in
`static/css/charts.css`. Every chart carries a one-sentence summary as its accessible name, and the larger
ones a table behind "View as table". Unknown values (None) are gaps, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.templatetags import formats

register = template.Library()

FEW_ANSWERS = 30
HATCH_STEP = 1.6


class Point(NamedTuple):
    """One point of a line. `answers` is how many it averages (None for one person's own score);
    `low` and `high` are the ends of its 95 % interval."""

    label: str
    value: float | None
    answers: int | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_thin(self) -> bool:
        return self.answers is not None and self.answers < FEW_ANSWERS


class Effect(NamedTuple):
    """A difference to the holdout with its 95 % interval, in points, in yen or in plain units.

    Without an estimate the row stays, empty but for its verdict: the measures always stand together.
    """

    label: str
    estimate: float | None
    low: float
    high: float
    note: str = ""
    in_points: bool = True
    rise_is_good: bool = True
    verdict: str = ""
    in_yen: bool = False

    @property
    def is_clear(self) -> bool:
        """An interval that covers zero says nothing yet, whatever the dot says."""
        return self.estimate is not None and (self.low > 0 or self.high < 0)

    @property
    def tone(self) -> str:
        if self.estimate is None or not self.is_clear:
            return "neutral"
        return "pos" if (self.estimate > 0) == self.rise_is_good else "neg"


# -- Building blocks -------------------------------------------------------------------------------


def joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def at(place: float) -> str:
    """A horizontal place in percent; two decimals are finer than a pixel."""
    return f"{place:.2f}%"


def up(place: float) -> str:
    """A vertical place in pixels."""
    return f"{place:.1f}"


def drawing(css: str, summary: str, height: int, *parts: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart {}" role="img" aria-label="{}" width="100%" height="{}">{}</svg>',
        css,
        summary,
        height,
        joined(parts),
    )


def stroke(css: str, x1: float, y1: float, x2: float, y2: float) -> SafeString:
    return format_html('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>', css, at(x1), up(y1), at(x2), up(y2))


def bar(css: str, x: float, y: float, width: float, height: float, radius: float = 0) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>',
        css,
        at(x),
        up(y),
        at(max(width, 0)),
        up(height),
        up(radius),
    )


def dot(css: str, x: float, y: float, radius: float = 4) -> SafeString:
    return format_html('<circle class="{}" cx="{}" cy="{}" r="{}"/>', css, at(x), up(y), up(radius))


def words(css: str, x: float, y: float, text: object) -> SafeString:
    return format_html('<text class="{}" x="{}" y="{}">{}</text>', css, at(x), up(y), text)


def shape(css: str, corners: Iterable[tuple[float, float]], height: float) -> SafeString:
    """A filled area: corners as (percent, pixel), stretched to the chart by its own inner view."""
    return format_html(
        '<svg width="100%" height="{0}" viewBox="0 0 100 {0}" preserveAspectRatio="none">'
        '<polygon class="{1}" points="{2}"/></svg>',
        up(height),
        css,
        " ".join(f"{x:.2f},{y:.1f}" for x, y in corners),
    )


def hatched(css: str, x: float, y: float, width: float, height: float) -> SafeString:
    """A bar of slanted strokes: something expected, or kept apart, not something we have."""
    places = [x + step * HATCH_STEP for step in range(max(int(width / HATCH_STEP), 1))]
    return joined(
        [
            bar(f"{css} hatch-ground", x, y, width, height),
            *(stroke(f"{css} hatch", place, y + height, min(place + 0.9, x + width), y) for place in places),
        ]
    )


@register.simple_tag
def chart_table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> SafeString:
    """The same figures as a table, behind a switch every reader can operate."""
    cells = format_html_join("", '<th scope="col">{}</th>', ((cell,) for cell in head))
    body = joined(
        format_html("<tr>{}</tr>", format_html_join("", "<td>{}</td>", ((cell,) for cell in row))) for row in rows
    )
    return format_html(
        '<details class="chart-table"><summary>{}</summary><table><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></details>",
        _("View as table"),
        cells,
        body,
    )


# -- Small marks in lists --------------------------------------------------------------------------


@register.simple_tag
def sparkline(values: Sequence[float | None], is_stale: bool = False) -> SafeString:
    """A trend without an axis; grey unless it moved by 3 or more. `values` oldest first, in equal steps."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return format_html("<i class=unknown>{}</i>", formats.EMPTY)
    change = known[-1] - known[0]
    tone = "pos" if change >= 3 else "neg" if change <= -3 else "neutral"
    summary = _("From %(first)s to %(last)s") % {
        "first": formats.number(known[0]),
        "last": formats.number(known[-1]),
    }
    return format_html(
        '<svg class="spark-{}{}" role=img aria-label="{}"><path d="{}"/></svg>',
        tone,
        " is-stale" if is_stale else "",
        summary,
        spark_path(values, known),
    )


def spark_path(values: Sequence[float | None], known: Sequence[float]) -> str:
    """Whole pixels in a view of 28 by 13, each step from the last point; a gap begins anew."""
    low, spread = min(known), max(max(known) - min(known), 6)
    step = 26 / (len(values) - 1)
    path, last = "", None
    for index, value in enumerate(values):
        here = None if value is None else (round(1 + index * step), round(11 - 9 * (value - low) / spread))
        if here is not None:
            path += f"l{here[0] - last[0]}{here[1] - last[1]:+d}" if last else f"M{here[0]} {here[1]}"
        last = here
    return path


# -- Scores and money ------------------------------------------------------------------------------


@register.simple_tag
def driver_bars(drivers: Sequence[tuple[str, float]]) -> SafeString:
    """Rows of (words, points) around one shared zero mark. The points add up to the score with its base."""
    most = max([points for _words, points in drivers if points > 0], default=0)
    least = min([points for _words, points in drivers if points < 0], default=0)
    scale = 100 / max(most - least, 1)
    rows = (driver_row(text, points, -least * scale, scale) for text, points in drivers)
    return format_html('<ul class="drivers">{}</ul>', joined(rows))


def driver_row(text: str, points: float, zero: float, scale: float) -> SafeString:
    tone = "pos" if points >= 0 else "neg"
    start = zero if points >= 0 else zero + points * scale
    return format_html(
        '<li><span>{}</span><svg aria-hidden="true" height="10">{}</svg><span class="delta-{}">{}</span></li>',
        text,
        joined(
            [
                bar("chart-track", 0, 2, 100, 6, 1),
                bar(f"mark-{tone}", start, 2, abs(points) * scale, 6),
                stroke("chart-zero", zero, 0, zero, 10),
            ]
        ),
        tone,
        formats.signed(points),
    )


@register.simple_tag
def ltv_bar(now: float, then: float) -> SafeString:
    """What the relationship is worth, and the hatched part that the suggestion would add. Yen."""
    whole = max(now, then, 1)
    filled = 100 * now / whole
    summary = _("%(now)s today, %(then)s if the suggestion is accepted") % {
        "now": formats.money(now),
        "then": formats.money(then),
    }
    gain = [hatched("hatch-accent", filled, 0, 100 - filled, 8)] if then > now else []
    return drawing("chart-ltv", summary, 8, bar("mark-accent", 0, 0, filled, 8, 1), *gain)


@register.simple_tag
def split_bar(reached: int, held: int) -> SafeString:
    """Customers reached and customers kept for comparison (hatched)."""
    whole = max(reached + held, 1)
    filled = 100 * reached / whole
    summary = _("%(reached)s reached, %(held)s held out") % {
        "reached": formats.count(reached, "customers"),
        "held": formats.count(held, "customers"),
    }
    return drawing(
        "chart-split",
        summary,
        10,
        bar("mark-accent", 0, 0, max(filled - 0.4, 0), 10, 1),
        hatched("hatch-neutral", filled, 0, 100 - filled, 10),
    )


# -- Lines -----------------------------------------------------------------------------------------

LEFT, RIGHT = 6.0, 95.0


def places(many: int) -> list[float]:
    """Even horizontal places between the margins."""
    if many == 1:
        return [(LEFT + RIGHT) / 2]
    return [LEFT + index * (RIGHT - LEFT) / (many - 1) for index in range(many)]


@register.simple_tag
def nps_line(points: Sequence[Point]) -> SafeString:
    """Scores 0-10 over time, with the promoter and detractor bands. Thin averages stand without a line."""
    known = [point for point in points if point.value is not None]
    if not known:
        return format_html('<p class="muted">{}</p>', _("No answer yet"))
    spots = [
        (x, None if p.value is None else 14 + (10 - p.value) * 10, p)
        for x, p in zip(places(len(points)), points, strict=True)
    ]
    summary = _("NPS score from %(first)s to %(last)s over %(many)s surveys") % {
        "first": formats.trimmed(known[0].value or 0, 1),
        "last": formats.trimmed(known[-1].value or 0, 1),
        "many": len(known),
    }
    return joined(
        [
            drawing(
                "chart-nps", summary, 138, nps_bands(), *line_through(spots), *marks_on(spots), *ticks(points, 132)
            ),
            chart_table([_("Survey"), _("Score"), _("Answers")], [score_row(point) for point in points]),
        ]
    )


def score_row(point: Point) -> tuple[str, str, str]:
    value = formats.EMPTY if point.value is None else formats.trimmed(point.value, 1)
    return point.label, value, formats.number(1 if point.answers is None else point.answers)


def nps_bands() -> SafeString:
    return joined(
        [
            bar("band-pos", LEFT - 1.5, 14, RIGHT - LEFT + 3, 15),
            bar("band-neg", LEFT - 1.5, 49, RIGHT - LEFT + 3, 65),
            words("chart-label is-pos", LEFT + 12, 25, _("Promoter 9–10")),
            words("chart-label is-neg is-end", RIGHT, 108, _("Detractor 0–6")),
            *(words("chart-tick is-end", LEFT - 2.5, 18 + (10 - score) * 10, score) for score in (10, 5, 0)),
        ]
    )


def line_through(spots: Sequence[tuple[float, float | None, Point]]) -> list[SafeString]:
    """Segments between neighbours that are known and stand on enough answers."""
    return [
        stroke("chart-line", x1, y1, x2, y2)
        for (x1, y1, one), (x2, y2, two) in pairwise(spots)
        if y1 is not None and y2 is not None and not one.is_thin and not two.is_thin
    ]


def marks_on(spots: Sequence[tuple[float, float | None, Point]]) -> list[SafeString]:
    marks = []
    for x, y, point in spots:
        if y is not None and point.value is not None:
            marks.append(dot("chart-dot", x, y, 3.5))
            marks.append(words("chart-value", x, y - 7, formats.trimmed(point.value, 1)))
    return marks


def ticks(points: Sequence[Point], y: float) -> list[SafeString]:
    """As many tick labels as fit: all up to eight, then every second or third."""
    every = max(1, -(-len(points) // 8))
    spots = list(zip(places(len(points)), points, strict=True))
    return [words("chart-tick is-middle", x, y, point.label) for x, point in spots[::every]]


@register.simple_tag
def trend_line(
    points: Sequence[Point],
    low: float,
    high: float,
    events: Mapping[str, str] | None = None,
    what: str = "",
) -> SafeString:
    """Averages between `low` and `high` with their 95 % band; `events` name points by label, with words."""
    known = [point for point in points if point.value is not None]
    if not known:
        return format_html('<p class="muted">{}</p>', _("No answer yet"))
    spots = [
        (x, None if p.value is None else level(p.value, low, high), p)
        for x, p in zip(places(len(points)), points, strict=True)
    ]
    summary = _("%(what)s from %(first)s to %(last)s") % {
        "what": what or "NPS",
        "first": formats.signed(known[0].value),
        "last": formats.signed(known[-1].value),
    }
    head = [_("Period"), what or "NPS", _("Interval"), _("Answers")]
    return joined(
        [
            drawing(
                "chart-trend",
                summary,
                176,
                *grid(low, high),
                *band_around(spots, low, high),
                *event_marks(spots, events or {}),
                *line_through(spots),
                *trend_marks(spots),
                *ticks(points, 172),
            ),
            chart_table(head, [trend_row(point) for point in points]),
        ]
    )


def level(value: float, low: float, high: float) -> float:
    """The vertical place of a value in the 134 px between the head room and the ticks."""
    return 20 + 134 * (high - value) / (high - low)


def grid(low: float, high: float) -> list[SafeString]:
    lines = []
    for value in (high, (low + high) / 2, low):
        y = level(value, low, high)
        lines.append(stroke("chart-grid", LEFT - 1, y, RIGHT + 1, y))
        lines.append(words("chart-tick is-end", LEFT - 1.8, y + 4, formats.signed(value)))
    return lines


def band_around(spots: Sequence[tuple[float, float | None, Point]], low: float, high: float) -> list[SafeString]:
    known = [(x, point) for x, _y, point in spots if point.low is not None and point.high is not None]
    if len(known) < 2:
        return []
    upper = [(x, level(min(point.high or 0, high), low, high)) for x, point in known]
    lower = [(x, level(max(point.low or 0, low), low, high)) for x, point in reversed(known)]
    return [shape("chart-band", upper + lower, 176)]


def event_marks(spots: Sequence[tuple[float, float | None, Point]], events: Mapping[str, str]) -> list[SafeString]:
    marks = []
    for x, _y, point in spots:
        if text := events.get(point.label):
            marks.append(stroke("chart-event", x, 12, x, 154))
            marks.append(words(f"chart-label {'is-end' if x > 60 else ''}", x + (-1 if x > 60 else 1), 12, text))
    return marks


def trend_marks(spots: Sequence[tuple[float, float | None, Point]]) -> list[SafeString]:
    """A dot on every point, the figure on the last one."""
    drawn = [(x, y, point) for x, y, point in spots if y is not None]
    x, y, last = drawn[-1]
    return [
        *(dot("chart-dot", x, y, 3) for x, y, _point in drawn),
        words("chart-value is-strong", x, (y or 0) - 9, formats.signed(last.value)),
    ]


def trend_row(point: Point) -> tuple[str, str, str, str]:
    interval = (
        formats.EMPTY
        if point.low is None or point.high is None
        else f"{formats.signed(point.low)} – {formats.signed(point.high)}"
    )
    return point.label, formats.signed(point.value), interval, formats.number(point.answers)


@register.simple_tag
def usage_area(
    readings: Sequence[tuple[str, float]],
    limit: float,
    unit: str,
    forecast: str = "",
    forecast_share: float = 0.12,
) -> SafeString:
    """Readings as (tick, value), the limit as a dashed line, and the way to it (`forecast` words) dotted.

    `forecast_share` is the time to the limit as a share of the shown time, at most 0.3.
    """
    if not readings:
        return format_html('<p class="muted">{}</p>', _("No reading yet"))
    top = max(limit, *(value for _tick, value in readings))
    ahead = min(forecast_share, 0.3) if forecast else 0
    right = 96 / (1 + ahead) if forecast else 96
    corners = usage_corners([value for _tick, value in readings], top, right)
    summary = _("%(used)s of %(limit)s %(unit)s used") % {
        "used": formats.number(readings[-1][1]),
        "limit": formats.number(limit),
        "unit": unit,
    }
    if forecast:
        summary = _("%(summary)s. Limit reached %(when)s") % {"summary": summary, "when": forecast}
    return joined(
        [
            drawing("chart-usage", summary, 92, *usage_parts(readings, corners, limit, top, unit, forecast)),
            chart_table([_("Period"), unit], [(tick, formats.number(value)) for tick, value in readings]),
        ]
    )


def usage_corners(values: Sequence[float], top: float, right: float) -> list[tuple[float, float]]:
    step = (right - 3) / max(len(values) - 1, 1)
    return [(3 + index * step, 72 - 54 * value / top) for index, value in enumerate(values)]


def usage_parts(
    readings: Sequence[tuple[str, float]],
    corners: Sequence[tuple[float, float]],
    limit: float,
    top: float,
    unit: str,
    forecast: str,
) -> list[SafeString]:
    roof = 72 - 54 * limit / top
    x, y = corners[-1]
    ground = [(x, 72.0), (corners[0][0], 72.0)]
    middle = len(readings) // 2
    return [
        shape("chart-area", [*corners, *ground], 92),
        *(stroke("chart-line is-accent", *one, *two) for one, two in pairwise(corners)),
        stroke("chart-limit", 3, roof, 98, roof),
        words(
            "chart-label is-neg",
            3,
            roof - 5,
            _("Limit %(limit)s %(unit)s") % {"limit": formats.number(limit), "unit": unit},
        ),
        stroke("chart-grid", 3, 72, 98, 72),
        dot("mark-accent", x, y, 3),
        *(forecast_parts(x, y, roof, forecast) if forecast else []),
        *(
            words("chart-tick", corners[index][0], 87, readings[index][0])
            for index in {0, middle}
            if index < len(readings) - 1
        ),
        words("chart-tick is-middle", x, 87, readings[-1][0]),
    ]


def forecast_parts(x: float, y: float, roof: float, text: str) -> list[SafeString]:
    return [
        stroke("chart-forecast", x, y, 96, roof),
        dot("chart-target", 96, roof, 4),
        words("chart-label is-neg is-strong is-end", 98, roof - 7, text),
    ]


# -- Strips, funnels, effects ----------------------------------------------------------------------


@register.simple_tag
def renewal_strip(renewals: Sequence[Mapping[str, Any]], start: date, days: int = 45) -> SafeString:
    """Renewals as dots on a line of `days`. Each: name, day, tone ("up", "down", "warn" or ""), url.

    Labels too close to their neighbour are left to the dot's own name and the table.
    """
    dots, free_from = [], 0.0
    for renewal in sorted(renewals, key=lambda renewal: renewal["day"]):
        place = 4 + 92 * min(max((renewal["day"] - start).days, 0), days) / days
        name = f"{renewal['name']} {formats.date_short(renewal['day'])}"
        half = label_width(name) / 2
        middle = min(max(place, half), 100 - half)
        fits = middle - half >= free_from
        dots.append(renewal_dot(renewal, name, place, middle if fits else None))
        free_from = middle + half if fits else free_from
    return format_html(
        '<svg class="chart chart-renewals" role="group" aria-label="{}" width="100%" height="34">{}{}</svg>',
        _("Renewals in %(days)s days") % {"days": days},
        stroke("chart-axis", 0, 9, 100, 9),
        joined(dots),
    )


def label_width(text: str) -> float:
    """About how much of a 400 px strip a label takes, in percent: 11 px a Japanese sign, 6 px a Latin one."""
    return sum(6 if sign.isascii() else 11 for sign in text) / 4 + 2


def renewal_dot(renewal: Mapping[str, Any], name: str, place: float, label_at: float | None) -> SafeString:
    label = SafeString("") if label_at is None else words("chart-label is-middle", label_at, 27, name)
    return format_html(
        '<a href="{}" aria-label="{}"><rect class="chart-touch" x="{}" width="24" height="34" '
        'transform="translate(-12)"/>{}{}</a>',
        renewal["url"],
        name,
        at(place),
        dot(f"chart-renewal is-{renewal.get('tone') or 'neutral'}", place, 9, 4.5),
        label,
    )


@register.simple_tag
def funnel(steps: Sequence[tuple[str, int]]) -> SafeString:
    """Steps as (words, how many), each with its share of the step before. Bars start at zero."""
    whole = max([many for _words, many in steps], default=0) or 1
    before = [None, *(many for _words, many in steps)]
    rows = (
        funnel_row(text, many, previous, whole, index)
        for index, ((text, many), previous) in enumerate(zip(steps, before, strict=False))
    )
    return format_html('<ol class="funnel">{}</ol>', joined(rows))


def funnel_row(text: str, many: int, previous: int | None, whole: int, index: int) -> SafeString:
    rate = formats.share(many / previous) if previous else ""
    return format_html(
        '<li><span>{}</span><svg aria-hidden="true" height="18">{}</svg><strong>{}</strong><small>{}</small></li>',
        text,
        bar(f"mark-accent fade-{min(index, 5)}", 0, 0, 100 * many / whole, 18, 2),
        formats.number(many),
        rate,
    )


@register.simple_tag
def effect_rows(effects: Sequence[Effect]) -> SafeString:
    """Dot, 95 % interval and the line of no difference for each; grey while the interval covers zero."""
    return format_html(
        '<div class="effects"><ul>{}</ul><p class="effects-note">{}</p></div>{}',
        joined(effect_row(effect) for effect in effects),
        _("line = no difference"),
        chart_table(
            [_("Measure"), _("Difference"), _("Interval")],
            [(effect.label, estimate_words(effect), interval_words(effect)) for effect in effects],
        ),
    )


def effect_row(effect: Effect) -> SafeString:
    return format_html(
        '<li><span>{} <small>{}</small></span>{}<span class="effect-figures">{} <small>{}</small>{}</span></li>',
        effect.label,
        effect.note,
        drawing("chart-effect", effect_summary(effect), 24, *effect_marks(effect)),
        format_html("<strong>{}</strong>", estimate_words(effect)) if effect.estimate is not None else "",
        interval_words(effect),
        format_html('<small class="effect-verdict">{}</small>', effect.verdict) if effect.verdict else "",
    )


def effect_marks(effect: Effect) -> list[SafeString]:
    low, high = min(effect.low, 0), max(effect.high, 0)
    reach = max(high - low, 0.001)

    def place(value: float) -> float:
        return 12 + 76 * (value - low) / reach

    axis = stroke("chart-axis", 0, 12, 100, 12)
    if effect.estimate is None:
        return [axis, stroke("chart-zero", 50, 2, 50, 22)]
    return [
        axis,
        stroke("chart-zero", place(0), 2, place(0), 22),
        bar(f"chart-interval is-{effect.tone}", place(effect.low), 9.5, place(effect.high) - place(effect.low), 5, 2.5),
        dot(f"mark-{effect.tone}", place(effect.estimate), 12, 4.5),
    ]


def estimate_words(effect: Effect) -> str:
    if effect.estimate is None:
        return formats.EMPTY
    if effect.in_yen:
        return formats.money_change(effect.estimate)
    return formats.points(effect.estimate) if effect.in_points else formats.signed(effect.estimate, 1)


def interval_words(effect: Effect) -> str:
    if effect.estimate is None:
        return ""
    low, high = (
        formats.money_change(end) if effect.in_yen else formats.signed(end, 1) for end in (effect.low, effect.high)
    )
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def effect_summary(effect: Effect) -> str:
    said = {"label": effect.label, "estimate": estimate_words(effect), "interval": interval_words(effect)}
    if effect.estimate is None:
        return _("%(label)s: nothing to draw yet") % said
    if effect.is_clear:
        return _("%(label)s: %(estimate)s, 95%% interval %(interval)s") % said
    return _("%(label)s: %(estimate)s, 95%% interval %(interval)s, which includes no difference") % said


@register.simple_tag
def effect_looks(points: Sequence[Point], what: str, in_points: bool = True) -> SafeString:
    """How a difference and its 95 % interval went from look to look, with the line of no difference."""
    low, high = min(0, *(point.low or 0 for point in points)), max(0, *(point.high or 0 for point in points))
    reach = max(high - low, 0.001)
    xs = [LOOKS_LEFT + (100 - LOOKS_LEFT) * place / (len(points) - 1) for place in range(len(points))]

    def level_of(value: float | None) -> float:
        return 6 + 60 * (high - (value or 0)) / reach

    upper = [(x, level_of(point.high)) for x, point in zip(xs, points, strict=True)]
    lower = [(x, level_of(point.low)) for x, point in zip(xs, points, strict=True)]
    middle = [(x, level_of(point.value)) for x, point in zip(xs, points, strict=True)]
    steps = [Effect(p.label, p.value, p.low or 0, p.high or 0, in_points=in_points) for p in points]
    summary = _("%(what)s at %(many)s looks, at last %(estimate)s, 95%% interval %(interval)s") % {
        "what": what,
        "many": len(points),
        "estimate": estimate_words(steps[-1]),
        "interval": interval_words(steps[-1]),
    }
    return joined(
        [
            drawing(
                "chart-looks",
                summary,
                88,
                shape("chart-band", upper + lower[::-1], 88),
                stroke("chart-zero", LOOKS_LEFT, level_of(0), 100, level_of(0)),
                *(stroke("chart-line", x1, y1, x2, y2) for (x1, y1), (x2, y2) in pairwise(middle)),
                dot("chart-dot", *middle[-1], 3),
                *(
                    words("chart-tick is-end", LOOKS_LEFT - 1.5, level_of(end) + 4, formats.signed(end))
                    for end in (high, low)
                ),
                words("chart-tick", LOOKS_LEFT, 84, points[0].label),
                words("chart-tick is-end", 100, 84, points[-1].label),
            ),
            chart_table(
                [_("Day"), _("Difference"), _("Interval")],
                [(step.label, estimate_words(step), interval_words(step)) for step in steps],
            ),
        ]
    )


LOOKS_LEFT = 12.0


@register.simple_tag
def fall_out(matched: int, excluded: Sequence[tuple[str, int, str]]) -> SafeString:
    """Customers who match, then (words, how many, tone) for each guard that leaves some out.

    Excluded bars share their own scale, so that small guards stay visible; the figures say the size.
    """
    most = max([many for _words, many, _tone in excluded], default=0) or 1
    rows = [fall_out_row(_("Customers that match"), formats.number(matched), 100, "faint")]
    rows += [
        fall_out_row(text, formats.signed(-many), 100 * many / most if many else 0, tone)
        for text, many, tone in excluded
    ]
    return format_html('<ul class="fall-out">{}</ul>', joined(rows))


def fall_out_row(text: str, figure: str, width: float, tone: str) -> SafeString:
    return format_html(
        '<li><span>{}</span><svg aria-hidden="true" height="14">{}</svg><span>{}</span></li>',
        text,
        bar(f"mark-{tone or 'neutral'}", 100 - width, 0, width, 14, 1),
        figure,
    )


@register.simple_tag
def stacked(detractors: int, passives: int, promoters: int) -> SafeString:
    """Detractors, passives and promoters as shares of one bar, in that order, with the figures in words."""
    whole = max(detractors + passives + promoters, 1)
    summary = _("%(promoters)s promoters, %(passives)s passives, %(detractors)s detractors") % {
        "promoters": promoters,
        "passives": passives,
        "detractors": detractors,
    }
    parts, x = [], 0.0
    for many, tone in ((detractors, "neg"), (passives, "neutral"), (promoters, "pos")):
        parts.append(bar(f"mark-{tone}", x, 0, max(100 * many / whole - 0.4, 0), 12, 1))
        x += 100 * many / whole
    return drawing("chart-stacked", summary, 12, *parts)


@register.simple_tag
def score_columns(counts: Sequence[int]) -> SafeString:
    """How many answered each score 0-10: eleven columns with their figures, zero-based."""
    most = max(counts, default=0) or 1
    columns = joined(score_column(score, many, most) for score, many in enumerate(counts))
    summary = _("%(many)s answers from 0 to 10") % {"many": sum(counts)}
    return joined(
        [
            drawing("chart-scores", summary, 132, columns, stroke("chart-grid", 0, 112, 100, 112)),
            chart_table([_("Score"), _("Answers")], list(enumerate(counts))),
        ]
    )


def score_column(score: int, many: int, most: int) -> SafeString:
    tone = "pos" if score >= 9 else "neutral" if score >= 7 else "neg"
    width = 100 / 11
    height = 88 * many / most
    middle = width * (score + 0.5)
    return joined(
        [
            bar(f"mark-{tone}", width * score + 1, 112 - height, width - 2, height, 2),
            words("chart-value", middle, 106 - height, many),
            words("chart-tick is-middle", middle, 127, score),
        ]
    )
