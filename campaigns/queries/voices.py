"""The field's voice over all campaigns: notes in pages, and which of them wait for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Activity
from campaigns.models import Campaign, CampaignRevision, Change, Feedback, Target, Theme
from crm.people import Team, User
from crm.statements import Given
from crm.tallies import Tally
from crm.workdays import DAY, working_days_before

DAYS_TO_ANSWER = 5
"""Working days after which the manager of the writer hears of it."""
PAGE = 50
CHOICES = 200

WAITING, LATE, LOOSE = "waiting", "late", "loose"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for; `state` is that of a theme, or WAITING, LATE or LOOSE."""

    campaign: int | None = None
    team: int | None = None
    theme: int | None = None
    state: str = ""
    source: str = ""

    def __bool__(self) -> bool:
        return any((self.campaign, self.team, self.theme, self.state, self.source))


@dataclass(frozen=True, slots=True)
class Page:
    notes: Sequence[Feedback]
    last: Feedback | None
    """From here the next page goes on."""


def page(user: User, wanted: Wanted, *, at: datetime, after: Q | None = None, size: int = PAGE) -> Page:
    """The newest first; each note knows `is_late` and whether this reader may open its log."""
    rows = matching(user, wanted, at=at).filter(after or Q())
    seen = Activity.objects.visible_to(user).filter(pk=OuterRef("activity"))
    rows = rows.annotate(has_log=Exists(seen)).select_related(
        "revision__campaign", "by__team", "theme__answered_by", "theme__revision"
    )
    found = list(rows.order_by("-at", "-pk")[: size + 1])
    limit = late_since(at)
    for note in found:
        note.is_late = is_waiting(note) and note.at < limit  # type: ignore[attr-defined]
    return Page(found[:size], found[size - 1] if len(found) > size else None)


def matching(user: User, wanted: Wanted, *, at: datetime) -> QuerySet[Feedback]:
    rows: QuerySet[Feedback] = Feedback.objects.visible_to(user)
    if wanted.campaign:
        rows = rows.filter(revision__in=CampaignRevision.objects.filter(campaign=wanted.campaign))
    if wanted.team:
        team = Team.objects.filter(pk=wanted.team).first()
        rows = rows.filter(by__team__in=Team.objects.under(team))
    if wanted.theme:
        rows = rows.filter(theme=wanted.theme)
    if wanted.source:
        rows = rows.filter(source=wanted.source)
    return in_state(rows, wanted.state, at=at)


def in_state(rows: QuerySet[Feedback], state: str, *, at: datetime) -> QuerySet[Feedback]:
    if state == WAITING:
        return waiting(rows)
    if state == LATE:
        return late(rows, at=at)
    if state == LOOSE:
        return rows.filter(theme=None)
    return rows.filter(theme__state=state, theme__is_confirmed=True) if state else rows


def waiting(rows: QuerySet[Feedback]) -> QuerySet[Feedback]:
    """Nobody has decided yet, or nobody has said so."""
    return rows.filter(Q(theme=None) | Q(theme__answered_at=None))


def is_waiting(note: Feedback) -> bool:
    return note.theme is None or note.theme.answered_at is None


def late(rows: QuerySet[Feedback], *, at: datetime) -> QuerySet[Feedback]:
    return waiting(rows).filter(at__lt=late_since(at))


def late_since(at: datetime) -> datetime:
    """Whatever was written before this moment has waited for five working days."""
    day = working_days_before(timezone.localdate(at), DAYS_TO_ANSWER)
    return timezone.make_aware(datetime.combine(day + DAY, time.min))


def waiting_tally(user: User) -> Tally | None:
    """The figure in the menu, for those who answer."""
    if not user.plans_campaigns:
        return None
    undecided = Theme.objects.filter(answered_at=None)
    return Tally(
        [Feedback.objects.filter(theme=None).values("pk"), Feedback.objects.filter(theme__in=undecided).values("pk")]
    )


def campaigns_of(user: User) -> Sequence[Campaign]:
    """Those that somebody wrote about, the newest first."""
    written = CampaignRevision.objects.visible_to(user).filter(Exists(Feedback.objects.filter(revision=OuterRef("pk"))))
    found = Campaign.objects.filter(pk__in=written.values("campaign"))
    return list(found.order_by("-created_at", "-pk")[:CHOICES])


def teams_of(user: User) -> Sequence[Team]:
    """Whose notes this reader may read."""
    teams = Team.objects.all() if user.sees_everything else Team.objects.under(user.team)
    return list(teams.order_by("path")[:CHOICES])


def themes_of(user: User, campaign: int | None) -> QuerySet[Theme]:
    """Themes with the number of their notes, what is to be decided first."""
    rows = Theme.objects.visible_to(user).annotate(count=Count("notes")).select_related("revision__campaign")
    if campaign:
        rows = rows.filter(revision__campaign=campaign)
    return rows.order_by("-revision__created_at", "answered_at", "-count", "pk")


def spoken_of(account_id: int | Given, *, on: date | Given) -> QuerySet[CampaignRevision]:
    """Running revisions that address this customer; one that holds it out says nothing to anybody."""
    addressed = Target.objects.filter(account=account_id, arm=Target.Arm.TREATED).values("revision")
    running = CampaignRevision.objects.running().filter(Q(ends_on=None) | Q(ends_on__gte=on), pk__in=addressed)
    return running.select_related("campaign").order_by("-launched_at", "-pk")


def siblings(theme: Theme) -> Sequence[Theme]:
    """Themes of the same revision that this one could go up in."""
    others = Theme.objects.filter(revision=theme.revision_id, is_confirmed=True).exclude(pk=theme.pk)
    return list(others.order_by("title_ja")[:CHOICES])


def caused_by(theme: Theme, user: User) -> Sequence[Change]:
    """What a revision does otherwise because of this theme; of drafts only those who plan know."""
    rows = Change.objects.filter(themes=theme, revision__in=CampaignRevision.objects.visible_to(user))
    return list(rows.select_related("revision").order_by("revision__number", "pk"))
