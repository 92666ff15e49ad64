"""Launching a revision: the audience is frozen in one transaction, the suggestions follow in chunks.

`launch` stores every target with its arm before anybody sees anything. Each chunk makes its
suggestions and its done mark in one transaction and then asks for the next, so a worker may die at
any moment: what was committed is not done again, what was not is done whole.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from accounts.queries.facts import day_of
from campaigns import notices
from campaigns.actions import revising, suggestions
from campaigns.actions.campaigns import Clash, NotPossible, NotReady, missing
from campaigns.measure.power import ArmName, deal_variants, draw_holdout
from campaigns.models import Announcement, CampaignRevision, LaunchChunk, Receipt, Suggestion, Target
from campaigns.queries import launches as facts
from crm import audit, webhooks
from crm.jobs import enqueue
from crm.people import User

State = CampaignRevision.State

CHUNK = 100
TASK = "campaigns.run_launch_chunk"
LAUNCHABLE = (State.DRAFT, State.APPROVED)
RUNNING = (State.LAUNCHING, State.LAUNCHED, State.PAUSED)
COPY_TARGETS = """
    COPY campaigns_target (revision_id, account_id, arm, variant_id, stratum, team_id, rep_id, chunk, value_before,
                           health_before) FROM STDIN"""
ARMS = {ArmName.TREATED: Target.Arm.TREATED, ArmName.HOLDOUT: Target.Arm.HOLDOUT}


@transaction.atomic
def launch(*, revision: CampaignRevision, by: User, at: datetime) -> CampaignRevision:
    """Freeze who is addressed and who is left alone, and ask for the first chunk.

    Raises NotPossible, NotReady, and Clash when the revision was saved since the caller read it.
    """
    locked = _locked(revision.pk)
    _may_launch(locked, read_as=revision.version, at=at)
    frozen = facts.frozen_audience(locked, as_of=at)
    if not frozen.reachable:
        raise NotReady(("AUDIENCE_EMPTY",))
    _supersede(locked, by=by, at=at)
    arms = draw_holdout([row.stratum for row in frozen.reachable], float(locked.holdout_share), locked.seed)
    _store_targets(locked, frozen.reachable, arms)
    _store_launch(locked, frozen, arms, by=by, at=at)
    _ask_for(locked, 1, at)
    return locked


def _locked(revision_id: int) -> CampaignRevision:
    """Other sessions may go on to refer to the row (feedback, suggestions), but not to change it."""
    rows = CampaignRevision.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("campaign", "path", "offer").get(pk=revision_id)


def _may_launch(revision: CampaignRevision, *, read_as: int, at: datetime) -> None:
    if revision.state not in LAUNCHABLE:
        raise NotPossible(revision.state)
    if revision.version != read_as:
        raise Clash(revision)
    lacking = missing(revision, at=at)
    if lacking:
        raise NotReady(lacking)


def _supersede(revision: CampaignRevision, *, by: User, at: datetime) -> None:
    """The running revision gives way; what nobody has taken up of it goes with it."""
    for old in revision.campaign.revisions.filter(state__in=RUNNING):
        CampaignRevision.objects.filter(pk=old.pk).update(state=State.SUPERSEDED, ended_at=at, version=F("version") + 1)
        waiting = Suggestion.objects.filter(revision=old, state__in=("open", "snoozed"))
        expired = waiting.update(state=Suggestion.State.EXPIRED, version=F("version") + 1)
        audit.record(verb="campaign.superseded", subject=old, by=by, at=at, by_number=revision.number, expired=expired)


def _variants_of(revision: CampaignRevision, rows: list[facts.Reachable], arms: list[ArmName]) -> list[int | None]:
    """The id of each customer's variant; nobody has one in the holdout, or where the revision has none."""
    variants = list(revision.variants.order_by("letter"))
    addressed = [row.stratum for row, arm in zip(rows, arms, strict=True) if arm is ArmName.TREATED]
    if not variants:
        return [None] * len(rows)
    dealt = iter(deal_variants(addressed, [variant.weight for variant in variants], revision.seed))
    return [variants[next(dealt)].pk if arm is ArmName.TREATED else None for arm in arms]


def _store_targets(revision: CampaignRevision, rows: list[facts.Reachable], arms: list[ArmName]) -> None:
    """By COPY, so that a hundred thousand take a second."""
    variants = _variants_of(revision, rows, arms)
    with connection.cursor() as cursor, cursor.copy(COPY_TARGETS) as copy:
        for position, (row, arm, variant) in enumerate(zip(rows, arms, variants, strict=True)):
            drawn = (ARMS[arm], variant, row.stratum, row.team, row.rep, position // CHUNK + 1)
            copy.write_row((revision.pk, row.account, *drawn, row.value, row.health))
    chunks = -(-len(rows) // CHUNK)
    LaunchChunk.objects.bulk_create(LaunchChunk(revision=revision, number=n + 1) for n in range(chunks))


def _store_launch(
    revision: CampaignRevision, frozen: facts.FrozenAudience, arms: list[ArmName], *, by: User, at: datetime
) -> None:
    drawn = Counter(arms)
    fall_out = {**frozen.fall_out, "treated": drawn[ArmName.TREATED], "held_out": drawn[ArmName.HOLDOUT]}
    revision.state, revision.launched_at, revision.launched_by = State.LAUNCHING, at, by
    revision.starts_on = revision.starts_on or day_of(at).on
    revision.fall_out, revision.version = fall_out, revision.version + 1
    revision.save(update_fields=["state", "launched_at", "launched_by", "starts_on", "fall_out", "version"])
    audit.record(verb="campaign.launched", subject=revision, by=by, at=at, **fall_out)
    named = {"campaign": revision.campaign_id, "number": revision.number}
    webhooks.announce("campaign.launched", subject=revision, at=at, **named, customers=fall_out["treated"])


def _ask_for(revision: CampaignRevision, number: int, at: datetime) -> None:
    enqueue(TASK, key=f"launch:{revision.pk}:{number}", at=at, revision_id=revision.pk, number=number)


# ------------------------------------------------------------------------------------- chunks


@transaction.atomic
def run_chunk(*, revision_id: int, number: int, at: datetime) -> bool:
    """Make the suggestions of one chunk, once; the last one announces the revision.

    False when the chunk was done before; then nothing happens. A revision that was superseded
    while it launched makes no more suggestions.
    """
    revision = _locked(revision_id)
    chunk = LaunchChunk.objects.get(revision=revision, number=number)
    if chunk.done_at is not None:
        return False
    if revision.state == State.LAUNCHING:
        _suggest(revision, number, at)
    LaunchChunk.objects.filter(pk=chunk.pk).update(done_at=at)
    following = LaunchChunk.objects.filter(revision=revision, done_at=None).order_by("number").first()
    if following:
        _ask_for(revision, following.number, at)
    elif revision.state == State.LAUNCHING:
        _announce(revision, at)
    return True


def _suggest(revision: CampaignRevision, number: int, at: datetime) -> None:
    """The same pipeline and guard as everywhere; who no longer passes gets no suggestion and stays a target."""
    addressed = Target.objects.filter(revision=revision, chunk=number, arm=Target.Arm.TREATED)
    accounts = list(addressed.order_by("account").values_list("account_id", flat=True))
    suggestions.suggest_for_campaign(revision=revision, account_ids=accounts, as_of=at)


def _announce(revision: CampaignRevision, at: datetime) -> None:
    """One receipt for each addressed rep; a second call adds nothing."""
    CampaignRevision.objects.filter(pk=revision.pk).update(state=State.LAUNCHED, version=F("version") + 1)
    announcement, _is_new = Announcement.objects.get_or_create(revision=revision, defaults={"sent_at": at})
    reps = Target.objects.filter(revision=revision, arm=Target.Arm.TREATED).values("rep")
    addressed = User.objects.filter(pk__in=reps, is_active=True)
    Receipt.objects.bulk_create(
        (Receipt(announcement=announcement, user=user) for user in addressed), ignore_conflicts=True
    )
    notices.announcement_published(announcement, at)
    notices.launched(revision, at)
    revising.credit(revision=revision, at=at)
