"""What an audience would look like if it were launched now: counts that add up, and examples.

One pass over the customers groups them by rule and rep; everything on the side of the builder
comes from that small table, however many customers there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Avg, BigIntegerField, Count, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Cast

from accounts.models import Account, Need, Price, Product, Tier, UpgradePath
from accounts.models.accounts import AccountQuerySet
from accounts.queries.facts import day_of
from campaigns.measure.power import detectable_rate, holdout_size
from campaigns.models import CampaignRevision
from campaigns.queries.audience import meant, newest_share, running, snapshot
from campaigns.queries.base_rates import BaseRate, base_rate
from campaigns.queries.fall_out import ARMS, BADGES, Asking, first_rule, general_rule, possibly_free
from campaigns.queries.policies import policies_in_force
from crm.long_questions import over_many_rows
from crm.people import User

BADGE_ORDER = ("unhappy", "open_case", "recent", "no_need", "opted_out", "other", "control")
FULL = 85
SAMPLE = 2000
"""Customers by whom the mean gain is estimated."""


@dataclass(frozen=True, slots=True)
class Preview:
    """`matched` minus all of `excluded` is `reachable`, which is `treated` plus `held_out`.

    `yearly_gain` is yen a year for each customer that accepts (None without a step or price), `yearly_margin` what is left of
    it by the margins of the catalogue (None where it knows none);
    `detectable` the smallest difference in the share of acceptances that daily looks would find, if `base` say yes anyway.
    """

    matched: int
    excluded: Mapping[str, int]
    reachable: int
    treated: int
    held_out: int
    reps: int
    most_per_rep: int
    yearly_gain: int | None
    detectable: float | None
    yearly_margin: int | None = None
    base: BaseRate = BaseRate()

    @property
    def detectable_points(self) -> float | None:
        return None if self.detectable is None else self.detectable * 100

    @property
    def left_out(self) -> int:
        return self.matched - self.reachable

    def expected_gain(self, wins: int | None) -> int | None:
        """Yen a year if the goal is met."""
        return None if self.yearly_gain is None or wins is None else self.yearly_gain * wins


@dataclass(frozen=True, slots=True)
class Example:
    account: Account
    rep: User | None
    stage: str
    storage: float | None
    words: str
    badge: str

    @property
    def is_full(self) -> bool:
        return self.storage is not None and self.storage >= FULL


def asking_for(revision: CampaignRevision, *, as_of: datetime) -> Asking:
    return Asking(day_of(as_of), policies_in_force(), revision.path, revision.campaign_id)


def judged(revision: CampaignRevision, asking: Asking) -> AccountQuerySet:
    """Whom it means, each with the code of the first rule that blocks (`rule`, "" for nobody)."""
    return meant(revision, on=asking.on).annotate(rule=first_rule(asking))


def preview(revision: CampaignRevision, *, as_of: datetime) -> Preview:
    """Of a revision as it stands, saved or not. Raises audience.Invalid."""
    asking = asking_for(revision, as_of=as_of)
    with over_many_rows():
        groups = _groups(revision, asking)
        is_anybody_left = any(not rule and many for (rule, _owner), many in groups.items())
        gains = _mean_gains(revision, asking) if is_anybody_left else (None, None)
    return _folded(groups, float(revision.holdout_share), base_rate(revision), *gains)


def _groups(revision: CampaignRevision, asking: Asking) -> Counter[tuple[str, int | None]]:
    """How many by the rule that blocks them and by owner.

    By the rules first, in one pass of several processes; then those whom only a comparison leaves alone are moved.
    """
    rows = meant(revision, on=asking.on).annotate(rule=general_rule(asking)).order_by()
    grouped = rows.values_list("rule", "owner").annotate(customers=Count("pk"))
    groups = Counter({(rule, owner): many for rule, owner, many in grouped})
    free, before = rows.filter(possibly_free(asking), rule=""), Q()
    for code, of_arm in ARMS.items():
        alone = of_arm(asking)
        for owner, many in free.filter(alone).exclude(before).values_list("owner").annotate(customers=Count("pk")):
            groups["", owner] -= many
            groups[code, owner] += many
        before |= alone
    return groups


@dataclass(frozen=True, slots=True)
class Stratum:
    """Customers of one plan and stage; the holdout is drawn within them, so that both arms have the same mix."""

    tier: str
    stage: str
    customers: int
    held_out: int


def strata(revision: CampaignRevision, *, as_of: datetime) -> list[Stratum]:
    """Of the reachable, the largest first. `held_out` is to within one customer; lots decide. Raises audience.Invalid."""
    asking = asking_for(revision, as_of=as_of)
    tier = running(asking.on).filter(product__tier__isnull=False).order_by("-product__tier__rank", "pk")
    rows = judged(revision, asking).filter(possibly_free(asking), rule="").order_by()
    rows = rows.annotate(
        plan=Subquery(tier.values("product__tier")[:1]), stage=Subquery(snapshot(asking.on).values("stage")[:1])
    )
    with over_many_rows():
        found = [
            dict(row) for row in rows.values("plan", "stage").annotate(customers=Count("pk")).order_by("-customers")
        ]
    names, share = {row.pk: row.label for row in Tier.objects.all()}, float(revision.holdout_share)
    return [
        Stratum(names.get(row["plan"], ""), row["stage"] or "", row["customers"], holdout_size(row["customers"], share))
        for row in found
    ]


def _mean_gains(revision: CampaignRevision, asking: Asking) -> tuple[int | None, int | None]:
    """A year's revenue and margin, of the first `SAMPLE` that the database finds; a customer who does not hold what the
    step begins with gains 0."""
    path, on = revision.path, asking.on
    price = price_of(path.to_product, on) if path else None
    if path is None or price is None:
        return None, None
    reachable = judged(revision, asking).filter(possibly_free(asking), rule="")
    some = Account.objects.filter(pk__in=reachable.order_by().values("pk")[:SAMPLE])
    found = some.annotate(after=_paid(path, on, price), before=_paid(path, on)).aggregate(
        customers=Count("pk"), after_all=Sum("after"), before_all=Sum("before")
    )
    if found["after_all"] is None:
        return None, None
    after, before = (Decimal(12 * found[name]) / found["customers"] for name in ("after_all", "before_all"))
    return round(after - before), _margin_of(path, after, before)


def _margin_of(path: UpgradePath, after: Decimal, before: Decimal) -> int | None:
    """What is left of the change by the margins of the two products, or of their family where one has none."""
    family = Product.objects.filter(family=path.to_product.family_id).aggregate(mean=Avg("margin_rate"))["mean"]
    rates = [product.margin_rate if product else Decimal(0) for product in (path.to_product, path.from_product)]
    gained, lost = (family if rate is None else rate for rate in rates)
    return None if gained is None or lost is None else round(after * gained - before * lost)


def _folded(
    groups: Mapping[tuple[str, int | None], int],
    holdout_share: float,
    base: BaseRate,
    yearly_gain: int | None,
    yearly_margin: int | None,
) -> Preview:
    badges: Counter[str] = Counter()
    for (rule, _owner), many in groups.items():
        badges[BADGES.get(rule, "")] += many
    loads = [many for (rule, owner), many in groups.items() if not rule and owner and many]
    reachable = badges.pop("", 0)
    held_out = holdout_size(reachable, holdout_share)
    return Preview(
        matched=reachable + badges.total(),
        excluded={badge: badges[badge] for badge in BADGE_ORDER},
        reachable=reachable,
        treated=reachable - held_out,
        held_out=held_out,
        reps=len(loads),
        most_per_rep=max(loads, default=0),
        yearly_gain=yearly_gain,
        detectable=detectable_rate(n=reachable, holdout_share=holdout_share, base_rate=base.rate).daily,
        yearly_margin=yearly_margin,
        base=base,
    )


def _paid(path: UpgradePath, on: date, price: Price | None = None) -> Subquery:
    """Yen a month that a customer pays for what the step takes the place of, or would pay at this price for what it leads
    to. Null without the contract that it begins with; one that begins with nothing goes by the seats of the largest."""
    held = running(on).filter(product=path.from_product_id) if path.from_product_id else running(on)
    amount = Cast(_monthly(path, price), BigIntegerField())
    return Subquery(held.order_by("-monthly_amount", "pk").values(amount=amount)[:1])


def _monthly(path: UpgradePath, price: Price | None) -> Any:
    if price is None:
        return F("monthly_amount") if replaces(path) else Value(0)
    if path.kind == UpgradePath.Kind.SEATS or not price.is_per_seat:
        return Value(price.amount)
    return F("seats") * price.amount


REPLACING = (UpgradePath.Kind.UPGRADE, UpgradePath.Kind.RIGHT_SIZE, UpgradePath.Kind.BUNDLE, UpgradePath.Kind.TRIAL)


def replaces(path: UpgradePath) -> bool:
    """Whether it takes the place of what it begins with. An addition stands beside it, and of seats one is counted."""
    same = path.from_product and path.from_product.family_id == path.to_product.family_id
    return bool(same) and path.kind in REPLACING


def price_of(product: Product, on: date) -> Price | None:
    """What the product costs a month on that day."""
    return product.prices.filter(valid_from__lte=on, period=Price.Period.MONTH).order_by("-valid_from").first()


def examples(
    revision: CampaignRevision, *, user: User, as_of: datetime, left_out: bool = False, at_most: int = 4
) -> list[Example]:
    """A few customers who would be reached (or are left out), with the need that speaks for them."""
    asking = asking_for(revision, as_of=as_of)
    rows = judged(revision, asking).visible_to(user)
    rows = rows.exclude(rule="") if left_out else rows.filter(rule="")
    needs = Need.objects.filter(account=OuterRef("pk"), solved_on=None).order_by("-heard_on", "-pk")
    rows = rows.annotate(
        stage=Subquery(snapshot(asking.on).values("stage")[:1]),
        storage=newest_share("storage", asking.on),
        words=Subquery(needs.values("words")[:1]),
    )
    return [
        Example(a, a.owner, a.stage or "", a.storage, a.words or "", BADGES.get(a.rule, ""))
        for a in rows.select_related("owner").order_by("reading", "pk")[:at_most]
    ]
