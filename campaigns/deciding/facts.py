"""What the engine knows when it decides, and nothing else.

`AccountFacts` is one customer as of one moment; `Catalogue` is what may be offered. Both are
filled by queries (or by a test) and are never changed afterwards, so the same facts always give
the same decision.

Units: money is integer yen, prices are for one month and one seat, `date` is a day in the
organisation's zone, `datetime` is aware **and already in the organisation's zone**, shares and
probabilities run from 0 to 1, health and loyalty from 0 to 100.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Literal

Lane = Literal["up", "cross_sell", "right_size", "reorder", "trial"]
PathKind = Literal["upgrade", "seats", "option", "cross_sell", "trial", "right_size", "bundle", "reorder"]

LANE_OF_KIND: Mapping[str, Lane] = {
    "upgrade": "up",
    "seats": "up",
    "bundle": "up",
    "option": "cross_sell",
    "cross_sell": "cross_sell",
    "trial": "trial",
    "right_size": "right_size",
    "reorder": "reorder",
}


SALES = "sales"
WAYS = ("phone", "mail", "visit")
"""The channel that stands for everything that sells, and the ways on which somebody is reached."""


# ---------------------------------------------------------------------------- the customer


@dataclass(frozen=True, slots=True)
class HeldSubscription:
    """A contract the customer holds now. `monthly` is what they pay for all seats together."""

    id: int
    product: str
    family: str
    tier_rank: int
    seats: int
    unit_price: int
    monthly: int
    started_on: date
    renews_on: date | None = None
    signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    on: date
    value: float


@dataclass(frozen=True, slots=True)
class Usage:
    """One meter of one contract, oldest reading first; without an allowance it cannot run full."""

    meter: str
    allowance: float | None
    readings: tuple[Reading, ...]
    subscription_id: int | None = None

    @property
    def share(self) -> float | None:
        """Newest reading over the allowance, or None when either is missing."""
        if not self.readings or not self.allowance:
            return None
        return self.readings[-1].value / self.allowance


@dataclass(frozen=True, slots=True)
class HeadCount:
    on: date
    employees: int


@dataclass(frozen=True, slots=True)
class HeardNeed:
    """Something the customer told or showed us. `topics` are the codes that paths answer."""

    id: int
    topics: frozenset[str]
    heard_on: date
    words: str = ""
    contact_id: int | None = None
    solved_on: date | None = None


@dataclass(frozen=True, slots=True)
class NpsAnswer:
    score: int
    answered_on: date
    contact_id: int | None = None
    loop_closed_on: date | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """How the customer took a conversation, as the rep noted it: good, neutral or upset."""

    on: date
    reaction: Literal["good", "neutral", "upset"]
    activity_id: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint or a request for help; open until the fix has been reported."""

    id: int
    kind: str
    subject: str
    opened_on: date
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    channel: str
    given: bool
    since: date


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is there now, and since when they refuse which channels; `sales` means all of them."""

    id: int
    decides: bool = False
    refused: Mapping[str, date] = field(default_factory=dict)

    def closed_on(self, channel: str) -> date | None:
        days = [self.refused[each] for each in {channel, SALES} if each in self.refused]
        return min(days, default=None)


@dataclass(frozen=True, slots=True)
class Touch:
    """One approach by us on any channel. Service and mandatory touches have `consumes=False`.

    `is_offer` marks touches in which something was offered for sale.
    """

    at: datetime
    kind: str
    consumes: bool = True
    is_offer: bool = False
    contact_id: int | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class PastSuggestion:
    """An earlier suggestion or campaign offer and how it ended (see `Suggestion` states)."""

    action_key: str
    family: str
    state: str
    at: datetime
    reason: str = ""
    ask_again_on: date | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """Something the customer did: `plan_viewed`, `feature_tried`, `milestone`,
    `price_pressure` or `cancellation_asked`. `product` is the plan it points to, if any."""

    kind: str
    on: date
    count: int = 1
    product: str = ""
    detail: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class FamilyPurchases:
    """The distinct days (or first days of weeks) on which this family was bought, oldest first."""

    family: str
    bought_on: tuple[date, ...]
    yearly_value: int = 0


@dataclass(frozen=True, slots=True)
class Override:
    """A manager's exception to one rule, because the customer asked. Ends with `until`."""

    rule: str
    until: date
    on: date
    reason: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class CampaignOffer:
    """A running campaign that addresses this account. `lever` (0.5 to 1.5) ends on `until`."""

    campaign_id: int
    revision_id: int
    path_key: str
    until: date
    kind: str = ""
    lever: float = 1.0


@dataclass(frozen=True, slots=True)
class Ltv:
    """Yearly revenue in yen, margin as a share, expected years; the value is their product."""

    yearly_revenue: int
    margin_rate: float
    years: float

    @property
    def value(self) -> int:
        return round(self.yearly_revenue * self.margin_rate * self.years)


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """Everything the engine may know of one account at one moment."""

    id: int
    external_id: str = ""
    kind: Literal["company", "person"] = "company"
    segment: str = ""
    holdings: tuple[HeldSubscription, ...] = ()
    usage: tuple[Usage, ...] = ()
    head_counts: tuple[HeadCount, ...] = ()
    needs: tuple[HeardNeed, ...] = ()
    nps: tuple[NpsAnswer, ...] = ()
    heard: tuple[Heard, ...] = ()
    cases: tuple[Case, ...] = ()
    health: float | None = None
    health_on: date | None = None
    health_trend: float = 0.0
    loyalty: float | None = None
    ltv: Ltv | None = None
    consents: tuple[Consent, ...] = ()
    opted_out_on: date | None = None
    people: tuple[Person, ...] = ()
    touches: tuple[Touch, ...] = ()
    past: tuple[PastSuggestion, ...] = ()
    signals: tuple[Signal, ...] = ()
    purchases: tuple[FamilyPurchases, ...] = ()
    overrides: tuple[Override, ...] = ()
    campaign_offers: tuple[CampaignOffer, ...] = ()
    is_control: bool = False
    """In the always-on control group: no commercial suggestion, service goes on as ever."""

    @property
    def owned_families(self) -> frozenset[str]:
        held = {held.family for held in self.holdings}
        return frozenset(held | {bought.family for bought in self.purchases})

    @property
    def newest_nps(self) -> tuple[NpsAnswer, ...]:
        """The newest answer of each contact: a later, kinder answer replaces an earlier one."""
        by_contact: dict[int | None, NpsAnswer] = {}
        for answer in sorted(self.nps, key=lambda answer: answer.answered_on):
            by_contact[answer.contact_id] = answer
        return tuple(by_contact.values())

    def closed_on(self, channel: str) -> date | None:
        """Since when everybody whose word counts refuses this channel: who decides, else everybody who is there.

        None while one of them is left, and where nobody is known.
        """
        said = [person.closed_on(channel) for person in self.people if person.decides]
        said = said or [person.closed_on(channel) for person in self.people]
        return max(day for day in said if day) if said and all(said) else None

    @property
    def open_cases(self) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if case.closed_on is None)

    def open_needs(self, since: date) -> tuple[HeardNeed, ...]:
        """Unsolved needs heard on or after `since`, newest first."""
        found = [n for n in self.needs if n.solved_on is None and n.heard_on >= since]
        return tuple(sorted(found, key=lambda need: (need.heard_on, need.id), reverse=True))


# --------------------------------------------------------------------------- the catalogue


@dataclass(frozen=True, slots=True)
class Product:
    """Something on the price list. `allowances` gives what each meter allows at this tier."""

    code: str
    family: str
    tier_rank: int = 0
    unit_price: int = 0
    margin_rate: float = 0.5
    per_seat: bool = True
    on_sale: bool = True
    allowances: Mapping[str, float] = field(default_factory=dict)

    def monthly(self, seats: int) -> int:
        return self.unit_price * seats if self.per_seat else self.unit_price


@dataclass(frozen=True, slots=True)
class Family:
    """Products that belong together. `yearly_value` is what a typical buyer spends in a year."""

    code: str
    benefit_ja: str = ""
    benefit_en: str = ""
    topics: frozenset[str] = frozenset()
    yearly_value: int = 0
    margin_rate: float = 0.3
    on_sale: bool = True


@dataclass(frozen=True, slots=True)
class Path:
    """An allowed step from one product to another, with what the customer gains and gives up.

    `topics` are the needs it answers; `meters` the limits it lifts; `seats_step` how many seats a
    seat path adds; `alternative` the key of a softer path.
    """

    key: str
    kind: PathKind
    from_product: str
    to_product: str
    benefit_ja: str = ""
    benefit_en: str = ""
    disclosure_ja: str = ""
    disclosure_en: str = ""
    topics: frozenset[str] = frozenset()
    meters: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()
    seats_step: int = 0
    monthly_delta: int | None = None
    alternative: str = ""

    @property
    def lane(self) -> Lane:
        return LANE_OF_KIND[self.kind]


@dataclass(frozen=True)
class Catalogue:
    """Everything that may be offered. A path with an empty `from_product` starts from anywhere."""

    products: Mapping[str, Product] = field(default_factory=dict)
    families: Mapping[str, Family] = field(default_factory=dict)
    paths: tuple[Path, ...] = ()

    def paths_from(self, product: str) -> tuple[Path, ...]:
        return self._by_start.get(product, ())

    def path(self, key: str) -> Path | None:
        return self._by_key.get(key)

    @cached_property
    def _by_key(self) -> dict[str, Path]:
        return {path.key: path for path in self.paths}

    @cached_property
    def _by_start(self) -> dict[str, tuple[Path, ...]]:
        starts: dict[str, tuple[Path, ...]] = {}
        for path in self.paths:
            starts[path.from_product] = (*starts.get(path.from_product, ()), path)
        return starts
