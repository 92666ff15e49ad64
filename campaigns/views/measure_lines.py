"""One revision in lines with names: the same for the list, the comparison, the printed page and the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns.measure.uplift import Verdict
from campaigns.models import CampaignRevision, Look
from campaigns.queries import diffs
from campaigns.queries import measures as queries
from campaigns.views.checking import VERDICTS
from crm.templatetags import formats


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    entry: queries.Entry
    title: str
    lines: Sequence[Line]
    sales: str
    tone: str

    @property
    def revision(self) -> CampaignRevision:
        return self.entry.revision

    @property
    def said(self) -> Sequence[Line]:
        """What is empty is left out."""
        return [line for line in self.lines if line.text]

    def text_of(self, name: str) -> str:
        return next((line.text for line in self.lines if line.name == name), "")


def sheets_of(entries: Sequence[queries.Entry], *, now: datetime) -> list[Sheet]:
    """In full. Each asks for its own conditions and costs, so they are for few."""
    return [replace(heading, lines=_lines(heading.entry, now)) for heading in headings_of(entries)]


def headings_of(entries: Sequence[queries.Entry]) -> list[Sheet]:
    """Without lines and without asking anything, for a long list."""
    return [
        Sheet(entry, _title(entry.revision), (), sales=effect_words(entry.sales), tone=tone_of(entry.sales))
        for entry in entries
    ]


def _title(revision: CampaignRevision) -> str:
    named = {"campaign": revision.campaign.label, "number": revision.number}
    return _("%(campaign)s, revision %(number)s") % named


def _lines(entry: queries.Entry, now: datetime) -> list[Line]:
    revision = entry.revision
    return [
        Line(_("Period"), period(revision)),
        Line(pgettext("column", "State"), revision.get_state_display()),
        Line(pgettext("column", "Owner"), revision.campaign.owner.label),
        Line(pgettext("column", "Why"), revision.why),
        Line(_("For whom"), "\n".join(diffs.audience_lines(revision)) or _("Every customer")),
        Line(_("What is offered"), revision.path.benefit if revision.path else ""),
        Line(_("Extra"), revision.offer.label if revision.offer else ""),
        Line(_("How it begins"), revision.opening),
        Line(_("Customers"), sample(revision)),
        Line(_("Sales"), effect_words(entry.sales)),
        Line(_("NPS answers"), effect_words(entry.loyalty)),
        Line(_("Complaints"), effect_words(entry.harm)),
        Line(_("Cost"), formats.money(queries.yen_spent(revision, as_of=now))),
        Line(_("What changed"), "\n".join(revision.change_notes)),
        Line(_("What we learned"), revision.lesson),
    ]


def period(revision: CampaignRevision) -> str:
    first = revision.launched_at and timezone.localdate(revision.launched_at)
    last = timezone.localdate(revision.ended_at) if revision.ended_at else revision.ends_on
    return " – ".join(str(formats.date_contract(day)) for day in (first, last) if day)


def sample(revision: CampaignRevision) -> str:
    figures = {name: formats.number(revision.fall_out.get(name, 0)) for name in ("treated", "held_out")}
    return _("%(treated)s addressed, %(held_out)s held out") % figures


def effect_words(look: Look | None) -> str:
    """The difference with its interval and on what it stands; before there is one, why not."""
    if look is None:
        return _("Not measured yet")
    if look.difference is None or look.low is None or look.high is None:
        return str(VERDICTS[Verdict(look.verdict)])
    in_points = look.row != Look.Row.LOYALTY
    scale = 100 if in_points else 1
    figures = {
        "estimate": (formats.points if in_points else formats.signed)(look.difference * scale, 1),
        "low": formats.signed(look.low * scale, 1),
        "high": formats.signed(look.high * scale, 1),
    }
    words = _("%(estimate)s (%(low)s to %(high)s)") % figures
    return words if is_clear(look) else _("%(effect)s, unclear") % {"effect": words}


def is_clear(look: Look) -> bool:
    return look.low is not None and look.high is not None and (look.low > 0 or look.high < 0)


def tone_of(look: Look | None) -> str:
    """Colour only for what is clear."""
    if look is None or look.difference is None or not is_clear(look):
        return ""
    return "pos" if look.difference > 0 else "neg"
