"""The guard over a whole audience: the same rules as `deciding.guard`, as one expression in SQL.

One customer is asked by the rules; a million are asked here. A test holds the two together on
random worlds, so a rule may only be changed in both places.

The rules that need more than a look at rows (would they use it, did they just sign) are left to
the guard that asks each customer again when the suggestions are made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import (
    Account,
    Activity,
    Consent,
    Need,
    NpsResponse,
    Touch,
    UpgradePath,
)
from accounts.models import Case as OpenCase
from accounts.models.accounts import Channel
from campaigns.deciding.facts import LANE_OF_KIND
from campaigns.deciding.guard import RULES, GuardRule
from campaigns.deciding.policies import PolicySet
from campaigns.models import ArmMembership, Suggestion
from campaigns.queries.audience import running, standing

CONTROL = "CONTROL"
BADGES: Mapping[str, str] = {**{rule.code: rule.badge for rule in RULES}, CONTROL: "control"}


@dataclass(frozen=True)
class Asking:
    """What the rules compare with: a moment, the policies in force, and the step that would be offered."""

    as_of: datetime
    zone: ZoneInfo
    policies: PolicySet
    path: UpgradePath | None = None

    @cached_property
    def today(self) -> date:
        return self.as_of.astimezone(self.zone).date()

    @cached_property
    def lane(self) -> str:
        return LANE_OF_KIND[self.path.kind] if self.path else ""

    @cached_property
    def topics(self) -> list[int]:
        return list(self.path.topics.values_list("pk", flat=True)) if self.path else []

    def thresholds(self, code: str) -> Mapping[str, float]:
        return self.policies.rule(code, lane=self.lane, action=self.path.key if self.path else "").thresholds

    def first_day(self, days: float) -> date:
        """The oldest day whose `days` have not yet run out today."""
        return self.today - timedelta(days=days - 1)

    def since(self, days: float) -> datetime:
        """The first moment of that day."""
        return datetime.combine(self.first_day(days), time(), self.zone)


def of_account(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(account=OuterRef("pk"))


# ------------------------------------------------------------- each rule, as the rows that block


def later(rows: QuerySet[Any], moment: str, **same: str) -> Exists:
    """Is there a newer row than this one, of the same things?"""
    newer = Q(**{f"{moment}__gt": OuterRef(moment)}) | Q(**{moment: OuterRef(moment), "pk__gt": OuterRef("pk")})
    return Exists(rows.filter(newer, account=OuterRef("account"), **{k: OuterRef(v) for k, v in same.items()}))


def opted_out(asking: Asking) -> Q:
    said = Consent.objects.filter(contact=None, channel=Channel.SALES, at__lte=asking.as_of)
    return Q(Exists(of_account(said).filter(~later(said, "at"), is_granted=False)))


def detractor(asking: Asking) -> Q:
    """The newest answer of a contact is low, and neither the closed loop nor time has healed it yet."""
    limit = asking.thresholds("DETRACTOR")
    answers = NpsResponse.objects.filter(answered_at__lte=asking.as_of).annotate(who=Coalesce("contact_id", 0))
    still = Q(loop_closed_at=None, answered_at__gte=asking.since(limit["days"]))
    still |= Q(loop_closed_at__gte=asking.since(limit["days_after_closing"]))
    low = of_account(answers).filter(still, score__lte=limit["score"])
    return Q(Exists(low.filter(~later(answers, "answered_at", who="who"))))


def low_health(asking: Asking) -> Q:
    return Q(standing(health__lt=asking.thresholds("LOW_HEALTH")["below"]))


def upset(asking: Asking) -> Q:
    since = asking.since(asking.thresholds("UPSET")["days"])
    talks = Activity.objects.filter(reaction=Activity.Reaction.UPSET, at__gte=since, at__lte=asking.as_of)
    return Q(Exists(of_account(talks)))


def open_case(asking: Asking) -> Q:
    return Q(Exists(of_account(OpenCase.objects.filter(reported_at=None))))


def recent_offer(asking: Asking) -> Q:
    since = asking.since(asking.thresholds("RECENT_OFFER")["days"])
    return Q(Exists(of_account(Touch.objects.filter(is_offer=True, at__gte=since))))


def no_need(asking: Asking) -> Q:
    since = asking.first_day(asking.thresholds("NO_NEED")["days"] + 1)
    needs = Need.objects.filter(solved_on=None, heard_on__gte=since)
    if asking.path is not None:
        needs = needs.filter(topic__in=asking.topics)
    return Q(~Exists(of_account(needs)))


def never_asked(asking: Asking) -> Q:
    asked = of_account(NpsResponse.objects.filter(answered_at__lte=asking.as_of))
    talks = of_account(Activity.objects.filter(at__lte=asking.as_of).exclude(reaction=""))
    return Q(~Exists(asked)) & Q(~Exists(talks))


def over_budget(asking: Asking) -> Q:
    limit = asking.thresholds("OVER_BUDGET")
    touches = of_account(Touch.objects.filter(counts=True, at__gte=asking.since(limit["days"])))
    used = touches.order_by().values("account").annotate(used=Count("pk")).values("used")
    return Q(pk__in=Account.objects.annotate(used=Subquery(used)).filter(used__gte=limit["touches"]).values("pk"))


def quiet_after_no(asking: Asking) -> Q:
    return paused(asking, "QUIET_AFTER_NO", Suggestion.State.LOST)


def answer_pending(asking: Asking) -> Q:
    return paused(asking, "ANSWER_PENDING", Suggestion.State.PROPOSED)


def paused(asking: Asking, code: str, state: str) -> Q:
    since = asking.since(asking.thresholds(code)["days"])
    return Q(Exists(of_account(Suggestion.objects.filter(state=state, decided_at__gte=since))))


def no_path(asking: Asking) -> Q:
    if asking.path is None or asking.path.from_product_id is None:
        return NOBODY
    return Q(~Exists(running(asking.today).filter(product=asking.path.from_product_id)))


def already_owns(asking: Asking) -> Q:
    if asking.path is None or asking.path.kind in ("seats", "right_size", "reorder"):
        return NOBODY
    product = asking.path.to_product
    owned = Q(product=product)
    if product.tier_id:
        owned |= Q(product__family=product.family_id, product__tier__rank__gte=product.tier.rank)
    return Q(Exists(running(asking.today).filter(owned)))


def in_control(asking: Asking) -> Q:
    if asking.lane == "right_size":
        return NOBODY
    return Q(Exists(of_account(ArmMembership.objects.filter(arm=ArmMembership.Arm.CONTROL))))


NOBODY = Q(pk__in=[])
BLOCKS: Mapping[str, Callable[[Asking], Q]] = {
    "OPTED_OUT": opted_out,
    "DETRACTOR": detractor,
    "LOW_HEALTH": low_health,
    "UPSET": upset,
    "OPEN_CASE": open_case,
    "RECENT_OFFER": recent_offer,
    "NO_NEED": no_need,
    "NEVER_ASKED": never_asked,
    "ALREADY_OWNS": already_owns,
    "NO_PATH": no_path,
    "OVER_BUDGET": over_budget,
    "QUIET_AFTER_NO": quiet_after_no,
    "ANSWER_PENDING": answer_pending,
}


# ----------------------------------------------------------------------------- asking them all


def first_rule(asking: Asking) -> Case:
    """The code of the first rule that blocks a customer, "" when nothing does."""
    whens = [When(BLOCKS[rule.code](asking), then=Value(rule.code)) for rule in concerned(asking)]
    whens.append(When(in_control(asking), then=Value(CONTROL)))
    return Case(*whens, default=Value(""), output_field=CharField())


def concerned(asking: Asking) -> list[GuardRule]:
    """In the order of the guard: the rules that stop this lane (all of them without a step) and are in force."""
    return [rule for rule in RULES if rule.code in BLOCKS and _concerns(rule, asking)]


def _concerns(rule: GuardRule, asking: Asking) -> bool:
    if asking.path is None:
        return not rule.about_offer
    in_force = asking.policies.rule(rule.code, lane=asking.lane, action=asking.path.key).enabled
    return in_force and asking.lane in rule.lanes
