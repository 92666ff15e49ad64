"""Who meets the conditions of a campaign: an allow-list of fields, each compiled to SQL.

A condition is JSON: `{"field": "storage", "op": "at_least", "value": 80}`. All conditions must hold. Nothing but
a field and an operator of FIELDS reaches the database, and values only as parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import NullIf
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import (
    Account,
    Case,
    CurrentScores,
    FiguresDay,
    Industry,
    Need,
    Product,
    ScoreRun,
    ScoreSnapshot,
    Subscription,
    Tier,
    Topic,
    UsageReading,
)
from accounts.models.accounts import AccountQuerySet
from accounts.models.standing import Stage
from accounts.queries.facts import SEATS
from campaigns.models import CampaignRevision, GuardDay, Picked
from campaigns.queries.policies import policies_in_force
from crm.people import Team

Condition = Mapping[str, Any]
Option = tuple[str, str]
Labels = dict[str, dict[str, str]]
"""Words of the options by the code of the field."""

OPERATORS: Mapping[str, str | Promise] = {
    "in": pgettext_lazy("condition", "is any of"),
    "at_least": pgettext_lazy("condition", "at least"),
    "at_most": pgettext_lazy("condition", "at most"),
    "within": pgettext_lazy("condition", "within"),
}
LARGEST = 1_000_000


class Invalid(ValueError):
    """The condition at `position` (from 0) names an unknown field, operator or value."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


@dataclass(frozen=True, slots=True)
class AudienceField:
    """`narrow` gives the Q for an operator, a checked value and the day; `options` is empty for numbers."""

    code: str
    label: str | Promise
    operators: tuple[str, ...]
    narrow: Callable[[str, Any, date], Q]
    unit: str | Promise = ""
    options: Callable[[], Sequence[Option]] | None = None

    @property
    def is_choice(self) -> bool:
        return self.options is not None


# ---------------------------------------------------------------------------- what is compared


def newest_share(meter: str, on: date, account: str = "pk") -> Subquery:
    """Percent of the allowance that the newest reading of a meter uses; null without an allowance."""
    readings = UsageReading.objects.filter(
        account=OuterRef(account), meter__code=meter, read_on__lte=on, allowance__gt=0
    ).order_by("-read_on")
    return Subquery(readings.values(percent=F("value") * 100 / F("allowance"))[:1])


def snapshot(on: date, account: str = "pk") -> QuerySet[ScoreSnapshot]:
    """The scores that everybody reads; for an earlier day those of the newest run up to it."""
    is_current = Exists(CurrentScores.objects.filter(run=OuterRef("pk")))
    runs = ScoreRun.objects.filter(finished_at__isnull=False, as_of__lte=on)
    run = runs.order_by(is_current.desc(), "-as_of", "-finished_at", "-pk").values("pk")[:1]
    return ScoreSnapshot.objects.filter(account=OuterRef(account), run_id=Subquery(run))


def standing(on: date, **conditions: Any) -> Exists:
    return Exists(snapshot(on).filter(**conditions))


def running(on: date) -> QuerySet[Subscription]:
    return Subscription.objects.running(on).filter(account=OuterRef("pk"))


def compared(operator: str) -> str:
    return {"at_least": "gte", "at_most": "lte"}[operator]


def are_kept(on: date) -> bool:
    """Are the kept figures of customers of that day, or of the one before (until the night's run is through)?"""
    return FiguresDay.objects.filter(day__range=(on - timedelta(days=1), on)).exists()


def are_states_known(on: date) -> bool:
    """Is what is worked out ahead of that day, or of the one before?"""
    return GuardDay.objects.filter(day__range=(on - timedelta(days=1), on)).exists()


def by_storage(operator: str, value: Any, on: date) -> Q:
    """In whole percent where the figure is kept."""
    if are_kept(on):
        return Q(**{f"figures__usage_percent__{compared(operator)}": value})
    share = Account.objects.annotate(share=newest_share("storage", on))
    return Q(pk__in=share.filter(**{f"share__{compared(operator)}": value}).values("pk"))


def by_score(name: str) -> Callable[[str, Any, date], Q]:
    return lambda operator, value, on: Q(standing(on, **{f"{name}__{compared(operator)}": value}))


def by_tier(operator: str, value: Sequence[str], on: date) -> Q:
    tiers = Q(pk__in=[])
    for family, _colon, rank in (code.rpartition(":") for code in value):
        tiers |= Q(tier__family__code=family, tier__rank=rank)
    products = list(Product.objects.filter(tiers).values_list("pk", flat=True))
    if are_states_known(on):
        return Q(guard_state__products__overlap=products)
    return Q(Exists(running(on).filter(product__in=products)))


def seats_held(on: date) -> Subquery:
    plans = running(on).filter(product__kind=Product.Kind.PLAN).order_by().values("account")
    return Subquery(plans.annotate(total=Sum("seats")).values("total"))


def by_seats(operator: str, value: int, on: date) -> Q:
    if are_kept(on):
        return Q(**{f"figures__seats__{compared(operator)}": value})
    held = Account.objects.annotate(held=seats_held(on)).filter(**{f"held__{compared(operator)}": value})
    return Q(pk__in=held.values("pk"))


def by_seats_used(operator: str, value: int, on: date) -> Q:
    """People who use it, as a share of the seats under contract; as of the night where it is worked out ahead."""
    if are_states_known(on):
        return Q(**{f"guard_state__seats_used__{compared(operator)}": value})
    share = Account.objects.annotate(share=share_of_seats(on))
    return Q(pk__in=share.filter(**{f"share__{compared(operator)}": value}).values("pk"))


def share_of_seats(on: date) -> Any:
    """Percent; null without a reading or without seats."""
    readings = UsageReading.objects.filter(account=OuterRef("pk"), meter__code=SEATS, read_on__lte=on)
    used = Subquery(readings.order_by("-read_on").values("value")[:1])
    return used * 100 / NullIf(seats_held(on), 0)


def by_renewal(operator: str, value: int, on: date) -> Q:
    return Q(Exists(running(on).filter(renews_on__range=(on, on + timedelta(days=value)))))


def by_repair(operator: str, value: int, on: date) -> Q:
    """A complaint was solved and the customer was told so; whatever is still open the guard sees."""
    since = timezone.make_aware(datetime.combine(on - timedelta(days=value), time()))
    told = Case.objects.filter(account=OuterRef("pk"), kind=Case.Kind.COMPLAINT, reported_at__gte=since)
    return Q(Exists(told))


def by_need(operator: str, value: Sequence[str], on: date) -> Q:
    """Heard within the time that the guard asks for, and not met."""
    topics = list(Topic.objects.filter(code__in=value).values_list("pk", flat=True))
    if are_states_known(on):
        return Q(guard_state__topics__overlap=topics)
    days = policies_in_force().rule("NO_NEED", lane="", action="").thresholds["days"]
    heard = Need.objects.filter(
        account=OuterRef("pk"), topic__in=topics, heard_on__range=(on - timedelta(days=days), on)
    )
    return Q(Exists(heard.filter(Q(solved_on=None) | Q(solved_on__gt=on))))


def by_team(operator: str, value: Sequence[str], on: date) -> Q:
    """The teams and everything below them in the tree."""
    below = Q(pk__in=[])
    for path in Team.objects.filter(code__in=value).values_list("path", flat=True):
        below |= Q(path__startswith=path)
    return Q(team__in=Team.objects.filter(below))


# -------------------------------------------------------------------------- what may be chosen


def tier_options() -> list[Option]:
    tiers = Tier.objects.select_related("family").order_by("family__code", "rank")
    return [(f"{tier.family.code}:{tier.rank}", tier.label) for tier in tiers]


def stage_options() -> list[Option]:
    return [(code, str(label)) for code, label in Stage.choices]


def industry_options() -> list[Option]:
    return [(industry.code, industry.label) for industry in Industry.objects.order_by("code")]


def topic_options() -> list[Option]:
    return [(topic.code, topic.label) for topic in Topic.objects.order_by("code")]


def team_options() -> list[Option]:
    return [(team.code, team.label) for team in Team.objects.order_by("path")]


MORE_OR_LESS = ("at_least", "at_most")
ANY_OF = ("in",)
PERCENT = "%"

FIELDS: Mapping[str, AudienceField] = {
    field.code: field
    for field in (
        AudienceField("tier", _("Plan"), ANY_OF, by_tier, options=tier_options),
        AudienceField("storage", _("Storage used"), MORE_OR_LESS, by_storage, unit=PERCENT),
        AudienceField(
            "stage",
            _("Loyalty stage"),
            ANY_OF,
            lambda op, value, on: Q(standing(on, stage__in=value)),
            options=stage_options,
        ),
        AudienceField("health", _("Health"), MORE_OR_LESS, by_score("health")),
        AudienceField("nps", _("NPS"), MORE_OR_LESS, by_score("nps")),
        AudienceField("need", _("Open needs"), ANY_OF, by_need, options=topic_options),
        AudienceField("renewal", _("Renewal"), ("within",), by_renewal, unit=pgettext_lazy("unit", "days")),
        AudienceField("repaired", _("Complaint put right"), ("within",), by_repair, unit=pgettext_lazy("unit", "days")),
        AudienceField("seats", _("Seats held"), MORE_OR_LESS, by_seats, unit=pgettext_lazy("unit", "seats")),
        AudienceField("seats_used", _("Seats used"), MORE_OR_LESS, by_seats_used, unit=PERCENT),
        AudienceField(
            "employees",
            _("Employees"),
            MORE_OR_LESS,
            lambda op, value, on: Q(**{f"employees__{compared(op)}": value}),
            unit=pgettext_lazy("unit", "people"),
        ),
        AudienceField(
            "industry",
            _("Industry"),
            ANY_OF,
            lambda op, value, on: Q(industry__code__in=value),
            options=industry_options,
        ),
        AudienceField("team", _("Team"), ANY_OF, by_team, options=team_options),
    )
}


# ------------------------------------------------------------------------------ asking for it


def matching(conditions: Iterable[Condition], *, on: date) -> AccountQuerySet:
    """Active customers that meet every condition on a day. Raises Invalid."""
    return active().filter(met(conditions, on=on))


def active() -> AccountQuerySet:
    rows: AccountQuerySet = Account.objects.filter(closed_on=None, merged_into=None)
    return rows


def met(conditions: Iterable[Condition], *, on: date) -> Q:
    """Every condition holds. Raises Invalid."""
    found = Q()
    for position, condition in enumerate(conditions):
        field, operator, value = checked(condition, position)
        found &= field.narrow(operator, value, on)
    return found


def meant(revision: CampaignRevision, *, on: date) -> AccountQuerySet:
    """Whom a revision means on a day: who meets its conditions, and who was picked by hand. Raises Invalid.

    Without conditions everybody is meant, unless somebody was picked: then only they are.
    """
    return active().filter(means(revision, on=on))


def means(revision: CampaignRevision, *, on: date) -> Q:
    """The condition of `meant`. Raises Invalid."""
    picked = Picked.objects.filter(revision=revision.pk)
    if revision.pk is None or not picked.exists():
        return met(revision.audience, on=on)
    if not revision.audience:
        return Q(pk__in=picked.values("account"))
    return met(revision.audience, on=on) | Q(Exists(picked.filter(account=OuterRef("pk"))))


def checked(condition: Condition, position: int = 0) -> tuple[AudienceField, str, Any]:
    field = FIELDS.get(condition.get("field", ""))
    operator, value = condition.get("op", ""), condition.get("value")
    if field is None or operator not in field.operators or not _fits(field, value):
        raise Invalid(position)
    return field, operator, value


def _fits(field: AudienceField, value: Any) -> bool:
    if field.is_choice:
        return isinstance(value, list) and bool(value) and all(isinstance(code, str) for code in value)
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def problems(conditions: Iterable[Condition]) -> list[int]:
    """Positions of the conditions that cannot be understood."""
    return [position for position, condition in enumerate(conditions) if not _is_understood(condition)]


def _is_understood(condition: Condition) -> bool:
    try:
        checked(condition)
    except Invalid:
        return False
    return True


# ------------------------------------------------------------------------- saying it in words


@dataclass(frozen=True, slots=True)
class Sentence:
    """A condition in the reader's words: プラン が スタンダード."""

    position: int
    field: str
    operator: str
    values: tuple[str, ...]
    is_understood: bool = True


def sentences(conditions: Sequence[Condition], known: Labels | None = None) -> list[Sentence]:
    """Each condition in words; the options of a field are read once, for as many calls as share `known`."""
    labels: Labels = {} if known is None else known
    return [_sentence(position, condition, labels) for position, condition in enumerate(conditions)]


def _sentence(position: int, condition: Condition, known: Labels) -> Sentence:
    try:
        field, operator, value = checked(condition, position)
    except Invalid:
        return Sentence(position, str(condition.get("field", "")), "", (), is_understood=False)
    if field.options is None:
        words: tuple[str, ...] = (f"{value:,}{'' if field.unit == PERCENT else ' '}{field.unit}".strip(),)
    else:
        if field.code not in known:
            known[field.code] = dict(field.options())
        labels = known[field.code]
        words = tuple(labels.get(code, code) for code in value)
    return Sentence(position, str(field.label), str(OPERATORS[operator]), words)
