"""Customers picked by hand for a draft: who they are, what the guard says of them, and what picking more would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from accounts.models import Account
from accounts.queries.lists.customers import SPEC
from campaigns.models import CampaignRevision, Picked
from campaigns.queries.fall_out import BADGES, first_rule
from campaigns.queries.preview import asking_for
from crm.lists.asking import ask
from crm.lists.fields import Asker
from crm.people import User

MOST = 10_000
"""Customers picked by hand for one revision; more are better said by conditions."""
PAGE = 50
SHOWN = 8
"""In the step of the audience."""


@dataclass(frozen=True, slots=True)
class One:
    account: Account
    badge: str
    """Of the rule of the guard that would leave them out today; "" for none."""


@dataclass(frozen=True, slots=True)
class Page:
    many: int
    rows: Sequence[One]
    last: int | None
    """The id from behind which the next page goes on."""

    @property
    def is_cut(self) -> bool:
        return self.last is not None


def page(revision: CampaignRevision, user: User, *, as_of: datetime, after: int = 0, size: int = PAGE) -> Page:
    """In the order of their ids."""
    picked = Picked.objects.visible_to(user).filter(revision=revision)
    many = picked.count()
    ids = picked.filter(account__gt=after).order_by("account").values("account")[: size + 1]
    accounts = list(judged(revision, Account.objects.filter(pk__in=ids), as_of).select_related("owner")) if many else []
    rows = [One(each, BADGES.get(each.rule, "")) for each in accounts[:size]]
    return Page(many, rows, rows[-1].account.pk if len(accounts) > size else None)


def judged(revision: CampaignRevision, accounts: QuerySet[Any], as_of: datetime) -> QuerySet[Any]:
    """With `rule`: the first rule that would leave the customer out, "" for none."""
    return accounts.annotate(rule=first_rule(asking_for(revision, as_of=as_of))).order_by("pk")


@dataclass(frozen=True, slots=True)
class Scope:
    """Selected customers by id, or all that match the address of their list."""

    by: User
    at: datetime
    ids: Sequence[int] | None = None
    query: str = ""

    @property
    def asked_for(self) -> int | None:
        """None: as many as match."""
        return None if self.ids is None else len(set(self.ids))

    def accounts(self) -> QuerySet[Account]:
        """Only what `by` sees. Raises filters.Refused when the address cannot be asked."""
        asker = Asker(self.by, self.at)
        if self.ids is not None:
            return SPEC.rows(asker).filter(pk__in=self.ids)
        return ask(SPEC, asker, QueryDict(self.query.removeprefix("?"))).rows


def picked_at(revision: CampaignRevision, user: User, moment: str) -> list[int]:
    """The customers that somebody picked in one go, to take that back; nobody for nonsense."""
    try:
        at = parse_datetime(moment)
    except ValueError:
        return []
    if at is None or at.tzinfo is None:
        return []
    return list(Picked.objects.filter(revision=revision, by=user, at=at).values_list("account", flat=True))


def drafts(user: User, at_most: int = 100) -> QuerySet[CampaignRevision]:
    """Into which customers can be picked, the newest first; templates have no customers of their own."""
    rows = CampaignRevision.objects.visible_to(user).filter(state__in=CampaignRevision.EDITABLE_STATES)
    return rows.filter(campaign__is_template=False).select_related("campaign").order_by("-created_at", "-pk")[:at_most]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What picking does: `left_out` is how many by why (unseen, already); `guarded` of the added by badge."""

    asked_for: int
    added: int
    left_out: Mapping[str, int]
    guarded: Mapping[str, int]
    is_too_many: bool


def outcome(revision: CampaignRevision, scope: Scope) -> Outcome:
    """Nothing is counted beyond MOST and one more. Raises filters.Refused."""
    accounts, asked_for = scope.accounts(), scope.asked_for
    new = accounts.exclude(pk__in=Picked.objects.filter(revision=revision).values("account"))
    seen = accounts.order_by()[: MOST + 1].count()
    added = new.order_by()[: MOST + 1].count()
    already = Picked.objects.filter(revision=revision).count()
    asked = seen if asked_for is None else asked_for
    left_out = {"unseen": asked - seen, "already": seen - added}
    return Outcome(
        asked_for=asked,
        added=added,
        left_out={why: many for why, many in left_out.items() if many > 0},
        guarded=_guarded(revision, new, scope.at),
        is_too_many=already + added > MOST,
    )


def _guarded(revision: CampaignRevision, accounts: QuerySet[Account], as_of: datetime) -> dict[str, int]:
    few = Account.objects.filter(pk__in=accounts.order_by().values("pk")[: MOST + 1])
    rows = judged(revision, few, as_of).order_by().exclude(rule="").values("rule").annotate(many=Count("pk"))
    found: dict[str, int] = {}
    for row in rows:
        found[BADGES[row["rule"]]] = found.get(BADGES[row["rule"]], 0) + row["many"]
    return found
