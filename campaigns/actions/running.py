"""While a revision runs: it is paused and taken up again by a person, and paused by itself when a guardrail is crossed.

Paused means that nothing new is offered, from the moment of the pause (`Suggestion.objects.open()` looks at it). What nobody
has decided about is then withdrawn in the background, and comes back as it was when the revision goes on. Proposals that a
rep has taken up are not touched.

Locks are taken in the order CampaignRevision, Suggestion; suggestions by their number, like the nightly run does.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.queries.facts import day_of
from campaigns import notices
from campaigns.actions.campaigns import NotPossible
from campaigns.actions.suggestions import PAUSED
from campaigns.models import CampaignRevision, Suggestion
from campaigns.queries import effects
from crm import audit, jobs, webhooks
from crm.audit import AuditEvent
from crm.people import User

State = CampaignRevision.State

TASK = "campaigns.follow_the_revision"
CHUNK = 2000
RESPITE = timedelta(days=7)
"""A guardrail that somebody has overruled, with a reason, keeps quiet for so long."""


class ReasonMissing(Exception):
    """What a guardrail has stopped goes on only when somebody says why."""


@transaction.atomic
def pause(*, revision: CampaignRevision, by: User | None, at: datetime, rule: str = "") -> CampaignRevision:
    """Offer nothing new. Without `by` it is the guardrail `rule` that pauses."""
    locked = _locked(revision, State.LAUNCHED)
    _store(locked, state=State.PAUSED, paused_at=at, pause_rule=rule)
    _ask_to_follow(locked, at)
    audit.record(verb="campaign.paused", subject=locked, by=by, at=at, rule=rule)
    named = {"campaign": locked.campaign_id, "number": locked.number}
    webhooks.announce("campaign.paused", subject=locked, at=at, **named, rule=rule)
    if rule:
        webhooks.announce("guardrail.crossed", subject=locked, at=at, **named, rule=rule)
        notices.guardrail_crossed(locked, rule, at)
    else:
        notices.paused(locked, by, at)
    return locked


@transaction.atomic
def resume(*, revision: CampaignRevision, by: User, at: datetime, reason: str = "") -> CampaignRevision:
    """Go on. Raises ReasonMissing when a guardrail had paused it and nobody says why it may go on."""
    locked = _locked(revision, State.PAUSED)
    rule = locked.pause_rule
    if rule and not reason.strip():
        raise ReasonMissing
    _store(locked, state=State.LAUNCHED, paused_at=None, pause_rule="")
    _ask_to_follow(locked, at)
    audit.record(verb="campaign.resumed", subject=locked, by=by, at=at, reason=reason, rule=rule)
    return locked


def check_guardrails(*, revision: CampaignRevision, at: datetime) -> str:
    """Pause a running revision that has crossed a guardrail; returns its code, or nothing.

    Asked again it does nothing: what is paused is not paused anew.
    """
    if not revision.has_guardrail or not revision.is_running:
        return ""
    crossed = effects.crossed_now(revision, as_of=at)
    rule = next((code for code in crossed if code not in _overruled(revision, at)), "")
    if rule:
        try:
            pause(revision=revision, by=None, at=at, rule=rule)
        except NotPossible:
            return ""
    return rule


def _overruled(revision: CampaignRevision, at: datetime) -> set[str]:
    resumed = AuditEvent.objects.filter(
        verb="campaign.resumed", subject_type=revision._meta.label_lower, subject_id=revision.pk, at__gt=at - RESPITE
    )
    return set(resumed.values_list("figures__rule", flat=True))


def _locked(revision: CampaignRevision, state: str) -> CampaignRevision:
    rows = CampaignRevision.objects.select_for_update(no_key=True, of=("self",)).select_related("campaign")
    locked = rows.get(pk=revision.pk)
    if locked.state != state:
        raise NotPossible(locked.state)
    return locked


def _store(revision: CampaignRevision, **fields: object) -> None:
    fields["version"] = revision.version + 1
    for name, value in fields.items():
        setattr(revision, name, value)
    revision.save(update_fields=list(fields))


# ------------------------------------------------------------------------------ what its suggestions do


def _ask_to_follow(revision: CampaignRevision, at: datetime) -> None:
    jobs.enqueue(TASK, key=f"{TASK}:{revision.pk}:{revision.version}", at=at, revision_id=revision.pk)


def follow(*, revision_id: int, at: datetime) -> int:
    """Bring the suggestions in line with the revision, however many they are; how many were moved.

    Whoever asked for it: what counts is the state of the revision when a chunk is done, so that a pause and a resume in
    a row end where they should.
    """
    moved = 0
    while many := _follow_some(revision_id, at):
        moved += many
    if moved:
        revision = CampaignRevision.objects.get(pk=revision_id)
        audit.record(
            verb="campaign.suggestions_moved", subject=revision, by=None, at=at, to=revision.state, moved=moved
        )
    return moved


@transaction.atomic
def _follow_some(revision_id: int, at: datetime) -> int:
    """The revision is locked, so that its state stays until the chunk is done."""
    revision = CampaignRevision.objects.select_for_update(no_key=True, of=("self",)).get(pk=revision_id)
    rows = Suggestion.objects.filter(revision=revision)
    if revision.is_paused:
        withheld = {"state": Suggestion.State.WITHDRAWN, "withdrawn_rule": PAUSED}
        return _move(rows.filter(state__in=(Suggestion.State.OPEN, Suggestion.State.SNOOZED)), **withheld)
    return _bring_back(rows, at) if revision.is_running else 0


def _bring_back(rows: QuerySet[Suggestion], at: datetime) -> int:
    """What was put off to a day that is still to come stays put off; what ran out meanwhile stays away."""
    today = day_of(at).on
    withheld = rows.filter(state=Suggestion.State.WITHDRAWN, withdrawn_rule=PAUSED, expires_on__gte=today)
    later = _move(withheld.filter(snoozed_until__gt=today), state=Suggestion.State.SNOOZED, withdrawn_rule="")
    return later or _move(withheld, state=Suggestion.State.OPEN, withdrawn_rule="")


def _move(rows: QuerySet[Suggestion], **fields: str) -> int:
    """One chunk, locked by their numbers, so that the nightly run and this one never wait for each other."""
    locked = rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True)
    chunk = list(locked[:CHUNK])
    return Suggestion.objects.filter(pk__in=chunk).update(version=F("version") + 1, **fields)
