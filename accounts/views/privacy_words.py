"""Names of tables and columns as a person reads them who asks what we hold about them."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

TABLES: dict[str, Any] = {
    "accounts.Account": gettext_lazy("Customer"),
    "accounts.Contact": gettext_lazy("Contact"),
    "accounts.Consent": gettext_lazy("Consent"),
    "accounts.AccountFile": gettext_lazy("File"),
    "accounts.Activity": gettext_lazy("Activity"),
    "accounts.FollowUp": gettext_lazy("Follow-up"),
    "accounts.Touch": gettext_lazy("Approach"),
    "accounts.Need": gettext_lazy("Need"),
    "accounts.Case": gettext_lazy("Case"),
    "accounts.NpsResponse": gettext_lazy("NPS answer"),
    "accounts.Subscription": gettext_lazy("Contract"),
    "accounts.Order": gettext_lazy("Order"),
    "accounts.PrivacyRequest": gettext_lazy("Privacy request"),
    "campaigns.Suggestion": gettext_lazy("Suggestion"),
    "campaigns.Proposal": gettext_lazy("Proposal"),
}
COLUMNS: dict[str, Any] = {
    "name": gettext_lazy("Name"),
    "name_en": gettext_lazy("English name"),
    "reading": gettext_lazy("Reading in kana"),
    "email": pgettext_lazy("column", "Email"),
    "phone": gettext_lazy("Phone"),
    "address": gettext_lazy("Address"),
    "city": gettext_lazy("City"),
    "department": gettext_lazy("Department"),
    "title": gettext_lazy("Job title"),
    "wishes": gettext_lazy("Wishes"),
    "note": gettext_lazy("Note"),
    "text": gettext_lazy("Content"),
    "words": gettext_lazy("In the customer's words"),
    "solution": gettext_lazy("Solution"),
    "subject": gettext_lazy("What happened"),
    "details": gettext_lazy("Details"),
    "comment": gettext_lazy("Comment"),
    "score": gettext_lazy("Score"),
    "channel": gettext_lazy("Channel"),
    "is_granted": gettext_lazy("Allowed"),
    "proof": gettext_lazy("In their words"),
    "kind": gettext_lazy("Kind"),
    "result": gettext_lazy("Result"),
    "reaction": gettext_lazy("Reaction"),
    "at": gettext_lazy("Date"),
    "created_at": gettext_lazy("Date"),
    "opened_at": gettext_lazy("Date"),
    "answered_at": gettext_lazy("Date"),
    "heard_on": gettext_lazy("Date"),
    "due_on": gettext_lazy("Due"),
}


def table_words(label: str) -> str:
    """History is named after what it tells of; an inner table keeps its own name."""
    model: Any = apps.get_model(label)
    tracked = getattr(model, "pgh_tracked_model", None)
    if tracked is not None:
        return _("%(table)s (history)") % {"table": table_words(tracked._meta.label)}
    return str(TABLES.get(label, model._meta.verbose_name))


def column_words(name: str) -> str:
    return str(COLUMNS.get(name, name))
