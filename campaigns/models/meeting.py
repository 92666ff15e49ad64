"""Where campaigns mean the same customers, counted ahead for companies with many of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from campaigns.models.campaigns import CampaignRevision
from crm.people import Team, User
from crm.sight import SightedQuerySet, of_teams


class Counted(models.Model):
    """When the customers of a revision were last counted, and by which audience."""

    revision = models.OneToOneField(
        CampaignRevision, primary_key=True, on_delete=models.CASCADE, related_name="counted"
    )
    audience = models.CharField(max_length=32, help_text="Tells an audience from the same one after a change.")
    as_of = models.DateTimeField()


class Shared(models.Model):
    """How many customers of a rep in a team two revisions both mean; where both are the same one, how many it means."""

    one = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(CampaignRevision, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    customers = models.PositiveIntegerField()

    objects: ClassVar[models.Manager[Shared]] = SightedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["one", "other", "team", "owner"], nulls_distinct=False, name="shared_customers_are_counted_once"
            )
        ]

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        return of_teams(user, team="team_id", owner="owner_id")
