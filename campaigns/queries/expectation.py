"""What a plan is expected to bring and to cost, from its outlook and from what earlier revisions showed."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.measure.expectation import Range, more_wins_by_goal, more_wins_by_lift
from campaigns.models import CampaignRevision, Look
from campaigns.queries.preview import Preview

GOAL, EARLIER = "goal", "earlier"


@dataclass(frozen=True, slots=True)
class Expectation:
    """`wins` are those beyond what comes without the campaign; `margin` what they bring in a year, in yen.

    Both are None while they cannot be said. `source` says where they come from: an earlier revision's measured effect, with
    its number, or else the goal. The cost takes one conversation with everybody addressed, and the wins of the goal.
    """

    source: str
    number: int | None
    wins: Range | None
    margin: Range | None
    contact_yen: int
    win_yen: int
    fixed_yen: int
    budget: int | None
    goal_share: float | None
    detectable: float | None
    base_rate: float

    @property
    def cost(self) -> int:
        return self.contact_yen + self.win_yen + self.fixed_yen

    @property
    def is_over(self) -> bool:
        return self.budget is not None and self.cost > self.budget

    @property
    def is_loss(self) -> bool:
        """Even what it may bring at most does not pay for it."""
        return self.margin is not None and self.cost > self.margin.high

    @property
    def is_goal_usual(self) -> bool:
        """So many say yes without any campaign."""
        return self.goal_share is not None and self.goal_share <= self.base_rate

    @property
    def is_goal_beyond(self) -> bool:
        """More are to take the step than are addressed."""
        return self.goal_share is not None and self.goal_share > 1

    @property
    def is_goal_visible(self) -> bool | None:
        """Whether the difference to a holdout would be seen if the goal is met."""
        if self.goal_share is None or self.detectable is None:
            return None
        return self.goal_share - self.base_rate >= self.detectable


def expected(revision: CampaignRevision, outlook: Preview) -> Expectation:
    """Two statements beside the outlook: the newest look of the revisions before, and the extras of the variants."""
    goal, treated = revision.goal_wins, outlook.treated
    look = _earlier(revision)
    anyway = outlook.base.rate
    wins = _by(look, treated) if look else more_wins_by_goal(goal=goal or 0, addressed=treated, base_rate=anyway)
    wins = wins if look or goal else None
    each = outlook.yearly_margin
    return Expectation(
        source=EARLIER if look else GOAL,
        number=look.revision.number if look else None,
        wins=wins,
        margin=wins.times(each) if wins and each is not None else None,
        contact_yen=treated * revision.cost_per_contact,
        win_yen=round((goal or 0) * (revision.incentive + _extra(revision))),
        fixed_yen=revision.fixed_cost,
        budget=revision.budget,
        goal_share=goal / treated if goal and treated else None,
        detectable=outlook.detectable,
        base_rate=anyway,
    )


def _earlier(revision: CampaignRevision) -> Look | None:
    """The newest look with an interval, of revisions before this one that offered the same."""
    looks = Look.objects.filter(row=Look.Row.SALES, low__isnull=False, revision__campaign=revision.campaign_id)
    before = looks.filter(revision__number__lt=revision.number, revision__path=revision.path_id)
    return before.select_related("revision").order_by("-revision__number", "-on").first()


def _by(look: Look, treated: int) -> Range:
    low, lift, high = (end or 0.0 for end in (look.low, look.difference, look.high))
    return more_wins_by_lift(low=low, lift=lift, high=high, addressed=treated)


def _extra(revision: CampaignRevision) -> float:
    """Yen that the extra costs with a win: the mean of the variants by their weight; one without its own has the plan's."""
    own = revision.offer.cost_per_account if revision.offer else 0
    variants = list(revision.variants.select_related("offer"))
    if not variants:
        return own
    yen = sum(each.weight * (each.offer.cost_per_account if each.offer else own) for each in variants)
    return yen / sum(each.weight for each in variants)
