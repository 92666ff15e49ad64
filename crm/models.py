from crm.audit import AuditEvent
from crm.jobs import Heartbeat, OutboxItem
from crm.organisation import Organisation
from crm.people import Role, Team, Theme, User

__all__ = ["AuditEvent", "Heartbeat", "Organisation", "OutboxItem", "Role", "Team", "Theme", "User"]
