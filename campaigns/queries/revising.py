"""What a revision changed, because of whose words, and what was decided about the figures of the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from campaigns.models import CampaignRevision, Change, Feedback, Judgement, Theme
from crm.people import User


@dataclass(frozen=True, slots=True)
class Credited:
    """A change with the themes behind it and the people whose words they are."""

    change: Change
    themes: Sequence[Theme]
    writers: Sequence[User]


def credited(revision: CampaignRevision) -> list[Credited]:
    """In the order of the plan; three statements, however many changes."""
    order = {part: place for place, part in enumerate(Change.Part.values)}
    themes = Prefetch("themes", queryset=Theme.objects.order_by("pk"))
    changes = list(Change.objects.filter(revision=revision).prefetch_related(themes).order_by("pk"))
    writers = writers_of(changes)
    rows = [Credited(change, list(change.themes.all()), writers.get(change.pk, ())) for change in changes]
    return sorted(rows, key=lambda row: (order[row.change.part], row.change.pk))


def writers_of(changes: Sequence[Change]) -> Mapping[int, Sequence[User]]:
    """By the id of the change, in the order in which they wrote first."""
    links = Change.themes.through.objects.filter(change__in=changes)
    caused = dict[int, list[int]]()
    for change, theme in links.order_by("pk").values_list("change_id", "theme_id"):
        caused.setdefault(theme, []).append(change)
    people: dict[int, dict[int, User]] = {}
    for note in _first_notes(caused):
        for change in caused[note.theme_id or 0]:
            people.setdefault(change, {}).setdefault(note.by_id, note.by)
    return {change: list(found.values()) for change, found in people.items()}


def _first_notes(themes: Mapping[int, object]) -> Sequence[Feedback]:
    """One note of each writer in each theme."""
    if not themes:
        return []
    rows = Feedback.objects.filter(theme__in=list(themes)).order_by("theme", "by", "at", "pk").distinct("theme", "by")
    return sorted(rows.select_related("by"), key=lambda note: (note.at, note.pk))


def judgements(revision: CampaignRevision) -> Mapping[str, Judgement]:
    """By the figure."""
    rows = Judgement.objects.filter(revision=revision).select_related("by")
    return {row.figure: row for row in rows}


def themes_to_cause(revision: CampaignRevision) -> Sequence[Theme]:
    """Confirmed themes of the earlier revisions of a campaign: what a draft may take up."""
    earlier = CampaignRevision.objects.filter(campaign=revision.campaign_id, number__lt=revision.number)
    rows = Theme.objects.filter(revision__in=earlier, is_confirmed=True)
    return list(rows.select_related("revision").order_by("-revision__number", "title_ja", "pk")[:100])
