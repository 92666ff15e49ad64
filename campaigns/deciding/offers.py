"""What is being considered: a trigger says why now, a candidate says what.

A candidate is only an idea. The guard may refuse it, reasons may be missing, or doing nothing
may be worth more; the pipeline keeps it with the stage at which it was dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from campaigns.deciding.facts import CampaignOffer, HeardNeed, Lane

Source = Literal["ladder", "affinity", "reorder", "right_size", "need", "campaign"]
Figure = int | float | str | date | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a figure comes from: the kind of record, its id (for a link) and its day."""

    source: str
    on: date | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """A named reason why now is a good moment. `strength` runs from 0 to 1.

    `speaks_for` are the path kinds it supports; `products` and `meters` narrow it down when the
    customer pointed at one plan or one limit.
    """

    code: str
    strength: float
    evidence: Evidence
    figures: Mapping[str, Figure] = field(default_factory=dict)
    speaks_for: frozenset[str] = frozenset()
    subscription_id: int | None = None
    product: str = ""
    meter: str = ""


@dataclass(frozen=True, slots=True)
class Support:
    """Counts behind "41 of 63 similar customers who have A also have B (18 % overall)"."""

    given: str
    also: int
    having: int
    share: float
    overall: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible offer. Prices are yen a month for the whole contract; `margin` is what twelve
    months of it would add (negative for a smaller plan).

    `action_key` names the action for outcomes and policies; `topics` are the needs it answers.
    """

    action_key: str
    kind: str
    lane: Lane
    source: Source
    family: str
    product: str
    seats: int = 0
    price_now: int = 0
    price_next: int = 0
    margin: int = 0
    path_key: str = ""
    alternative: str = ""
    subscription_id: int | None = None
    topics: frozenset[str] = frozenset()
    triggers: tuple[Trigger, ...] = ()
    needs: tuple[HeardNeed, ...] = ()
    benefit_ja: str = ""
    benefit_en: str = ""
    score: float = 0.0
    """Affinity of the family to what they have, higher goes better; 0 when affinity had no say."""
    support: Support | None = None
    campaign: CampaignOffer | None = None

    @property
    def difference(self) -> int:
        return self.price_next - self.price_now
