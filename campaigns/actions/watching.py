"""Guardrails are looked at soon after something was written about a customer whom their campaign addressed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from campaigns.models import CampaignRevision, Target
from crm import jobs

TASK = "campaigns.check_guardrails_of"

HAS_GUARDRAIL = Q(guardrail_nps__isnull=False) | Q(guardrail_complaint_share__isnull=False)


def outcomes_arrived(*, accounts: Collection[int], at: datetime) -> None:
    """Ask for one look at the next full minute, however much was written until then.

    Without it the guardrails are looked at every few minutes.
    """
    then = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    addressed = Target.objects.filter(revision=OuterRef("pk"), account__in=accounts, arm=Target.Arm.TREATED)
    concerned = CampaignRevision.objects.running().filter(HAS_GUARDRAIL, Exists(addressed))
    for number in concerned.order_by("pk").values_list("pk", flat=True):
        jobs.enqueue(TASK, key=f"{TASK}:{number}:{then:%Y%m%d%H%M}", at=then, revision_id=number)
