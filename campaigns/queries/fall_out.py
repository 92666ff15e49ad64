"""The guard over a whole audience: the same rules as `deciding.guard`, as one expression in SQL.

One customer is asked by the rules, a million are asked here, on the same facts: what was known at
the end of the day. What does not depend on a step is worked out ahead (`campaigns.actions.guarding`). A test holds the two together on random worlds, so a rule is always changed in
both places. Only whether the customer would use what they pay for is left to the guard that asks
each of them again when the suggestions are made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, Count, Exists, FloatField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import In

from accounts.models import Account, Activity, Consent, Contact, Need, NpsResponse, Product, Topic, Touch, UpgradePath
from accounts.models import Case as CustomerCase
from accounts.models.accounts import AccountQuerySet, Channel
from accounts.queries.facts import Day
from accounts.queries.facts import day as business_day
from campaigns.deciding.facts import LANE_OF_KIND
from campaigns.deciding.guard import RULES, GuardRule
from campaigns.deciding.policies import PolicySet, Rule
from campaigns.models import ArmMembership, GuardDay, GuardState, Response, Target
from campaigns.queries.audience import running, share_of_seats, standing
from campaigns.queries.facts import ALWAYS_ON
from campaigns.queries.policies import policies_in_force
from crm.once import once_a_request

CONTROL, HELD_OUT = "CONTROL", "CAMPAIGN_HOLDOUT"
BADGES: Mapping[str, str] = {**{rule.code: rule.badge for rule in RULES}, CONTROL: "control", HELD_OUT: "control"}
NOBODY = Q(pk__in=[])
MORE_OF_THE_SAME = ("seats", "right_size", "reorder")
"""Steps for which it does not matter that they own it."""


@dataclass(frozen=True)
class Asking:
    """What the rules compare with: a day, the policies in force, and the step that would be offered."""

    today: Day
    policies: PolicySet
    path: UpgradePath | None = None
    campaign_id: int | None = None
    """Whose audience it is: what the campaign itself holds out is drawn anew with its next revision."""

    @property
    def on(self) -> date:
        return self.today.on

    @property
    def until(self) -> datetime:
        return self.today.until

    @cached_property
    def lane(self) -> str:
        return LANE_OF_KIND[self.path.kind] if self.path else ""

    def rule(self, code: str) -> Rule:
        return self.policies.rule(code, lane=self.lane, action=self.path.key if self.path else "")

    @cached_property
    def general(self) -> Asking:
        """The same day and rules without a step."""
        return Asking(self.today, self.policies)

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(rule.code for rule in concerned(self))

    @property
    def is_as_general(self) -> bool:
        """Does every rule that is asked without a step stand here, too, and are the limits the same?"""
        codes = self.general.codes | {"JUST_RENEWED", "SAME_DISMISSED"}
        same = all(self.rule(code).thresholds == self.general.rule(code).thresholds for code in codes)
        return same and self.general.codes <= self.codes

    @cached_property
    def is_worked_out(self) -> bool:
        """Are there states by these rules, of that day or of the one before (until the night's run is through)?

        A step whose lane leaves out a general rule, or has limits of its own for one, is asked from the facts.
        """
        days = (self.on - timedelta(days=1), self.on)
        known = GuardDay.objects.filter(day__range=days, edition=self.policies.version)
        return self.is_as_general and known.exists()

    def threshold(self, code: str, name: str = "days") -> float:
        return self.rule(code).thresholds[name]

    def since(self, days: float) -> datetime:
        """The first moment of the oldest day whose `days` have not run out today."""
        return datetime.combine(self.on - timedelta(days=days - 1), time(), ZoneInfo(self.today.zone))


# ------------------------------------------------------------- each rule, as the rows that block


def of_account(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(account=OuterRef("pk"))


def later(rows: QuerySet[Any], moment: str, *same: str) -> Exists:
    """Is there a newer row than this one, of the same account and the same things?"""
    newer = Q(**{f"{moment}__gt": OuterRef(moment)}) | Q(**{moment: OuterRef(moment), "pk__gt": OuterRef("pk")})
    return Exists(rows.filter(newer, **{name: OuterRef(name) for name in ("account", *same)}))


def refused(channel: str, asking: Asking) -> Q:
    """The last word about a channel was no: of the customer as a whole, or of everybody whose word counts."""
    said = Consent.objects.filter(contact=None, channel=channel, at__lt=asking.until)
    whole = Q(Exists(of_account(said).filter(~later(said, "at"), is_granted=False)))
    return whole | refused_by_all(channel, asking)


def refused_by_all(channel: str, asking: Asking) -> Q:
    """Of those who decide, else of everybody who is there, nobody is left. Most customers are through after the first look."""
    said = Consent.objects.filter(contact__isnull=False, channel__in={channel, Channel.SALES}, at__lt=asking.until)
    noes = said.filter(~later(said, "at", "contact", "channel"), is_granted=False)
    here = Contact.objects.filter(Q(left_on=None) | Q(left_on__gt=asking.on))
    deciders = here.filter(account=OuterRef("account"), part=Contact.Part.DECIDER)
    counting = here.filter(Q(part=Contact.Part.DECIDER) | ~Q(Exists(deciders)))
    left = counting.filter(~Q(Exists(noes.filter(contact=OuterRef("pk")))))
    anybody = of_account(Consent.objects.filter(contact__isnull=False, is_granted=False))
    return Q(Exists(anybody)) & Q(Exists(of_account(here))) & ~Q(Exists(of_account(left)))


def opted_out(asking: Asking) -> Q:
    return refused(Channel.SALES, asking)


def no_consent(asking: Asking) -> Q:
    return refused(Channel.PHONE, asking) & refused(Channel.MAIL, asking) & refused(Channel.VISIT, asking)


def detractor(asking: Asking) -> Q:
    """The newest answer of a contact is low, and neither the closed loop nor time has healed it yet."""
    answers = NpsResponse.objects.filter(answered_at__lt=asking.until).annotate(who=Coalesce("contact_id", 0))
    closed = Q(loop_closed_at__lt=asking.until)
    still = ~closed & Q(answered_at__gte=asking.since(asking.threshold("DETRACTOR")))
    still |= closed & Q(loop_closed_at__gte=asking.since(asking.threshold("DETRACTOR", "days_after_closing")))
    low = of_account(answers).filter(still, score__lte=asking.threshold("DETRACTOR", "score"))
    return Q(Exists(low.filter(~later(answers, "answered_at", "who"))))


def low_health(asking: Asking) -> Q:
    return Q(standing(asking.on, health__lt=asking.threshold("LOW_HEALTH", "below")))


def upset(asking: Asking) -> Q:
    talks = Activity.objects.filter(reaction=Activity.Reaction.UPSET, at__lt=asking.until)
    return Q(Exists(of_account(talks).filter(at__gte=asking.since(asking.threshold("UPSET")))))


def open_case(asking: Asking) -> Q:
    cases = CustomerCase.objects.filter(opened_at__lt=asking.until)
    return Q(Exists(of_account(cases).filter(Q(reported_at=None) | Q(reported_at__gte=asking.until))))


def recent_offer(asking: Asking) -> Q:
    offers = Touch.objects.filter(is_offer=True, at__lt=asking.until)
    return Q(Exists(of_account(offers).filter(at__gte=asking.since(asking.threshold("RECENT_OFFER")))))


def no_need(asking: Asking) -> Q:
    """For a customer: any need heard lately. For a step: a need that it answers."""
    needs = needs_of(asking)
    if asking.path is not None:
        needs = needs.filter(topic__in=answering(asking.path))
    return Q(~Exists(of_account(needs)))


def needs_of(asking: Asking) -> QuerySet[Need]:
    """Heard lately and not met."""
    since = asking.on - timedelta(days=asking.threshold("NO_NEED"))
    return Need.objects.filter(Q(solved_on=None) | Q(solved_on__gt=asking.on), heard_on__range=(since, asking.on))


def answering(path: UpgradePath) -> QuerySet[Topic]:
    """What somebody may need that the step answers."""
    return Topic.objects.filter(Q(paths=path) | Q(code=path.to_product.family.code))


def never_asked(asking: Asking) -> Q:
    asked = of_account(NpsResponse.objects.filter(answered_at__lt=asking.until))
    talks = of_account(Activity.objects.filter(at__lt=asking.until).exclude(reaction=""))
    return Q(~Exists(asked)) & Q(~Exists(talks))


def already_owns(asking: Asking) -> Q:
    if asking.path is None or asking.path.kind in MORE_OF_THE_SAME:
        return NOBODY
    return Q(Exists(running(asking.on).filter(product__in=owning(asking.path))))


def owning(path: UpgradePath) -> QuerySet[Product]:
    """Whoever has one of these needs the step no more."""
    product = path.to_product
    same = Q(pk=product.pk)
    if product.tier:
        same |= Q(family=product.family_id, tier__rank__gte=product.tier.rank)
    return Product.objects.filter(same)


def no_path(asking: Asking) -> Q:
    if asking.path is None or asking.path.from_product_id is None:
        return NOBODY
    return Q(~Exists(running(asking.on).filter(product=asking.path.from_product_id)))


def just_renewed(asking: Asking) -> Q:
    if asking.path is None or asking.path.from_product_id is None:
        return NOBODY
    since = asking.since(asking.threshold("JUST_RENEWED")).date()
    return Q(Exists(running(asking.on).filter(product=asking.path.from_product_id, starts_on__gte=since)))


def over_budget(asking: Asking) -> Q:
    since = asking.since(asking.threshold("OVER_BUDGET"))
    touches = of_account(Touch.objects.filter(counts=True, at__gte=since, at__lt=asking.until))
    used = touches.order_by().values("account").annotate(used=Count("pk"))
    return Q(Exists(used.filter(used__gte=asking.threshold("OVER_BUDGET", "touches"))))


def quiet_after_no(asking: Asking) -> Q:
    return paused(asking, "QUIET_AFTER_NO", Response.objects.filter(kind="lost"))


def same_dismissed(asking: Asking) -> Q:
    if asking.path is None:
        return NOBODY
    return Q(Exists(of_account(refusals(asking).filter(suggestion__action_key=asking.path.key))))


def refusals(asking: Asking) -> QuerySet[Response]:
    """The last no to each advice, as long as the same is not to be offered again."""
    noes = Response.objects.filter(kind__in=("dismissed", "lost", "snoozed"))
    return standing_answers(asking, "SAME_DISMISSED", noes, "suggestion__action_key")


def answer_pending(asking: Asking) -> Q:
    return paused(asking, "ANSWER_PENDING", Response.objects.filter(kind="proposed"))


def paused(asking: Asking, code: str, noes: QuerySet[Response]) -> Q:
    return Q(Exists(of_account(standing_answers(asking, code, noes))))


def standing_answers(asking: Asking, code: str, noes: QuerySet[Response], *same: str) -> QuerySet[Response]:
    """The last of these answers that still stands: until the day agreed on, or as long as its reason asks for."""
    said = Response.objects.filter(at__lt=asking.until).exclude(kind="opened")
    noes = noes.filter(~later(said, "at", "suggestion"), at__lt=asking.until)
    limits = asking.rule(code).thresholds
    waits = {reason: days for reason, days in limits.items() if reason not in ("days", "times", "times_days")}
    still = Q(at__gte=asking.since(limits["days"])) & ~Q(reason__in=waits)
    for reason, days in waits.items():
        still |= Q(reason=reason, at__gte=asking.since(days))
    if code != "ANSWER_PENDING":
        still = Q(ask_again_on__gt=asking.on) | Q(ask_again_on=None) & still
    return noes.filter(~later(noes, "at", *same)).filter(still)


def in_control(asking: Asking) -> Q:
    if asking.lane == "right_size":
        return NOBODY
    arms = ArmMembership.objects.filter(experiment=ALWAYS_ON, arm=ArmMembership.Arm.CONTROL)
    return Q(Exists(of_account(arms)))


def held_out(asking: Asking) -> Q:
    """Another running campaign leaves them alone with the same product, to compare."""
    if asking.path is None:
        return NOBODY
    kept = Target.objects.filter(arm=Target.Arm.HOLDOUT, revision__state__in=("launching", "launched", "paused"))
    kept = kept.filter(revision__path__to_product=asking.path.to_product_id)
    return Q(Exists(of_account(kept.exclude(revision__campaign=asking.campaign_id))))


ARMS: Mapping[str, Callable[[Asking], Q]] = {CONTROL: in_control, HELD_OUT: held_out}
"""Whom a comparison leaves alone; asked last."""

BLOCKS: Mapping[str, Callable[[Asking], Q]] = {
    "OPTED_OUT": opted_out,
    "DETRACTOR": detractor,
    "LOW_HEALTH": low_health,
    "UPSET": upset,
    "OPEN_CASE": open_case,
    "RECENT_OFFER": recent_offer,
    "NO_NEED": no_need,
    "NEVER_ASKED": never_asked,
    "NO_CONSENT": no_consent,
    "ALREADY_OWNS": already_owns,
    "NO_PATH": no_path,
    "JUST_RENEWED": just_renewed,
    "OVER_BUDGET": over_budget,
    "QUIET_AFTER_NO": quiet_after_no,
    "SAME_DISMISSED": same_dismissed,
    "ANSWER_PENDING": answer_pending,
}


# ----------------------------------------------------------------------------- asking them all


def first_rule(asking: Asking) -> Case:
    """The code of the first rule that blocks a customer, "" when nothing does.

    What was worked out ahead is taken where it speaks for this question. It may be some seconds behind what people
    write down.
    """
    arms = [When(of_arm(asking), then=Value(code)) for code, of_arm in ARMS.items()]
    return Case(*_general(asking), *arms, default=Value(""), output_field=CharField())


def general_rule(asking: Asking) -> Case:
    """The same without who is in a control group. It looks at one row of `GuardState` alone where that speaks for it."""
    return Case(*_general(asking), default=Value(""), output_field=CharField())


def _general(asking: Asking) -> list[When]:
    ahead = worked_out(asking)
    return [
        When(ahead.get(rule.code) or BLOCKS[rule.code](asking), then=Value(rule.code)) for rule in concerned(asking)
    ]


def possibly_free(asking: Asking) -> Q:
    """Leaves out whom an index knows to be blocked; of the others the rules must still be asked."""
    return Q(guard_state__rule="") if asking.is_worked_out else Q()


def worked_out(asking: Asking) -> dict[str, Q]:
    """The rules that can be told from `GuardState`; none while it is not of the day, or not by these rules.

    Of the general rules only the first is known: whatever comes after it decides nothing.
    """
    if not asking.is_worked_out:
        return {}
    ahead = {code: Q(guard_state__rule=code) for code in asking.general.codes}
    path = asking.path
    if path is None:
        return ahead
    ahead["NO_NEED"] |= ~Q(guard_state__topics__overlap=ids_of(answering(path)))
    if path.kind not in MORE_OF_THE_SAME:
        ahead["ALREADY_OWNS"] = Q(guard_state__products__overlap=ids_of(owning(path)))
    if path.from_product_id is not None:
        ahead["NO_PATH"] = ~Q(guard_state__products__contains=[path.from_product_id])
        ahead["JUST_RENEWED"] = Q(guard_state__begun__contains=[path.from_product_id])
    ahead["SAME_DISMISSED"] = Q(guard_state__refused__contains=[path.key])
    return ahead


def ids_of(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("pk", flat=True))


def live_rule(asking: Asking) -> Case:
    """As `first_rule` says of no step in particular, from the facts alone and without who is in a control group."""
    whens = [When(BLOCKS[rule.code](asking), then=Value(rule.code)) for rule in concerned(asking)]
    return Case(*whens, default=Value(""), output_field=CharField())


def live_state(customers: AccountQuerySet, asking: Asking) -> QuerySet[Any]:
    """Rows of `GuardState` from the facts: the customer, and its columns in their order."""
    just = Q(starts_on__gte=asking.since(asking.threshold("JUST_RENEWED")).date())
    return customers.annotate(
        first=live_rule(asking),
        topics=ArraySubquery(of_account(needs_of(asking)).order_by().values("topic")),
        products=ArraySubquery(running(asking.on).order_by().values("product")),
        begun=ArraySubquery(running(asking.on).filter(just).order_by().values("product")),
        refused=ArraySubquery(of_account(refusals(asking)).order_by().values("suggestion__action_key")),
        seats_used=Cast(share_of_seats(asking.on), FloatField()),
    ).values("pk", "first", "topics", "products", "begun", "refused", "seats_used")


def concerned(asking: Asking) -> list[GuardRule]:
    """In the order of the guard: the rules that stop this lane (all of them without a step) and are in force."""
    return [rule for rule in RULES if rule.code in BLOCKS and _concerns(rule, asking)]


def _concerns(rule: GuardRule, asking: Asking) -> bool:
    asked = asking.lane in rule.lanes if asking.path else not rule.about_offer
    return asked and asking.rule(rule.code).enabled


@once_a_request
def general_on(on: date) -> Asking:
    """Without a step. Several tabs of one page ask for it."""
    return Asking(business_day(on), policies_in_force())


def in_state(states: Collection[str], on: date) -> Q:
    """The customers whose guard, as lists show it, is in one of these states on that day, by their numbers alone."""
    asking = general_on(on)
    codes = [code for code in ("", *BLOCKS) if (BADGES[code] if code else "clear") in states]
    if asking.is_worked_out:
        return Q(Exists(GuardState.objects.filter(account=OuterRef("pk"), rule__in=codes)))
    return Q(pk__in=Account.objects.filter(In(live_rule(asking), codes)).values("pk"))
