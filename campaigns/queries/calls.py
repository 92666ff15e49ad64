"""Who is called next, and what somebody needs to know before they dial.

The next customer is looked for behind the place of the last one, so a list of ten thousand costs what one of ten does.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Account, Activity, Contact, FollowUp
from accounts.models.accounts import Channel
from accounts.models.activities import ActivityKind
from accounts.queries.consents import is_refusal, newest_by_key
from accounts.queries.customer import Person, Record
from accounts.queries.lists.customers import SPEC
from campaigns.deciding.guard import GuardCheck
from campaigns.models import CallRound, CallStep, CampaignRevision, Play, Suggestion, Target
from campaigns.queries import playbook, today
from campaigns.queries.decisions import guard_on
from crm.audit import AuditEvent
from crm.lists import keyset
from crm.lists.aggregates import number
from crm.lists.asking import CAP, Asked, ask
from crm.lists.fields import Asker
from crm.people import User

Source, Outcome = CallRound.Source, CallStep.Outcome
ROUNDS, STEPS = 10, 50
REACHED = frozenset({Outcome.ACCEPTED, Outcome.LATER, Outcome.DECLINED, Outcome.TALKED, Outcome.UPSET})
"""Results of a conversation; the others reached nobody."""
PAUSE = timedelta(minutes=30)
"""Longer than this between two results counts as so much: somebody went for lunch."""
CLOSED = frozenset({Channel.SALES.value, Channel.PHONE.value})
"""Channels of which a no means that nobody is called."""


@dataclass(frozen=True, slots=True)
class Next:
    account: int
    place: str


# ------------------------------------------------------------------------------ whose turn it is


def next_of(tour: CallRound, *, at: datetime, after: str = "") -> Next | None:
    """Whoever stands behind `after`, a place of this source, and was not met in the round; None at the end.

    Raises filters.Refused and UnknownOrder when a list of customers cannot be asked (any more).
    """
    return NEXT[tour.source](tour, at, after)


def number_of(tour: CallRound, *, at: datetime) -> int:
    """How many there are to call, counted to 10,001."""
    return NUMBER[tour.source](tour, at)


def _met(tour: CallRound, account: str) -> Exists:
    return Exists(CallStep.objects.filter(round=tour.pk, account=OuterRef(account)))


def _next_today(tour: CallRound, at: datetime, after: str) -> Next | None:
    """The suggestions that the day still holds, then the calls that were promised."""
    if tour.pk and tour.steps.count() >= tour.total:
        return None
    first = _suggested(tour, at).values_list("account_id", flat=True).first()
    first = first or _promised(tour, at).values_list("account_id", flat=True).first()
    return Next(first, "") if first else None


def _number_today(tour: CallRound, at: datetime) -> int:
    suggested = list(_suggested(tour, at).values_list("account_id", flat=True))
    promised = _promised(tour, at).exclude(account__in=suggested).order_by()
    return len(suggested) + promised.values("account").distinct()[: today.FOLLOW_UPS].count()


def _suggested(tour: CallRound, at: datetime) -> QuerySet[Suggestion]:
    """Whoever was called in the round counts among the decided, or was left out on purpose."""
    decided = today.decided_on(tour.by, timezone.localdate(at)).count()
    left = list(today.open_for(tour.by).values_list("pk", flat=True)[: today.room_for(decided)])
    rows = today.open_for(tour.by).filter(pk__in=left)
    return rows.exclude(_met(tour, "account")) if tour.pk else rows


def _promised(tour: CallRound, at: datetime) -> QuerySet[FollowUp]:
    rows = today.promised(tour.by, timezone.localdate(at)).filter(kind=ActivityKind.CALL, account__closed_on=None)
    rows = rows.exclude(_met(tour, "account")) if tour.pk else rows
    return rows.order_by("due_on", "due_time", "pk")


def _next_target(tour: CallRound, at: datetime, after: str) -> Next | None:
    rows = targets_of(tour.by, tour.revision_id).filter(pk__gt=int(after or 0))
    found = rows.order_by("pk").values_list("account_id", "pk").first()
    return Next(found[0], str(found[1])) if found else None


def _number_of_targets(tour: CallRound, at: datetime) -> int:
    return targets_of(tour.by, tour.revision_id)[: CAP + 1].count()


def targets_of(user: User, revision_id: int | None) -> QuerySet[Target]:
    """Addressed customers of this user in whose suggestion nobody has decided yet."""
    own = Suggestion.objects.filter(account=OuterRef("account"), revision=OuterRef("revision"))
    rows = Target.objects.visible_to(user).filter(
        revision=revision_id, rep=user, arm=Target.Arm.TREATED, account__closed_on=None
    )
    return rows.exclude(Exists(own.exclude(state__in=Suggestion.UNDECIDED)))


def _next_listed(tour: CallRound, at: datetime, after: str) -> Next | None:
    asked = _asked(tour, at)
    start = keyset.Place.read(after, asked.order.field) if after else None
    rows = _among(tour, asked.ordered)
    rows = rows.exclude(_met(tour, "pk")) if tour.pk else rows
    found = keyset.walk(rows, asked.order, start, 1)
    return Next(found[0].pk, keyset.place_of(found[0]).write()) if found else None


def _number_listed(tour: CallRound, at: datetime) -> int:
    return number(_among(tour, _asked(tour, at).rows))


def _asked(tour: CallRound, at: datetime) -> Asked:
    return ask(SPEC, Asker(tour.by, at), QueryDict(tour.query.removeprefix("?")))


def _among(tour: CallRound, rows: QuerySet[Account]) -> QuerySet[Account]:
    return rows if tour.ids is None else rows.filter(pk__in=tour.ids)


NEXT: Mapping[str, Callable[[CallRound, datetime, str], Next | None]] = {
    Source.TODAY: _next_today,
    Source.CAMPAIGN: _next_target,
    Source.CUSTOMERS: _next_listed,
}
NUMBER: Mapping[str, Callable[[CallRound, datetime], int]] = {
    Source.TODAY: _number_today,
    Source.CAMPAIGN: _number_of_targets,
    Source.CUSTOMERS: _number_listed,
}


# ------------------------------------------------------------------------------ rounds


def unfinished(user: User, *, source: str, on: date, ids: Sequence[int] | None, **same: Any) -> CallRound | None:
    """The round of the same list that was begun and not ended; one through Today lasts for the day."""
    rows = CallRound.objects.visible_to(user).filter(source=source, ended_at=None, **same)
    rows = rows.filter(ids__isnull=True) if ids is None else rows.filter(ids=ids)
    if source == Source.TODAY:
        rows = rows.filter(started_at__date=on)
    return rows.select_related("by").order_by("-started_at", "-pk").first()


def newest(user: User) -> Sequence[CallRound]:
    rows = CallRound.objects.visible_to(user).select_related("revision__campaign")
    return list(rows.order_by("-started_at", "-pk")[:ROUNDS])


def to_call(user: User) -> Sequence[CampaignRevision]:
    """Running campaigns that address customers of this user."""
    own = Target.objects.filter(revision=OuterRef("pk"), rep=user, arm=Target.Arm.TREATED)
    return list(CampaignRevision.objects.running().filter(Exists(own)).select_related("campaign").order_by("-pk")[:20])


def steps_of(tour: CallRound) -> Sequence[CallStep]:
    """What was done, the newest first; of customers that went out of sight only that they were there."""
    rows = tour.steps.exclude(outcome="").filter(account__in=Account.objects.visible_to(tour.by))
    return list(rows.select_related("account", "activity").order_by("-number")[:STEPS])


@dataclass(frozen=True, slots=True)
class Totals:
    """What came of a round. `results` has each kind of result with how many, the most frequent first."""

    called: int
    reached: int
    skipped: int
    minutes: int
    planned: int
    results: Sequence[tuple[str, int]]


def totals_of(tour: CallRound) -> Totals:
    counts = Counter(tour.steps.exclude(outcome="").values_list("outcome", flat=True))
    skipped = counts.pop(Outcome.SKIPPED, 0)
    return Totals(
        called=counts.total(),
        reached=sum(many for outcome, many in counts.items() if outcome in REACHED),
        skipped=skipped,
        minutes=_minutes(tour),
        planned=_planned(tour),
        results=counts.most_common(),
    )


def _minutes(tour: CallRound) -> int:
    """From the first customer to the last result, without longer pauses."""
    settled = tour.steps.exclude(at=None).order_by("at").values_list("at", flat=True)
    moments = [tour.started_at, *(at for at in settled if at)]
    spent = sum((min(end - begin, PAUSE) for begin, end in pairwise(moments)), timedelta())
    return round(spent / timedelta(minutes=1))


def _planned(tour: CallRound) -> int:
    """Follow-ups that the results of this round put into somebody's day."""
    same = tour.steps.filter(account=OuterRef("account_id"), at=OuterRef("at"))
    planned = AuditEvent.objects.filter(verb="follow_up.planned", by=tour.by_id, at__gte=tour.started_at)
    return planned.filter(Exists(same)).count()


# ------------------------------------------------------------------------------ one customer


@dataclass(frozen=True, slots=True)
class Script:
    """What to say: of the campaign where one addresses them, else of the step that is offered."""

    opening: str = ""
    questions: Sequence[str] = ()
    objections: Sequence[playbook.Shown] = ()
    plays: Sequence[playbook.Shown] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """All that stands on the screen of one call. Without `suggestion` nothing is pitched."""

    record: Record
    suggestion: Suggestion | None
    against: Sequence[GuardCheck]
    person: Contact | None
    phone: str
    is_phone_closed: bool
    last: Activity | None
    promised: Sequence[FollowUp]
    script: Script

    @property
    def dial(self) -> str:
        """The number as a telephone takes it."""
        return "".join(sign for sign in unicodedata.normalize("NFKC", self.phone) if sign.isdecimal() or sign == "+")

    @property
    def may_offer(self) -> bool:
        return self.suggestion is not None and not self.against


def call_of(account: Account, user: User, *, on: date, revision_id: int | None = None) -> Call:
    record = Record(account, user, on)
    suggestion = suggestion_for(account.pk, user, revision_id)
    against = guard_on(suggestion, on) if suggestion else record.guard.detail.blockers if record.guard else ()
    person = person_to_call(record)
    refused = bool(person and CLOSED.intersection(person.refused)) or _is_closed_for_all(record)
    return Call(
        record=record,
        suggestion=suggestion,
        against=against,
        person=person.contact if person else None,
        phone=(person.contact.phone if person else "") or account.phone,
        is_phone_closed=refused,
        last=Activity.objects.filter(account=account).select_related("by", "contact").order_by("-at", "-pk").first(),
        promised=promised_to(account, user, on),
        script=script_for(account.pk, None if against else suggestion, revision_id),
    )


def suggestion_for(account_id: int, user: User, revision_id: int | None = None) -> Suggestion | None:
    """The open suggestion of the campaign that is called through, else the best of the customer."""
    rows = Suggestion.objects.visible_to(user).open().filter(account=account_id)
    if revision_id:
        rows = rows.filter(revision=revision_id)
    rows = rows.select_related("account__industry", "revision", *today.OFFERED)
    return rows.order_by("rank", "-priority", "pk").first()


def person_to_call(record: Record) -> Person | None:
    """Whoever may be called and was spoken with last, else the first by the part they play; None without contacts."""
    heard = Activity.objects.filter(account=record.account).exclude(contact=None).order_by("-at", "-pk")
    last = heard.values_list("contact", flat=True).first()
    return min(
        record.people, key=lambda one: (bool(CLOSED.intersection(one.refused)), one.contact.pk != last), default=None
    )


def _is_closed_for_all(record: Record) -> bool:
    """The customer as a whole does not want to be called."""
    said = newest_by_key(record.account)
    return any(is_refusal(said.get((None, channel))) for channel in CLOSED)


def promised_to(account: Account, user: User, on: date) -> Sequence[FollowUp]:
    rows = today.promised(user, on).filter(account=account)
    return list(rows.select_related("account").order_by("due_on", "pk")[:3])


def script_for(account_id: int, suggestion: Suggestion | None, revision_id: int | None) -> Script:
    """Nothing where nothing is pitched."""
    if suggestion is None:
        return Script()
    number = revision_id or suggestion.revision_id
    revision = CampaignRevision.objects.filter(pk=number).first() if number else None
    plays = playbook.of_revision(revision.pk) if revision else []
    objections = [shown for shown in plays if shown.play.kind == Play.Kind.OBJECTION]
    known = {shown.play.pk for shown in objections}
    return Script(
        opening=_opening(account_id, suggestion, revision),
        questions=revision.questions if revision else (),
        objections=objections,
        plays=[shown for shown in playbook.fitting(suggestion) if shown.play.pk not in known],
    )


def _opening(account_id: int, suggestion: Suggestion, revision: CampaignRevision | None) -> str:
    """Of the variant that was drawn for this customer, else of the campaign, else of the step."""
    of_step = suggestion.path.opening if suggestion.path else ""
    if revision is None:
        return of_step
    drawn = Target.objects.filter(revision=revision, account=account_id).select_related("variant").first()
    variant = drawn.variant.opening if drawn and drawn.variant else ""
    return variant or revision.opening or of_step
