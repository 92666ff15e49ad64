"""Calling through a list: begun, one result a customer, skipped, taken back. A result and the way on are one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import activities, follow_ups
from accounts.actions.follow_ups import NextStep
from accounts.models import Activity, Contact, FollowUp
from accounts.models.activities import ActivityKind
from campaigns.actions import suggestions
from campaigns.models import CallRound, CallStep, CampaignRevision, Suggestion
from campaigns.queries import calls as queries
from crm import audit
from crm.bilingual import in_both
from crm.lists.filters import Refused
from crm.lists.state import UnknownOrder
from crm.people import User
from crm.workdays import next_working_day

Outcome = CallStep.Outcome
Result, Reaction = Activity.Result, Activity.Reaction
WEEK = timedelta(days=7)

SAID = {
    Outcome.ACCEPTED: (Result.TALKED, Reaction.POSITIVE),
    Outcome.LATER: (Result.TALKED, Reaction.POSITIVE),
    Outcome.DECLINED: (Result.TALKED, Reaction.NEUTRAL),
    Outcome.TALKED: (Result.TALKED, Reaction.NEUTRAL),
    Outcome.UPSET: (Result.TALKED, Reaction.UPSET),
    Outcome.ABSENT: (Result.ABSENT, ""),
    Outcome.WRONG_NUMBER: (Result.ABSENT, ""),
}
"""What each result is in the log."""

STEPS = {
    Outcome.ABSENT: (ActivityKind.CALL, gettext_lazy("Call again")),
    Outcome.UPSET: (ActivityKind.CALL, gettext_lazy("Call to listen")),
    Outcome.WRONG_NUMBER: (ActivityKind.NOTE, gettext_lazy("Find the right number")),
}
"""What is to be done on the next working day."""
CALL_LATER = gettext_lazy("Call again as agreed")


class Nobody(Exception):
    """There is nobody to call in this list."""


class Moved(Exception):
    """This step has its result already, or the round is somewhere else. Nothing was written."""


class NoOffer(Exception):
    """Nothing was offered, so it can be neither wanted nor declined. Nothing was written."""


def begin(
    *,
    by: User,
    at: datetime,
    source: str,
    revision: CampaignRevision | None = None,
    query: str = "",
    ids: Sequence[int] | None = None,
) -> CallRound:
    """The round of this list that was left off, else a new one at its first customer.

    Raises `Nobody`, and filters.Refused or UnknownOrder when the list of customers cannot be asked.
    """
    same: dict[str, Any] = {"revision": revision, "query": query, "ids": None if ids is None else sorted(set(ids))}
    left_off = queries.unfinished(by, source=source, on=timezone.localdate(at), **same)
    if left_off:
        return left_off
    tour = CallRound(by=by, source=source, total=0, started_at=at, **same)
    tour.total = queries.number_of(tour, at=at)
    if not tour.total:
        raise Nobody
    with transaction.atomic():
        tour.save()
        _go_on(tour, after="", at=at)
        audit.record(verb="calls.begun", subject=tour, by=by, at=at, source=source, total=tour.total)
    return tour


def settle(
    *,
    step: CallStep,
    outcome: str,
    by: User,
    at: datetime,
    note: str = "",
    contact: Contact | None = None,
    suggestion: Suggestion | None = None,
    version: int | None = None,
    reason: str = "",
    until: date | None = None,
    kept: Iterable[FollowUp] | None = None,
) -> CallRound:
    """Log the call, decide on the suggestion, tick off what was promised and go on to the next customer: all of it or nothing.

    A conversation ticks off `kept`; None stands for the calls that were promised to this customer and are due. A call that
    reached nobody keeps no promise.
    Without `suggestion`, or when nothing is to be decided about it, only the call is logged. Raises `Moved`, `NoOffer`, and what
    `suggestions.accept`, `snooze` and `dismiss` raise.
    """
    with transaction.atomic():
        tour = _hold(step)
        _keep(step, outcome, kept, by=by, at=at)
        agreed = until or timezone.localdate(at) + WEEK
        decided = _decide(suggestion, outcome, by=by, at=at, version=version, reason=reason, note=note, until=agreed)
        activity = _log(step, outcome, by=by, at=at, note=note, contact=contact, until=None if decided else agreed)
        step.outcome, step.activity, step.suggestion, step.at = outcome, activity, decided, at
        step.save(update_fields=["outcome", "activity", "suggestion", "at"])
        _go_on(tour, after=step.place, at=at)
        audit.record(verb="call.settled", subject=step, by=by, at=at, account_id=step.account_id, outcome=outcome)
    return tour


def skip(*, step: CallStep, by: User, at: datetime) -> CallRound:
    """Not now; nothing is written about the customer."""
    with transaction.atomic():
        tour = _hold(step)
        step.outcome, step.at = Outcome.SKIPPED, at
        step.save(update_fields=["outcome", "at"])
        _go_on(tour, after=step.place, at=at)
    return tour


def undo(*, tour: CallRound, by: User, at: datetime) -> CallRound:
    """The last step is open again, its log gone and its suggestion as before: within half a minute, for what was skipped always.

    Raises suggestions.TooLate and AlreadyTaken.
    """
    with transaction.atomic():
        held = CallRound.objects.select_for_update().get(pk=tour.pk)
        last = held.steps.select_related("suggestion", "activity").filter(number=held.number - 1).first()
        if last is None:
            raise suggestions.TooLate
        if last.outcome != Outcome.SKIPPED:
            _take_back(last, by=by, at=at)
        held.steps.filter(number=held.number).delete()
        last.outcome, last.activity, last.suggestion, last.at = "", None, None, None
        last.save(update_fields=["outcome", "activity", "suggestion", "at"])
        _stand_at(held, last.number)
    return held


def end(*, tour: CallRound, by: User, at: datetime) -> CallRound:
    """Left for good; what was called stays."""
    with transaction.atomic():
        if CallRound.objects.filter(pk=tour.pk, ended_at=None).update(ended_at=at):
            audit.record(verb="calls.ended", subject=tour, by=by, at=at)
    tour.refresh_from_db()
    return tour


def _hold(step: CallStep) -> CallRound:
    """The round, locked, if this is the step it waits at: of two results sent at once, one counts."""
    tour = CallRound.objects.select_for_update(of=("self",)).select_related("by").get(pk=step.round_id)
    step.refresh_from_db(fields=["outcome"])
    if tour.ended_at or step.number != tour.number or step.outcome:
        raise Moved
    return tour


def _go_on(tour: CallRound, *, after: str, at: datetime) -> None:
    """To the next customer, or to the end. A list that can no longer be asked ends here."""
    try:
        found = queries.next_of(tour, at=at, after=after)
    except (Refused, UnknownOrder):
        found = None
    _stand_at(tour, tour.number + 1, ended_at=None if found else at)
    if found:
        CallStep.objects.create(round=tour, number=tour.number, account_id=found.account, place=found.place)


def _stand_at(tour: CallRound, number: int, ended_at: datetime | None = None) -> None:
    tour.number, tour.ended_at = number, ended_at
    tour.save(update_fields=["number", "ended_at"])


def _keep(step: CallStep, outcome: str, kept: Iterable[FollowUp] | None, *, by: User, at: datetime) -> None:
    if outcome not in queries.REACHED:
        return
    due = queries.promised_to(step.account, by, timezone.localdate(at)) if kept is None else kept
    for follow_up in due:
        if kept is not None or follow_up.kind == ActivityKind.CALL:
            follow_ups.complete(follow_up=follow_up, by=by, at=at)


def _decide(
    suggestion: Suggestion | None,
    outcome: str,
    *,
    by: User,
    at: datetime,
    version: int | None,
    reason: str,
    note: str,
    until: date,
) -> Suggestion | None:
    """What was decided on, None if the result says nothing about an offer."""
    if suggestion is None:
        if outcome in (Outcome.ACCEPTED, Outcome.DECLINED):
            raise NoOffer
        return None
    which: dict[str, Any] = {"suggestion": suggestion, "by": by, "at": at, "version": version}
    if outcome == Outcome.ACCEPTED:
        suggestions.accept(**which)
    elif outcome == Outcome.LATER:
        suggestions.snooze(until=until, **which)
    elif outcome == Outcome.DECLINED:
        suggestions.dismiss(reason=reason, note=note, **which)
    else:
        return None
    return suggestion


def _log(
    step: CallStep, outcome: str, *, by: User, at: datetime, note: str, contact: Contact | None, until: date | None
) -> Activity:
    result, reaction = SAID[Outcome(outcome)]
    return activities.log(
        account=step.account,
        by=by,
        at=at,
        client_id=uuid4(),
        kind=ActivityKind.CALL,
        result=result,
        reaction=reaction,
        note=note or (_("The number was wrong") if outcome == Outcome.WRONG_NUMBER else ""),
        contact=contact,
        next_step=None if _stays_promised(step, outcome, by, at) else _next_step(outcome, at, until),
    )


def _stays_promised(step: CallStep, outcome: str, by: User, at: datetime) -> bool:
    """A call that is promised already is not promised a second time because nobody answered."""
    due = queries.promised_to(step.account, by, timezone.localdate(at)) if outcome == Outcome.ABSENT else []
    return any(follow_up.kind == ActivityKind.CALL for follow_up in due)


def _next_step(outcome: str, at: datetime, until: date | None) -> NextStep | None:
    """In both languages, because a colleague may read it."""
    if outcome == Outcome.LATER and until:
        ja, en = in_both(CALL_LATER)
        return NextStep(ActivityKind.CALL, ja, until, text_en=en)
    if outcome not in STEPS:
        return None
    kind, words = STEPS[Outcome(outcome)]
    ja, en = in_both(words)
    return NextStep(kind, ja, next_working_day(timezone.localdate(at)), text_en=en)


def _take_back(last: CallStep, *, by: User, at: datetime) -> None:
    if last.at is None or at - last.at > timedelta(seconds=suggestions.UNDO_SECONDS):
        raise suggestions.TooLate
    if last.suggestion:
        suggestions.undo(suggestion=last.suggestion, by=by, at=at)
    for follow_up in FollowUp.objects.filter(account=last.account_id, done_by=by, done_at=last.at):
        follow_ups.reopen(follow_up=follow_up, by=by, at=at)
    if last.activity:
        activities.withdraw(activity=last.activity, by=by, at=at)
    audit.record(verb="call.undone", subject=last, by=by, at=at, account_id=last.account_id, outcome=last.outcome)
