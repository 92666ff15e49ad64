from crm.audit import AuditEvent
from crm.custom_fields import CustomField
from crm.jobs import Heartbeat, OutboxItem
from crm.notices import Notice
from crm.organisation import Organisation
from crm.people import Role, Team, Theme, User
from crm.saved_views import SavedView
from crm.webhooks import Delivery, Webhook

__all__ = [
    "AuditEvent",
    "CustomField",
    "Delivery",
    "Heartbeat",
    "Notice",
    "Organisation",
    "OutboxItem",
    "Role",
    "SavedView",
    "Team",
    "Theme",
    "User",
    "Webhook",
]
