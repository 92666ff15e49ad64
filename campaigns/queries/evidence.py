"""The figures that a campaign's why can stand on: as they are now, and as they were when somebody chose them.

What is about all customers was worked out in the night (`campaigns.actions.evidence`) and is only read here, so that a page
costs the same with a thousand customers and with a million. Results and themes are few and are read as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Tier, Topic
from accounts.queries.facts import day_of
from campaigns.models import CampaignRevision, DayFigure, Look, Theme
from crm.templatetags import formats

Entry = Mapping[str, Any]
Names = Mapping[str, str]

SHARE, COUNT, NPS, LIFT = "share", "count", "nps", "lift"

KEPT: Mapping[str, tuple[str, Any]] = {
    "STORAGE_NEAR_LIMIT": (SHARE, gettext_lazy("Customers near their storage limit (from 85%)")),
    "RENEWALS_SOON": (COUNT, gettext_lazy("Customers whose contract renews within 90 days")),
    "HEALTH_LOW": (SHARE, gettext_lazy("Customers with health under 40")),
    "UNHAPPY": (SHARE, gettext_lazy("Customers who gave 6 or less")),
    "NPS": (NPS, gettext_lazy("NPS")),
    "COMPLAINTS_OPEN": (COUNT, gettext_lazy("Customers with an open complaint")),
    "NEED": (COUNT, gettext_lazy("Customers with an open need")),
}
LIVE: Mapping[str, tuple[str, Any]] = {
    "RESULT": (LIFT, gettext_lazy("Result of an earlier revision")),
    "THEME": (COUNT, gettext_lazy("The field says")),
}
CATALOGUE = {**KEPT, **LIVE}
ORDER = tuple(CATALOGUE)

FEWEST = 30
"""Answers under which an NPS is not told."""
MOST_RESULTS = 12
MOST_THEMES = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """`among` is what it was worked out from; ends are None where there is no interval."""

    code: str
    part: str
    value: float
    among: int
    on: date
    low: float | None = None
    high: float | None = None

    @property
    def key(self) -> str:
        return f"{self.code}:{self.part}"

    @property
    def kind(self) -> str:
        return CATALOGUE[self.code][0]

    @property
    def shown(self) -> str:
        if self.kind == LIFT:
            return _lift(self)
        if self.kind == SHARE:
            return formats.share(self.value, 1)
        return formats.signed(self.value, 0) if self.kind == NPS else formats.number(self.value)

    @property
    def entry(self) -> dict[str, Any]:
        """As it is kept with the revision."""
        ends = {} if self.low is None else {"low": self.low, "high": self.high}
        figures = {"code": self.code, "part": self.part, "value": self.value, "among": self.among}
        return {**figures, **ends, "on": self.on.isoformat()}


def _lift(figure: Figure) -> str:
    words = formats.points(figure.value * 100, 1)
    if figure.low is None or figure.high is None:
        return words
    ends = {"low": formats.signed(figure.low * 100, 1), "high": formats.points(figure.high * 100, 1)}
    return " ".join((words, _("(%(low)s to %(high)s)") % ends))


def of_entry(entry: Entry) -> Figure | None:
    """What was kept; None for a figure that the catalogue no longer has."""
    if entry.get("code") not in CATALOGUE:
        return None
    on = date.fromisoformat(entry["on"])
    ends = (entry.get("low"), entry.get("high"))
    return Figure(entry["code"], entry["part"], entry["value"], entry["among"], on, *ends)


# ----------------------------------------------------------------------------------- reading


def now() -> dict[str, Figure]:
    """Every figure that can be chosen, by its key, in the order of the catalogue. Three statements."""
    found = [*_kept(), *_results(), *_themes()]
    return {figure.key: figure for figure in sorted(found, key=lambda figure: ORDER.index(figure.code))}


def _kept() -> Iterable[Figure]:
    newest = DayFigure.objects.order_by("-on").values("on")[:1]
    for row in DayFigure.objects.filter(on=newest, code__in=KEPT).order_by("code", "part"):
        yield Figure(row.code, row.part, row.value, row.among, row.on)


def _results() -> Iterable[Figure]:
    """What the newest revisions added to sales, by their newest look; one without an interval shows nothing yet."""
    revisions = CampaignRevision.objects.filter(state__in=CampaignRevision.PUBLIC_STATES).order_by("-launched_at")
    wanted = list(revisions.values_list("pk", flat=True)[:MOST_RESULTS])
    looks = Look.objects.filter(revision__in=wanted, row=Look.Row.SALES, low__isnull=False)
    for look in looks.order_by("revision", "-on").distinct("revision"):
        people = look.treated + look.holdout
        yield Figure("RESULT", str(look.revision_id), look.difference or 0.0, people, look.on, look.low, look.high)


def _themes() -> Iterable[Figure]:
    """How many notes of the field stand behind the newest themes."""
    themes = Theme.objects.filter(is_confirmed=True).annotate(many=Count("notes"), newest=Max("notes__at"))
    for theme in themes.filter(many__gt=0).order_by("-pk")[:MOST_THEMES]:
        yield Figure("THEME", str(theme.pk), theme.many, theme.many, day_of(theme.newest).on)


# ------------------------------------------------------------------------------------ choosing


class Unknown(ValueError):
    """A figure that is not in the catalogue, or that nobody has worked out yet."""


def chosen(keys: Sequence[str], kept: Sequence[Entry]) -> list[dict[str, Any]]:
    """Entries for these keys: what was kept before stays as it was, what is new is kept as it is now. Raises Unknown."""
    before = {f"{entry['code']}:{entry['part']}": dict(entry) for entry in kept}
    if set(keys) <= set(before):
        return [before[key] for key in keys]
    known = now()
    if unknown := [key for key in keys if key not in before and key not in known]:
        raise Unknown(unknown[0])
    return [before.get(key) or known[key].entry for key in dict.fromkeys(keys)]


# ------------------------------------------------------------------------------------- in words


@dataclass(frozen=True, slots=True)
class Told:
    """A figure in the reader's words. `then` is None until it is chosen, `now` when it is no longer worked out."""

    key: str
    words: str
    then: Figure | None
    now: Figure | None

    @property
    def code(self) -> str:
        return self.key.partition(":")[0]

    @property
    def has_moved(self) -> bool:
        return bool(self.then and self.now and self.then.shown != self.now.shown)


def told(entries: Sequence[Entry], *, with_now: bool = True) -> list[Told]:
    """What a revision stands on, then and, unless it is left out, now."""
    kept = [figure for figure in map(of_entry, entries) if figure]
    known = now() if kept and with_now else {}
    names = _names(kept)
    return [Told(figure.key, _words(figure, names), figure, known.get(figure.key)) for figure in kept]


def to_choose(entries: Sequence[Entry]) -> list[Told]:
    """The catalogue with what is chosen already first; a chosen figure that is no longer worked out stays to be seen."""
    known, kept = now(), {figure.key: figure for figure in map(of_entry, entries) if figure}
    names = _names([*kept.values(), *known.values()])
    figures = {**kept, **{key: figure for key, figure in known.items() if key not in kept}}
    return [Told(key, _words(figure, names), kept.get(key), known.get(key)) for key, figure in figures.items()]


def _words(figure: Figure, names: Names) -> str:
    words, name = str(CATALOGUE[figure.code][1]), names.get(figure.key, "")
    return _("%(figure)s: %(part)s") % {"figure": words, "part": name} if name else words


def _names(figures: Iterable[Figure]) -> dict[str, str]:
    """Names of plans, topics, revisions and themes; one statement for each kind that occurs."""
    parts: dict[str, list[str]] = {}
    for figure in figures:
        if figure.part:
            parts.setdefault(figure.code, []).append(figure.part)
    return {f"{code}:{part}": name for code in parts for part, name in NAMERS[code](parts[code])}


def _tiers(parts: list[str]) -> Iterable[tuple[str, str]]:
    families = {part.rpartition(":")[0] for part in parts}
    for tier in Tier.objects.filter(family__code__in=families).select_related("family"):
        yield f"{tier.family.code}:{tier.rank}", tier.label


def _topics(parts: list[str]) -> Iterable[tuple[str, str]]:
    for topic in Topic.objects.filter(code__in=parts):
        yield topic.code, topic.label


def _revisions(parts: list[str]) -> Iterable[tuple[str, str]]:
    for revision in CampaignRevision.objects.filter(pk__in=parts).select_related("campaign"):
        said = {"campaign": revision.campaign.label, "number": revision.number}
        yield str(revision.pk), _("%(campaign)s, revision %(number)s") % said


def _theme_names(parts: list[str]) -> Iterable[tuple[str, str]]:
    for theme in Theme.objects.filter(pk__in=parts):
        yield str(theme.pk), formats.quoted(theme.label)


NAMERS = {"NPS": _tiers, "NEED": _topics, "RESULT": _revisions, "THEME": _theme_names}
