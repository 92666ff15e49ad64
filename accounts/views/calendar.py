"""The reader's calendar as a page, and as a feed that calendar programs subscribe to."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from accounts.actions import calendar_feeds
from accounts.models import CalendarFeed
from accounts.queries.calendar import Entry, entries
from crm import ical
from crm.http import ReaderRequest
from crm.workdays import names_of_holidays

MONTH, WEEK = "month", "week"
DAYS = 7
ROWS = 6
SHOWN = 4
"""Entries of one day in the month; the week shows them all."""
FEED_BEHIND, FEED_AHEAD = timedelta(days=30), timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    is_outside: bool
    holiday: Any
    entries: list[Entry]
    more: int

    @property
    def is_weekend(self) -> bool:
        return self.on.weekday() >= 5


@login_required
def calendar(request: ReaderRequest) -> HttpResponse:
    """`view` is month or week, `on` any day of it."""
    today = timezone.localdate()
    on, view = day_of(request, today), WEEK if request.GET.get("view") == WEEK else MONTH
    first, rows = (on, 1) if view == WEEK else (on.replace(day=1), ROWS)
    monday = first - timedelta(days=first.weekday())
    context = {
        "view": view,
        "on": on,
        "is_week": view == WEEK,
        "weeks": list(weeks_of(request, monday, rows, None if view == WEEK else on.month)),
        "monday": monday,
        "sunday": monday + timedelta(days=DAYS * rows - 1),
        "before": first - timedelta(days=DAYS if view == WEEK else 1),
        "after": first + timedelta(days=DAYS if view == WEEK else 32),
    }
    return render(request, "calendar/calendar.html", context)


def day_of(request: ReaderRequest, today: date) -> date:
    """Nonsense, and years in which nobody here works, lead to today."""
    try:
        asked = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return today
    return asked if 2000 <= asked.year <= 2099 else today


def weeks_of(request: ReaderRequest, monday: date, rows: int, month: int | None) -> Iterator[list[Day]]:
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries(request.user, monday, monday + timedelta(days=DAYS * rows - 1)):
        by_day[entry.on].append(entry)
    for row in range(rows):
        yield [day(monday + timedelta(days=DAYS * row + column), by_day, month) for column in range(DAYS)]


def day(on: date, by_day: dict[date, list[Entry]], month: int | None) -> Day:
    found = by_day.get(on, [])
    shown = found if month is None else found[:SHOWN]
    return Day(
        on=on,
        is_outside=month is not None and on.month != month,
        holiday=names_of_holidays(on.year).get(on),
        entries=shown,
        more=len(found) - len(shown),
    )


# -- The feed ----------------------------------------------------------------------------------------


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the address reads it; it says what its user may see now, and ends with the user."""
    rows = CalendarFeed.objects.filter(user__is_active=True).select_related("user")
    found = get_object_or_404(rows, token_hash=calendar_feeds.hash_of(token))
    today = timezone.localdate()
    with override(found.user.language):
        events = [event_of(request, each) for each in entries(found.user, today - FEED_BEHIND, today + FEED_AHEAD)]
        body = ical.calendar(_("Sodate CRM: %(name)s") % {"name": found.user.label}, events)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8", headers={"ETag": etag})
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="sodate.ics"'
    return get_conditional_response(request, etag=etag, response=response) or response


def event_of(request: HttpRequest, entry: Entry) -> ical.Event:
    """Name and task, nothing else of the customer."""
    start: date | datetime = entry.on
    if entry.hour is not None:
        start = datetime.combine(entry.on, entry.hour, tzinfo=timezone.get_current_timezone())
    return ical.Event(
        uid=f"{entry.key}@{request.get_host()}",
        summary=entry.words,
        start=start,
        changed_at=entry.changed_at,
        sequence=entry.version - 1,
        url=request.build_absolute_uri(entry.url),
    )


@require_POST
@login_required
def renew(request: ReaderRequest) -> HttpResponse:
    """The one page that shows the address; it is kept nowhere."""
    token = calendar_feeds.renew(user=request.user, at=timezone.now())
    address = request.build_absolute_uri(reverse("calendar-ics", args=[token]))
    response = render(request, "calendar/feed.html", {"address": address})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@login_required
def switch_off(request: ReaderRequest) -> HttpResponse:
    calendar_feeds.switch_off(user=request.user, at=timezone.now())
    messages.success(request, _("The calendar feed is switched off. Its address leads nowhere now."))
    return redirect("preferences")


def preference_part(request: ReaderRequest) -> SafeString:
    """For the reader's settings: whether there is a feed, and the two things to do about it."""
    found = CalendarFeed.objects.filter(user=request.user).first()
    return render_to_string("calendar/_preference.html", {"feed": found}, request)
