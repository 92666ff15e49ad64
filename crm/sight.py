"""Who sees which rows: one rule, asked by every screen, list, count, export, API call and job.

A rep sees the accounts of their own and of their team, a manager those of the subtree, planners and
administrators all. For everybody else a row does not exist.
"""

from __future__ import annotations

from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from crm.once import once_a_request
from crm.people import Team, User

NOTHING = Q(pk__in=[])


def of_teams(user: User | AnonymousUser, *, team: str, owner: str) -> Q:
    """The rows whose `team` or `owner` (names of lookups to the ids) lies within the user's sight."""
    if not isinstance(user, User) or not user.is_active:
        return NOTHING
    if user.sees_everything:
        return Q()
    if user.is_manager:
        return Q(**{owner: user.pk}) | Q(**{f"{team}__in": Team.objects.under(user.team).values("pk")})
    return _of_one_team(user, team, owner)


def of_these_teams(user: User, *, team: str, owner: str) -> Q:
    """As `of_teams`, naming the teams by their ids: for the condition of a join, which must not ask for them."""
    if user.is_manager and not user.sees_everything:
        return Q(**{owner: user.pk}) | Q(**{f"{team}__in": _ids_under(user.team)})
    return of_teams(user, team=team, owner=owner)


def _of_one_team(user: User, team: str, owner: str) -> Q:
    own = Q(**{owner: user.pk})
    return own | Q(**{team: user.team_id}) if user.team_id else own


def is_seen(user: User, team: int | None, owner: int | None) -> bool:
    """As `of_teams` says, of figures that were counted by team and owner."""
    if user.sees_everything or owner == user.pk:
        return True
    mine = _ids_under(user.team) if user.is_manager else [user.team_id]
    return team is not None and team in mine


@once_a_request
def _ids_under(team: Team | None) -> list[int]:
    return list(Team.objects.under(team).values_list("pk", flat=True))


class SightedQuerySet(models.QuerySet[Any]):
    """A query set that knows `visible_to(user)`. Models say in `sight_rule` what may be seen."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self.filter(self.model.sight_rule(user))


class ThroughAccount(models.Model):
    """For rows that hang on an account and are seen by whoever sees that account."""

    SIGHT_PATH = "account__"

    class Meta:
        abstract = True

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        """What stayed behind with a customer that was merged is seen by nobody."""
        mine = of_teams(user, team=f"{cls.SIGHT_PATH}team_id", owner=f"{cls.SIGHT_PATH}owner_id")
        return mine & Q(**{f"{cls.SIGHT_PATH}merged_into": None})
