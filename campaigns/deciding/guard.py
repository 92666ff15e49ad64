"""The guard: may this customer be offered something now, and if not, what helps instead?

`check` asks the rules in one fixed order. The first rule that blocks is the one people see;
the others stand behind it in the list. The rules stop up-sell and
cross-sell; a smaller plan that keeps an unhappy customer stays possible, and nothing but service
reaches a customer who opted out.

The guard runs when a suggestion is made and again when somebody acts on it. It reads facts and a
policy set and nothing else, so both runs are the same function.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Literal

from campaigns.deciding.budget import Budget, budget
from campaigns.deciding.facts import (
    SALES,
    WAYS,
    AccountFacts,
    Catalogue,
    HeldSubscription,
    NpsAnswer,
    Override,
    PastSuggestion,
    Product,
)
from campaigns.deciding.offers import Candidate, Evidence, Figure
from campaigns.deciding.policies import PROTECTED, PolicyKind, PolicySet, Rule

Badge = Literal["opted_out", "unhappy", "open_case", "recent", "no_need", "other"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule saw. `until` is the first day on which it no longer blocks, None if unknown."""

    blocks: bool
    value: Figure = None
    evidence: Evidence | None = None
    since: date | None = None
    until: date | None = None


@dataclass(slots=True)
class GuardCheck:
    """One rule's answer. `instead` is the code of what helps instead of an offer. As light as `Asked`, for the same reason."""

    rule: str
    badge: Badge
    kind: PolicyKind
    passed: bool
    value: Figure
    evidence: Evidence | None
    since: date | None
    until: date | None
    instead: str
    overridable: bool
    override: Override | None = None


@dataclass(frozen=True, slots=True, eq=False)
class GuardResult:
    """All answers in order, asked for when somebody looks: a list looks no further than the first that blocks.

    Truthy when nothing blocks.
    """

    account_id: int
    answers: Iterator[GuardCheck]
    known: list[GuardCheck] = field(default_factory=list)

    def __iter__(self) -> Iterator[GuardCheck]:
        for place in count():
            if place == len(self.known):
                answer = next(self.answers, None)
                if answer is None:
                    return
                self.known.append(answer)
            yield self.known[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GuardResult) and (self.account_id, self.checks) == (other.account_id, other.checks)

    @property
    def checks(self) -> tuple[GuardCheck, ...]:
        return tuple(self)

    @property
    def blockers(self) -> tuple[GuardCheck, ...]:
        return tuple(check for check in self if not check.passed)

    @property
    def first(self) -> GuardCheck | None:
        return next((check for check in self if not check.passed), None)

    @property
    def allowed(self) -> bool:
        return self.first is None

    @property
    def overridable(self) -> bool:
        """True when every blocker could be overridden by a manager."""
        return all(check.overridable for check in self.blockers)

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(slots=True)
class Asked:
    """What a rule may look at. Made for every rule and customer: a frozen one takes three times as long."""

    facts: AccountFacts
    candidate: Candidate | None
    catalogue: Catalogue
    thresholds: Mapping[str, float]
    today: date
    contact_id: int | None = None

    def day(self, name: str, default: float = 0) -> timedelta:
        return timedelta(days=self.thresholds.get(name, default))


PASSED = Finding(blocks=False)


# ------------------------------------------------------------- the five the field knows by name


def opted_out(asked: Asked) -> Finding:
    """The customer as a whole, everybody whose word counts, or the person who is asked about wants no sales contact."""
    days = (asked.facts.opted_out_on, asked.facts.closed_on(SALES), _refused_by(asked))
    since = min((day for day in days if day and day <= asked.today), default=None)
    if since is None:
        return PASSED
    return Finding(True, since, Evidence("consent", since), since=since)


def _refused_by(asked: Asked) -> date | None:
    person = next((each for each in asked.facts.people if each.id == asked.contact_id), None)
    return person.closed_on(SALES) if person else None


def detractor(asked: Asked) -> Finding:
    """Blocks from a low answer until 180 days later, or 60 days after the loop was closed."""
    answers = asked.facts.newest_nps
    if not answers:
        return PASSED
    worst = max(answers, key=lambda answer: (_unhappy_until(answer, asked), -answer.score))
    until = _unhappy_until(worst, asked)
    blocks = until > asked.today
    evidence = Evidence("nps", worst.answered_on, worst.id)
    # While nobody has listened, the end is not a date but a conversation.
    end = until if blocks and worst.loop_closed_on else None
    return Finding(blocks, worst.score, evidence, since=worst.answered_on, until=end)


def _unhappy_until(answer: NpsAnswer, asked: Asked) -> date:
    if answer.score > asked.thresholds["score"]:
        return date.min
    if answer.loop_closed_on:
        return answer.loop_closed_on + asked.day("days_after_closing")
    return answer.answered_on + asked.day("days")


def low_health(asked: Asked) -> Finding:
    health = asked.facts.health
    if health is None:
        return PASSED
    on = asked.facts.health_on
    return Finding(health < asked.thresholds["below"], round(health), Evidence("health", on), since=on)


def upset(asked: Asked) -> Finding:
    """After a conversation that left the customer upset, nothing is offered for a month."""
    found = [heard for heard in asked.facts.heard if heard.reaction == "upset"]
    if not found:
        return PASSED
    last = max(found, key=lambda heard: heard.on)
    until = last.on + asked.day("days")
    evidence = Evidence("activity", last.on, last.activity_id)
    return Finding(until > asked.today, "upset", evidence, since=last.on, until=until)


def open_case(asked: Asked) -> Finding:
    cases = asked.facts.open_cases
    if cases:
        oldest = min(cases, key=lambda case: case.opened_on)
        evidence = Evidence("case", oldest.opened_on, oldest.id)
        return Finding(True, len(cases), evidence, since=oldest.opened_on)
    closed = [case for case in asked.facts.cases if case.closed_on]
    if not closed:
        return Finding(False, 0)
    last = max(closed, key=lambda case: case.closed_on or case.opened_on)
    return Finding(False, 0, Evidence("case", last.closed_on, last.id))


def recent_offer(asked: Asked) -> Finding:
    offers = [touch for touch in asked.facts.touches if touch.is_offer]
    if not offers:
        return PASSED
    last = max(offers, key=lambda touch: touch.at)
    on, until = last.at.date(), last.at.date() + asked.day("days")
    evidence = Evidence("touch", on, last.id)
    return Finding(until > asked.today, on, evidence, since=on, until=until)


def no_need(asked: Asked) -> Finding:
    """For a customer: any need heard lately. For an offer: a need that this offer answers."""
    since = asked.today - asked.day("days")
    needs = asked.facts.open_needs(since)
    if asked.candidate is not None:
        needs = tuple(need for need in needs if need.topics & asked.candidate.topics)
    if not needs:
        return Finding(True, 0)
    evidence = Evidence("need", needs[0].heard_on, needs[0].id)
    return Finding(False, len(needs), evidence)


# ---------------------------------------------------------------------------------- the others


def never_asked(asked: Asked) -> Finding:
    """Unknown is not happy: somebody must have asked how they are before anybody sells."""
    heard = [(answer.answered_on, "nps", answer.id) for answer in asked.facts.nps]
    heard += [(talk.on, "activity", talk.activity_id) for talk in asked.facts.heard]
    if not heard:
        return Finding(True)
    on, source, id_ = max(heard, key=lambda item: item[0])
    return Finding(False, on, Evidence(source, on, id_))


def no_consent(asked: Asked) -> Finding:
    """Blocks when no way is left: each was refused for the whole customer, or by everybody whose word counts.

    That all of them want no sales contact is told by the rule about that alone.
    """
    refused = {consent.channel: consent.since for consent in asked.facts.consents if not consent.given}
    days = [refused.get(way) or asked.facts.closed_on(way) for way in WAYS]
    if not all(days) or asked.facts.closed_on(SALES):
        return PASSED
    last = max(day for day in days if day)
    return Finding(True, None, Evidence("consent", last), since=last)


def not_on_sale(asked: Asked) -> Finding:
    candidate = asked.candidate
    if candidate is None:
        return PASSED
    product = asked.catalogue.products.get(candidate.product)
    family = asked.catalogue.families.get(candidate.family)
    on_sale = (product is None or product.on_sale) and (family is None or family.on_sale)
    return Finding(not on_sale, candidate.product)


def already_owns(asked: Asked) -> Finding:
    """They hold this product, a tier of the same ladder at least as high, or this very family."""
    candidate = asked.candidate
    if candidate is None or candidate.kind in ("seats", "right_size", "reorder"):
        return PASSED
    for held in asked.facts.holdings:
        if held.product == candidate.product or _is_as_high(held, asked.catalogue.products.get(candidate.product)):
            evidence = Evidence("subscription", held.started_on, held.id)
            return Finding(True, held.product, evidence, since=held.started_on)
    is_bought = candidate.kind == "cross_sell" and candidate.family in asked.facts.owned_families
    return Finding(is_bought, candidate.family)


def _is_as_high(held: HeldSubscription, target: Product | None) -> bool:
    """Rank 0 stands outside the ladder: an option beside the plan, or a thing of its own."""
    if target is None or target.tier_rank == 0:
        return False
    return held.family == target.family and held.tier_rank >= target.tier_rank


def no_path(asked: Asked) -> Finding:
    """Related or not at all: a step of the catalogue, or a family that goes with what they have."""
    candidate = asked.candidate
    if candidate is None or candidate.lane == "reorder" or candidate.source == "affinity":
        return PASSED
    path = asked.catalogue.path(candidate.path_key)
    held = {held.product for held in asked.facts.holdings}
    exists = path is not None and (not path.from_product or path.from_product in held)
    return Finding(not exists, candidate.product)


def just_renewed(asked: Asked) -> Finding:
    """A signature is not an opening: leave the contract alone in its first days."""
    signed = [
        (held.signed_on, held.id)
        for held in asked.facts.holdings
        if held.signed_on and (asked.candidate is None or asked.candidate.subscription_id == held.id)
    ]
    if not signed or asked.candidate is None:
        return PASSED
    on, id_ = max(signed)
    until = on + asked.day("days")
    evidence = Evidence("subscription", on, id_)
    return Finding(on <= asked.today < until, on, evidence, since=on, until=until)


def would_not_use(asked: Asked) -> Finding:
    """A bigger plan while the meters it lifts run half empty would be money for nothing."""
    candidate = asked.candidate
    if candidate is None or candidate.kind not in ("upgrade", "seats"):
        return PASSED
    path = asked.catalogue.path(candidate.path_key)
    meters = path.meters if path else frozenset()
    lifted = [
        (usage.share, usage)
        for usage in asked.facts.usage
        if usage.subscription_id == candidate.subscription_id and usage.meter in meters and usage.share is not None
    ]
    if not lifted:
        return PASSED
    share, usage = max(lifted, key=lambda item: item[0] or 0)
    evidence = Evidence("usage", usage.readings[-1].on)
    return Finding((share or 0) < asked.thresholds["below"], round(share or 0, 2), evidence)


def over_budget(asked: Asked) -> Finding:
    window = account_budget(asked.facts, asked.thresholds, asked.today)
    if not window.is_spent and asked.contact_id is not None:
        window = contact_budget(asked.facts, asked.contact_id, asked.thresholds, asked.today)
    until = window.free_on if window.is_spent else None
    return Finding(window.is_spent, window.used, Evidence("touch"), until=until)


def account_budget(facts: AccountFacts, thresholds: Mapping[str, float], today: date) -> Budget:
    """The customer's own window: "2 of 3 used, free again on 3 December"."""
    limit, days = int(thresholds["touches"]), int(thresholds["days"])
    return budget(facts.touches, limit=limit, days=days, today=today)


def contact_budget(facts: AccountFacts, contact_id: int, thresholds: Mapping[str, float], today: date) -> Budget:
    """The window of one person at the customer."""
    own = [touch for touch in facts.touches if touch.contact_id == contact_id]
    limit, days = int(thresholds["contact_touches"]), int(thresholds["days"])
    return budget(own, limit=limit, days=days, today=today)


def quiet_after_no(asked: Asked) -> Finding:
    """The customer said no to something: a while without any offer."""
    return _pause(asked, [past for past in asked.facts.past if past.state == "lost"])


def same_dismissed(asked: Asked) -> Finding:
    """This very action was set aside or refused: until the day agreed on, or as the reason says."""
    candidate = asked.candidate
    if candidate is None:
        return PASSED
    same = [past for past in asked.facts.past if past.action_key == candidate.action_key]
    return _pause(asked, [past for past in same if past.state in ("dismissed", "lost", "snoozed")])


def answer_pending(asked: Asked) -> Finding:
    """One question at a time: a proposal is with the customer."""
    return _pause(asked, [past for past in asked.facts.past if past.state == "proposed"])


def _pause(asked: Asked, noes: list[PastSuggestion]) -> Finding:
    if not noes:
        return PASSED
    last = max(noes, key=lambda past: past.at)
    on = last.at.date()
    until = _ask_again_on(asked, last, noes)
    evidence = Evidence("suggestion", on, last.id)
    return Finding(until > asked.today, last.action_key, evidence, since=on, until=until)


def _ask_again_on(asked: Asked, last: PastSuggestion, noes: list[PastSuggestion]) -> date:
    if last.ask_again_on and last.state != "proposed":
        return last.ask_again_on
    wait = asked.thresholds.get(last.reason, asked.thresholds["days"])
    recent = [past for past in noes if past.at.date() > asked.today - asked.day("times_days")]
    if len(recent) >= asked.thresholds.get("times", float("inf")):
        wait = max(wait, asked.thresholds["times_days"])
    return last.at.date() + timedelta(days=wait)


# ------------------------------------------------------------------------------ asking them all

SELLING = frozenset({"up", "cross_sell", "trial"})
SELLING_AND_REORDER = SELLING | {"reorder"}
EVERY_LANE = SELLING_AND_REORDER | {"right_size"}


@dataclass(frozen=True, slots=True)
class GuardRule:
    """`lanes` are those the rule stops; `about_offer` rules say nothing without a candidate, and `looks_at_offer` rules
    answer differently from one offer to the next."""

    code: str
    badge: Badge
    instead: str
    lanes: frozenset[str]
    judge: Callable[[Asked], Finding]
    about_offer: bool = False
    for_each_offer: bool = False

    @property
    def looks_at_offer(self) -> bool:
        return self.about_offer or self.for_each_offer


Answers = dict[tuple[str, int], GuardCheck]
"""What the rules that look at no offer said of one customer on one day, by rule and edition of its limits."""


RULES: tuple[GuardRule, ...] = (
    GuardRule("OPTED_OUT", "opted_out", "service_only", EVERY_LANE, opted_out),
    GuardRule("DETRACTOR", "unhappy", "listen", SELLING_AND_REORDER, detractor),
    GuardRule("LOW_HEALTH", "unhappy", "listen", SELLING_AND_REORDER, low_health),
    GuardRule("UPSET", "unhappy", "listen", SELLING_AND_REORDER, upset),
    GuardRule("OPEN_CASE", "open_case", "report_fix", SELLING_AND_REORDER, open_case),
    GuardRule("RECENT_OFFER", "recent", "answer_if_asked", SELLING, recent_offer),
    GuardRule("NO_NEED", "no_need", "ask_need", SELLING, no_need, for_each_offer=True),
    GuardRule("NEVER_ASKED", "no_need", "ask_first", SELLING, never_asked),
    GuardRule("NO_CONSENT", "other", "ask_consent", EVERY_LANE, no_consent),
    GuardRule("NOT_ON_SALE", "other", "nothing", EVERY_LANE, not_on_sale, about_offer=True),
    GuardRule("ALREADY_OWNS", "other", "help_use", EVERY_LANE, already_owns, about_offer=True),
    GuardRule("NO_PATH", "other", "nothing", EVERY_LANE, no_path, about_offer=True),
    GuardRule("JUST_RENEWED", "other", "help_use", SELLING, just_renewed, about_offer=True),
    GuardRule("WOULD_NOT_USE", "other", "help_use", SELLING, would_not_use, about_offer=True),
    GuardRule("OVER_BUDGET", "other", "wait", SELLING_AND_REORDER, over_budget),
    GuardRule("QUIET_AFTER_NO", "other", "wait", SELLING, quiet_after_no),
    GuardRule("SAME_DISMISSED", "other", "wait", EVERY_LANE, same_dismissed, about_offer=True),
    GuardRule("ANSWER_PENDING", "other", "wait_answer", SELLING, answer_pending),
)
"""In the order in which people see them: the customer's own no, their trouble, then ours."""


def check(
    facts: AccountFacts,
    candidate: Candidate | None,
    policies: PolicySet,
    as_of: datetime,
    *,
    catalogue: Catalogue | None = None,
    contact_id: int | None = None,
    answers: Answers | None = None,
) -> GuardResult:
    """Ask every rule that concerns this offer, or the customer as a whole when there is none.

    Without a catalogue the rules about products have nothing to hold against an offer except
    that its path is unknown. With `contact_id` that person's own refusal and attention budget count too.
    Whoever asks about many offers to one customer hands in the same `answers` each time.
    """
    asked_of = (facts, candidate, catalogue or Catalogue(), contact_id)
    known = {} if answers is None else answers

    def said() -> Iterator[GuardCheck]:
        for rule in RULES:
            policy = _policy(rule, policies, candidate)
            if policy is None:
                continue
            place = (rule.code, id(policy))
            answer = known.get(place) or _ask(rule, policy, as_of.date(), *asked_of)
            if not rule.looks_at_offer:
                known[place] = answer
            yield answer

    return GuardResult(facts.id, said())


def _policy(rule: GuardRule, policies: PolicySet, candidate: Candidate | None) -> Rule | None:
    """What is in force of a rule that concerns this offer; None where it does not, or is switched off."""
    if candidate is None:
        policy = None if rule.about_offer else policies.rule(rule.code)
    else:
        is_concerned = candidate.lane in rule.lanes
        policy = policies.rule(rule.code, lane=candidate.lane, action=candidate.action_key) if is_concerned else None
    return policy if policy and policy.enabled else None


def _ask(
    rule: GuardRule,
    policy: Rule,
    today: date,
    facts: AccountFacts,
    candidate: Candidate | None,
    catalogue: Catalogue,
    contact_id: int | None,
) -> GuardCheck:
    finding = rule.judge(Asked(facts, candidate, catalogue, policy.thresholds, today, contact_id))
    overridable = rule.code not in PROTECTED
    override = _override(facts, rule.code, today) if finding.blocks and overridable else None
    return GuardCheck(
        rule=rule.code,
        badge=rule.badge,
        kind=policy.kind,
        passed=not finding.blocks or override is not None,
        value=finding.value,
        evidence=finding.evidence,
        since=finding.since,
        until=finding.until,
        instead=rule.instead,
        overridable=overridable,
        override=override,
    )


def _override(facts: AccountFacts, code: str, today: date) -> Override | None:
    valid = [o for o in facts.overrides if o.rule == code and o.on <= today <= o.until]
    return valid[0] if valid else None


# --------------------------------------------------------------------------- counting refusals


@dataclass(frozen=True, slots=True)
class FallOut:
    """How an audience shrinks: `matched` minus every figure of `by_rule` is `reachable`."""

    matched: int
    by_rule: Mapping[str, int]
    reachable: int

    @property
    def by_badge(self) -> dict[str, int]:
        badges = {rule.code: rule.badge for rule in RULES}
        counts: dict[str, int] = {}
        for code, many in self.by_rule.items():
            counts[badges[code]] = counts.get(badges[code], 0) + many
        return counts


def fall_out(results: Iterable[GuardResult]) -> FallOut:
    """Each customer is counted once, under the first rule that blocks."""
    firsts = [result.first.rule if result.first else None for result in results]
    counts = Counter(firsts)
    by_rule = {rule.code: counts[rule.code] for rule in RULES if counts[rule.code]}
    return FallOut(len(firsts), by_rule, counts[None])
