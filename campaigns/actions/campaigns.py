"""Planning a campaign: drafts saved step by step, a second person's approval, and the next revision.

What was launched never changes; `revise` forks it into the next draft. Saving a step is not a
decision: its trace is the field history that triggers keep. Asking, approving, returning, forking
and ending are decisions and are audited.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Model, Q

from accounts.queries.facts import day_of
from campaigns import notices
from campaigns.actions import closing, playbook, variants
from campaigns.models import Campaign, CampaignRevision, Offer, Picked, Remark, TrainingItem, TrainingQuestion
from campaigns.phrases import MISSING
from campaigns.queries import approvals, audience, evidence, training
from crm import audit, webhooks
from crm.people import User

State = CampaignRevision.State

STEPS = ("aim", "audience", "offer", "talk", "comparison", "approval")
"""In the order in which a planner thinks: why first, then for whom, then what and how."""

STEP_FIELDS: Mapping[str, tuple[str, ...]] = {
    "aim": (
        "why_ja",
        "why_en",
        "customer_benefit_ja",
        "customer_benefit_en",
        "rep_benefit_ja",
        "rep_benefit_en",
        "evidence",
        "goal_wins",
        "guardrail_nps",
        "guardrail_complaint_share",
        "starts_on",
        "ends_on",
    ),
    "audience": ("audience",),
    "offer": ("path", "offer", "budget", "cost_per_contact", "incentive", "fixed_cost"),
    "talk": (
        "opening_ja",
        "opening_en",
        "questions_ja",
        "questions_en",
        "steps_ja",
        "steps_en",
        "plays",
        "pace",
    ),
    "comparison": ("holdout_share", "variants"),
    "approval": ("change_note_ja", "change_note_en"),
}
NAMES = ("name_ja", "name_en")
ROWS = ("plays", "variants")
"""Kept in rows of their own beside the revision."""
FORKED = tuple(field for step in STEPS if step != "approval" for field in STEP_FIELDS[step] if field not in ROWS)
TRAINING = ("body_ja", "body_en", "link", "minutes")
ASKED = ("number", "words_ja", "words_en", "choices_ja", "choices_en", "right")


class NotPossible(Exception):
    """The revision is in a state in which this cannot be done."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class Clash(Exception):
    """Somebody else saved in between; `theirs` is what stands in the database."""

    def __init__(self, theirs: CampaignRevision) -> None:
        super().__init__(theirs.pk)
        self.theirs = theirs


class WhyMissing(Exception):
    """Later steps stay closed until it is written why this is done."""


class NotApproved(NotPossible):
    """The organisation wants a second person's approval before a launch, and nobody has given it."""


class SecondPersonNeeded(Exception):
    """Whoever asked for the approval, or last wrote on the plan, cannot give it."""


class RemarksOpen(Exception):
    """Somebody remarked on the plan and it is not settled; it can be approved all the same, on purpose."""

    def __init__(self, many: int) -> None:
        super().__init__(many)
        self.many = many


class ReasonMissing(ValueError):
    """A plan is sent back with a reason or with remarks."""


STEP_OF_MISSING: Mapping[str, str] = {
    "AUDIENCE_INVALID": "audience",
    "AUDIENCE_EMPTY": "audience",
    "PATH": "offer",
    "PATH_CLOSED": "offer",
    "OFFER_OVER": "offer",
    "STEPS": "talk",
}
"""Where what is missing is written; what is not here belongs to the first step."""


class NotReady(Exception):
    """What is still missing before anybody may see this; `codes` are the keys of MISSING."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes

    @property
    def sentences(self) -> list[str]:
        return [str(MISSING[code]) for code in self.codes]


def missing(revision: CampaignRevision, *, at: datetime) -> tuple[str, ...]:
    """Codes of what a revision lacks before it may be approved or launched, in the order of the steps.

    The audience is only checked for being understood; whether anybody is left is known when it is frozen.
    """
    today = day_of(at).on
    path, last = revision.path, revision.ends_on
    checks = {
        "WHY": bool(revision.why.strip()),
        "CUSTOMER_BENEFIT": bool(revision.customer_benefit.strip()),
        "REP_BENEFIT": bool(revision.rep_benefit.strip()),
        "PERIOD": last is not None and last >= today,
        "AUDIENCE_INVALID": not audience.problems(revision.audience),
        "PATH": path is not None,
        "PATH_CLOSED": path is None or path.is_open,
        "OFFER_OVER": last is None or all(each.valid_until >= last for each in _offers(revision)),
        "STEPS": bool(revision.steps),
        "TEMPLATE": not revision.campaign.is_template,
    }
    return tuple(code for code, is_met in checks.items() if not is_met)


def _offers(revision: CampaignRevision) -> list[Offer]:
    """Every extra that a customer may be offered, in whichever variant."""
    own = [revision.offer] if revision.offer else []
    return [*own, *Offer.objects.filter(pk__in=revision.variants.values("offer"))]


@transaction.atomic
def draft(*, name_ja: str, name_en: str = "", by: User, at: datetime) -> CampaignRevision:
    """A new campaign with its first, empty revision."""
    campaign = Campaign.objects.create(name_ja=name_ja, name_en=name_en, owner=by, created_at=at)
    revision = CampaignRevision.objects.create(
        campaign=campaign, number=1, seed=campaign.pk, changed_by=by, created_at=at
    )
    audit.record(verb="campaign.drafted", subject=revision, by=by, at=at)
    return revision


@transaction.atomic
def save_step(
    *,
    revision: CampaignRevision,
    step: str,
    fields: Mapping[str, Any],
    version: int,
    by: User,
    follows_own: bool = False,
) -> CampaignRevision:
    """Save one step of a draft that was read as `version`; only fields of that step are accepted.

    With `follows_own` one save of the same person since then is no clash: somebody may press the button of a page that
    saves by itself before it has heard of its last save.

    `evidence` are keys of the catalogue (`CODE:part`), each kept with the figure as it is now; `variants` as
    `variants.write` takes them. Raises evidence.Unknown, variants.NotWhole.
    """
    unknown = set(fields) - set(STEP_FIELDS[step]) - set(NAMES if step == "aim" else ())
    if unknown:
        raise ValueError(f"{sorted(unknown)} do not belong to step {step!r}")
    if step != "aim" and not revision.why.strip():
        raise WhyMissing
    own = {name: value for name, value in fields.items() if name not in (*NAMES, *ROWS)}
    if "evidence" in own:
        own["evidence"] = evidence.chosen(own["evidence"], revision.evidence)
    _update(
        revision,
        version=version,
        follows=by if follows_own else None,
        only_from=CampaignRevision.EDITABLE_STATES,
        changed_by=by,
        **own,
    )
    _save_beside(revision, fields)
    return _fresh(revision)


def _save_beside(revision: CampaignRevision, fields: Mapping[str, Any]) -> None:
    names = {name: value for name, value in fields.items() if name in NAMES}
    if names:
        Campaign.objects.filter(pk=revision.campaign_id).update(**names)
    if "plays" in fields:
        revision.plays.set(fields["plays"])
    if "variants" in fields:
        variants.write(revision=revision, parts=fields["variants"])


@transaction.atomic
def ask_approval(*, revision: CampaignRevision, by: User, at: datetime) -> CampaignRevision:
    """Raises NotReady. The other planners hear of it."""
    lacking = missing(revision, at=at)
    if lacking:
        raise NotReady(lacking)
    _update(revision, version=revision.version, only_from=(State.DRAFT,), state=State.WAITING)
    audit.record(verb="campaign.approval_asked", subject=revision, by=by, at=at)
    notices.approval_asked(revision, by, at)
    return _fresh(revision)


@transaction.atomic
def approve(
    *, revision: CampaignRevision, in_spite_of_remarks: bool = False, by: User, at: datetime
) -> CampaignRevision:
    """Raises SecondPersonNeeded, and RemarksOpen unless the open remarks were seen. Whoever asked hears of it."""
    asker = approvals.asked_by(revision)
    if by.pk in approvals.hands_on(revision):
        raise SecondPersonNeeded
    open_remarks = Remark.objects.filter(revision=revision).open().count()
    if open_remarks and not in_spite_of_remarks:
        raise RemarksOpen(open_remarks)
    _update(revision, version=revision.version, only_from=(State.WAITING,), state=State.APPROVED)
    audit.record(verb="campaign.approved", subject=revision, by=by, at=at, open_remarks=open_remarks)
    notices.approved(revision, asker, by, at)
    return _fresh(revision)


@transaction.atomic
def send_back(*, revision: CampaignRevision, reason: str = "", by: User, at: datetime) -> CampaignRevision:
    """Back to a draft that can be edited, from waiting or approved. The reason stays as a remark on the plan.

    Raises ReasonMissing where there is neither a reason nor an open remark. Whoever asked, and the owner, hear of it.
    """
    reason = reason.strip()
    open_remarks = Remark.objects.filter(revision=revision).open().count()
    if not reason and not open_remarks:
        raise ReasonMissing
    states = (State.WAITING, State.APPROVED)
    _update(revision, version=revision.version, only_from=states, state=State.DRAFT, launch_at=None)
    if reason:
        Remark.objects.create(revision=revision, words=reason, by=by, at=at)
    audit.record(verb="campaign.sent_back", subject=revision, by=by, at=at, reason=reason, open_remarks=open_remarks)
    notices.sent_back(revision, approvals.asked_by(revision), reason, open_remarks + bool(reason), by, at)
    return _fresh(revision)


@transaction.atomic
def revise(*, revision: CampaignRevision, by: User, at: datetime) -> CampaignRevision:
    """Fork a launched revision into the next draft; a draft that is already there is returned as it is."""
    campaign = Campaign.objects.select_for_update().get(pk=revision.campaign_id)
    if revision.state not in CampaignRevision.PUBLIC_STATES:
        raise NotPossible(revision.state)
    begun = campaign.revisions.exclude(state__in=CampaignRevision.PUBLIC_STATES).first()
    return begun or _fork(campaign, revision, by, at)


def _fork(campaign: Campaign, revision: CampaignRevision, by: User, at: datetime) -> CampaignRevision:
    number = campaign.revisions.aggregate(last=Max("number"))["last"] + 1
    copied = _values(revision, FORKED)
    fork = CampaignRevision.objects.create(
        campaign=campaign, number=number, seed=revision.seed + 1, changed_by=by, created_at=at, **copied
    )
    copy_rows(revision, fork)
    _pick_again(revision, fork)
    audit.record(verb="campaign.revised", subject=fork, by=by, at=at, number=number, of=revision.number)
    return fork


def copy_rows(source: CampaignRevision, to: CampaignRevision) -> None:
    """The plays, variants, segments and training of a plan, for a plan that was made from it."""
    to.plays.set(source.plays.filter(retired_at=None))
    to.segments.set(source.segments.all())
    variants.write(revision=to, parts=variants.parts_of(source))
    _copy_training(source, to)


def _copy_training(source: CampaignRevision, to: CampaignRevision) -> None:
    """What is asked today, with its questions; who passed is known of the source alone."""
    for item in training.in_force(source.pk):
        made = TrainingItem.objects.create(revision=to, **_values(item, TRAINING))
        TrainingQuestion.objects.bulk_create(
            TrainingQuestion(item=made, **_values(question, ASKED)) for question in item.questions.all()
        )


def _values(row: Model, fields: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in fields}


def _pick_again(source: CampaignRevision, made: CampaignRevision) -> None:
    """The next revision means the same customers; a copy for another campaign does not."""
    rows = Picked.objects.filter(revision=source).only("account_id", "by_id", "at")
    Picked.objects.bulk_create(
        Picked(revision=made, account_id=row.account_id, by_id=row.by_id, at=row.at) for row in rows
    )


@transaction.atomic
def end(*, revision: CampaignRevision, reason: str, lesson_en: str = "", by: User, at: datetime) -> CampaignRevision:
    """No new suggestions; those a rep has taken up go on. `reason` is the lesson, which goes into the playbook."""
    running = (State.LAUNCHED, State.PAUSED)
    _update(revision, version=revision.version, only_from=running, state=State.ENDED, ended_at=at)
    closing.ask_for(revision=revision, at=at)
    audit.record(verb="campaign.ended", subject=revision, by=by, at=at, reason=reason)
    playbook.learn(revision=revision, lesson_ja=reason, lesson_en=lesson_en, by=by, at=at)
    notices.ended(revision, at)
    named = {"campaign": revision.campaign_id, "number": revision.number}
    webhooks.announce("campaign.ended", subject=revision, at=at, **named)
    return _fresh(revision)


def _update(
    revision: CampaignRevision, *, version: int, only_from: tuple[str, ...], follows: User | None = None, **fields: Any
) -> None:
    """One conditional update: right state and unchanged since `version`, or a refusal that says which.

    One save of whoever it `follows` does not count as a change.
    """
    is_current = Q(version=version) | Q(version=version + 1, changed_by=follows) if follows else Q(version=version)
    rows = CampaignRevision.objects.filter(is_current, pk=revision.pk, state__in=only_from)
    if rows.update(**fields, version=F("version") + 1):
        return
    theirs = _fresh(revision)
    raise Clash(theirs) if theirs.state in only_from else NotPossible(theirs.state)


def _fresh(revision: CampaignRevision) -> CampaignRevision:
    return CampaignRevision.objects.select_related("campaign", "path", "offer").get(pk=revision.pk)
