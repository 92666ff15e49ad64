"""How a rule answers: a number, and what it came from as codes with figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Contribution:
    """Whole points that one signal adds to a score, with the figures behind it."""

    code: str
    points: int
    figures: Mapping[str, Any] = field(default_factory=dict)
