"""New plans from old ones: copies, templates, and the plans that come with the product."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from campaigns.actions import campaigns
from campaigns.models import Campaign, CampaignRevision
from campaigns.queries.starters import Starter
from crm import audit
from crm.bilingual import in_both
from crm.people import User

OF_ITS_TIME = ("starts_on", "ends_on", "goal_wins")
"""Fields that every campaign sets for itself."""
SAID = ("why", "customer_benefit", "rep_benefit", "opening", "questions", "steps")


class NoTemplate(Exception):
    """Only a template can be taken away; a campaign is kept."""


@transaction.atomic
def copy(
    *, revision: CampaignRevision, name_ja: str, name_en: str = "", by: User, at: datetime, as_template: bool = False
) -> CampaignRevision:
    """A new campaign with the same plan in its first draft; days, goal and hand-picked customers stay behind.

    Nothing of it is tied to the old one: results never mix. A template is copied to begin others, and never launched.
    """
    campaign = Campaign.objects.create(
        name_ja=name_ja, name_en=name_en, owner=by, created_at=at, is_template=as_template
    )
    made = _first(campaign, by, at, copied_from=revision, **_plan(revision))
    campaigns.copy_rows(revision, made)
    verb = "campaign.kept_as_template" if as_template else "campaign.copied"
    audit.record(verb=verb, subject=made, by=by, at=at, of=revision.pk)
    return made


def _first(campaign: Campaign, by: User, at: datetime, **fields: Any) -> CampaignRevision:
    return CampaignRevision.objects.create(
        campaign=campaign, number=1, seed=campaign.pk, changed_by=by, created_at=at, **fields
    )


def _plan(revision: CampaignRevision) -> dict[str, Any]:
    """What a planner wrote. An audience takes a copy, like every list of the plan."""
    return {name: getattr(revision, name) for name in campaigns.FORKED if name not in OF_ITS_TIME}


@transaction.atomic
def begin(*, starter: Starter, name_ja: str = "", name_en: str = "", by: User, at: datetime) -> CampaignRevision:
    """A draft with the words of a plan that comes with the product, in both languages; its name unless given another."""
    own_ja, own_en = in_both(starter.name)
    names = (name_ja, name_en) if name_ja else (own_ja, own_en)
    campaign = Campaign.objects.create(name_ja=names[0], name_en=names[1], owner=by, created_at=at)
    made = _first(campaign, by, at, audience=[dict(each) for each in starter.conditions], **_words(starter))
    audit.record(verb="campaign.drafted", subject=made, by=by, at=at, starter=starter.code)
    return made


def _words(starter: Starter) -> dict[str, str]:
    found = {}
    for name in SAID:
        found[f"{name}_ja"], found[f"{name}_en"] = in_both(getattr(starter, name))
    return found


@transaction.atomic
def remove_template(*, campaign: Campaign, by: User, at: datetime) -> None:
    """Plans that were begun with it stay as they are. Raises NoTemplate."""
    if not campaign.is_template:
        raise NoTemplate
    audit.record(verb="template.removed", subject=campaign, by=by, at=at, name=campaign.name_ja)
    campaign.delete()
