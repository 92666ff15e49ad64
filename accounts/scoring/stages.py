"""Five stages of loyalty, entered at a line and left only well below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .reasons import Contribution


class Stage(StrEnum):
    SEED = "SEED"
    SPROUT = "SPROUT"
    LEAF = "LEAF"
    BLOOM = "BLOOM"
    TREE = "TREE"


LADDER = tuple(Stage)


@dataclass(frozen=True, slots=True)
class StageSettings:
    """Loyalty at which each stage begins, SEED first; a stage is kept until loyalty is more than
    `margin` points below its line."""

    entries: tuple[int, ...] = (0, 30, 50, 70, 85)
    margin: int = 4


@dataclass(frozen=True, slots=True)
class StageReading:
    """`stage` is None for a customer without a score who never had a stage. `missing` are the
    loyalty points to the next stage (0 on the top one), `ways` the signals with most room.

    `is_held` says that the stage is kept although its line is no longer reached.
    """

    stage: Stage | None
    next_stage: Stage | None
    missing: int | None
    is_held: bool
    ways: tuple[Contribution, ...]


def stage_of(
    loyalty: int | None,
    previous: Stage | None = None,
    *,
    room: Sequence[Contribution] = (),
    settings: StageSettings = StageSettings(),
) -> StageReading:
    """The stage that a loyalty score earns, given the stage held before.

    `room` is `Loyalty.room`: what each signal could still add, most first.
    """
    if loyalty is None:
        return StageReading(previous, None, None, previous is not None, ())
    earned = _highest(loyalty, settings)
    kept = min(_highest(loyalty + settings.margin, settings), _level(previous))
    level = max(earned, kept)
    if level == len(LADDER) - 1:
        missing = max(0, settings.entries[level] - loyalty)
        return StageReading(LADDER[level], None, missing, kept > earned, ())
    return StageReading(
        stage=LADDER[level],
        next_stage=LADDER[level + 1],
        missing=settings.entries[level + 1] - loyalty,
        is_held=kept > earned,
        ways=tuple(room[:3]),
    )


def _level(stage: Stage | None) -> int:
    return 0 if stage is None else LADDER.index(stage)


def _highest(loyalty: int, settings: StageSettings) -> int:
    return max(sum(loyalty >= entry for entry in settings.entries) - 1, 0)
