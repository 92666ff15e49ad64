"""Segments: found, said in words, counted, and where they were taken over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Industry, Tier
from campaigns.models import CampaignRevision, Segment
from campaigns.queries import audience
from campaigns.queries.audience import Condition, Sentence
from campaigns.queries.fall_out import in_state
from campaigns.queries.finding import having
from crm.lists.asking import CAP, Asked
from crm.lists.sentences import sentences
from crm.long_questions import over_many_rows
from crm.people import Team, User
from crm.tallies import Tally, figures

PAGE = 30
TEXTS = ("name_ja", "name_en", "about_ja", "about_en")


@dataclass(frozen=True, slots=True)
class Shown:
    segment: Segment
    sentences: Sequence[Sentence]
    used: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Shown]
    last: Segment | None
    """From here the next page goes on."""


def page(user: User, *, text: str = "", retired: bool = False, after: Q | None = None, size: int = PAGE) -> Page:
    """The one changed last first."""
    rows = Segment.objects.visible_to(user).filter(after or Q(), retired_at__isnull=not retired)
    rows = having(rows, text, *TEXTS).select_related("owner").annotate(used=Count("revisions"))
    found = list(rows.order_by("-changed_at", "-pk")[: size + 1])
    return Page(shown(found[:size]), found[size - 1] if len(found) > size else None)


def shown(segments: Sequence[Any]) -> list[Shown]:
    """With the conditions in words; the options of a field are read once for all of them."""
    known: audience.Labels = {}
    return [
        Shown(segment, audience.sentences(segment.conditions, known), getattr(segment, "used", 0))
        for segment in segments
    ]


def one(user: User, segment_id: int) -> Segment | None:
    found: Segment | None = Segment.objects.visible_to(user).select_related("owner").filter(pk=segment_id).first()
    return found


def choosable(user: User, revision: CampaignRevision) -> QuerySet[Segment]:
    """Those in force that the audience has not taken over yet, by name."""
    rows = Segment.objects.visible_to(user).filter(retired_at=None).exclude(revisions=revision.pk)
    return rows.order_by("name_ja", "pk")[:200]


def users_of(segment: Segment, user: User, at_most: int = 50) -> list[CampaignRevision]:
    """The revisions that took it over, the newest first."""
    rows = CampaignRevision.objects.visible_to(user).filter(segments=segment).select_related("campaign")
    return list(rows.order_by("-created_at", "-pk")[:at_most])


@dataclass(frozen=True, slots=True)
class Taken:
    """A segment in an audience; `is_whole` while every condition that it has today stands there."""

    segment: Segment
    is_whole: bool


def taken_by(revision: CampaignRevision) -> list[Taken]:
    rows = revision.segments.order_by("name_ja", "pk")
    return [Taken(segment, all(each in revision.audience for each in segment.conditions)) for segment in rows]


# ------------------------------------------------------------------------------------- counted


def counts(segments: Sequence[Segment], *, on: date) -> dict[int, int]:
    """Active customers of each by its id, counted to 10,000, by one statement; none of one that is not understood."""
    known = [segment for segment in segments if not audience.problems(segment.conditions)]
    with over_many_rows():
        numbers = figures([Tally([audience.matching(each.conditions, on=on).values("pk")], most=CAP) for each in known])
    return dict(zip((each.pk for each in known), numbers, strict=True))


@dataclass(frozen=True, slots=True)
class Size:
    """Both counted to 10,000; `clear` are those to whom no general rule of the guard forbids an offer."""

    matched: int
    clear: int


def size_of(conditions: Sequence[Condition], *, on: date) -> Size:
    """Of conditions that are understood."""
    matched = audience.matching(conditions, on=on).order_by().values("pk")
    with over_many_rows():
        return Size(*figures([Tally([rows], most=CAP) for rows in (matched, matched.filter(in_state(("clear",), on)))]))


# -------------------------------------------------------------------------- from a list's state

AMOUNTS: Mapping[str, str] = {
    "health": "health",
    "nps": "nps",
    "usage": "storage",
    "seats": "seats",
    "employees": "employees",
}


@dataclass(frozen=True, slots=True)
class Carried:
    """What of a list an audience can say, and in words what it cannot."""

    conditions: Sequence[Mapping[str, Any]]
    left_out: Sequence[str]


def carried(asked: Asked) -> Carried:
    """The conditions of a list of customers as those of an audience."""
    kept: list[Mapping[str, Any]] = []
    left_out: list[str] = []
    spoken = sentences(asked.state.filters, asked.fields, asked.asker)
    for condition, sentence in zip(asked.state.filters, spoken, strict=True):
        found = _carried(condition)
        kept += found
        if not found:
            left_out.append(" ".join(filter(None, (sentence.field, sentence.operator, sentence.value))))
    if asked.state.text:
        left_out.append(asked.state.text)
    return Carried(kept, left_out)


def _carried(condition: Condition) -> list[Mapping[str, Any]]:
    """Nothing where it would mean other customers."""
    field, operator, value = condition.get("field", ""), condition.get("op", ""), condition.get("value")
    found = _amounts(AMOUNTS[field], operator, value) if field in AMOUNTS else _choice(field, operator, value)
    return [] if audience.problems(found) else found


def _amounts(field: str, operator: str, value: Any) -> list[Mapping[str, Any]]:
    bounds = {
        "at_least": (("at_least", value),),
        "at_most": (("at_most", value),),
        "is": (("at_least", value), ("at_most", value)),
    }.get(operator, ())
    if operator == "between" and isinstance(value, list) and len(value) == 2:
        bounds = (("at_least", value[0]), ("at_most", value[1]))
    return [{"field": field, "op": op, "value": _whole(amount)} for op, amount in bounds]


def _whole(amount: Any) -> Any:
    """As audiences compare: whole numbers. Anything else stays, and is not understood."""
    text = str(amount)
    return int(text) if text.isdecimal() else amount


def _choice(field: str, operator: str, value: Any) -> list[Mapping[str, Any]]:
    if field == "renews_on" and operator == "within":
        return [{"field": "renewal", "op": "within", "value": _whole(value)}]
    if operator != "any_of" or not isinstance(value, list) or field not in CODES:
        return []
    name, codes = CODES[field][0], CODES[field][1](value)
    return [{"field": name, "op": "in", "value": codes}] if codes and len(codes) == len(value) else []


def _tiers(given: Sequence[Any]) -> list[str]:
    tiers = Tier.objects.filter(pk__in=_ids(given)).select_related("family")
    return [f"{tier.family.code}:{tier.rank}" for tier in tiers]


def _industries(given: Sequence[Any]) -> list[str]:
    return list(Industry.objects.filter(pk__in=_ids(given)).values_list("code", flat=True))


def _teams(given: Sequence[Any]) -> list[str]:
    """An audience means the teams below, too: only of teams that have none are the same customers meant."""
    return list(Team.objects.filter(pk__in=_ids(given), children=None).values_list("code", flat=True))


def _ids(given: Sequence[Any]) -> list[int]:
    """An address may hold anything."""
    return [int(each) for each in map(str, given) if each.isdecimal() and len(each) < 10]


CODES: Mapping[str, tuple[str, Any]] = {
    "plan": ("tier", _tiers),
    "stage": ("stage", list),
    "industry": ("industry", _industries),
    "team": ("team", _teams),
}
