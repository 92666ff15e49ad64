"""What calendar programs read is RFC 5545 to the letter, whatever people have written."""

from datetime import UTC, date, datetime, timedelta, timezone

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import ical

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
TOKYO = timezone(timedelta(hours=9))


def event(**changes):
    return ical.Event(**{"uid": "follow-up-1@crm.example", "summary": "電話", "start": AT, "changed_at": AT, **changes})


def read(body):
    return icalendar.Calendar.from_ical(body)


def test_a_moment_is_written_in_utc_and_a_day_as_a_day():
    afternoon = datetime(2026, 11, 24, 13, 30, tzinfo=TOKYO)

    timed, whole = read(ical.calendar("予定", [event(start=afternoon), event(start=date(2026, 12, 31))])).events

    assert (timed["DTSTART"].dt, timed["DTEND"].dt) == (afternoon, afternoon + timedelta(minutes=30))
    assert b"DTSTART:20261124T043000Z" in ical.calendar("予定", [event(start=afternoon)])
    assert (whole["DTSTART"].dt, whole["DTEND"].dt, whole["TRANSP"]) == (
        date(2026, 12, 31),
        date(2027, 1, 1),
        "TRANSPARENT",
    )


def test_what_a_program_needs_to_see_a_change_is_there():
    (found,) = read(ical.calendar("予定", [event(sequence=3, url="https://crm.example/follow-ups/1/")])).events

    assert (found["UID"], found["SEQUENCE"], found["LAST-MODIFIED"].dt, found["DTSTAMP"].dt) == (
        "follow-up-1@crm.example",
        3,
        AT,
        AT,
    )
    assert found["URL"] == "https://crm.example/follow-ups/1/"


@pytest.mark.parametrize(
    "text",
    ["A, B; C\\D", "二行\nの件", "二行\r\nの件", "END:VEVENT\r\nBEGIN:VEVENT", "\\n は文字", "改行\rだけ"],
    ids=["signs of the format", "lines", "lines of Windows", "an attempt to break out", "a backslash", "a lone return"],
)
def test_text_comes_out_as_it_was_written(text):
    found = read(ical.calendar("予定", [event(summary=text)]))

    assert [one["SUMMARY"] for one in found.events] == [text.replace("\r\n", "\n").replace("\r", "\n")]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
def test_no_line_is_longer_than_75_octets_and_no_sign_is_cut(text):
    body = ical.calendar(text, [event(summary=text)])

    lines = body.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    for line in lines:
        line.decode()
    assert read(body).events[0]["SUMMARY"] == text


def test_control_signs_do_not_reach_the_file():
    body = ical.calendar("予定", [event(summary="見積\x00を\x1b送る\x0b")])

    assert read(body).events[0]["SUMMARY"] == "見積を送る"


def test_a_calendar_without_events_is_one_all_the_same():
    assert read(ical.calendar("予定", []))["X-WR-CALNAME"] == "予定"
