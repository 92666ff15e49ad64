"""What the campaign list and the PDCA board ask: adoption, the field's words, reading, revisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.models import UpgradePath
from campaigns.measure.adoption import STEPS, Funnel, funnel
from campaigns.measure.uplift import Uplift
from campaigns.models import (
    Campaign,
    CampaignRevision,
    Feedback,
    Offer,
    Proposal,
    Receipt,
    Suggestion,
    Target,
    Theme,
    Variant,
)
from campaigns.queries import effects, kept
from crm.bilingual import pick
from crm.people import Team, User
from crm.statements import Given

State = CampaignRevision.State


def portfolio(user: User, *, words: str = "", state: str = "") -> QuerySet[Campaign]:
    """Campaigns a reader may see, templates apart, the one with the newest revision first, each with `revisions_seen`.

    `words` stand in a name; of a `state` only the revisions in it are seen.
    """
    of_state = Q(state=state) if state else Q()
    revisions = CampaignRevision.objects.visible_to(user).filter(of_state).order_by("-number")
    treated = Target.objects.filter(revision=OuterRef("pk"), arm=Target.Arm.TREATED).order_by().values("revision")
    won = Suggestion.objects.filter(revision=OuterRef("pk"), state=Suggestion.State.WON).order_by().values("revision")
    revisions = revisions.annotate(
        addressed=Subquery(treated.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
        won=Subquery(won.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
    )
    newest = CampaignRevision.objects.filter(campaign=OuterRef("pk")).order_by("-created_at")
    named = Q(name_ja__icontains=words) | Q(name_en__icontains=words) if words else Q()
    campaigns = Campaign.objects.visible_to(user).filter(named, is_template=False).select_related("owner")
    if state:
        campaigns = campaigns.filter(Exists(revisions.filter(campaign=OuterRef("pk"))))
    return (
        campaigns.annotate(newest=Subquery(newest.values("created_at")[:1]))
        .prefetch_related(Prefetch("revisions", queryset=revisions, to_attr="revisions_seen"))
        .order_by("-newest", "-pk")
    )


def revision_for(user: User, revision_id: int) -> CampaignRevision | None:
    rows = CampaignRevision.objects.visible_to(user).select_related(
        "campaign__owner",
        "path__from_product",
        "path__to_product__tier",
        "path__to_product__family",
        "offer",
        "launched_by",
        "announcement",
    )
    return rows.filter(pk=revision_id).first()


def previous_of(revision: CampaignRevision) -> CampaignRevision | None:
    """The launched revision before this one."""
    earlier = CampaignRevision.objects.filter(campaign=revision.campaign_id, number__lt=revision.number)
    return _with_plan(earlier.filter(state__in=CampaignRevision.PUBLIC_STATES)).order_by("-number").first()


def draft_after(revision: CampaignRevision, user: User) -> CampaignRevision | None:
    """The next revision that is being prepared, for those who may see it."""
    later = CampaignRevision.objects.visible_to(user).filter(campaign=revision.campaign_id, number__gt=revision.number)
    return _with_plan(later.exclude(state__in=CampaignRevision.PUBLIC_STATES)).first()


def _with_plan(revisions: QuerySet[CampaignRevision]) -> QuerySet[CampaignRevision]:
    return revisions.select_related("path", "offer")


class Way(NamedTuple):
    variant: Variant
    share: int  # of the customers, in percent


def are_ways_alike(revision: CampaignRevision) -> bool:
    """Do two variants say and give the same? What they bring would tell nothing."""
    told = [
        (
            way.opening_ja or revision.opening_ja,
            way.opening_en or revision.opening_en,
            way.offer_id or revision.offer_id,
        )
        for way in revision.variants.all()
    ]
    return len(set(told)) < len(told)


def ways_of(revision: CampaignRevision) -> list[Way]:
    """The variants of a revision in the order of their letters."""
    variants = list(revision.variants.select_related("offer").order_by("letter"))
    total = sum(variant.weight for variant in variants)
    return [Way(variant, round(100 * variant.weight / total)) for variant in variants]


def open_paths() -> QuerySet[UpgradePath]:
    paths = UpgradePath.objects.open().exclude(kind__in=("reorder",))
    return paths.select_related("from_product", "to_product").order_by("kind", "key")


def valid_offers(on: object) -> QuerySet[Offer]:
    return Offer.objects.filter(valid_until__gte=on).order_by("valid_until", "pk")


# ----------------------------------------------------------------------------------- adoption


def adoption(revision: CampaignRevision) -> Funnel:
    """Addressed customers, step by step. Whoever came further counts in every step before."""
    rows = _by_team(revision)
    return funnel({step: sum(row[step] for row in rows) for step in STEPS})


@dataclass(frozen=True, slots=True)
class TeamAdoption:
    team: Team | None
    funnel: Funnel


def adoption_by_team(revision: CampaignRevision) -> list[TeamAdoption]:
    """The same by the team whose customer it was at the launch, the one that accepted the largest share first."""
    rows = _by_team(revision)
    teams = Team.objects.in_bulk([row["team"] for row in rows if row["team"]])
    found = [TeamAdoption(teams.get(row["team"]), funnel(row)) for row in rows]
    return sorted(found, key=lambda one: (-one.funnel.share_of("accepted"), one.team.path if one.team else ""))


def _by_team(revision: CampaignRevision) -> list[dict[str, Any]]:
    return kept.rows(revision, "adoption", lambda: adoption_sums(revision))


def adoption_sums(revision: CampaignRevision) -> list[dict[str, Any]]:
    """How many came to each step, by the team whose customers they were at the launch."""
    return [dict(row) for row in _steps(revision).order_by().values("team").annotate(**COUNTS)]


def _steps(revision: CampaignRevision) -> QuerySet[Target]:
    """Each addressed customer with how far they came."""
    reached = Target.objects.filter(revision=revision, arm=Target.Arm.TREATED)
    made = Suggestion.objects.filter(account=OuterRef("account"), revision=OuterRef("revision"))
    sold = Proposal.objects.filter(suggestion__revision=OuterRef("revision"), account=OuterRef("account"))
    read = Receipt.objects.filter(
        announcement__revision=OuterRef("revision"), user=OuterRef("rep"), reacted_at__isnull=False
    )
    return reached.annotate(
        is_won=Exists(sold.filter(state=Proposal.State.WON)),
        is_proposed=Exists(sold.filter(proposed_at__isnull=False) | sold.filter(state__in=DECIDED)),
        is_accepted=Exists(made.filter(state__in=TAKEN)),
        is_read=Exists(read),
    )


WON = Q(is_won=True)
PROPOSED = WON | Q(is_proposed=True)
ACCEPTED = PROPOSED | Q(is_accepted=True)
COUNTS = {
    "announced": Count("pk"),
    "read": Count("pk", filter=ACCEPTED | Q(is_read=True)),
    "accepted": Count("pk", filter=ACCEPTED),
    "proposed": Count("pk", filter=PROPOSED),
    "won": Count("pk", filter=WON),
}
TAKEN = (Suggestion.State.ACCEPTED, Suggestion.State.PROPOSED, Suggestion.State.WON, Suggestion.State.LOST)
DECIDED = (Proposal.State.PROPOSED, Proposal.State.WON, Proposal.State.LOST)


@dataclass(frozen=True, slots=True)
class Losses:
    """The reason given most often among the losses of a revision."""

    reason: str
    count: int
    total: int


def losses(revision: CampaignRevision) -> Losses | None:
    lost = Proposal.objects.filter(suggestion__revision=revision, state=Proposal.State.LOST)
    rows = list(lost.order_by().values("lost_reason").annotate(n=Count("pk")).order_by("-n", "lost_reason"))
    if not rows:
        return None
    return Losses(rows[0]["lost_reason"], rows[0]["n"], sum(row["n"] for row in rows))


# ------------------------------------------------------------------------------ the field's words


@dataclass(frozen=True, slots=True)
class ThemeRow:
    theme: Theme
    count: int
    newest: Feedback | None


@dataclass(frozen=True, slots=True)
class Voices:
    themes: list[ThemeRow]
    loose: list[Feedback]
    notes: int
    writers: int
    proposed: list[ThemeRow] = field(default_factory=list)
    """Themes that wait for a person, for those who plan."""

    @property
    def to_decide(self) -> int:
        return sum(row.theme.state == Theme.State.TO_DECIDE for row in self.themes)


def voices(revision: CampaignRevision, user: User) -> Voices:
    """What was said about a revision, as far as this reader may read the words; counts are of all notes."""
    seen = Theme.objects.visible_to(user).filter(revision=revision)
    themes = seen.annotate(count=Count("notes")).order_by("-count", "pk")
    readable = Feedback.objects.visible_to(user).filter(revision=revision)
    notes = list(readable.select_related("by__team").order_by("-at", "-pk"))
    newest: dict[int | None, Feedback] = {}
    for note in notes:
        newest.setdefault(note.theme_id, note)
    total = Feedback.objects.filter(revision=revision).aggregate(n=Count("pk"), writers=Count("by", distinct=True))
    rows = [ThemeRow(theme, theme.count, newest.get(theme.pk)) for theme in themes]
    return Voices(
        themes=[row for row in rows if row.theme.is_confirmed],
        proposed=[row for row in rows if not row.theme.is_confirmed],
        loose=[note for note in notes if note.theme_id is None],
        notes=total["n"],
        writers=total["writers"],
    )


@dataclass(frozen=True, slots=True)
class TeamReading:
    name: str
    addressed: int
    read: int

    @property
    def percent(self) -> int:
        return round(100 * self.read / self.addressed)


def read_by_team(revision: CampaignRevision) -> list[TeamReading]:
    """Addressed people who reacted, by their team, the furthest first."""
    rows = (
        Receipt.objects.filter(announcement__revision=revision)
        .order_by()
        .values("user__team__name_ja", "user__team__name_en")
        .annotate(addressed=Count("pk"), read=Count("reacted_at"))
    )
    teams = [
        TeamReading(
            pick(row["user__team__name_ja"] or "", row["user__team__name_en"] or ""), row["addressed"], row["read"]
        )
        for row in rows
    ]
    return sorted(teams, key=lambda team: (-team.percent, team.name))


# ------------------------------------------------------------------------------- the revisions


@dataclass(frozen=True, slots=True)
class LogEntry:
    revision: CampaignRevision
    sales: Uplift | None


def measure_log(
    campaign: Campaign, user: User, *, as_of: datetime, known: Mapping[int, Uplift] | None = None
) -> list[LogEntry]:
    """Every revision with what it added to sales, the newest first."""
    sales = effects.sales_by_revision(campaign.pk, as_of=as_of, known=known)
    revisions = CampaignRevision.objects.visible_to(user).filter(campaign=campaign)
    return [LogEntry(revision, sales.get(revision.pk)) for revision in revisions.order_by("-number")]


def topics_of(account_id: int | Given, on: date | Given) -> QuerySet[Any]:
    """Ids of what running campaigns talk about with a customer they addressed."""
    addressed = Target.objects.filter(account=account_id, arm=Target.Arm.TREATED).values("revision")
    running = CampaignRevision.objects.running().filter(Q(ends_on=None) | Q(ends_on__gte=on), pk__in=addressed)
    return UpgradePath.topics.through.objects.filter(upgradepath__in=running.values("path")).values("topic")
