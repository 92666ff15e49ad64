"""Plans to begin with: the organisation's templates, and those that come with the product.

A plan that comes with the product says what it can without knowing the company: why, the benefits, whom, how. What is
offered, goal and days are the planner's, and so are the figures that the why should stand on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, CampaignRevision
from campaigns.queries.audience import Condition
from campaigns.queries.finding import having
from crm.people import User

PAGE = 30


@dataclass(frozen=True, slots=True)
class Starter:
    code: str
    name: Promise
    about: Promise
    why: Promise
    customer_benefit: Promise
    rep_benefit: Promise
    opening: Promise
    questions: Promise
    steps: Promise
    conditions: Sequence[Condition]


STARTERS: Sequence[Starter] = (
    Starter(
        code="renewal-care",
        name=_("Care before the renewal"),
        about=_("Customers whose contract renews within 90 days: hear whether it still fits, before the letter comes."),
        why=_(
            "A contract that no longer fits is not complained about, it is not renewed. Whoever is asked in time can "
            "still change it; whoever gets the letter first compares prices."
        ),
        customer_benefit=_(
            "You go into the next year with a contract that fits how you work today, larger or smaller."
        ),
        rep_benefit=_("You know of doubts three months ahead, and the renewal is no haggling."),
        opening=_("Your contract renews in a while. May I ask how it has served you this year?"),
        questions=_("What has changed in your company since last year?\nWhat do you pay for and hardly use?"),
        steps=_(
            "Look at use and cases of the last twelve months\n"
            "Ask what has changed, and listen before you show anything\n"
            "Where less is enough, say so and offer the smaller plan\n"
            "Agree on what happens before the day of the renewal"
        ),
        conditions=({"field": "renewal", "op": "within", "value": 90},),
    ),
    Starter(
        code="storage-headroom",
        name=_("Room before the storage is full"),
        about=_("Satisfied customers whose storage is full to 85%, or more: room before work stops."),
        why=_(
            "When the storage is full, work stops on the busiest day, and it is us who are blamed. The day can be told "
            "weeks ahead."
        ),
        customer_benefit=_("You share large files to the end of the year without tidying up first."),
        rep_benefit=_("You come with a date and a remedy instead of an invoice."),
        opening=_("Your storage will be full in some weeks. Shall we look at it before it gets in your way?"),
        questions=_("Which files must never wait?\nWho tidies up today, and how long does it take?"),
        steps=_(
            "Look up the day on which the storage will be full\n"
            "Ask which work would stop on that day\n"
            "Show what can be tidied up first, then what more room costs\n"
            "Tell the drawbacks before they decide"
        ),
        conditions=(
            {"field": "storage", "op": "at_least", "value": 85},
            {"field": "health", "op": "at_least", "value": 60},
        ),
    ),
    Starter(
        code="training-after-repair",
        name=_("Training after a complaint is put right"),
        about=_("Customers whose complaint was solved and reported within 60 days: help first, no sale."),
        why=_(
            "A complaint that was put right and then followed up makes a customer more loyal than no complaint at all. "
            "Left alone, the doubt stays."
        ),
        customer_benefit=_("Your people know how to go on if it happens again, and whom to call."),
        rep_benefit=_("You show your face after the trouble, with something useful in hand."),
        opening=_("Thank you for telling us. Is it working as it should now, and may we show your people how?"),
        questions=_("Has it happened again since?\nWho in your company should know how to handle it?"),
        steps=_(
            "Read the case to the end before you call\n"
            "Ask first whether it works, and apologise in your own words\n"
            "Offer a short training for those concerned, free of charge\n"
            "Write down what they need; offer nothing else on this occasion"
        ),
        conditions=(
            {"field": "repaired", "op": "within", "value": 60},
            {"field": "health", "op": "at_least", "value": 40},
        ),
    ),
    Starter(
        code="seat-growth",
        name=_("Seats for teams that grow"),
        about=_("Customers whose seats are used to 90%, or more: seats before people share one."),
        why=_(
            "Where the seats run out, people share one, and nobody can tell any more who did what. Growing teams notice "
            "it last."
        ),
        customer_benefit=_("New colleagues begin on their first day, each with a place of their own."),
        rep_benefit=_("You hear of hiring plans early and are asked again when they grow."),
        opening=_("Nearly all of your seats are taken. Will somebody join you in the next months?"),
        questions=_("How many people will join by spring?\nWho only reads, and who writes?"),
        steps=_(
            "Look up how many seats are used and since when\n"
            "Ask about hiring and about who only reads\n"
            "Work out the smallest number of seats that is enough\n"
            "Give seats back that nobody uses before you add any"
        ),
        conditions=(
            {"field": "seats_used", "op": "at_least", "value": 90},
            {"field": "nps", "op": "at_least", "value": 7},
        ),
    ),
)


def starter(code: str) -> Starter | None:
    return next((each for each in STARTERS if each.code == code), None)


def newest_revisions(campaigns: QuerySet[Campaign]) -> QuerySet[CampaignRevision]:
    """The newest revision of each."""
    newest = CampaignRevision.objects.filter(campaign=OuterRef("pk")).order_by("-number").values("pk")[:1]
    rows = CampaignRevision.objects.filter(pk__in=campaigns.values(newest=Subquery(newest)))
    return rows.select_related("campaign__owner", "path__to_product").order_by("-created_at", "-pk")


@dataclass(frozen=True, slots=True)
class Page:
    revisions: Sequence[CampaignRevision]
    last: CampaignRevision | None


def templates(user: User, *, after: Q | None = None, size: int = PAGE) -> Page:
    """The organisation's own, the newest first."""
    return _page(Campaign.objects.visible_to(user).filter(is_template=True), after, size)


def to_copy(user: User, *, text: str = "", after: Q | None = None, size: int = PAGE) -> Page:
    """Campaigns of which a plan can be copied, each by its newest revision."""
    rows = Campaign.objects.visible_to(user).filter(is_template=False)
    return _page(having(rows, text, "name_ja", "name_en"), after, size)


def _page(campaigns: QuerySet[Campaign], after: Q | None, size: int) -> Page:
    found = list(newest_revisions(campaigns).filter(after or Q())[: size + 1])
    return Page(found[:size], found[size - 1] if len(found) > size else None)
