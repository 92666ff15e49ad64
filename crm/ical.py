"""Calendars as other programs read them: RFC 5545, as far as a list of events needs it.

Moments are written in UTC and whole days as dates, so that no definition of a time zone is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LINE = 75
"""Octets of a line; what is longer goes on in the next one, after a blank."""
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Event:
    """`uid` never changes, `sequence` rises with every change. A date as `start` stands for the whole day."""

    uid: str
    summary: str
    start: date | datetime
    changed_at: datetime
    sequence: int = 0
    minutes: int = 30
    url: str = ""


def calendar(name: str, events: Iterable[Event]) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sodate CRM//Calendar//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        *(line for event in events for line in lines_of(event)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded(line)}\r\n" for line in lines).encode()


def lines_of(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{moment(event.changed_at)}"
    yield f"LAST-MODIFIED:{moment(event.changed_at)}"
    yield f"SEQUENCE:{event.sequence}"
    yield from span(event)
    yield f"SUMMARY:{escaped(event.summary)}"
    if event.url:
        yield f"URL:{event.url}"
    yield "END:VEVENT"


def span(event: Event) -> Iterator[str]:
    """A whole day takes no time of the person: it does not make them busy."""
    if isinstance(event.start, datetime):
        yield f"DTSTART:{moment(event.start)}"
        yield f"DTEND:{moment(event.start + timedelta(minutes=event.minutes))}"
    else:
        yield f"DTSTART;VALUE=DATE:{event.start:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.start + timedelta(days=1):%Y%m%d}"
        yield "TRANSP:TRANSPARENT"


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """Text as a value; what was written in several lines stays so, other control signs go."""
    plain = CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"([\\;,])", r"\\\1", plain).replace("\n", "\\n")


def folded(line: str) -> str:
    """In pieces of at most 75 octets; a sign of several octets is never cut."""
    pieces, room = [""], LINE
    for sign in line:
        size = len(sign.encode())
        if size > room:
            pieces.append("")
            room = LINE - 1
        pieces[-1] += sign
        room -= size
    return "\r\n ".join(pieces)
