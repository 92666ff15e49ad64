"""Proposals under way and their outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, Count, IntegerField, OuterRef, Q, Subquery, Value, When, Window

from accounts.models import Account, NpsResponse
from campaigns.models import Proposal
from campaigns.models.suggestions import ProposalQuerySet
from campaigns.queries.today import what_of
from crm.people import User
from crm.statements import Given
from crm.tallies import Tally

State = Proposal.State
AFTER = (timedelta(days=30), timedelta(days=120))
LIMIT = 200
_ANSWERS = NpsResponse.objects.filter(
    account=OuterRef("account"),
    answered_at__gte=OuterRef("decided_at") + AFTER[0],
    answered_at__lte=OuterRef("decided_at") + AFTER[1],
)
NPS_AFTER = Case(
    When(state=State.WON, then=Subquery(_ANSWERS.order_by("answered_at", "pk").values("score")[:1])),
    output_field=IntegerField(),
)
PARTS = tuple(f"suggestion__{name}" for name in ("path__from_product", "path__to_product", "product", "family"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A proposal in words; `nps_after` is the first answer one to four months after a win."""

    proposal: Proposal
    what: str
    nps_after: int | None = None


def in_sight(user: User) -> ProposalQuerySet:
    """With the NPS after a win."""
    return in_words(Proposal.objects.visible_to(user).select_related("account", "owner"))


def in_words(rows: ProposalQuerySet) -> ProposalQuerySet:
    """With what `outcomes` says of each."""
    return rows.select_related(*PARTS).annotate(nps_after=NPS_AFTER)


def of_account(account: Account | Given) -> ProposalQuerySet:
    """For whoever sees that customer, newest first."""
    rows: ProposalQuerySet = Proposal.objects.filter(account=account).exclude(state=State.WITHDRAWN)
    return rows.order_by("-created_at", "-pk")


def with_numbers(rows: ProposalQuerySet) -> ProposalQuerySet:
    """Each with the number of all rows, and of those that were won."""
    found: ProposalQuerySet = rows.annotate(
        number=Window(Count("pk")), number_won=Window(Count("pk", filter=Q(state=State.WON)))
    )
    return found


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
    """In words; the proposals come from `in_words`."""
    return [Outcome(one, what_of(one.suggestion), one.nps_after) for one in proposals]  # type: ignore[attr-defined]


def open_tally(user: User) -> Tally:
    """The figure in the menu."""
    rows = Proposal.objects.visible_to(user).open().values("pk")
    return Tally([rows.filter(owner=user) if user.is_rep else rows])
