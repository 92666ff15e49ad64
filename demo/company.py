"""The demo company from an empty database to a chosen point of its campaign, in one call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from accounts.actions import standing
from accounts.models import Account
from campaigns.actions import suggestions
from campaigns.models import ArmMembership
from crm.organisation import Organisation
from demo import load as loading
from demo.load import References, Report, moment
from demo.named import BOOK, MISAKI
from demo.story import Story
from demo.takeup import Field
from demo.truth import truth
from demo.world import FULL, THIN, Plan

SEED = 20261124
STAGES = ("plan", "do", "check", "act")
MISAKIS = 38
DRAWN = 400
"""Days ago on which the always-on control was drawn."""
LARGE = 50_000
"""From this many customers on less is told of each, and nobody lives through the last quarter."""

SCORED = (90, 73, 45, 18, 11, 4, 0)
"""Days before the last on which scores are reckoned: a history to draw, and the days of the story."""


def load(
    *, as_of: date, accounts: int, seed: int, stage: str, tell: Callable[[str], object] = lambda _line: None
) -> Report:
    """Everything, in the caller's transaction."""
    known = loading.references(as_of)
    plan = _plan(as_of, accounts, seed)
    report = loading.customers_of(plan, known, tell, is_large=accounts >= LARGE)
    _draw_control(as_of)
    if accounts < LARGE:
        _live(plan, known, stage, tell)
    return report


def _live(plan: Plan, known: References, stage: str, tell: Callable[[str], object]) -> None:
    """The last quarter, day by day: scores, campaigns, and last night's suggestions."""
    first = plan.first_ids["account"] + len(BOOK)
    field = Field(as_of=plan.as_of, seed=plan.seed, truth=truth(plan.seed, plan.accounts), first=first)
    story = Story(as_of=plan.as_of, stage=stage, known=known, field=field)
    for age in SCORED:
        standing.rescore(as_of=plan.as_of - timedelta(days=age), at=moment(plan.as_of, days=age, hour=4))
        story.on(age)
        tell(f"{age} days before: scores and what happened")
    _suggest(plan.as_of)


def _draw_control(as_of: date) -> None:
    """With the first salt that leaves the customers of the story out of the always-on control."""
    named = list(Account.objects.filter(name__in=[customer.name for customer in BOOK]).values_list("pk", flat=True))
    everybody = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    for number in range(1000):
        Organisation.objects.update(control_salt=f"tsumugi-{number}")
        suggestions.draw_control(accounts=named, at=moment(as_of, days=DRAWN))
        if not ArmMembership.objects.filter(arm=ArmMembership.Arm.CONTROL).exists():
            break
        ArmMembership.objects.all().delete()
    suggestions.draw_control(accounts=everybody, at=moment(as_of, days=DRAWN))


def _suggest(as_of: date) -> None:
    """Last night's run."""
    at = moment(as_of, hour=5)
    suggestions.run_chunks(run=suggestions.start(as_of=as_of, at=at), at=at)


def _plan(as_of: date, accounts: int, seed: int) -> Plan:
    """The named customers count among the asked number."""
    return Plan(
        as_of=as_of,
        seed=seed,
        accounts=max(accounts - len(BOOK), 0),
        misaki=MISAKIS - sum(customer.owner == MISAKI for customer in BOOK),
        detail=FULL if accounts < LARGE else THIN,
        first_ids=loading.first_ids(),
    )
