"""What a campaign is expected to add before anybody has tried it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

BAND = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Range:
    """What is expected, and between what it lies in 95 of 100 cases."""

    low: float
    expected: float
    high: float

    def times(self, each: float) -> Range:
        """Of so much each; what would be lost stays a loss."""
        low, high = sorted((self.low * each, self.high * each))
        return Range(low, self.expected * each, high)


def more_wins_by_goal(*, goal: int, addressed: int, base_rate: float) -> Range | None:
    """Wins beyond those that come without the campaign, if the share of the goal is met.

    The range is that of chance alone: how many of the addressed say yes at that share, and how many would have anyway.
    None for a goal beyond the number of addressed, and without anybody.
    """
    if not 0 <= goal <= addressed or not addressed:
        return None
    share = goal / addressed
    noise = BAND * sqrt(addressed * (share * (1 - share) + base_rate * (1 - base_rate)))
    more = goal - base_rate * addressed
    return Range(more - noise, more, more + noise)


def more_wins_by_lift(*, low: float, lift: float, high: float, addressed: int) -> Range:
    """If it works as an earlier revision did, with that one's interval."""
    return Range(low, lift, high).times(addressed)
