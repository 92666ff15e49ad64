"""Training items of a revision: what one reader still has before them, and how far each team is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from campaigns.models import Announcement, CampaignRevision, Receipt, TrainingItem, TrainingQuestion, TrainingResult
from crm.people import Team, User


@dataclass(frozen=True, slots=True)
class Training:
    item: TrainingItem
    questions: list[TrainingQuestion]
    result: TrainingResult | None

    @property
    def is_passed(self) -> bool:
        return self.result is not None and self.result.passed_at is not None


def for_reader(announcement: Announcement, user: User) -> list[Training]:
    """What is to be read and answered beside the announcement, and how far this reader is with each."""
    items = list(in_force(announcement.revision_id))
    results = {result.item_id: result for result in TrainingResult.objects.filter(item__in=items, user=user)}
    return [Training(item, list(item.questions.all()), results.get(item.pk)) for item in items]


def in_force(revision_id: int) -> QuerySet[TrainingItem]:
    rows = TrainingItem.objects.in_force().filter(revision=revision_id)
    return rows.prefetch_related("questions").order_by("pk")


@dataclass(frozen=True, slots=True)
class OfTeam:
    """Of the addressed people of a team."""

    team: Team | None
    addressed: int
    tried: int
    passed: int


@dataclass(frozen=True, slots=True)
class Shown:
    item: TrainingItem
    questions: list[TrainingQuestion]
    teams: list[OfTeam] = field(default_factory=list)

    @property
    def passed(self) -> int:
        return sum(row.passed for row in self.teams)

    @property
    def addressed(self) -> int:
        return sum(row.addressed for row in self.teams)


def of_revision(revision: CampaignRevision) -> Sequence[Shown]:
    """All items, those in force first, with the results by team: five statements."""
    items = list(TrainingItem.objects.filter(revision=revision).prefetch_related("questions").order_by("pk"))
    teams = _results_by_team(revision, items)
    shown = [Shown(item, list(item.questions.all()), teams[item.pk]) for item in items]
    return sorted(shown, key=lambda one: one.item.retired_at is not None)


def _results_by_team(revision: CampaignRevision, items: Sequence[TrainingItem]) -> dict[int, list[OfTeam]]:
    receipts = Receipt.objects.filter(announcement__revision=revision).values("user__team")
    addressed = {row["user__team"]: row["many"] for row in receipts.annotate(many=Count("pk"))}
    answered = TrainingResult.objects.filter(item__in=items, user__receipts__announcement__revision=revision)
    passed = Count("pk", filter=Q(passed_at__isnull=False))
    rows = answered.values("item", "user__team").annotate(tried=Count("pk"), passed=passed)
    found = {(row["item"], row["user__team"]): (row["tried"], row["passed"]) for row in rows}
    names = Team.objects.in_bulk([team for team in addressed if team])
    teams: dict[int, list[OfTeam]] = defaultdict(list)
    for item in items:
        for team, many in sorted(addressed.items(), key=lambda pair: names[pair[0]].path if pair[0] else ""):
            teams[item.pk].append(OfTeam(names.get(team), many, *found.get((item.pk, team), (0, 0))))
    return teams


def visible_item(user: User, item_id: int) -> TrainingItem | None:
    """Of a revision that this user may see."""
    rows = TrainingItem.objects.filter(revision__in=CampaignRevision.objects.visible_to(user))
    return rows.select_related("revision__campaign").prefetch_related("questions").filter(pk=item_id).first()
