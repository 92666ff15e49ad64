"""The attention budget: one ledger of every approach, on every channel.

Sales, surveys, nurturing and campaigns draw on the same few touches in a rolling window, so a
customer is never approached by four teams in one week. Service touches are in the ledger too,
but cost nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.deciding.facts import Touch


@dataclass(frozen=True, slots=True)
class Budget:
    """Touches used in the window ending today, and the day on which the next one is free."""

    used: int
    limit: int
    days: int
    free_on: date | None

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def is_spent(self) -> bool:
        return self.used >= self.limit


def budget(touches: Iterable[Touch], *, limit: int, days: int, today: date) -> Budget:
    """A touch counts on its own day and the `days - 1` days after it; planned ones count too."""
    window = timedelta(days=days)
    days_used = sorted(t.at.date() for t in touches if t.consumes and t.at.date() > today - window)
    spent = len(days_used) >= limit
    # The oldest touches leave first; one is free when only limit - 1 remain in the window.
    free_on = days_used[len(days_used) - limit] + window if spent and limit > 0 else None
    return Budget(len(days_used), limit, days, free_on)
