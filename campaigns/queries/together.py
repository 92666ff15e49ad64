"""How many customers any two campaigns both mean, and how many of each rep one of them means.

A revision that was launched means the customers it addressed; one that is planned means whoever its audience means today.
All of them are compared in one pass over the customers. Of a few thousand customers that is done as somebody looks; of more
it is counted beside the pages (`campaigns.actions.meeting`), whenever an audience changes and every night, and read here. The
figures are the same either way: they are kept by team and owner, so that everybody is given those of their own customers.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import combinations_with_replacement
from typing import Any

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, Sum, When

from accounts.models import Account
from accounts.models.accounts import AccountQuerySet
from campaigns.models import CampaignRevision, Counted, Picked, Shared, Target
from campaigns.queries import audience
from crm.long_questions import over_many_rows
from crm.people import User

State = CampaignRevision.State

PLANNED = (State.DRAFT, State.WAITING, State.APPROVED)
RUNNING = (State.LAUNCHING, State.LAUNCHED, State.PAUSED)
LARGE = 20_000
"""Customers from which on it is counted beside the pages."""
MOST = 100
"""Revisions that are counted: those that run, then the plans that end first."""

Pair = tuple[int, int]
"""Ids of revisions, the lower one first; twice the same for what one of them means."""


@dataclass(frozen=True, slots=True)
class Counts:
    """`as_of` is None where everybody was looked at just now; `uncounted` are revisions whose audience has not been counted
    since it was made or changed."""

    pairs: Mapping[Pair, int]
    reps: Mapping[int, Mapping[int, int]]
    """Customers of each rep that a revision means."""
    as_of: datetime | None = None
    uncounted: frozenset[int] = field(default_factory=frozenset)


def counts(revisions: Sequence[CampaignRevision], user: User, *, on: date) -> Counts:
    """Of the customers in sight."""
    return _kept(revisions, user) if is_large() else _live(revisions, user, on)


def is_large() -> bool:
    newest = Account.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return newest > LARGE


# --------------------------------------------------------------------------------------- looking


@dataclass(frozen=True, slots=True)
class Group:
    """Customers of one owner in one team that are meant by the same revisions."""

    team: int | None
    owner: int | None
    members: tuple[int, ...]
    customers: int

    @property
    def pairs(self) -> Iterator[Pair]:
        return combinations_with_replacement(self.members, 2)


def groups(
    revisions: Sequence[CampaignRevision],
    among: AccountQuerySet,
    *,
    on: date,
    meant_by: CampaignRevision | None = None,
) -> list[Group]:
    """These customers, or those that one revision means, by which of the revisions mean them; in one statement."""
    conditions = {f"meant_by_{revision.pk}": _condition(revision, on) for revision in revisions}
    if not conditions:
        return []
    answers: dict[str, Any] = {name: Case(When(meant, then=True), default=False) for name, meant in conditions.items()}
    rows: Any = among.filter(_condition(meant_by, on)) if meant_by else among
    with over_many_rows():
        found = rows.annotate(**answers).order_by().values("team", "owner", *conditions).annotate(seen=Count("pk"))
        return [_group(row) for row in found]


def _condition(revision: CampaignRevision, on: date) -> Q:
    """Everybody by an audience without conditions, nobody by one that cannot be understood."""
    if revision.launched_at is not None:
        addressed = Target.objects.filter(revision=revision, account=OuterRef("pk"), arm=Target.Arm.TREATED)
        return Q(Exists(addressed))
    if audience.problems(revision.audience):
        return Q(pk__in=[])
    return audience.means(revision, on=on) or Q(pk__isnull=False)


def _group(row: Mapping[str, Any]) -> Group:
    names = (name for name, is_meant in row.items() if name.startswith("meant_by_") and is_meant)
    members = sorted(int(name.removeprefix("meant_by_")) for name in names)
    return Group(row["team"], row["owner"], tuple(members), row["seen"])


def _live(revisions: Sequence[CampaignRevision], user: User, on: date) -> Counts:
    pairs: Counter[Pair] = Counter()
    reps: dict[int, Counter[int]] = {revision.pk: Counter() for revision in revisions}
    for group in groups(revisions, audience.active().visible_to(user), on=on):
        pairs.update(dict.fromkeys(group.pairs, group.customers))
        for member in group.members if group.owner else ():
            reps[member][group.owner] += group.customers  # type: ignore[index]
    return Counts(pairs, reps)


# --------------------------------------------------------------------------------------- reading


def _kept(revisions: Sequence[CampaignRevision], user: User) -> Counts:
    """Four statements, however many customers and revisions there are."""
    ids = [revision.pk for revision in revisions]
    rows = Shared.objects.visible_to(user).filter(one__in=ids, other__in=ids).order_by()
    pairs = {(one, other): many for one, other, many in rows.values_list("one", "other").annotate(Sum("customers"))}
    reps: dict[int, dict[int, int]] = {number: {} for number in ids}
    own = rows.filter(one=F("other"), owner__isnull=False)
    for number, rep, many in own.values_list("one", "owner").annotate(Sum("customers")):
        reps[number][rep] = many
    counted = {row.revision_id: row for row in Counted.objects.filter(revision__in=ids)}
    uncounted = [each.pk for each in not_counted(revisions, counted)]
    return Counts(pairs, reps, min((row.as_of for row in counted.values()), default=None), frozenset(uncounted))


# ----------------------------------------------------------------------------------- what is owed


def ahead(*, on: date) -> list[CampaignRevision]:
    """What stands on the calendar from that day on, or will once it has its days; no more than `MOST`."""
    planned = Q(state__in=PLANNED) & (Q(ends_on__gte=on) | Q(ends_on=None))
    rows = CampaignRevision.objects.filter(planned | Q(state__in=RUNNING), campaign__is_template=False)
    first = F("launched_at").asc(nulls_last=True), F("ends_on").asc(nulls_last=True), "pk"
    return list(rows.order_by(*first)[:MOST])


def owed(*, on: date) -> list[CampaignRevision]:
    """Those of `ahead` whose audience is new or another than the one that was counted."""
    found = ahead(on=on)
    return not_counted(found, {row.revision_id: row for row in Counted.objects.filter(revision__in=found)})


def not_counted(revisions: Sequence[CampaignRevision], counted: Mapping[int, Counted]) -> list[CampaignRevision]:
    now = audiences(revisions)
    return [each for each in revisions if each.pk not in counted or counted[each.pk].audience != now[each.pk]]


def audiences(revisions: Collection[CampaignRevision]) -> dict[int, str]:
    """A mark of each audience as it stands: its conditions and who was picked, or that its targets were dealt."""
    picks = Picked.objects.filter(revision__in=revisions).order_by().values_list("revision")
    picked = {number: (many, last) for number, many, last in picks.annotate(Count("pk"), Max("pk"))}
    return {each.pk: _mark(each, picked.get(each.pk)) for each in revisions}


def _mark(revision: CampaignRevision, picked: tuple[int, int] | None) -> str:
    is_dealt = revision.launched_at is not None and bool(revision.fall_out)
    words = json.dumps([revision.audience, picked, revision.launched_at is not None, is_dealt], sort_keys=True)
    return hashlib.blake2b(words.encode(), digest_size=16).hexdigest()
