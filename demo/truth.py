"""What really moves each simulated customer: never stored in product tables, drawn again from the seed.

The product sees calls, scores and usage; this module knows why they are as they are. Tests compare what the
product measures (lift, harm, who is unhappy) with what is true here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from demo.catalogue import TOPICS

Floats = NDArray[np.float64]

TOPIC = {code: number for number, (code, _, _) in enumerate(TOPICS)}
CHUNK = 20_000
"""Accounts are drawn in chunks of this size, so that a part can be drawn again without the rest."""

WINDOW_DAYS = 30
"""Chances below are those of this many days."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Arrays over accounts. Shares and chances run from 0 to 1.

    `satisfaction` now and its `drift` a year; `fullness` of the storage; `growth` of the use a month; `needs` is a
    table of accounts by topics (see `TOPIC`); `anyway` the chance to take a higher plan without being asked.
    """

    satisfaction: Floats
    drift: Floats
    price_sensitivity: Floats
    fullness: Floats
    growth: Floats
    needs: NDArray[np.bool_]
    anyway: Floats

    def __len__(self) -> int:
        return len(self.satisfaction)

    def take(self, numbers: NDArray[np.int64] | slice) -> Truth:
        return Truth(*(getattr(self, each.name)[numbers] for each in fields(self)))

    def uplift(self, topics: tuple[str, ...]) -> Floats:
        """How much a pitch that answers one of `topics` adds to the chance of a yes.

        A customer without such a need is hardly moved, and an unhappy one not at all.
        """
        needed = self.needs[:, [TOPIC[topic] for topic in topics]].any(axis=1)
        moved = 0.75 * np.clip(self.satisfaction - 0.35, 0, None) / 0.65 * (1 - 0.6 * self.price_sensitivity)
        return np.minimum(np.where(needed, moved, 0.15 * moved), 1 - self.anyway)

    def annoyance(self, topics: tuple[str, ...]) -> Floats:
        """The chance that a pitch on these topics costs goodwill: high for the unhappy and for those without need."""
        needed = self.needs[:, [TOPIC[topic] for topic in topics]].any(axis=1)
        return np.clip(0.02 + 0.7 * (1 - self.satisfaction) ** 2 + np.where(needed, 0.0, 0.12), 0, 1)


def draw(seed: int, chunk: int, size: int) -> Truth:
    """The truth of `size` accounts of one chunk."""
    rng = np.random.default_rng([seed, chunk, 1])
    satisfaction = rng.beta(3.4, 2.0, size)
    price = rng.beta(2.2, 2.8, size)
    crowded = rng.random(size) < 0.5
    fullness = np.where(crowded, rng.uniform(0.8, 1.0, size), 0.08 + 0.7 * rng.beta(2.5, 2.2, size))
    needs = _needs(rng, fullness, price)
    pressure = np.clip((fullness - 0.7) / 0.3, 0, 1)
    return Truth(
        satisfaction=satisfaction,
        drift=rng.normal(0.01, 0.09, size),
        price_sensitivity=price,
        fullness=fullness,
        growth=rng.uniform(0.01, 0.055, size),
        needs=needs,
        anyway=np.clip(0.008 + 0.26 * pressure * satisfaction * (1 - 0.5 * price), 0, 1),
    )


def _needs(rng: np.random.Generator, fullness: Floats, price: Floats) -> NDArray[np.bool_]:
    ordinary = {
        "sharing": 0.34,
        "seats": 0.2,
        "rooms": 0.16,
        "audit": 0.14,
        "support": 0.2,
        "reception": 0.1,
        "approval": 0.16,
        "mobile": 0.14,
        "training": 0.14,
        "speed": 0.1,
    }
    share = np.column_stack([np.full(len(fullness), ordinary.get(code, 0.0)) for code, _, _ in TOPICS])
    share[:, TOPIC["storage"]] = np.where(fullness > 0.75, 0.85, 0.12)
    share[:, TOPIC["cost"]] = 0.06 + 0.3 * price**2
    return rng.random(share.shape) < share


def truth(seed: int, accounts: int) -> Truth:
    """The truth of the first `accounts` simulated accounts (without the named customers of the story)."""
    parts = [draw(seed, chunk, size) for chunk, size in chunks(accounts)]
    return Truth(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Truth)))


def chunks(accounts: int) -> list[tuple[int, int]]:
    """(number, size) of each chunk."""
    starts = range(0, accounts, CHUNK)
    return [(number, min(CHUNK, accounts - start)) for number, start in enumerate(starts)]
