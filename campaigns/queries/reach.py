"""How far a revision got against its plan: whom the field spoke with, and for the others the first reason why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Activity
from campaigns.models import CampaignRevision, Decision, LaunchChunk, Response, Suggestion, Target
from campaigns.queries import kept
from campaigns.queries.effects import until
from crm.people import User
from crm.sight import is_seen

State = Suggestion.State

REACHED = "reached"
WITHDRAWN, REFUSED = "withdrawn", "refused"
"""These two carry the guard's rule behind a colon: at work on the suggestion, and already when it was to be made."""
WAITING, NO_MOMENT = "waiting", "no_moment"
DISMISSED, SNOOZED, EXPIRED, ACCEPTED = "dismissed", "snoozed", "expired", "accepted"
NOT_LOOKED, LOOKED = "not_looked", "looked"

REASONS = (
    REFUSED, WITHDRAWN, WAITING, NO_MOMENT, NOT_LOOKED, LOOKED, SNOOZED, DISMISSED, EXPIRED, ACCEPTED,
)  # fmt: skip
"""As they are listed: what the guard did, what the launch still owes, what lies with the rep."""

MET = (State.PROPOSED, State.WON, State.LOST)


@dataclass(frozen=True, slots=True)
class Share:
    """Of one team or one rep: customers that were to be addressed, and those spoken with so far."""

    key: int | None
    planned: int
    reached: int

    @property
    def rate(self) -> float | None:
        return self.reached / self.planned if self.planned else None


@dataclass(frozen=True, slots=True)
class Reach:
    """Every target stands either among the reached or under exactly one reason of `missed` (a code, or code:RULE)."""

    planned: int
    reached: int
    teams: list[Share]
    reps: list[Share]
    missed: dict[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> float | None:
        return self.reached / self.planned if self.planned else None


def reach(revision: CampaignRevision, user: User, *, as_of: datetime) -> Reach:
    """In one query, of the customers this reader may see."""
    rows = kept.rows(revision, "reach", lambda: sums(revision, as_of=as_of))
    return _folded([row for row in rows if is_seen(user, row["in_team"], row["owner"])])


def sums(revision: CampaignRevision, *, as_of: datetime) -> list[dict[str, Any]]:
    """The counts of all customers, told apart by who looks after them now, so that each reader can be given their own."""
    rows = fates(revision, Target.objects.filter(account__merged_into=None), as_of=as_of)
    present = rows.annotate(in_team=F("account__team"), owner=F("account__owner")).order_by()
    counted = present.values("in_team", "owner", "team", "rep", "fate").annotate(n=Count("pk"))
    return [dict(row) for row in counted]


def _folded(rows: list[dict[str, Any]]) -> Reach:
    planned: dict[str, Counter[int | None]] = {"team": Counter(), "rep": Counter()}
    reached: dict[str, Counter[int | None]] = {"team": Counter(), "rep": Counter()}
    whys: Counter[str] = Counter()
    for row in rows:
        whys[row["fate"]] += row["n"]
        for part in planned:
            planned[part][row[part]] += row["n"]
            reached[part][row[part]] += row["n"] if row["fate"] == REACHED else 0
    missed = {code: many for code, many in whys.items() if code != REACHED}
    return Reach(
        planned=sum(whys.values()),
        reached=whys[REACHED],
        teams=_shares(planned["team"], reached["team"]),
        reps=_shares(planned["rep"], reached["rep"]),
        missed=dict(sorted(missed.items(), key=lambda item: (REASONS.index(item[0].partition(":")[0]), -item[1]))),
    )


def _shares(planned: Mapping[int | None, int], reached: Mapping[int | None, int]) -> list[Share]:
    """The furthest behind first."""
    shares = [Share(key, many, reached[key]) for key, many in planned.items()]
    return sorted(shares, key=lambda share: (share.reached - share.planned, share.key or 0))


def fates(revision: CampaignRevision, among: QuerySet[Any, Any], *, as_of: datetime) -> QuerySet[Any, Any]:
    """The addressed targets among these, each with its `fate`: the first reason that holds.

    Reached is who was put the offer, or spoken with since the launch by the rep it was given to or the present owner;
    notes and calls that nobody took do not count.
    """
    targets = among.filter(revision=revision, arm=Target.Arm.TREATED)
    # The revision is summed with nought, so that the few suggestions of a customer are looked through: while a launch is
    # young PostgreSQL does not know how many its revision has, and would read all of them for every target.
    of_account = Suggestion.objects.filter(account=OuterRef("account"))
    made = of_account.annotate(of=F("revision") + 0).filter(of=revision.pk).order_by("-pk")
    talks = Activity.objects.filter(
        Q(by=OuterRef("rep")) | Q(by=OuterRef("account__owner")),
        account=OuterRef("account"),
        at__range=(revision.launched_at, until(revision, as_of)),
    ).exclude(Q(kind="note") | Q(result=Activity.Result.ABSENT))
    looks = Response.objects.filter(account=OuterRef("account")).annotate(of=F("suggestion__revision") + 0)
    refusals = Decision.objects.filter(
        account=OuterRef("account"), run__revision=revision, action_key=OuterRef("revision__path__key")
    )
    pending = LaunchChunk.objects.filter(revision=revision, done_at=None, number=OuterRef("chunk"))
    return targets.annotate(
        state=Coalesce(Subquery(made.values("state")[:1]), Value("")),
        fate=Case(
            When(Q(state__in=MET) | Exists(talks), then=Value(REACHED)),
            When(Q(state="") & Exists(pending), then=Value(WAITING)),
            When(state="", then=_with_rule(REFUSED, refusals.exclude(rule="").order_by("-pk").values("rule"))),
            When(state=State.WITHDRAWN, then=_with_rule(WITHDRAWN, made.values("withdrawn_rule"))),
            When(Q(state=State.OPEN) & ~Exists(looks.filter(of=revision.pk)), then=Value(NOT_LOOKED)),
            When(state=State.OPEN, then=Value(LOOKED)),
            When(state=State.ACCEPTED, then=Value(ACCEPTED)),
            default=F("state"),
            output_field=CharField(),
        ),
    )


def _with_rule(code: str, rules: QuerySet[Any, Any]) -> Coalesce:
    """Without a rule the engine found no good moment for the offer."""
    text = CharField()
    joined = Func(
        Value(f"{code}:"), Subquery(rules[:1]), template="(%(expressions)s)", arg_joiner=" || ", output_field=text
    )
    return Coalesce(joined, Value(NO_MOMENT), output_field=text)


def missed(
    revision: CampaignRevision, user: User, *, fate: str, as_of: datetime, after: int = 0, limit: int = 50
) -> list[Target]:
    """Customers behind one number, in the order of their ids, from behind `after`; one more than `limit` when it goes on."""
    rows = fates(revision, Target.objects.visible_to(user), as_of=as_of).filter(fate=fate, account__gt=after)
    return list(rows.select_related("account", "rep", "team").order_by("account_id")[: limit + 1])
