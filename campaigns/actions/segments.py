"""Segments: conditions kept under a name, and taken over by the audience of a draft.

An audience takes a copy of the conditions and remembers where they came from. So a segment may change at any time:
what was launched stands as it was, and a draft is told that its segment reads differently now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from campaigns.actions import campaigns
from campaigns.models import CampaignRevision, Segment
from campaigns.queries import audience
from campaigns.queries.audience import Condition
from crm import audit
from crm.people import User

FIELDS = ("name_ja", "name_en", "about_ja", "about_en", "conditions")


class NoConditions(ValueError):
    """A segment has at least one condition, and every one is understood."""


class Clash(Exception):
    """Somebody else saved in between; `theirs` is what stands in the database."""

    def __init__(self, theirs: Segment) -> None:
        super().__init__(theirs.pk)
        self.theirs = theirs


class Retired(Exception):
    """No further audience takes it over."""


@transaction.atomic
def create(
    *,
    name_ja: str,
    conditions: Sequence[Condition],
    name_en: str = "",
    about_ja: str = "",
    about_en: str = "",
    by: User,
    at: datetime,
) -> Segment:
    _must_be_understood(conditions)
    segment = Segment.objects.create(
        name_ja=name_ja,
        name_en=name_en,
        about_ja=about_ja,
        about_en=about_en,
        conditions=list(conditions),
        owner=by,
        created_at=at,
        changed_at=at,
    )
    audit.record(verb="segment.created", subject=segment, by=by, at=at, conditions=len(conditions))
    return segment


@transaction.atomic
def edit(*, segment: Segment, fields: Mapping[str, Any], version: int, by: User, at: datetime) -> Segment:
    """What audiences took over before stays as they took it. Raises Clash, NoConditions."""
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise ValueError(f"{sorted(unknown)} are none of a segment's")
    if "conditions" in fields:
        _must_be_understood(fields["conditions"])
    rows = Segment.objects.filter(pk=segment.pk, version=version)
    if not rows.update(**fields, changed_at=at, version=F("version") + 1):
        raise Clash(Segment.objects.get(pk=segment.pk))
    audit.record(verb="segment.changed", subject=segment, by=by, at=at, fields=sorted(fields))
    return Segment.objects.get(pk=segment.pk)


def _must_be_understood(conditions: Sequence[Condition]) -> None:
    if not conditions or audience.problems(conditions):
        raise NoConditions


@transaction.atomic
def retire(*, segment: Segment, by: User, at: datetime) -> Segment:
    """A second time changes nothing."""
    return _marked(segment, at, verb="segment.retired", by=by, at=at)


@transaction.atomic
def restore(*, segment: Segment, by: User, at: datetime) -> Segment:
    return _marked(segment, None, verb="segment.restored", by=by, at=at)


def _marked(segment: Segment, retired_at: datetime | None, *, verb: str, by: User, at: datetime) -> Segment:
    rows = Segment.objects.filter(pk=segment.pk, retired_at__isnull=retired_at is not None)
    if rows.update(retired_at=retired_at, version=F("version") + 1):
        audit.record(verb=verb, subject=segment, by=by, at=at)
    return Segment.objects.get(pk=segment.pk)


@transaction.atomic
def take_over(*, revision: CampaignRevision, segment: Segment, version: int, by: User) -> CampaignRevision:
    """Adds the conditions of a segment to those of a draft; what stands there already is not said twice.

    Raises Retired, and what saving a step raises.
    """
    if segment.is_retired:
        raise Retired
    conditions = [*revision.audience, *(each for each in segment.conditions if each not in revision.audience)]
    fields = {"audience": conditions}
    saved = campaigns.save_step(revision=revision, step="audience", fields=fields, version=version, by=by)
    saved.segments.add(segment)
    return saved


@transaction.atomic
def let_go(*, revision: CampaignRevision, segment: Segment, version: int, by: User) -> CampaignRevision:
    """A draft no longer counts as made from it, and the conditions that are the segment's leave with it."""
    conditions = [each for each in revision.audience if each not in segment.conditions]
    fields = {"audience": conditions}
    saved = campaigns.save_step(revision=revision, step="audience", fields=fields, version=version, by=by)
    saved.segments.remove(segment)
    return saved
