"""How far a campaign came in the field: announced, read, accepted, proposed, won."""

from collections.abc import Mapping
from dataclasses import dataclass

STEPS = ("announced", "read", "accepted", "proposed", "won")


@dataclass(frozen=True, slots=True)
class Step:
    """`rate` is the share of the step before, None on the first step or when nobody got there;
    `lost` is how many fell out on the way here."""

    code: str
    count: int
    rate: float | None
    lost: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """`biggest_drop` is the step before which most fell out, None when nothing was lost."""

    steps: tuple[Step, ...]
    biggest_drop: Step | None

    def share_of(self, code: str) -> float:
        """Who came to this step among all of the first; 0 when there was nobody."""
        reached = next(step.count for step in self.steps if step.code == code)
        return reached / self.steps[0].count if self.steps[0].count else 0.0


def funnel(counts: Mapping[str, int]) -> Funnel:
    """Step rates of cumulative counts: who won is also counted as proposed, and so on.

    A missing step is a KeyError, a step with more than the one before a ValueError: such
    counts are of different customers, and no rate would be true.
    """
    steps = [Step(STEPS[0], counts[STEPS[0]], None, 0)]
    for code in STEPS[1:]:
        steps.append(_step(code, counts[code], before=steps[-1].count))
    drop = max(steps, key=lambda step: step.lost)
    return Funnel(tuple(steps), drop if drop.lost else None)


def _step(code: str, count: int, *, before: int) -> Step:
    if not 0 <= count <= before:
        raise ValueError(f"{code}: {count} of {before} is not a step of a funnel")
    return Step(code, count, count / before if before else None, before - count)
