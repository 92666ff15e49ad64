"""What could be offered at all: many ideas, cheap, each tagged with its source and lane.

A ladder step needs a trigger or a stated need that speaks for it; affinity proposes families
that go with what they have; reorder reminds and never counts as cross-sell; right-size proposes
the smaller plan when use is low or the customer is about to leave; a running campaign proposes its own offer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from math import ceil
from statistics import median
from typing import TYPE_CHECKING

from campaigns.deciding.facts import (
    AccountFacts,
    CampaignOffer,
    Catalogue,
    Family,
    HeardNeed,
    HeldSubscription,
    Path,
)
from campaigns.deciding.offers import Candidate, Evidence, Source, Trigger
from campaigns.deciding.triggers import DEFAULT_MOMENTS, Moments, triggers

if TYPE_CHECKING:  # the guard on a page makes candidates too, and the model brings pandas
    from campaigns.deciding.affinity import AffinityModel

MONTHS = 12
TRIAL_TURNS_PAID = 0.3
"""Share of trials that become a paid plan; a trial is worth that share of the plan."""


@dataclass(frozen=True, slots=True)
class Situation:
    """The customer today, with everything that candidates are made from."""

    facts: AccountFacts
    catalogue: Catalogue
    today: date
    triggers: tuple[Trigger, ...]
    needs: tuple[HeardNeed, ...]


def situation(facts: AccountFacts, catalogue: Catalogue, today: date, moments: Moments = DEFAULT_MOMENTS) -> Situation:
    needs = facts.open_needs(today - timedelta(days=moments.need_days))
    return Situation(facts, catalogue, today, triggers(facts, today, moments), needs)


def candidates(now: Situation, affinity: AffinityModel | None = None, *, top: int = 20) -> tuple[Candidate, ...]:
    """Every idea, one per action; a campaign's offer replaces the same idea without one."""
    found = [
        *campaign_offers(now),
        *ladder(now),
        *right_size(now),
        *(goes_with(now, affinity, top) if affinity else ()),
        *reorder(now),
    ]
    by_action: dict[str, Candidate] = {}
    for candidate in found:
        first = by_action.setdefault(candidate.action_key, candidate)
        if candidate.support and not first.support:
            by_action[candidate.action_key] = replace(first, score=candidate.score, support=candidate.support)
    return tuple(by_action.values())


def ladder(now: Situation) -> Iterator[Candidate]:
    """Catalogue steps that a trigger or a stated need speaks for.

    A step that starts from anywhere hangs on nothing they have, so only a stated need will do.
    """
    for held, path in _steps(now):
        if path.lane in ("right_size", "reorder") or _is_owned(now, path):
            continue
        candidate = from_path(now, path, held)
        moments = [trigger for trigger in candidate.triggers if trigger.code != "NEED_STATED"]
        if candidate.needs or (moments and held):
            yield replace(candidate, source="ladder" if moments else "need")


def right_size(now: Situation) -> Iterator[Candidate]:
    """The smaller plan, when use is far under the plan or they are thinking of leaving.

    A renewal alone is no reason to shrink a contract: it only adds to another trigger.
    """
    for held, path in _steps(now):
        candidate = from_path(now, path, held, source="right_size")
        if path.lane == "right_size" and any(t.code != "RENEWAL_NEAR" for t in candidate.triggers):
            yield candidate


def campaign_offers(now: Situation) -> Iterator[Candidate]:
    """Offers of running campaigns that address this customer and start from what they hold."""
    holdings = {held.product: held for held in now.facts.holdings}
    for offer in now.facts.campaign_offers:
        path = now.catalogue.path(offer.path_key)
        if path is None or offer.until < now.today:
            continue
        if path.from_product and path.from_product not in holdings:
            continue
        yield from_path(now, path, holdings.get(path.from_product), source="campaign", campaign=offer)


def goes_with(now: Situation, model: AffinityModel, top: int) -> Iterator[Candidate]:
    """Families that go with what they have and that they do not have yet, best first."""
    facts, owned = now.facts, now.facts.owned_families
    ranked = model.best(facts.purchases, now.today, segment=facts.segment, top=top + len(owned))
    fresh = [(family, score) for family, score in ranked if family not in owned]
    ways = {now.catalogue.products[p.to_product].family: (h, p) for h, p in _steps(now) if p.lane == "cross_sell"}
    for family, score in fresh[:top]:
        support = model.support(family, sorted(owned))
        if family in ways:
            held, path = ways[family]
            candidate = from_path(now, path, held, source="affinity")
        else:
            candidate = _of_family(now, now.catalogue.families.get(family, Family(family)))
        yield replace(candidate, score=score, support=support)


def reorder(now: Situation, *, times: int = 4) -> Iterator[Candidate]:
    """Bought again and again, and overdue against the customer's own usual gap."""
    for bought in now.facts.purchases:
        days = [day for day in bought.bought_on if day <= now.today]
        if len(days) < times:
            continue
        gap = median((b - a).days for a, b in pairwise(days))
        waited = (now.today - days[-1]).days
        if not gap <= waited <= 3 * gap:
            continue
        family = now.catalogue.families.get(bought.family, Family(bought.family))
        due = Trigger(
            "REORDER_DUE",
            strength=0.6,
            evidence=Evidence("order", days[-1]),
            figures={"usual_days": round(gap), "days": waited, "times": len(days)},
            speaks_for=frozenset({"reorder"}),
        )
        yield Candidate(
            action_key=f"reorder:{family.code}",
            kind="reorder",
            lane="reorder",
            source="reorder",
            family=family.code,
            product=family.code,
            price_next=round(bought.yearly_value / MONTHS),
            margin=round(bought.yearly_value / max(1, len(days)) * family.margin_rate),
            triggers=(due,),
            topics=family.topics | {family.code},
            benefit_ja=family.benefit_ja,
            benefit_en=family.benefit_en,
        )


def from_path(
    now: Situation,
    path: Path,
    held: HeldSubscription | None,
    *,
    source: Source = "ladder",
    campaign: CampaignOffer | None = None,
) -> Candidate:
    """The candidate of one catalogue step for one contract, with all that speaks for it."""
    target = now.catalogue.products[path.to_product]
    seats = _seats(now, path, held)
    price_now, price_next = _prices(now.catalogue, path, held, seats)
    family = now.catalogue.families.get(target.family, Family(target.family))
    topics = path.topics | {target.family}
    needs = _answered(now.needs, topics)
    return Candidate(
        action_key=path.key,
        kind=path.kind,
        lane=path.lane,
        source=source,
        family=target.family,
        product=path.to_product,
        seats=seats,
        price_now=price_now,
        price_next=price_next,
        margin=_margin(now.catalogue, path, held, seats, price_next - price_now),
        path_key=path.key,
        alternative=path.alternative,
        subscription_id=held.id if held else None,
        topics=topics,
        triggers=tuple(t for t in now.triggers if _speaks_for(t, path, held, needs)),
        needs=needs,
        benefit_ja=path.benefit_ja or family.benefit_ja,
        benefit_en=path.benefit_en or family.benefit_en,
        campaign=campaign,
    )


def _steps(now: Situation) -> Iterator[tuple[HeldSubscription | None, Path]]:
    """Steps from anywhere first, then those from what they hold, which are closer to home."""
    for path in now.catalogue.paths_from(""):
        yield None, path
    for held in now.facts.holdings:
        for path in now.catalogue.paths_from(held.product):
            yield held, path


def _is_owned(now: Situation, path: Path) -> bool:
    """They hold this very thing, or it is a cross-sell into a family they buy already."""
    if path.kind == "seats":
        return False
    if path.to_product in {held.product for held in now.facts.holdings}:
        return True
    return path.kind == "cross_sell" and now.catalogue.products[path.to_product].family in now.facts.owned_families


def _answered(needs: tuple[HeardNeed, ...], topics: frozenset[str]) -> tuple[HeardNeed, ...]:
    return tuple(need for need in needs if need.topics & topics)


def _speaks_for(trigger: Trigger, path: Path, held: HeldSubscription | None, answered: tuple[HeardNeed, ...]) -> bool:
    """A trigger speaks for a step of its kind, on its contract, to its plan, for its limit."""
    if trigger.code == "NEED_STATED":
        return trigger.evidence.id in {need.id for need in answered}
    if trigger.code == "FEATURE_TRIED" and path.features and trigger.figures["detail"] not in path.features:
        return False
    return (
        path.kind in trigger.speaks_for
        and trigger.subscription_id in (None, held.id if held else None)
        and trigger.product in ("", path.to_product)
        and (not trigger.meter or not path.meters or trigger.meter in path.meters)
    )


def _seats(now: Situation, path: Path, held: HeldSubscription | None) -> int:
    """Seats of the contract afterwards; a seat path adds enough for the people who joined."""
    seats = held.seats if held else max((other.seats for other in now.facts.holdings), default=1)
    if path.kind != "seats":
        return seats
    joined = max((_added(trigger) for trigger in now.triggers), default=1)
    step = max(1, path.seats_step)
    return seats + ceil(joined / step) * step


def _added(trigger: Trigger) -> int:
    """People who joined, or 1: a seat path is never for nobody."""
    added = trigger.figures.get("added")
    return added if isinstance(added, int) else 1


def _prices(catalogue: Catalogue, path: Path, held: HeldSubscription | None, seats: int) -> tuple[int, int]:
    """Yen a month now and afterwards. An addition costs nothing now; a trial changes nothing."""
    replaces = path.lane in ("up", "right_size", "trial") and held is not None
    price_now = held.monthly if replaces and held else 0
    if path.monthly_delta is not None:
        return price_now, price_now + path.monthly_delta
    if path.kind == "trial":
        return price_now, price_now
    if path.kind == "seats" and held:
        return price_now, held.unit_price * seats
    return price_now, catalogue.products[path.to_product].monthly(seats)


def _margin(catalogue: Catalogue, path: Path, held: HeldSubscription | None, seats: int, difference: int) -> int:
    """Yen of gross margin that twelve months of it would add; an option on trial stands beside the plan."""
    target = catalogue.products[path.to_product]
    if path.kind == "trial":
        replaced = held.monthly if held and held.family == target.family else 0
        gained = target.monthly(seats) - replaced
        return round(gained * MONTHS * target.margin_rate * TRIAL_TURNS_PAID)
    return round(difference * MONTHS * target.margin_rate)


def _of_family(now: Situation, family: Family) -> Candidate:
    """A family as such, when the catalogue has no step into it."""
    topics = family.topics | {family.code}
    needs = _answered(now.needs, topics)
    said = {need.id for need in needs}
    return Candidate(
        action_key=f"cross_sell:{family.code}",
        kind="cross_sell",
        lane="cross_sell",
        source="affinity",
        family=family.code,
        product=family.code,
        price_next=round(family.yearly_value / MONTHS),
        margin=round(family.yearly_value * family.margin_rate),
        topics=topics,
        triggers=tuple(t for t in now.triggers if t.code == "NEED_STATED" and t.evidence.id in said),
        needs=needs,
        benefit_ja=family.benefit_ja,
        benefit_en=family.benefit_en,
    )
