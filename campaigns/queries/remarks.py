"""Threads about a plan, and what they speak of."""

from __future__ import annotations

from django.db.models import Prefetch

from campaigns.models import CampaignRevision, Remark
from crm.people import User


def of_revision(revision: CampaignRevision, user: User) -> list[Remark]:
    """The first of each thread with its answers as `replies`, open ones first, in the order in which they were said."""
    answers = Remark.objects.select_related("by").order_by("at", "pk")
    rows = Remark.objects.visible_to(user).filter(revision=revision, answers=None).select_related("by", "settled_by")
    threads = list(rows.prefetch_related(Prefetch("replies", queryset=answers)).order_by("at", "pk"))
    return sorted(threads, key=lambda remark: remark.is_settled)
