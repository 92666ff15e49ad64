"""How simulated customers answer a pitch, by their hidden truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.truth import WINDOW_DAYS, Truth

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Answers:
    """Arrays over the customers that were asked. Who is neither won nor deferred said no.

    `nps_shift` is what their next answer moves by: the annoyed give less, the helped a little more.
    """

    won: Bools
    deferred: Bools
    annoyed: Bools
    complains: Bools
    too_expensive: Bools
    nps_shift: NDArray[np.int64]


def answers(asked: Truth, topics: tuple[str, ...], rng: np.random.Generator, *, days: int = WINDOW_DAYS) -> Answers:
    """What everybody in `asked` says within `days` to a pitch that answers `topics`.

    The chance of a yes is the one of upgrading anyway plus the uplift, so that a fair comparison with
    customers left alone finds the uplift again.
    """
    size = len(asked)
    won = rng.random(size) < asked.anyway * days / WINDOW_DAYS + asked.uplift(topics)
    annoyed = ~won & (rng.random(size) < asked.annoyance(topics))
    return Answers(
        won=won,
        deferred=~won & ~annoyed & (rng.random(size) < 0.25),
        annoyed=annoyed,
        complains=annoyed & (rng.random(size) < 0.15),
        too_expensive=~won & (rng.random(size) < 0.3 + 0.5 * asked.price_sensitivity),
        nps_shift=np.where(annoyed, -rng.integers(1, 4, size), np.where(won, rng.integers(0, 2, size), 0)),
    )


def unasked(left_alone: Truth, rng: np.random.Generator, *, days: int = WINDOW_DAYS) -> Bools:
    """Who of those left alone takes the higher plan by themselves within `days`."""
    return rng.random(len(left_alone)) < left_alone.anyway * days / WINDOW_DAYS
