"""What reached the field, who answered, and which customers of a reader are meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Account
from campaigns.models import (
    Announcement,
    CampaignRevision,
    Feedback,
    Question,
    Reaction,
    Receipt,
    Suggestion,
    Target,
    Theme,
)
from campaigns.queries.audience import Invalid, newest_share, snapshot
from campaigns.queries.fall_out import BADGES
from campaigns.queries.preview import asking_for, judged
from crm.people import User
from crm.tallies import Tally

State = CampaignRevision.State
RUNNING = (State.LAUNCHING, State.LAUNCHED, State.PAUSED)


def inbox(user: User) -> QuerySet[Announcement]:
    """What this reader may see, unread first, newest first; each with their own receipt's times and reaction."""
    own = Receipt.objects.filter(announcement=OuterRef("pk"), user=user)
    rows = Announcement.objects.visible_to(user).select_related(
        "revision__campaign__owner",
        "revision__launched_by",
        "revision__offer",
        "revision__path__from_product",
        "revision__path__to_product",
    )
    return rows.annotate(
        is_addressed=Exists(own),
        is_unread=Exists(own.filter(reacted_at=None)),
        reaction=Subquery(own.values("reaction")[:1]),
        note=Subquery(own.values("note")[:1]),
    ).order_by(F("is_unread").desc(), "-sent_at", "-pk")


def current(user: User) -> QuerySet[Announcement]:
    """Not yet superseded or ended."""
    return inbox(user).filter(revision__state__in=RUNNING)


def past(user: User) -> QuerySet[Announcement]:
    return inbox(user).filter(revision__state__in=(State.ENDED, State.SUPERSEDED))


def unread(user: User) -> QuerySet[Receipt]:
    return Receipt.objects.filter(user=user, reacted_at=None, announcement__revision__state__in=RUNNING)


def unread_tally(user: User) -> Tally:
    """The figure in the menu."""
    return Tally([unread(user).values("pk")])


def silent(announcement: Announcement) -> QuerySet[User]:
    """Addressed people who have not reacted."""
    waiting = Receipt.objects.unread().filter(announcement=announcement)
    return User.objects.filter(pk__in=waiting.values("user"), is_active=True).order_by("pk")


THREADS = 20


@dataclass(frozen=True, slots=True)
class Threads:
    """Questions with their answers, the newest question first. `older` is from where it goes on."""

    questions: list[Question]
    older: int | None


def threads(announcement: Announcement, user: User, *, before: int | None = None) -> Threads:
    rows = Question.objects.visible_to(user).filter(announcement=announcement)
    rows = rows.filter(pk__lt=before) if before else rows
    rows = rows.select_related("by__team").prefetch_related("answers__by__team").order_by("-pk")
    found = list(rows[: THREADS + 1])
    return Threads(found[:THREADS], found[THREADS - 1].pk if len(found) > THREADS else None)


@dataclass(frozen=True, slots=True)
class Reading:
    """How many of the addressed people opened, read (reacted) and agreed."""

    addressed: int
    opened: int
    read: int
    agreed: int

    @property
    def read_percent(self) -> int:
        return round(100 * self.read / self.addressed) if self.addressed else 0

    @property
    def agreed_percent(self) -> int:
        return round(100 * self.agreed / self.addressed) if self.addressed else 0


def reading(announcement: Announcement) -> Reading:
    rows = Receipt.objects.filter(announcement=announcement)
    return Reading(**rows.aggregate(**_reading()))


def _reading() -> dict[str, Count]:
    return {
        "addressed": Count("pk"),
        "opened": Count("pk", filter=Q(opened_at__isnull=False)),
        "read": Count("pk", filter=Q(reacted_at__isnull=False)),
        "agreed": Count("pk", filter=Q(reaction=Reaction.AGREE)),
    }


def my_targets(announcement: Announcement, user: User, *, on: date) -> QuerySet[Target]:
    """Addressed customers of this reader, the fullest first; never anybody who was held out."""
    open_now = Suggestion.objects.open().filter(account=OuterRef("account"), revision=OuterRef("revision"))
    targets = Target.objects.visible_to(user).filter(
        revision=announcement.revision_id, arm=Target.Arm.TREATED, rep=user
    )
    return (
        targets.select_related("account")
        .annotate(
            stage=Subquery(snapshot(on, account="account").values("stage")[:1]),
            storage=newest_share("storage", on, account="account"),
            suggestion=Subquery(open_now.values("pk")[:1]),
        )
        .order_by(F("storage").desc(nulls_last=True), "account__reading", "pk")
    )


@dataclass(frozen=True, slots=True)
class Excluded:
    account: Account
    badge: str


def my_excluded(announcement: Announcement, user: User, *, as_of: datetime, at_most: int = 20) -> list[Excluded]:
    """Customers of this reader that meet the conditions but are left alone, with the badge that says why.

    Held-out customers are not told apart from customers who were never meant.
    """
    revision = announcement.revision
    targets = Target.objects.filter(revision=revision).values("account")
    try:
        rows = judged(revision, asking_for(revision, as_of=as_of))
    except Invalid:
        return []
    mine = rows.visible_to(user).filter(owner=user)
    mine = mine.exclude(pk__in=targets).exclude(rule="").order_by("reading", "pk")
    shown = [Excluded(account, BADGES[account.rule]) for account in mine[:at_most]]
    return [row for row in shown if row.badge != "control"]


def voice(announcement: Announcement, user: User) -> Feedback | None:
    """The newest note of a colleague whom the reader may read, about what should be kept."""
    notes = Feedback.objects.visible_to(user).filter(
        revision__campaign=announcement.revision.campaign_id, theme__state=Theme.State.KEEP
    )
    return notes.exclude(by=user).select_related("by__team").order_by("-at", "-pk").first()
