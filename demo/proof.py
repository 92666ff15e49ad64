"""A campaign of three revisions whose truth is known: what the product measures, beside what is so.

Customers are simulated as in the demo company; arms are drawn, outcomes stored and effects measured by the product itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from accounts.models import Account, Case, Subscription, UpgradePath
from accounts.models.matching import matching_key
from accounts.queries.facts import day_of
from campaigns.measure.power import ArmName, draw_holdout
from campaigns.measure.uplift import Uplift
from campaigns.models import Campaign, CampaignRevision, Target
from campaigns.queries import effects
from crm.people import User
from demo import respond
from demo.truth import WINDOW_DAYS, Truth, draw

Floats = NDArray[np.float64]

PRICES = 1200, 1800
"""Yen a seat and month of the plan before the step and after it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which needs the talk answers, how many are held out, and the chance that an addressed customer is really asked."""

    topics: tuple[str, ...]
    holdout: float
    asked: float


PLANS = (
    Plan(("cost",), holdout=0.3, asked=0.3),
    Plan(("storage",), holdout=0.3, asked=0.8),
    Plan(("storage", "sharing"), holdout=0.3, asked=0.9),
)
"""Announced by mail alone; with the date of the full quota; with a question before the offer."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of one revision: what it truly adds, and what was measured."""

    revision: int
    row: str
    truth: float
    found: Uplift

    @property
    def error(self) -> float:
        return (self.found.difference or 0.0) - self.truth

    @property
    def is_covered(self) -> bool:
        return self.found.low is None or self.found.high is None or self.found.low <= self.truth <= self.found.high


def play(*, seed: int, path: UpgradePath, by: User, at: datetime, customers: int = 400) -> list[Finding]:
    """Three revisions one after the other, each with customers of its own, measured at `at` after thirty days each.

    `path` must lead from a plan to a higher one of the same family, both with a margin.
    """
    campaign = Campaign.objects.create(name_ja="検証", name_en="Proof", owner=by, created_at=at)
    found = []
    for number, plan in enumerate(PLANS, start=1):
        begun = at - timedelta(days=WINDOW_DAYS * (len(PLANS) - number + 1))
        revision = _launched(campaign, number, plan, path, by, begun, at)
        found += _played(revision, plan, seed, customers)
    return found


def _launched(
    campaign: Campaign, number: int, plan: Plan, path: UpgradePath, by: User, begun: datetime, at: datetime
) -> CampaignRevision:
    over = begun + timedelta(days=WINDOW_DAYS)
    return CampaignRevision.objects.create(
        campaign=campaign,
        number=number,
        state=CampaignRevision.State.LAUNCHED if over >= at else CampaignRevision.State.ENDED,
        why_ja="検証のため",
        customer_benefit_ja="容量の心配がなくなります",
        path=path,
        holdout_share=str(plan.holdout),
        created_at=begun,
        launched_at=begun,
        launched_by=by,
        ends_on=day_of(over).on - timedelta(days=1),
        ended_at=None if over >= at else over,
    )


def _played(revision: CampaignRevision, plan: Plan, seed: int, customers: int) -> list[Finding]:
    truth, rng = draw(seed, revision.number, customers), np.random.default_rng([seed, revision.number, 7])
    seats = rng.integers(5, 60, customers)
    accounts = _customers(revision, seed, seats)
    strata = [f"2:{min(int(share * 3), 2)}" for share in truth.fullness]
    arms = draw_holdout(strata, plan.holdout, seed)
    treated = np.array([arm is ArmName.TREATED for arm in arms])
    Target.objects.bulk_create(
        Target(
            revision=revision,
            account=account,
            arm=Target.Arm.TREATED if is_treated else Target.Arm.HOLDOUT,
            stratum=stratum,
            chunk=1,
            value_before=12 * PRICES[0] * int(many),
        )
        for account, is_treated, stratum, many in zip(accounts, treated, strata, seats, strict=True)
    )
    asked = treated & (rng.random(customers) < plan.asked)
    said = respond.answers(truth.take(np.flatnonzero(asked)), plan.topics, rng)
    won, upset = np.zeros(customers, dtype=bool), rng.random(customers) < 0.01
    won[asked], won[~asked] = said.won, respond.unasked(truth.take(np.flatnonzero(~asked)), rng)
    upset[asked] |= said.complains
    _outcomes(revision, accounts, seats, won, upset, rng)
    return _findings(revision, plan, truth, seats)


def _customers(revision: CampaignRevision, seed: int, seats: NDArray[np.int64]) -> list[Account]:
    names = [f"検証{seed}-{revision.number}-{number}株式会社" for number in range(len(seats))]
    accounts = Account.objects.bulk_create(Account(name=name, matching_key=matching_key(name)) for name in names)
    assert revision.launched_at and revision.path and revision.path.from_product
    since = revision.launched_at.date() - timedelta(days=400)
    Subscription.objects.bulk_create(
        Subscription(
            account=account,
            product=revision.path.from_product,
            seats=int(many),
            monthly_amount=PRICES[0] * int(many),
            starts_on=since,
        )
        for account, many in zip(accounts, seats, strict=True)
    )
    return accounts


def _outcomes(
    revision: CampaignRevision,
    accounts: list[Account],
    seats: NDArray[np.int64],
    won: NDArray[np.bool_],
    upset: NDArray[np.bool_],
    rng: np.random.Generator,
) -> None:
    assert revision.launched_at and revision.path
    begun = revision.launched_at
    after = {
        number: begun.date() + timedelta(days=int(rng.integers(2, WINDOW_DAYS - 1))) for number in np.flatnonzero(won)
    }
    for number, day in after.items():
        Subscription.objects.filter(account=accounts[number]).update(ended_on=day, end_reason="changed")
    Subscription.objects.bulk_create(
        Subscription(
            account=accounts[number],
            product=revision.path.to_product,
            seats=int(seats[number]),
            monthly_amount=PRICES[1] * int(seats[number]),
            starts_on=day,
        )
        for number, day in after.items()
    )
    Case.objects.bulk_create(
        Case(account=accounts[number], kind=Case.Kind.COMPLAINT, subject="検証", opened_at=begun + timedelta(days=5))
        for number in np.flatnonzero(upset)
    )


def _findings(revision: CampaignRevision, plan: Plan, truth: Truth, seats: NDArray[np.int64]) -> list[Finding]:
    """The truth is that of these customers: the chance to be asked, times what being asked does to them."""
    assert revision.launched_at and revision.path and revision.path.from_product
    uplift = plan.asked * truth.uplift(plan.topics)
    unmoved = 1 - np.minimum(truth.anyway + truth.uplift(plan.topics), 1)
    upset = plan.asked * 0.99 * 0.15 * unmoved * truth.annoyance(plan.topics)
    margins = (float(product.margin_rate or 0) for product in (revision.path.from_product, revision.path.to_product))
    before, after = (price * margin for price, margin in zip(PRICES, margins, strict=True))
    [measured] = effects.measured(revision, as_of=revision.launched_at + timedelta(days=WINDOW_DAYS))
    assert measured.margin, "the path needs a margin"
    return [
        Finding(revision.number, "sales", float(uplift.mean()), measured.effects.sales),
        Finding(revision.number, "harm", float(upset.mean()), measured.effects.complaints),
        Finding(revision.number, "margin", float((uplift * 12 * seats * (after - before)).mean()), measured.margin),
    ]
