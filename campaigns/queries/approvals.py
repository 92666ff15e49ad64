"""Who may approve a plan, and whether it may be launched as it stands."""

from __future__ import annotations

from django.db.models import QuerySet

from campaigns.models import CampaignRevision
from crm.audit import AuditEvent
from crm.organisation import Organisation
from crm.people import Role, User

State = CampaignRevision.State


def launchable_states() -> tuple[str, ...]:
    """A draft is launched as it is only where the organisation wants no second person."""
    wants_two = Organisation.current().campaigns_need_second_person
    return (State.APPROVED,) if wants_two else (State.DRAFT, State.APPROVED)


def lacks_approval(revision: CampaignRevision) -> bool:
    """Is a second person's word all that its state is short of?"""
    return revision.state in (State.DRAFT, State.WAITING) and revision.state not in launchable_states()


def asked_by(revision: CampaignRevision) -> int | None:
    """The id of whoever last asked for the approval of this revision."""
    asked = AuditEvent.objects.filter(
        verb="campaign.approval_asked", subject_type=revision._meta.label_lower, subject_id=revision.pk
    )
    return asked.order_by("-at", "-pk").values_list("by_id", flat=True).first()


def hands_on(revision: CampaignRevision) -> set[int]:
    """The ids of those for whom somebody else must approve: who last wrote on the plan, and who asked for its approval."""
    asker = asked_by(revision) if revision.state != State.DRAFT else None
    return {person for person in (asker, revision.changed_by_id) if person}


def approvers(revision: CampaignRevision) -> QuerySet[User]:
    """Planners first: those who may approve it, or could if it were asked for."""
    planning = User.objects.filter(role__in=(Role.PLANNER, Role.ADMIN), is_active=True)
    return planning.exclude(pk__in=hands_on(revision)).order_by("-role", "pk")
