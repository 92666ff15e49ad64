"""Making suggestions, and what a rep decides about one.

Making: a run fits its model once and cuts the accounts into chunks; each chunk decides, writes and leaves its
audit row in one transaction, so it is done once or not at all. Deciding: one conditional update on state and
version takes the suggestion, then the guard is asked again; a refusal undoes the taking.

Locks are taken in the order Account, Suggestion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from accounts.actions import follow_ups
from accounts.actions.follow_ups import NextStep
from accounts.models import Account, FollowUp
from accounts.queries.facts import day as business_day
from accounts.queries.facts import day_of, in_chunks, scored_accounts
from campaigns.actions import policies
from campaigns.actions.settling import Fates, settle
from campaigns.deciding.guard import GuardCheck
from campaigns.models import CampaignRevision, DecisionRun, PolicySet, Proposal, Response, Suggestion
from campaigns.models.suggestions import DismissReason
from campaigns.queries import decisions, facts
from crm import audit, jobs, webhooks
from crm.models import AuditEvent
from crm.organisation import Organisation
from crm.people import User
from crm.workdays import next_working_day

State = Suggestion.State
CHUNK = 250
CHUNK_TASK = "campaigns.suggest_for_chunk"
DAY_ONE = "day-one"
REFRESHED = "suggestions.refreshed"
UNDO_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Words:
    ja: str
    en: str


CHECK_DATA = Words("登録内容が実態と合っているか確認する", "Check whether our records match reality")


class AlreadyTaken(Exception):
    """Somebody decided about it meanwhile, or the screen is older than the suggestion. Nothing was changed."""


class NotWelcome(Exception):
    """The guard says no. Carries what speaks against it, first the rule that people see."""

    def __init__(self, checks: Sequence[GuardCheck]) -> None:
        super().__init__(", ".join(check.rule for check in checks))
        self.checks = tuple(checks)


class TooLate(Exception):
    """Undo is for the same person and within half a minute."""


class NoDate(Exception):
    """Later means a day that is still to come."""


# ------------------------------------------------------------------------------- the nightly run


def start(*, as_of: date, at: datetime) -> DecisionRun:
    """Draw the control group for new accounts, learn what goes together, and cut the accounts into chunks.

    A run of that day which was left half done under the same rules is taken up again.
    """
    rules = policies.in_force(at=at)
    nightly = DecisionRun.objects.filter(origin=DecisionRun.Origin.NIGHTLY)
    half_done = nightly.filter(as_of=as_of, finished_at=None, policy_set=rules).first()
    return half_done or _begin(as_of=as_of, at=at, rules=rules)


def _begin(*, as_of: date, at: datetime, rules: PolicySet) -> DecisionRun:
    from campaigns.queries.learning import learned  # brings pandas, which the pages do without

    today = business_day(as_of)
    accounts = scored_accounts(today)
    model = learned(today)
    with transaction.atomic():
        draw_control(accounts=accounts, at=at)
        return DecisionRun.objects.create(
            origin=DecisionRun.Origin.NIGHTLY,
            as_of=as_of,
            started_at=at,
            policy_set=rules,
            model_version=model.method.label,
            model_notes={
                "bounds": [chunk[0] for chunk in in_chunks(accounts, CHUNK)] + [accounts[-1] + 1 if accounts else 0],
                "accounts": model.accounts,
                "few_data": model.few_data,
                "validation": dict(model.validation),
            },
            chunks=-(-len(accounts) // CHUNK),
            finished_at=None if accounts else at,
        )


def ask_for_chunks(*, run: DecisionRun, at: datetime) -> None:
    """One task for each chunk that is still to do; asked twice, each is in the outbox once."""
    chunks = {f"{CHUNK_TASK}:{run.pk}:{number}": {"run": run.pk, "chunk": number} for number in range(run.chunks)}
    with transaction.atomic():
        jobs.enqueue_all(CHUNK_TASK, at=at, arguments=chunks)


def run_chunks(*, run: DecisionRun, at: datetime) -> None:
    """Do every chunk that is still to do, here."""
    for number in range(run.chunks):
        run_chunk(run=run, number=number, at=at)
    run.refresh_from_db()


def run_chunk(*, run: DecisionRun, number: int, at: datetime) -> bool:
    """Do one chunk unless it was done before (False); the last one finishes the run.

    Its audit row, written in the same transaction, is the mark of being done.
    """
    with transaction.atomic():
        _one_at_a_time(run.pk, number)
        if _chunk_marks(run).filter(figures__chunk=number).exists():
            return False
        first, after = _bounds_of(run, number)
        accounts = scored_accounts(business_day(run.as_of), first=first, after=after)
        fates = refresh(run=run, account_ids=accounts, as_of=run.as_of, at=at)
        audit.record(
            verb=REFRESHED, subject=run, by=None, at=at, reason="", account_id=None, chunk=number, **fates.counts
        )
        DecisionRun.objects.filter(pk=run.pk).update(chunks_done=F("chunks_done") + 1)
        if DecisionRun.objects.filter(pk=run.pk, chunks_done=F("chunks"), finished_at=None).update(finished_at=at):
            _expire_the_rest(run.as_of)
    return True


def _bounds_of(run: DecisionRun, number: int) -> tuple[int, int]:
    """First account of a chunk and the first after it; chunks count from 0."""
    bounds: Sequence[int] = run.model_notes["bounds"]
    return bounds[number], bounds[number + 1]


def _expire_the_rest(as_of: date) -> None:
    """No chunk holds those who are customers no longer, and nothing outlives its own last day."""
    over = Q(account__closed_on__lte=as_of) | Q(expires_on__lt=as_of)
    Suggestion.objects.filter(over, state=State.OPEN).update(state=State.EXPIRED, version=F("version") + 1)


def _chunk_marks(run: DecisionRun) -> Any:
    return AuditEvent.objects.filter(subject_type=run._meta.label_lower, subject_id=run.pk, verb=REFRESHED)


def _one_at_a_time(run_id: int, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashint8extended(%s, %s))", [run_id, number])


def refresh(*, run: DecisionRun, account_ids: Sequence[int], as_of: date, at: datetime) -> Fates:
    """Decide for these accounts as of a day and bring their open suggestions in line with it.

    The same advice is given once in a period; a second run writes no new suggestion.
    """
    from campaigns.queries.engine import engine_of  # brings pandas and scipy, which the pages do without

    engine = engine_of(run.pk)
    today = business_day(as_of)
    known = facts.facts_on(account_ids, today)
    decided = [engine.decide(each) for each in known.values()]
    return settle(run=run, engine=engine, decided=decided, kept=facts.held_out(account_ids, today), at=at)


def suggest_for_campaign(*, revision: CampaignRevision, account_ids: Sequence[int], as_of: datetime) -> int:
    """The suggestions of a revision for some of its addressed accounts; returns how many now exist.

    The same pipeline and the same guard: who no longer passes gets none.
    """
    run = _campaign_run(revision, as_of)
    refresh(run=run, account_ids=account_ids, as_of=run.as_of, at=as_of)
    return Suggestion.objects.filter(revision=revision, account__in=account_ids).count()


def _campaign_run(revision: CampaignRevision, at: datetime) -> DecisionRun:
    as_of = day_of(at).on
    found = DecisionRun.objects.filter(origin=DecisionRun.Origin.CAMPAIGN, revision=revision, as_of=as_of).first()
    return found or DecisionRun.objects.create(
        origin=DecisionRun.Origin.CAMPAIGN,
        revision=revision,
        as_of=as_of,
        started_at=at,
        finished_at=at,
        policy_set=policies.in_force(at=at),
        model_version=DAY_ONE,
    )


def draw_control(*, accounts: Iterable[int], at: datetime) -> int:
    """Put accounts that were never drawn into an arm, by a hash of their number and the organisation's salt.

    A stored arm is never drawn again, whatever becomes of the share or the salt. Returns how many were drawn.
    """
    here = Organisation.current()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO campaigns_armmembership (experiment, account_id, arm, method, at)
               SELECT %(experiment)s, id,
                      CASE WHEN (hashtextextended(id || '|' || %(salt)s, 0) & 1048575) / 1048576.0 < %(share)s
                           THEN 'control' ELSE 'engine' END, 'hash of account and salt', %(at)s
               FROM unnest(%(accounts)s::bigint[]) AS id
               ON CONFLICT (experiment, account_id) DO NOTHING""",
            {
                "experiment": facts.ALWAYS_ON,
                "salt": here.control_salt,
                "share": here.control_share,
                "at": at,
                "accounts": list(accounts),
            },
        )
        return cursor.rowcount


# ------------------------------------------------------------------------------ what a rep decides


def note_opened(*, suggestion: Suggestion, by: User, at: datetime) -> None:
    """The first look of each person; it decides nothing and so moves no version."""
    seen = Response.objects.filter(suggestion=suggestion, by=by, kind=Response.Kind.OPENED)
    if not seen.exists():
        _respond(suggestion, Response.Kind.OPENED, by=by, at=at)


def accept(
    *, suggestion: Suggestion, by: User, at: datetime, version: int | None = None, next_step: NextStep | None = None
) -> Proposal:
    """Take it up: a proposal to prepare, and a follow-up on the next working day unless another step is given.

    Raises AlreadyTaken, and NotWelcome when the world has changed since the suggestion was made.
    """
    today = day_of(at).on
    with transaction.atomic():
        _take(suggestion, State.ACCEPTED, by=by, at=at, version=version)
        _ask_again(suggestion, today)
        proposal = _prepare(suggestion, by=by, at=at)
        if next_step:
            follow_up = follow_ups.plan(account=suggestion.account, owner=by, by=by, at=at, step=next_step)
        else:
            words = Words(suggestion.benefit_ja, suggestion.benefit_en)
            follow_up = plan(suggestion=suggestion, kind="call", words=words, after=today, by=by, at=at)
        _respond(suggestion, Response.Kind.ACCEPTED, by=by, at=at)
        _record("accepted", suggestion, by=by, at=at, proposal=proposal.pk, follow_up=follow_up.pk)
        told = {"account": suggestion.account_id, "revision": suggestion.revision_id, "proposal": proposal.pk}
        webhooks.announce("suggestion.accepted", subject=suggestion, at=at, by=by.pk, **told)
    return proposal


def snooze(*, suggestion: Suggestion, until: date, by: User, at: datetime, version: int | None = None) -> Suggestion:
    """Not now: back on that day if the guard then still agrees."""
    if until <= day_of(at).on:
        raise NoDate
    with transaction.atomic():
        _take(suggestion, State.SNOOZED, by=by, at=at, version=version, snoozed_until=until, snoozed_at=at)
        _respond(suggestion, Response.Kind.SNOOZED, by=by, at=at, ask_again_on=until)
        _record("snoozed", suggestion, by=by, at=at, until=until.isoformat())
    return suggestion


def dismiss(
    *,
    suggestion: Suggestion,
    reason: str,
    by: User,
    at: datetime,
    note: str = "",
    ask_again_on: date | None = None,
    version: int | None = None,
) -> Suggestion:
    """A reasoned no. Without a day the rules say when the same may be suggested again.

    Data called wrong become a task of their own, so that the next suggestion stands on better ground.
    """
    today = day_of(at).on
    ask_again_on = ask_again_on or today + timedelta(days=_pause(suggestion, reason))
    with transaction.atomic():
        _take(suggestion, State.DISMISSED, by=by, at=at, version=version)
        _respond(suggestion, Response.Kind.DISMISSED, by=by, at=at, reason=reason, note=note, ask_again_on=ask_again_on)
        task = _data_task(suggestion, by=by, at=at, today=today) if reason == DismissReason.WRONG_DATA else None
        figures = {"ask_again_on": ask_again_on.isoformat(), "follow_up": task.pk if task else None}
        _record("dismissed", suggestion, by=by, at=at, reason=reason, **figures)
    return suggestion


def undo(*, suggestion: Suggestion, by: User, at: datetime) -> Suggestion:
    """Take the last decision back, by whoever made it, within half a minute; it is open again as before."""
    with transaction.atomic():
        _lock_account(suggestion)
        made = Response.objects.filter(suggestion=suggestion).exclude(kind=Response.Kind.OPENED)
        last = made.order_by("at", "pk").last()
        if (
            last is None
            or last.by_id != by.pk
            or last.kind not in UNDOABLE
            or at - last.at > timedelta(seconds=UNDO_SECONDS)
        ):
            raise TooLate
        state, rule = _after_undo(suggestion)
        if not _move(suggestion, UNDOABLE[last.kind], state, withdrawn_rule=rule, **NOT_DECIDED):
            raise AlreadyTaken
        _take_back(suggestion, last, at=at)
        _respond(suggestion, Response.Kind.UNDONE, by=by, at=at, reason=last.kind)
        _record("undone", suggestion, by=by, at=at, undone=last.kind)
    return suggestion


UNDOABLE: Mapping[str, str] = {
    Response.Kind.ACCEPTED: State.ACCEPTED,
    Response.Kind.SNOOZED: State.SNOOZED,
    Response.Kind.DISMISSED: State.DISMISSED,
}
NOT_DECIDED = {"decided_at": None, "decided_by": None, "snoozed_until": None, "snoozed_at": None}


PAUSED = "PAUSED"
"""The rule of a suggestion that is withdrawn because its campaign is paused."""


def _after_undo(suggestion: Suggestion) -> tuple[str, str]:
    """Open, or where the others of its campaign are: withheld while it is paused, expired when it is over."""
    campaign = CampaignRevision.objects.filter(suggestions=suggestion).values_list("state", flat=True).first()
    if campaign not in CampaignRevision.HALTED_STATES:
        return State.OPEN, ""
    return (State.WITHDRAWN, PAUSED) if campaign == CampaignRevision.State.PAUSED else (State.EXPIRED, "")


def _take(suggestion: Suggestion, state: str, *, by: User, at: datetime, version: int | None, **fields: object) -> None:
    """The one conditional update: of any number of people at once, one succeeds."""
    _lock_account(suggestion)
    expected = suggestion.version if version is None else version
    if not _move(suggestion, State.OPEN, state, expected, decided_at=at, decided_by=by, **fields):
        raise AlreadyTaken


def _lock_account(suggestion: Suggestion) -> None:
    """Two offers to one customer are weighed one after the other. Rows that refer to the account stay free."""
    Account.objects.select_for_update(no_key=True).get(pk=suggestion.account_id)


def _move(suggestion: Suggestion, old: str, new: str, version: int | None = None, **fields: object) -> bool:
    rows = Suggestion.objects.open() if old == State.OPEN else Suggestion.objects.filter(state=old)
    rows = rows.filter(pk=suggestion.pk)
    rows = rows if version is None else rows.filter(version=version)
    moved = rows.update(state=new, version=F("version") + 1, **fields)
    suggestion.refresh_from_db()
    return bool(moved)


def _ask_again(suggestion: Suggestion, today: date) -> None:
    against = decisions.guard_on(suggestion, today)
    if against:
        raise NotWelcome(against)


def _prepare(suggestion: Suggestion, *, by: User, at: datetime) -> Proposal:
    """A proposal that was taken back begins anew; a suggestion never has two."""
    standing = facts.facts_on([suggestion.account_id], day_of(at), parts=("nps",))[suggestion.account_id]
    proposal, _is_new = Proposal.objects.update_or_create(
        suggestion=suggestion,
        defaults={
            "account_id": suggestion.account_id,
            "owner": by,
            "state": Proposal.State.PREPARING,
            "monthly_change": suggestion.price_change,
            "created_at": at,
            "nps_before": standing.nps[-1].score if standing.nps else None,
        },
    )
    return proposal


def _data_task(suggestion: Suggestion, *, by: User, at: datetime, today: date) -> FollowUp:
    return plan(suggestion=suggestion, kind="note", words=CHECK_DATA, after=today, by=by, at=at)


def plan(*, suggestion: Suggestion, kind: str, words: Words, after: date, by: User, at: datetime) -> FollowUp:
    """Our own words for the next working day after a date, in both languages because anybody may read them."""
    step = NextStep(kind=kind, text=words.ja[:200], text_en=words.en[:200], due_on=next_working_day(after))
    return follow_ups.plan(account=suggestion.account, owner=by, by=by, at=at, step=step)


def _pause(suggestion: Suggestion, reason: str) -> float:
    """Days until the same may be suggested again after a no for this reason."""
    rules = decisions.policies_in_force()
    days = rules.rule("SAME_DISMISSED", lane=suggestion.lane, action=suggestion.action_key).thresholds
    return days.get(reason, days["days"])


def _take_back(suggestion: Suggestion, last: Response, *, at: datetime) -> None:
    """What the decision had caused: the proposal goes back, the task nobody has begun goes away."""
    Proposal.objects.filter(suggestion=suggestion, state=Proposal.State.PREPARING).update(
        state=Proposal.State.WITHDRAWN, version=F("version") + 1
    )
    event = AuditEvent.objects.filter(
        subject_type=suggestion._meta.label_lower, subject_id=suggestion.pk, verb=f"suggestion.{last.kind}"
    ).latest("at", "pk")
    FollowUp.objects.open().filter(pk=event.figures.get("follow_up")).delete()


def _respond(
    suggestion: Suggestion,
    kind: str,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    note: str = "",
    ask_again_on: date | None = None,
) -> Response:
    return Response.objects.create(
        suggestion=suggestion,
        account_id=suggestion.account_id,
        kind=kind,
        reason=reason,
        note=note,
        ask_again_on=ask_again_on,
        by=by,
        at=at,
    )


def _record(verb: str, suggestion: Suggestion, *, by: User, at: datetime, reason: str = "", **figures: Any) -> None:
    audit.record(
        verb=f"suggestion.{verb}",
        subject=suggestion,
        by=by,
        at=at,
        account_id=suggestion.account_id,
        reason=reason,
        **figures,
    )
