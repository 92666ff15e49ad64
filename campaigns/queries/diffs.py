"""What one revision does otherwise than another, in sentences, down to the words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from django.utils.translation import gettext as _

from campaigns.models import CampaignRevision, Change
from campaigns.queries import audience
from crm.templatetags import formats

Part = Change.Part

ALIKE = 0.4
"""Two lines that share at least so much are one line that changed; others came and went."""
WORDS = re.compile(r"[A-Za-z0-9'+%¥.,/-]+|[一-鿿々]+|[ァ-ヴー]+|[ぁ-ん]+|\s+|.", re.DOTALL)
"""Latin words and figures, and runs of one script: what a reader takes in at once."""


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class DiffLine:
    kind: Literal["same", "added", "removed"]
    spans: tuple[Span, ...]
    part: str = ""

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


def differences(old: CampaignRevision, new: CampaignRevision) -> list[DiffLine]:
    """Why, audience, offer, talk and rules, line by line, as the reader's language has them."""
    before, after = plan_lines(old), plan_lines(new)
    return [line for part in Part for line in compare(before[part], after[part], part)]


def changed(lines: Sequence[DiffLine]) -> list[DiffLine]:
    """What differs, after the why, which a reader keeps in sight."""
    return [line for line in lines if line.kind != "same" or line.part == Part.WHY]


def compare(before: Sequence[str], after: Sequence[str], part: str = "") -> list[DiffLine]:
    lines: list[DiffLine] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [DiffLine("same", (Span(text),), part) for text in before[i1:i2]]
        else:
            lines += _replaced(before[i1:i2], after[j1:j2], part)
    return lines


def _replaced(gone: Sequence[str], come: Sequence[str], part: str) -> Iterator[DiffLine]:
    """Line by line in their order: what went above what came in its place."""
    for old, new in zip_longest(gone, come, fillvalue=""):
        removed, added = _words(old, new)
        if old:
            yield DiffLine("removed", removed, part)
        if new:
            yield DiffLine("added", added, part)


def _words(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The words that differ, where the two lines are otherwise the same."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < ALIKE:
        return (Span(old),), (Span(new),)
    codes = matcher.get_opcodes()
    removed = [Span("".join(before[i1:i2]), tag != "equal") for tag, i1, i2, _j1, _j2 in codes if i1 < i2]
    added = [Span("".join(after[j1:j2]), tag != "equal") for tag, _i1, _i2, j1, j2 in codes if j1 < j2]
    return tuple(removed), tuple(added)


# ------------------------------------------------------------------------- the plan as sentences


def plan_lines(revision: CampaignRevision) -> Mapping[str, list[str]]:
    """The plan by its parts; what is empty is left out."""
    return {
        Part.WHY: _said(
            (_("Why: %(text)s"), [revision.why]),
            (_("Customer's benefit: %(text)s"), [revision.customer_benefit]),
            (_("Rep's benefit: %(text)s"), [revision.rep_benefit]),
        ),
        Part.AUDIENCE: _said((_("For whom: %(text)s"), audience_lines(revision))),
        Part.OFFER: _said(
            (_("Offer: %(text)s"), [revision.path.benefit if revision.path else ""]),
            (_("Extra: %(text)s"), [revision.offer.label if revision.offer else ""]),
        ),
        Part.TALK: _said(
            (_("Opening: %(text)s"), [revision.opening]),
            (_("Question: %(text)s"), revision.questions),
            (_("How: %(text)s"), revision.steps),
        ),
        Part.POLICY: _rules(revision),
    }


def _said(*named: tuple[str, Sequence[str]]) -> list[str]:
    return [sentence % {"text": text} for sentence, texts in named for text in texts if text]


def _rules(revision: CampaignRevision) -> list[str]:
    """What is compared, what must not be crossed, and how fast."""
    complaints = revision.guardrail_complaint_share
    figures = (
        (_("Goal: %(text)s won"), revision.goal_wins and formats.number(revision.goal_wins)),
        (_("Guardrail: NPS %(text)s or more"), revision.guardrail_nps),
        (
            _("Guardrail: complaints at most %(text)s"),
            formats.share(float(complaints)) if complaints is not None else None,
        ),
        (_("Held out for comparison: %(text)s"), formats.share(float(revision.holdout_share))),
        (_("New suggestions a rep and day: %(text)s"), revision.pace),
        (_("Budget: %(text)s"), revision.budget and formats.money(revision.budget)),
    )
    return [sentence % {"text": figure} for sentence, figure in figures if figure is not None]


def audience_lines(revision: CampaignRevision) -> list[str]:
    return [" ".join((s.field, s.operator, "・".join(s.values))) for s in audience.sentences(revision.audience)]
