"""Launching a revision: a word that returns at once, and three kinds of tasks that keep it.

`launch` takes the revision, `deal` freezes the audience with its arms in one transaction, `run_chunk` makes the
suggestions of one slice, and `announce` brings the revision to the field when all slices are done. Each leaves its mark in
the transaction of its work and asks for what follows through the outbox: a worker may die at any moment, what was committed
is not done again, what was not is done whole. Chunks are worked on side by side; whoever changes the state of the revision
waits for those at work.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from accounts.queries.facts import day_of
from campaigns import notices
from campaigns.actions import closing, keeping, revising, suggestions
from campaigns.actions.campaigns import Clash, NotApproved, NotPossible, NotReady, missing
from campaigns.measure.power import ArmName, deal_variants, draw_holdout
from campaigns.models import Announcement, CampaignRevision, LaunchChunk, Receipt, Target
from campaigns.queries import approvals
from campaigns.queries import launches as facts
from crm import audit, webhooks
from crm.jobs import enqueue, enqueue_all
from crm.people import User

State = CampaignRevision.State

CHUNK = 1000
DEAL, SUGGEST, ANNOUNCE = "campaigns.deal_targets", "campaigns.run_launch_chunk", "campaigns.announce_launch"
RUNNING = (State.LAUNCHING, State.LAUNCHED, State.PAUSED)
COPY_TARGETS = """
    COPY campaigns_target (revision_id, account_id, arm, variant_id, stratum, team_id, rep_id, chunk, value_before,
                           health_before) FROM STDIN"""
ARMS = {ArmName.TREATED: Target.Arm.TREATED, ArmName.HOLDOUT: Target.Arm.HOLDOUT}


@transaction.atomic
def launch(*, revision: CampaignRevision, by: User, at: datetime) -> CampaignRevision:
    """From this moment the revision is the one that runs; whom it addresses is dealt in a moment, as of now.

    Raises NotPossible (NotApproved where a second person is wanted and nobody approved), NotReady, and Clash when the
    revision was saved since the caller read it.
    """
    locked = _locked(revision.pk)
    _may_launch(locked, read_as=revision.version, at=at)
    if not facts.is_anybody_reachable(locked, as_of=at):
        raise NotReady(("AUDIENCE_EMPTY",))
    _supersede(locked, by=by, at=at)
    locked.state, locked.launched_at, locked.launched_by = State.LAUNCHING, at, by
    locked.starts_on = locked.starts_on or day_of(at).on
    locked.fall_out, locked.version = {}, locked.version + 1
    locked.save(update_fields=["state", "launched_at", "launched_by", "starts_on", "fall_out", "version"])
    audit.record(verb="campaign.launched", subject=locked, by=by, at=at)
    _ask(DEAL, locked, "deal", at)
    return locked


def complete(*, revision: CampaignRevision, at: datetime) -> None:
    """Do here whatever a launch still owes."""
    deal(revision_id=revision.pk, at=at)
    for number in LaunchChunk.objects.filter(revision=revision, done_at=None).values_list("number", flat=True):
        run_chunk(revision_id=revision.pk, number=number, at=at)
    announce(revision_id=revision.pk, at=at)
    revision.refresh_from_db()


def _locked(revision_id: int) -> CampaignRevision:
    """Other sessions may go on to refer to the row (feedback, suggestions), but not to change it."""
    rows = CampaignRevision.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("campaign", "path", "offer").get(pk=revision_id)


def _may_launch(revision: CampaignRevision, *, read_as: int, at: datetime) -> None:
    is_unapproved = approvals.lacks_approval(revision)
    if not is_unapproved and revision.state not in approvals.launchable_states():
        raise NotPossible(revision.state)
    if revision.version != read_as:
        raise Clash(revision)
    lacking = missing(revision, at=at)
    if lacking:
        raise NotReady(lacking)
    if is_unapproved:
        raise NotApproved(revision.state)


def _supersede(revision: CampaignRevision, *, by: User, at: datetime) -> None:
    """The running revision gives way; what nobody has taken up of it goes with it."""
    for old in revision.campaign.revisions.filter(state__in=RUNNING):
        _advisory("pg_advisory_xact_lock", f"launch:{old.pk}")
        CampaignRevision.objects.filter(pk=old.pk).update(state=State.SUPERSEDED, ended_at=at, version=F("version") + 1)
        closing.ask_for(revision=old, at=at)
        audit.record(verb="campaign.superseded", subject=old, by=by, at=at, by_number=revision.number)


def _ask(task: str, revision: CampaignRevision, part: str, at: datetime) -> None:
    enqueue(task, key=_key(revision, part), at=at, revision_id=revision.pk)


def _key(revision: CampaignRevision, part: str) -> str:
    return f"launch:{revision.pk}:{part}"


# ---------------------------------------------------------------------------- who is addressed


@transaction.atomic
def deal(*, revision_id: int, at: datetime) -> bool:
    """Freeze who is addressed and who is left alone, once, as of the moment of the launch; then ask for every chunk.

    False when it was done before, or when the revision gave way meanwhile.
    """
    revision = _locked(revision_id)
    if revision.state != State.LAUNCHING or revision.launched_at is None or revision.fall_out:
        return False
    frozen = facts.frozen_audience(revision, as_of=revision.launched_at)
    arms = draw_holdout([row.stratum for row in frozen.reachable], float(revision.holdout_share), revision.seed)
    chunks = _store_targets(revision, frozen.reachable, arms)
    _store_fall_out(revision, frozen, arms, at=at)
    named = {"revision_id": revision.pk}
    numbers = range(1, chunks + 1)
    enqueue_all(SUGGEST, at=at, arguments={_key(revision, str(each)): {**named, "number": each} for each in numbers})
    if not chunks:
        _ask(ANNOUNCE, revision, "announce", at)
    return True


def _variants_of(revision: CampaignRevision, rows: list[facts.Reachable], arms: list[ArmName]) -> list[int | None]:
    """The id of each customer's variant; nobody has one in the holdout, or where the revision has none."""
    variants = list(revision.variants.order_by("letter"))
    addressed = [row.stratum for row, arm in zip(rows, arms, strict=True) if arm is ArmName.TREATED]
    if not variants:
        return [None] * len(rows)
    dealt = iter(deal_variants(addressed, [variant.weight for variant in variants], revision.seed))
    return [variants[next(dealt)].pk if arm is ArmName.TREATED else None for arm in arms]


def _store_targets(revision: CampaignRevision, rows: list[facts.Reachable], arms: list[ArmName]) -> int:
    """By COPY, so that a hundred thousand take a second. Returns the number of chunks."""
    variants = _variants_of(revision, rows, arms)
    with connection.cursor() as cursor:
        with cursor.copy(COPY_TARGETS) as copy:
            for position, (row, arm, variant) in enumerate(zip(rows, arms, variants, strict=True)):
                drawn = (ARMS[arm], variant, row.stratum, row.team, row.rep, position // CHUNK + 1)
                copy.write_row((revision.pk, row.account, *drawn, row.value, row.health))
        # The chunks begin at once and look their targets up by customer.
        cursor.execute("ANALYZE campaigns_target")
    chunks = -(-len(rows) // CHUNK)
    LaunchChunk.objects.bulk_create(LaunchChunk(revision=revision, number=n + 1) for n in range(chunks))
    return chunks


def _store_fall_out(
    revision: CampaignRevision, frozen: facts.FrozenAudience, arms: list[ArmName], *, at: datetime
) -> None:
    drawn = Counter(arms)
    fall_out = {**frozen.fall_out, "treated": drawn[ArmName.TREATED], "held_out": drawn[ArmName.HOLDOUT]}
    CampaignRevision.objects.filter(pk=revision.pk).update(fall_out=fall_out)
    audit.record(verb="campaign.dealt", subject=revision, by=revision.launched_by, at=at, **fall_out)
    named = {"campaign": revision.campaign_id, "number": revision.number}
    webhooks.announce("campaign.launched", subject=revision, at=at, **named, customers=fall_out["treated"])


# ------------------------------------------------------------------------------------- chunks


@transaction.atomic
def run_chunk(*, revision_id: int, number: int, at: datetime) -> bool:
    """Make the suggestions of one chunk, once; the last one asks for the announcement.

    False when the chunk was done before; then nothing happens. A revision that was superseded
    while it launched makes no more suggestions.
    """
    chunk = LaunchChunk.objects.select_for_update(no_key=True).get(revision=revision_id, number=number)
    if chunk.done_at is not None:
        return False
    revision = _kept_as_it_is(revision_id)
    if revision.state == State.LAUNCHING:
        _suggest(revision, number, at)
    _finish(chunk, revision, at)
    return True


def _kept_as_it_is(revision_id: int) -> CampaignRevision:
    """Its state stays until this transaction ends; other chunks may look at it, too.

    An advisory lock and no lock of the row: who waits to supersede the revision is let in before the next chunk.
    """
    _advisory("pg_advisory_xact_lock_shared", f"launch:{revision_id}")
    return CampaignRevision.objects.get(pk=revision_id)


def _advisory(function: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [name])


def _suggest(revision: CampaignRevision, number: int, at: datetime) -> None:
    """The same pipeline and guard as everywhere; who no longer passes gets no suggestion and stays a target."""
    addressed = Target.objects.filter(revision=revision, chunk=number, arm=Target.Arm.TREATED)
    accounts = list(addressed.order_by("account").values_list("account_id", flat=True))
    suggestions.suggest_for_campaign(revision=revision, account_ids=accounts, as_of=at)


def _finish(chunk: LaunchChunk, revision: CampaignRevision, at: datetime) -> None:
    """One chunk ends after the other, so that one of them sees that it is the last."""
    _advisory("pg_advisory_xact_lock", f"launch-end:{revision.pk}")
    LaunchChunk.objects.filter(pk=chunk.pk).update(done_at=at)
    if not LaunchChunk.objects.filter(revision=revision, done_at=None).exists():
        _ask(ANNOUNCE, revision, "announce", at)


# ------------------------------------------------------------------------------- to the field


@transaction.atomic
def announce(*, revision_id: int, at: datetime) -> bool:
    """Bring a revision whose chunks are all done to its reps, once."""
    revision = _locked(revision_id)
    is_owed = not revision.fall_out or revision.chunks.filter(done_at=None).exists()
    if revision.state != State.LAUNCHING or is_owed:
        return False
    _announce(revision, at)
    return True


def _announce(revision: CampaignRevision, at: datetime) -> None:
    """One receipt for each addressed rep; a second call adds nothing."""
    CampaignRevision.objects.filter(pk=revision.pk).update(state=State.LAUNCHED, version=F("version") + 1)
    announcement, _is_new = Announcement.objects.get_or_create(revision=revision, defaults={"sent_at": at})
    reps = Target.objects.filter(revision=revision, arm=Target.Arm.TREATED).values("rep")
    addressed = User.objects.filter(pk__in=reps, is_active=True)
    Receipt.objects.bulk_create(
        (Receipt(announcement=announcement, user=user) for user in addressed), ignore_conflicts=True
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_suggestion, campaigns_decision")  # the sums of the board count them at once
    notices.announcement_published(announcement, at)
    notices.launched(revision, at)
    revising.credit(revision=revision, at=at)
    keeping.ask_for(revision=revision, at=at)
