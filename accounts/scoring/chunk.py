"""One pass over a chunk of accounts: all scores, for the nightly run."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd

from .health import COLUMNS as HEALTH_COLUMNS
from .health import Health, HealthSettings, HealthTable, health_table, read_health
from .loyalty import Loyalty, LoyaltySettings, LoyaltyTable, loyalty_table, read_loyalty
from .ltv import LifetimeValue, Source, ValueSettings, lifetime_value, value_frame
from .rfm import CutPoints, cut_points, rfm
from .stages import Stage, StageReading, StageSettings, stage_of

NUMBERS = (
    # voice: from nps.account_nps_frame
    "nps_score",
    "nps_figure",
    "nps_n",
    "nps_latest",
    # buying in the last 365 days
    "frequency",
    "monetary",
    # use and contract
    "products",
    "seats_used",
    "seats",
    "days_per_week",
    "capacity_share",
    "usage_trend",
    "tenure_years",
    "yearly_revenue",
    "margin",
    # friction
    "open_complaints",
    "complaints_365d",
    "tickets_90d",
    "late_payments_365d",
    # buying without a contract: repeat purchase days and mean spend a day, over all history
    "repeats",
    "mean_order",
)
DATES = ("nps_on", "last_heard_on", "first_order_on", "last_order_on")
COLUMNS = (*NUMBERS, *DATES, "previous_stage")


@dataclass(frozen=True, slots=True)
class ScoringSettings:
    """Everything that a run decides once. Without `cuts` the chunk is its own population: right
    for a whole book, wrong for a part of one."""

    cuts: CutPoints | None = None
    loyalty: LoyaltySettings = LoyaltySettings()
    health: HealthSettings = HealthSettings()
    value: ValueSettings = ValueSettings()
    stages: StageSettings = StageSettings()


@dataclass(frozen=True, slots=True)
class Rfm:
    """Fifths, 5 is best; None where unknown. `total` is None unless all three are known."""

    r: int | None
    f: int | None
    m: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class Scores:
    account: Hashable
    as_of: date
    rfm: Rfm
    ltv: LifetimeValue | None
    loyalty: Loyalty
    health: Health
    stage: StageReading
    nps_score: float | None
    nps_figure: float | None
    nps_latest: int | None
    nps_on: date | None


def score_accounts(frame: pd.DataFrame, as_of: date, settings: ScoringSettings = ScoringSettings()) -> list[Scores]:
    """Score each row of a frame indexed by account, facts as known on `as_of`.

    Columns are those of COLUMNS; an absent column or a missing value means unknown. Dates are
    datetime64 (no zone), `margin` a share such as 0.62, `previous_stage` a Stage name. The same
    rows, date and settings give the same scores, however the accounts are cut into chunks
    (`cuts` given).
    """
    facts = with_ages(complete(frame), as_of)
    fifths = rfm(facts, settings.cuts or cut_points(facts))
    facts = facts.join(fifths)
    told = _Tables(
        facts=facts,
        loyalty=loyalty_table(facts, settings.loyalty),
        health=health_table(facts, settings.health),
        value=value_frame(facts, settings.value).to_dict("records"),
        settings=settings,
        as_of=as_of,
    )
    shown = facts.astype(object).where(facts.notna(), None).to_dict("records")
    return [_scores(told, row, facts.index[row], shown[row]) for row in range(len(facts))]


def complete(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows with every column of COLUMNS, unknown where it was absent."""
    whole = frame.reindex(columns=list(COLUMNS))
    numbers = whole[list(NUMBERS)].astype(float)
    dates = {name: pd.to_datetime(whole[name]) for name in DATES}
    return numbers.assign(**dates, previous_stage=whole["previous_stage"])


def with_ages(facts: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Add what the rules read: ages in days on `as_of`, shares, spans of buying."""
    today = pd.Timestamp(as_of)
    return facts.assign(
        nps_age_days=_days(today - facts["nps_on"]),
        days_since_heard=_days(today - facts["last_heard_on"]),
        recency_days=_days(today - facts["last_order_on"]),
        recency_days_btyd=_days(facts["last_order_on"] - facts["first_order_on"]),
        age_days=_days(today - facts["first_order_on"]),
        seat_share=(facts["seats_used"] / facts["seats"].where(facts["seats"] > 0)),
    )


def _days(spans: pd.Series) -> pd.Series:
    return spans.dt.days.astype(float)


@dataclass(frozen=True, slots=True)
class _Tables:
    facts: pd.DataFrame
    loyalty: LoyaltyTable
    health: HealthTable
    value: list[dict]
    settings: ScoringSettings
    as_of: date


def _scores(told: _Tables, row: int, account: Hashable, facts: dict) -> Scores:
    settings = told.settings
    figures = {signal.code: {signal.column: facts.get(signal.column)} for signal in settings.loyalty.weights}
    loyal = read_loyalty(told.loyalty, row, figures)
    before = facts["previous_stage"]
    return Scores(
        account=account,
        as_of=told.as_of,
        rfm=Rfm(*(_whole(facts[name]) for name in ("r", "f", "m", "rfm_sum"))),
        ltv=_value(told.value[row], facts, settings.value),
        loyalty=loyal,
        health=read_health(told.health, row, {name: facts[name] for name in HEALTH_COLUMNS}),
        stage=stage_of(
            loyal.score,
            Stage(before) if before else None,
            room=loyal.room,
            settings=settings.stages,
        ),
        nps_score=facts["nps_score"],
        nps_figure=facts["nps_figure"],
        nps_latest=_whole(facts["nps_latest"]),
        nps_on=facts["nps_on"].date() if facts["nps_on"] is not None else None,
    )


def _value(factors: dict, facts: dict, settings: ValueSettings) -> LifetimeValue | None:
    if np.isnan(factors["years"]):
        return None
    margin = facts["margin"]
    return lifetime_value(
        yearly=factors["yearly"],
        margin=None if margin is None else Decimal(str(margin)),
        years=factors["years"],
        years_low=factors["years_low"],
        years_high=factors["years_high"],
        source=Source(factors["source"]),
        assumed_margin=settings.assumed_margin,
        figures={name: facts[name] for name in FIGURES_OF_YEARS[factors["source"]]},
    )


FIGURES_OF_YEARS = {
    Source.RENEWAL_HAZARD: ("tenure_years", "usage_trend", "complaints_365d", "nps_score"),
    Source.ORDER_PATTERN: ("repeats", "recency_days_btyd", "age_days", "mean_order"),
}


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
