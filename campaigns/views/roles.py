"""Who plans campaigns, and who also watches them."""

from crm.people import Role
from crm.views.roles import only_for

PLANNERS = (Role.PLANNER, Role.ADMIN)
PLANNERS_AND_MANAGERS = (*PLANNERS, Role.MANAGER)

__all__ = ["PLANNERS", "PLANNERS_AND_MANAGERS", "only_for"]
