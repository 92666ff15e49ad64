"""Proposals under way and their outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, IntegerField, Value, When

from accounts.models import NpsResponse
from campaigns.models import Proposal
from campaigns.models.suggestions import ProposalQuerySet
from campaigns.queries.today import what_of
from crm.people import User

State = Proposal.State
AFTER = (timedelta(days=30), timedelta(days=120))
LIMIT = 200
PARTS = tuple(f"suggestion__{name}" for name in ("path__from_product", "path__to_product", "product", "family"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A proposal in words; `nps_after` is the first answer one to four months after a win."""

    proposal: Proposal
    what: str
    nps_after: int | None = None


def in_sight(user: User) -> ProposalQuerySet:
    rows: ProposalQuerySet = Proposal.objects.visible_to(user)
    return rows.select_related("account", "owner", *PARTS)


def listed(user: User, *, decided: bool = False) -> list[Outcome]:
    """Open ones first proposed, oldest first; or decided ones, newest first."""
    rows = in_sight(user).filter(owner=user) if user.is_rep else in_sight(user)
    if decided:
        rows = rows.filter(state__in=(State.WON, State.LOST)).order_by("-decided_at", "-pk")
    else:
        with_customer = Case(When(state=State.PROPOSED, then=Value(0)), default=Value(1), output_field=IntegerField())
        rows = rows.open().order_by(with_customer, "created_at", "pk")
    return outcomes(rows[:LIMIT])


def outcomes(proposals: Iterable[Proposal]) -> list[Outcome]:
    """Two statements for any number of proposals."""
    found = list(proposals)
    after = _nps_after(found)
    return [Outcome(proposal, what_of(proposal.suggestion), after.get(proposal.pk)) for proposal in found]


def _nps_after(proposals: Iterable[Proposal]) -> dict[int, int]:
    won = [proposal for proposal in proposals if proposal.state == State.WON and proposal.decided_at]
    answers = NpsResponse.objects.filter(account__in={proposal.account_id for proposal in won}).order_by("answered_at")
    rows = list(answers.values_list("account_id", "answered_at", "score")) if won else []
    found: dict[int, int] = {}
    for proposal in won:
        scores = (score for account, at, score in rows if account == proposal.account_id and _is_after(at, proposal))
        if (score := next(scores, None)) is not None:
            found[proposal.pk] = score
    return found


def _is_after(at: datetime, proposal: Proposal) -> bool:
    return proposal.decided_at is not None and AFTER[0] <= at - proposal.decided_at <= AFTER[1]


def number_open(user: User) -> int:
    """The figure in the menu."""
    rows = Proposal.objects.visible_to(user).open()
    return (rows.filter(owner=user) if user.is_rep else rows).count()
