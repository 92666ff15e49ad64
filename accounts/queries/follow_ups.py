"""Follow-ups as their page shows them: what is late, today, this week and later, of oneself or of the team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import FollowUp
from crm.people import Team, User
from crm.tallies import BADGE, Tally

PAGE = 50
SUNDAY = 6
Cursor = tuple[date, time, int]


@dataclass(frozen=True, slots=True)
class Section:
    """`after` is the cursor of the next page, None where there is none."""

    key: str
    rows: Sequence[FollowUp]
    after: str | None


def in_reach(reader: User, *, of_team: bool) -> QuerySet[FollowUp]:
    """Of oneself, or of everybody on the team (a manager: on the teams below as well), within one's sight."""
    rows = FollowUp.objects.visible_to(reader).select_related("account", "contact", "owner")
    return rows.filter(owner__in=_colleagues(reader)) if of_team else rows.filter(owner=reader)


def _colleagues(reader: User) -> QuerySet[User]:
    if reader.is_manager:
        return User.objects.filter(team__in=Team.objects.under(reader.team))
    return User.objects.filter(team=reader.team_id)


def due_tally(reader: User) -> Tally:
    """One's own of today and before, for the menu."""
    due = FollowUp.objects.visible_to(reader).open().filter(owner=reader, due_on__lte=timezone.localdate())
    return Tally([due.order_by("due_on").values("pk")], most=BADGE)


def sections(rows: QuerySet[FollowUp], today: date) -> list[Section]:
    """One statement each; a section without a row is left out."""
    found = [section(rows, key, today) for key in spans(today)]
    return [each for each in found if each.rows]


def spans(today: date) -> dict[str, Q]:
    sunday = today + timedelta(days=SUNDAY - today.weekday())
    return {
        "overdue": Q(due_on__lt=today),
        "today": Q(due_on=today),
        "week": Q(due_on__gt=today, due_on__lte=sunday),
        "later": Q(due_on__gt=max(today, sunday)),
    }


def section(rows: QuerySet[FollowUp], key: str, today: date, after: Cursor | None = None) -> Section:
    """By day, hour and number; what has no hour stands first on its day."""
    open_rows = rows.filter(spans(today)[key], done_at=None).alias(hour=Coalesce("due_time", time.min))
    if after:
        day, hour, pk = after
        same_day = Q(hour__gt=hour) | Q(hour=hour, pk__gt=pk)
        open_rows = open_rows.filter(Q(due_on__gt=day) | Q(same_day, due_on=day))
    found = list(open_rows.order_by("due_on", "hour", "pk")[: PAGE + 1])
    return Section(key, found[:PAGE], written(found[PAGE - 1]) if len(found) > PAGE else None)


def written(follow_up: FollowUp) -> str:
    hour = follow_up.due_time or time.min
    return f"{datetime.combine(follow_up.due_on, hour).isoformat()}/{follow_up.pk}"


def cursor(text: str) -> Cursor | None:
    """Nonsense starts at the top."""
    moment, _slash, number = text.partition("/")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at.date(), at.time(), int(number[:18])) if number.isdecimal() else None


def done(rows: QuerySet[FollowUp], before: tuple[datetime, int] | None = None) -> tuple[list[FollowUp], Any]:
    """The newest first, and the cursor of the next page."""
    ticked = rows.filter(done_at__isnull=False)
    if before:
        at, pk = before
        ticked = ticked.filter(Q(done_at__lt=at) | Q(done_at=at, pk__lt=pk))
    found = list(ticked.order_by("-done_at", "-pk")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], last
