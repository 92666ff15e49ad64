"""From an accepted suggestion to its outcome. What is won becomes the customer's contract in the same transaction.

Locks are taken in the order Account, Suggestion, Proposal.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.actions import subscriptions
from accounts.models import Account, Price, Product, Subscription, Touch, UpgradePath
from accounts.models.activities import ActivityKind
from accounts.queries.facts import day_of
from campaigns.actions.suggestions import AlreadyTaken, NotWelcome, Words, plan
from campaigns.models import Proposal, Response, Suggestion
from campaigns.queries.decisions import guard_on
from crm import audit, webhooks
from crm.people import User

State = Proposal.State
OPEN = (State.PREPARING, State.PROPOSED)
TRIAL_DAYS = 30
AFTER_TRIAL = Words("お試しの感想をうかがう", "Ask how the trial went")
REPLACES = (UpgradePath.Kind.UPGRADE, UpgradePath.Kind.SEATS, UpgradePath.Kind.BUNDLE, UpgradePath.Kind.RIGHT_SIZE)


class DisclosureNotTold(Exception):
    """The drawbacks of this step have to be told before it can be won."""


class ReasonMissing(Exception):
    """A loss teaches only with the customer's reason."""


def mark_proposed(*, proposal: Proposal, by: User, at: datetime, version: int | None = None) -> Proposal:
    """It was put to the customer: an offer in the ledger of touches. Raises AlreadyTaken and NotWelcome."""
    with transaction.atomic():
        suggestion = _take(proposal, (State.PREPARING,), State.PROPOSED, version, proposed_at=at)
        against = guard_on(suggestion, day_of(at).on)
        if against:
            raise NotWelcome(against)
        _follow(suggestion, Suggestion.State.PROPOSED, by=by, at=at)
        _touch(proposal, at)
        _respond(suggestion, Response.Kind.PROPOSED, by=by, at=at)
        _record("proposed", proposal, by=by, at=at)
    return proposal


def win(
    *, proposal: Proposal, by: User, at: datetime, is_disclosure_told: bool = False, version: int | None = None
) -> Proposal:
    """The customer said yes: the contract changes on this day. Raises AlreadyTaken and DisclosureNotTold."""
    with transaction.atomic():
        fields = {"decided_at": at, "is_disclosure_told": is_disclosure_told}
        suggestion = _take(proposal, OPEN, State.WON, version, **fields)
        if not is_disclosure_told and suggestion.path and suggestion.path.disclosure:
            raise DisclosureNotTold
        _follow(suggestion, Suggestion.State.WON, by=by, at=at)
        _touch(proposal, at)
        _apply(suggestion, by=by, at=at)
        _respond(suggestion, Response.Kind.WON, by=by, at=at)
        _record("won", proposal, by=by, at=at, monthly_change=proposal.monthly_change)
        told = {"account": proposal.account_id, "suggestion": proposal.suggestion_id}
        webhooks.announce(
            "proposal.won", subject=proposal, at=at, by=by.pk, **told, monthly_change=proposal.monthly_change
        )
    return proposal


def lose(
    *,
    proposal: Proposal,
    reason: str,
    by: User,
    at: datetime,
    note: str = "",
    ask_again_on: date | None = None,
    version: int | None = None,
) -> Proposal:
    """The customer said no, with their reason and, if they named one, the day to ask again."""
    if not reason:
        raise ReasonMissing
    with transaction.atomic():
        suggestion = _take(proposal, OPEN, State.LOST, version, decided_at=at, lost_reason=reason, note=note)
        _follow(suggestion, Suggestion.State.LOST, by=by, at=at)
        _touch(proposal, at)
        _respond(suggestion, Response.Kind.LOST, by=by, at=at, reason=reason, note=note, ask_again_on=ask_again_on)
        _record("lost", proposal, by=by, at=at, reason=reason)
    return proposal


def _take(proposal: Proposal, before: tuple[str, ...], after: str, version: int | None, **fields: object) -> Suggestion:
    """One conditional update decides who moves the proposal on."""
    Account.objects.select_for_update(no_key=True).get(pk=proposal.account_id)
    expected = proposal.version if version is None else version
    rows = Proposal.objects.filter(pk=proposal.pk, version=expected, state__in=before)
    if not rows.update(state=after, version=F("version") + 1, **fields):
        raise AlreadyTaken
    proposal.refresh_from_db()
    return Suggestion.objects.select_related("path", "product", "family", "account").get(pk=proposal.suggestion_id)


def _follow(suggestion: Suggestion, state: str, *, by: User, at: datetime) -> None:
    Suggestion.objects.filter(pk=suggestion.pk).update(
        state=state, version=F("version") + 1, decided_at=at, decided_by=by
    )


def _touch(proposal: Proposal, at: datetime) -> None:
    """One offer in the ledger however many steps it took; an outcome noted at once was an offer as well."""
    source = f"proposal:{proposal.pk}"
    row = Touch(account_id=proposal.account_id, kind=Touch.Kind.PROPOSAL, at=at, is_offer=True, source=source)
    Touch.objects.bulk_create([row], ignore_conflicts=True)


# ------------------------------------------------------------------------------ what winning does


def _apply(suggestion: Suggestion, *, by: User, at: datetime) -> None:
    """The change of contract, the new contract, or the order that was agreed on.

    A family as such names no product, so its order will come with the next orders; a trial changes nothing yet.
    """
    if suggestion.kind == UpgradePath.Kind.TRIAL:
        _look_back_on_trial(suggestion, by=by, at=at)
    elif suggestion.kind in REPLACES and suggestion.path:
        _change(suggestion, suggestion.path, by=by, at=at)
    elif suggestion.product:
        _add(suggestion, suggestion.product, by=by, at=at)


def _change(suggestion: Suggestion, path: UpgradePath, *, by: User, at: datetime) -> None:
    on = day_of(at).on
    held = Subscription.objects.running(on).filter(account=suggestion.account, product=path.from_product_id)
    subscription = held.order_by("pk").first()
    if subscription is None or suggestion.price_next is None:
        raise subscriptions.NotRunning
    subscriptions.change(
        subscription=subscription,
        product=path.to_product,
        seats=suggestion.seats or subscription.seats,
        monthly_amount=suggestion.price_next,
        on=on,
        by=by,
        at=at,
    )


def _add(suggestion: Suggestion, product: Product, *, by: User, at: datetime) -> None:
    account, on = suggestion.account, day_of(at).on
    price = product.prices.filter(valid_from__lte=on).order_by("-valid_from").first()
    if price and price.period == Price.Period.ONCE:
        subscriptions.order(account=account, product=product, quantity=1, amount=price.amount, by=by, at=at)
        return
    monthly = suggestion.price_next or (price.amount if price else 0)
    seats = suggestion.seats or 1
    subscriptions.start(account=account, product=product, seats=seats, monthly_amount=monthly, on=on, by=by, at=at)


def _look_back_on_trial(suggestion: Suggestion, *, by: User, at: datetime) -> None:
    days = (suggestion.path.trial_days if suggestion.path else None) or TRIAL_DAYS
    ends = day_of(at).on + timedelta(days=days)
    plan(suggestion=suggestion, kind=ActivityKind.CALL, words=AFTER_TRIAL, after=ends, by=by, at=at)


def _respond(suggestion: Suggestion, kind: str, *, by: User, at: datetime, **fields: Any) -> None:
    Response.objects.create(suggestion=suggestion, account_id=suggestion.account_id, kind=kind, by=by, at=at, **fields)


def _record(verb: str, proposal: Proposal, *, by: User, at: datetime, reason: str = "", **figures: Any) -> None:
    audit.record(
        verb=f"proposal.{verb}",
        subject=proposal,
        by=by,
        at=at,
        account_id=proposal.account_id,
        reason=reason,
        suggestion=proposal.suggestion_id,
        **figures,
    )
