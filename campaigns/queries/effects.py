"""What a revision added, and what it cost: the frozen arms against everything that happened since.

By intention to treat: every target counts in the arm it was drawn into, whether or not a rep
followed the suggestion, and a win counts in both arms however it came about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Least

from accounts.models import Case, Subscription
from campaigns.measure.uplift import (
    Crossing,
    Effects,
    Guardrail,
    RatePlan,
    Uplift,
    Verdict,
    check_guardrail,
    effects,
    mean_uplift,
    rate_uplift,
    sample_ratio,
)
from campaigns.models import CampaignRevision, Proposal, Target

CUTS: Mapping[str, str] = {"all": "", "tier": "stratum", "team": "team_id"}
"""By what the effects may be told apart. The plan at launch is the first part of the stratum."""

COMPLAINT_RATE = 0.05
"""Share of customers with a complaint that is expected; it only sets when the interval is narrowest."""

PLANNED_DAYS = 60
"""How long a campaign without a last day is taken to run."""


@dataclass(slots=True)
class ArmCounts:
    customers: int = 0
    won: int = 0
    complained: int = 0
    scores: list[int] = field(default_factory=list)

    @property
    def mean_score(self) -> float | None:
        return sum(self.scores) / len(self.scores) if self.scores else None


@dataclass(slots=True)
class Outcome:
    """Both arms of a revision or of one part of it; `key` is a team's id, a tier's rank, or ""."""

    key: str
    treated: ArmCounts = field(default_factory=ArmCounts)
    holdout: ArmCounts = field(default_factory=ArmCounts)

    def arm(self, code: str) -> ArmCounts:
        return self.treated if code == Target.Arm.TREATED else self.holdout


# ---------------------------------------------------------------------------------- the facts


def until(revision: CampaignRevision, as_of: datetime) -> datetime:
    """Up to when outcomes count: the end of the revision, or now."""
    return min(revision.ended_at, as_of) if revision.ended_at else as_of


def with_wins(targets: QuerySet[Target], as_of: datetime) -> QuerySet[Target]:
    """Marks targets that took the step (or a higher one) since the launch, however it came about."""
    targets = targets.annotate(
        first=F("revision__launched_at"),
        last=Least(F("revision__ended_at"), Value(as_of, output_field=DateTimeField())),
    )
    step = "revision__path__to_product"
    reached = Q(product=OuterRef(step)) | Q(
        product__family=OuterRef(f"{step}__family"), product__tier__rank__gte=OuterRef(f"{step}__tier__rank")
    )
    begun = Subscription.objects.filter(
        reached,
        account=OuterRef("account"),
        starts_on__gte=OuterRef("first__date"),
        starts_on__lte=OuterRef("last__date"),
    )
    sold = Proposal.objects.filter(
        account=OuterRef("account"),
        state=Proposal.State.WON,
        suggestion__path=OuterRef("revision__path"),
        decided_at__gte=OuterRef("first"),
        decided_at__lte=OuterRef("last"),
    )
    return targets.annotate(has_won=Exists(begun) | Exists(sold))


def outcomes(revision: CampaignRevision, *, as_of: datetime, cut: str = "all") -> list[Outcome]:
    """Two queries, however many targets: who won and who complained, and every answer of the period.

    Where two targets turned out to be one customer, the one that went up in the other no longer counts.
    """
    period = (revision.launched_at, until(revision, as_of))
    targets = Target.objects.filter(revision=revision, account__merged_into=None)
    found: dict[str, Outcome] = {}
    for row in _counted(targets, period, as_of, cut):
        arm = found.setdefault(_key(cut, row), Outcome(_key(cut, row))).arm(row["arm"])
        arm.customers += row["customers"]
        arm.won += row["won"]
        arm.complained += row["complained"]
    for row in _answers(targets, period, cut):
        found[_key(cut, row)].arm(row["arm"]).scores.append(row["score"])
    return [found[key] for key in sorted(found)]


def _counted(targets: QuerySet[Target], period: tuple[Any, Any], as_of: datetime, cut: str) -> Iterable[dict[str, Any]]:
    complaints = Case.objects.filter(account=OuterRef("account"), kind=Case.Kind.COMPLAINT, opened_at__range=period)
    marked = with_wins(targets, as_of).annotate(has_complained=Exists(complaints))
    return (
        marked.order_by()
        .values("arm", *_columns(cut))
        .annotate(
            customers=Count("pk"),
            won=Count("pk", filter=Q(has_won=True)),
            complained=Count("pk", filter=Q(has_complained=True)),
        )
    )


def _answers(targets: QuerySet[Target], period: tuple[Any, Any], cut: str) -> Iterable[dict[str, Any]]:
    answered = targets.filter(account__nps_responses__answered_at__range=period)
    return answered.order_by().values("arm", *_columns(cut), score=F("account__nps_responses__score"))


def _columns(cut: str) -> list[str]:
    return [CUTS[cut]] if CUTS[cut] else []


def _key(cut: str, row: Mapping[str, Any]) -> str:
    value = str(row.get(CUTS[cut]) or "")
    return value.partition(":")[0] if cut == "tier" else value


# ---------------------------------------------------------------------------- what may be said


@dataclass(frozen=True, slots=True)
class Measured:
    """The three rows with the counts they stand on; `crossed` names guardrails that are broken."""

    outcome: Outcome
    effects: Effects
    crossed: tuple[str, ...] = ()


def measured(revision: CampaignRevision, *, as_of: datetime, cut: str = "all") -> list[Measured]:
    """One entry for the whole revision, or one for each part; empty before anybody was a target."""
    parts = outcomes(revision, as_of=as_of, cut=cut)
    progress = progress_of(revision, as_of)
    share = float(revision.holdout_share)
    return [Measured(part, _effects(part, progress, share), _crossed(revision, part.treated)) for part in parts]


def progress_of(revision: CampaignRevision, as_of: datetime) -> float:
    """Share of the planned days that have passed, at least a hundredth and at most 1."""
    begun = revision.launched_at
    if begun is None:
        return 0.0
    planned = (revision.ends_on - begun.date()).days + 1 if revision.ends_on else PLANNED_DAYS
    passed = (until(revision, as_of) - begun) / timedelta(days=max(planned, 1))
    return min(max(passed, 0.01), 1.0)


def _effects(part: Outcome, progress: float, share: float) -> Effects:
    treated, holdout = part.treated, part.holdout
    return effects(
        sales=_rate(treated.won, holdout.won, part, RatePlan(treated.customers, holdout.customers)),
        loyalty=_loyalty(part, progress),
        complaints=_rate(
            treated.complained,
            holdout.complained,
            part,
            RatePlan(treated.customers, holdout.customers, COMPLAINT_RATE),
        ),
        ratio=sample_ratio(treated=treated.customers, holdout=holdout.customers, planned_share=share),
    )


def _loyalty(part: Outcome, progress: float) -> Uplift:
    """A holdout of which nobody has answered yet is still a holdout."""
    treated, holdout = part.treated.scores, part.holdout.scores
    found = mean_uplift(treated=treated, holdout=holdout, progress=progress, winsorise=None)
    is_unheard = found.verdict is Verdict.NO_HOLDOUT and part.holdout.customers
    return replace(found, verdict=Verdict.TOO_EARLY) if is_unheard else found


def _rate(treated: int, holdout: int, part: Outcome, plan: RatePlan) -> Uplift:
    return rate_uplift(treated=(treated, part.treated.customers), holdout=(holdout, part.holdout.customers), plan=plan)


def _crossed(revision: CampaignRevision, treated: ArmCounts) -> tuple[str, ...]:
    """Guardrails protect the customers who were addressed, so only those count."""
    lines = []
    if revision.guardrail_nps is not None:
        nps = Guardrail("NPS", float(revision.guardrail_nps), is_floor=True)
        lines.append((nps, treated.mean_score, len(treated.scores)))
    if revision.guardrail_complaint_share is not None and treated.customers:
        complaints = Guardrail("COMPLAINTS", float(revision.guardrail_complaint_share), is_floor=False)
        lines.append((complaints, treated.complained / treated.customers, treated.customers))
    broken = [rail.code for rail, value, n in lines if check_guardrail(rail, value=value, n=n) is Crossing.CROSSED]
    return tuple(broken)


def sales_by_revision(campaign_id: int, *, as_of: datetime) -> dict[int, Uplift]:
    """The sales row of every launched revision of a campaign, in one query."""
    rows = (
        with_wins(Target.objects.filter(revision__campaign=campaign_id), as_of)
        .order_by()
        .values("revision", "arm")
        .annotate(customers=Count("pk"), won=Count("pk", filter=Q(has_won=True)))
    )
    parts: dict[int, Outcome] = {}
    for row in rows:
        arm = parts.setdefault(row["revision"], Outcome("")).arm(row["arm"])
        arm.customers, arm.won = row["customers"], row["won"]
    return {
        number: _rate(
            part.treated.won, part.holdout.won, part, RatePlan(part.treated.customers, part.holdout.customers)
        )
        for number, part in parts.items()
    }
