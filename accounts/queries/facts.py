"""The business day that facts are looked at from, and who is a customer on it.

Three meters have a meaning of their own: `seats_used` (people who use it), `active_days` (days of use a week)
and `headcount` (people at the customer); any other meter that is read against an allowance is a capacity.
The tables that scores are reckoned from are in `scoring_tables`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from crm.organisation import Organisation

SEATS, ACTIVE_DAYS, HEADCOUNT = "seats_used", "active_days", "headcount"
NO_CAPACITY = frozenset({SEATS, ACTIVE_DAYS, HEADCOUNT})
LAST = 2**63 - 1
STALE_DAYS = 90
"""How far behind the newest fact may lie before a database counts as a record of the past."""


@dataclass(frozen=True, slots=True)
class Day:
    """A business day: its date, the zone it is a day in, and the first moment after it."""

    on: date
    zone: str

    @property
    def until(self) -> datetime:
        return datetime.combine(self.on + timedelta(days=1), time(), ZoneInfo(self.zone))

    @property
    def last_moment(self) -> datetime:
        return self.until - timedelta(microseconds=1)

    def before(self, days: int) -> Day:
        return Day(self.on - timedelta(days=days), self.zone)

    @property
    def figures(self) -> dict[str, Any]:
        return {"on": self.on, "zone": self.zone, "until": self.until}


def day(on: date) -> Day:
    """That day in the organisation's zone."""
    return Day(on, Organisation.current().time_zone)


def day_of(at: datetime) -> Day:
    """The business day in which a moment lies."""
    zone = Organisation.current().time_zone
    return Day(at.astimezone(ZoneInfo(zone)).date(), zone)


def newest_day(at: datetime) -> date:
    """Today; but for a database whose facts ended long ago the day of its newest order, use or contact.

    Measured from today, every customer of a loaded history would seem to have left.
    """
    today = day_of(at)
    last = _newest_fact(today)
    return last if last and last < today.on - timedelta(days=STALE_DAYS) else today.on


def _newest_fact(today: Day) -> date | None:
    row = _rows(
        """SELECT greatest(
               (SELECT max((ordered_at AT TIME ZONE %(zone)s)::date) FROM accounts_order WHERE ordered_at < %(until)s),
               (SELECT max(read_on) FROM accounts_usagereading WHERE read_on <= %(on)s),
               (SELECT max((at AT TIME ZONE %(zone)s)::date) FROM accounts_activity WHERE at < %(until)s),
               (SELECT max(starts_on) FROM accounts_subscription WHERE starts_on <= %(on)s)) AS day""",
        **today.figures,
    )
    return row[0][0]


def scored_accounts(today: Day, *, first: int = 0, after: int = LAST) -> list[int]:
    """Everybody who was a customer on that day, in stable order; of those from `first` to before `after`."""
    rows = _rows(
        """SELECT id FROM accounts_account
           WHERE id >= %(first)s AND id < %(after)s AND merged_into_id IS NULL
             AND (closed_on IS NULL OR closed_on > %(on)s) AND (customer_since IS NULL OR customer_since <= %(on)s)
           ORDER BY id""",
        on=today.on,
        first=first,
        after=after,
    )
    return [account for (account,) in rows]


def in_chunks(accounts: Sequence[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(accounts), size):
        yield list(accounts[start : start + size])


def _rows(sql: str, **figures: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, figures)
        return cursor.fetchall()
