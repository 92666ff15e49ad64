"""The playbook as it is searched, what fits a suggestion, and what came of using it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from accounts.models import Activity, ProductFamily
from campaigns.measure.shares import wilson
from campaigns.models import Play, PlayUse, Suggestion
from campaigns.queries.finding import having
from crm.people import User

PAGE = 30
AT_MOST = 2
"""Plays that are shown beside a suggestion."""
CANDIDATES = 50
ENOUGH = 5
"""Uses from which a share is told."""
NEWEST = 1_000
"""Uses of a play that its figures look back on."""
TEXTS = ("title_ja", "title_en", "body_ja", "body_en")
TAKEN = (Suggestion.State.ACCEPTED, Suggestion.State.PROPOSED, Suggestion.State.WON, Suggestion.State.LOST)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for; `view` is "" for what is in force, else proposed or retired."""

    text: str = ""
    kind: str = ""
    trigger: str = ""
    family: int | None = None
    reaction: str = ""
    view: str = ""

    def __bool__(self) -> bool:
        return any((self.text, self.kind, self.trigger, self.family, self.reaction))


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the newest uses: how often it was used, and on suggestions what came of them."""

    used: int = 0
    measured: int = 0
    accepted: int = 0
    won: int = 0

    @property
    def is_enough(self) -> bool:
        return self.measured >= ENOUGH

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.won, self.measured)

    @property
    def low(self) -> float:
        return self.interval[0]

    @property
    def high(self) -> float:
        return self.interval[1]

    @property
    def proven(self) -> float:
        """What plays are ranked by: what a play wins at least, as far as we know."""
        return self.low if self.is_enough else 0.0


@dataclass(frozen=True, slots=True)
class Shown:
    play: Play
    figures: Figures
    is_used: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    plays: Sequence[Shown]
    last: int | None
    """The key after which the next page goes on."""


def page(user: User, wanted: Wanted, *, after: int | None = None) -> Page:
    """The newest first."""
    rows = having(matching(user, wanted), wanted.text, *TEXTS).select_related("family", "by", "learned_from__campaign")
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    figures = figures_of([play.pk for play in found[:PAGE]])
    shown = [Shown(play, figures[play.pk]) for play in found[:PAGE]]
    return Page(shown, found[PAGE - 1].pk if len(found) > PAGE else None)


def matching(user: User, wanted: Wanted) -> QuerySet[Play]:
    rows: QuerySet[Play] = Play.objects.visible_to(user)
    rows = rows.filter(retired_at__isnull=wanted.view != "retired")
    if wanted.view != "retired":
        rows = rows.filter(state=Play.State.PROPOSED if wanted.view == "proposed" else Play.State.PUBLISHED)
    plain = {"kind": wanted.kind, "trigger": wanted.trigger, "family": wanted.family, "reaction": wanted.reaction}
    return rows.filter(**{name: value for name, value in plain.items() if value})


def families() -> Sequence[ProductFamily]:
    return list(ProductFamily.objects.order_by("pk")[:200])


def fitting(suggestion: Suggestion) -> list[Shown]:
    """Plays for this moment, product and last reaction of the customer: first what the suggestion's own campaign brings,
    then the best proven, then the closest.

    Two statements. Lessons are for those who plan and are left out.
    """
    heard = Activity.objects.filter(account=suggestion.account_id).exclude(reaction="").order_by("-at", "-pk")
    rows = Play.objects.filter(retired_at=None, state=Play.State.PUBLISHED).exclude(kind=Play.Kind.LESSON)
    rows = rows.filter(
        Q(trigger="") | Q(trigger=suggestion.trigger),
        Q(family=None) | Q(family=suggestion.family_id),
        Q(reaction="") | Q(reaction=Subquery(heard.values("reaction")[:1])),
    )
    own = Play.revisions.through.objects.filter(play=OuterRef("pk"), campaignrevision=suggestion.revision_id)
    closeness = _said("trigger", "") + _said("reaction", "") + _said("family", None)
    rows = rows.annotate(is_own=Exists(own), closeness=closeness)
    plays = list(rows.order_by("-is_own", "-closeness", "-pk")[:CANDIDATES])
    figures = figures_of([play.pk for play in plays])
    best = sorted(plays, key=lambda play: (not play.is_own, -figures[play.pk].proven))[:AT_MOST]
    used = _used_on(suggestion, best)
    return [Shown(play, figures[play.pk], play.pk in used) for play in best]


def _said(field: str, empty: str | None) -> Case:
    """1 where a play names its moment, product or reaction instead of fitting any."""
    return Case(When(**{field: empty}, then=Value(0)), default=Value(1), output_field=IntegerField())


def _used_on(suggestion: Suggestion, plays: Sequence[Play]) -> set[int]:
    if not plays:
        return set()
    return set(PlayUse.objects.filter(suggestion=suggestion, play__in=plays).values_list("play_id", flat=True))


def figures_of(plays: Sequence[int]) -> Mapping[int, Figures]:
    """One statement for all of them; of a play that is used very often the newest uses speak."""
    if not plays:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT play.id, found.* FROM unnest(%(plays)s::bigint[]) AS play(id)
               CROSS JOIN LATERAL (
                 SELECT count(*), count(suggestion.id),
                        count(*) FILTER (WHERE suggestion.state = ANY(%(taken)s)),
                        count(*) FILTER (WHERE suggestion.state = 'won')
                 FROM (SELECT suggestion_id FROM campaigns_playuse WHERE play_id = play.id
                       ORDER BY id DESC LIMIT %(newest)s) AS used
                 LEFT JOIN campaigns_suggestion AS suggestion ON suggestion.id = used.suggestion_id
               ) AS found""",
            {"plays": list(plays), "taken": list(TAKEN), "newest": NEWEST},
        )
        return {play: Figures(*figures) for play, *figures in cursor.fetchall()}


def one(user: User, play_id: int) -> Play | None:
    rows = Play.objects.visible_to(user).select_related("family", "by", "learned_from__campaign")
    return rows.filter(pk=play_id).first()


def of_revision(revision_id: int) -> list[Shown]:
    """The plays that a revision brings to the field, in the order in which they were written."""
    plays = list(Play.objects.filter(revisions=revision_id, retired_at=None).select_related("family").order_by("pk"))
    figures = figures_of([play.pk for play in plays])
    return [Shown(play, figures[play.pk]) for play in plays]


def to_choose(revision_family: int | None) -> QuerySet[Play]:
    """What the builder offers: whatever fits the product of the revision, the newest first."""
    rows = Play.objects.filter(retired_at=None, state=Play.State.PUBLISHED)
    fits = Q(family=None) | Q(family=revision_family)
    return rows.filter(fits).select_related("family").order_by(F("pk").desc())
