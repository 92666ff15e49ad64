"""The registry of personal columns: what each is for, how long it is kept, what erasing a person does to it.

Every column that can hold text stands here, as personal or as not; a test walks all models. Each app adds its own
columns (`<app>/models/personal.py`); those of this app and of the libraries stand below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _


class Erase(StrEnum):
    NAME = "name"  # replaced by words that say that somebody stood here
    CLEAR = "clear"  # emptied in the person's own rows
    WORDS = "words"  # free text: emptied in the person's own rows, the person's traces cut out of the customer's others
    TRACES = "traces"  # the person's traces are cut out wherever they stand
    FILE = "file"  # the stored file goes
    FOLLOW = "follow"  # made by a trigger from other columns, which it follows
    KEEP = "keep"  # about our own people, or needed as proof


IDENTIFY = _("To know whom we speak with")
REACH = _("To reach the person on the channels they allow")
SERVE = _("To remember what was said, needed and agreed")
PROVE = _("To prove who did what, and what the person allowed")
TAKE_OVER = _("To take over records from files and to take that back")
WORK = _("To run this system for our own people")

RELATION = _("As long as we serve the customer; erased on request")
THIRTY_DAYS = _("30 days after the import")
EMPLOYMENT = _("As long as the colleague works here")
TRAIL = _("7 years, without the person's traces once erased")
SIGN_IN = _("14 days after the last visit")


@dataclass(frozen=True, slots=True)
class Personal:
    model: str
    column: str
    purpose: Any
    retention: Any
    erase: Erase


_personal: dict[tuple[str, str], Personal] = {}
_harmless: set[tuple[str, str]] = set()


def personal(model: str, columns: str, *, purpose: Any, retention: Any, erase: Erase) -> None:
    """Register columns (names with blanks between) of a model by its label, `accounts.Contact`."""
    for column in columns.split():
        _personal[model, column] = Personal(model, column, purpose, retention, erase)


def harmless(model: str, columns: str) -> None:
    """Columns that never hold anything about a person at a customer or one of us."""
    _harmless.update((model, column) for column in columns.split())


def entries() -> list[Personal]:
    """By model and column, in the order of registration."""
    return list(_personal.values())


def unclassified() -> list[str]:
    """Columns that could hold personal data and that nobody has classified."""
    columns = (
        (model._meta.label, field.name)
        for model in tables()
        for field in model._meta.concrete_fields
        if may_be_personal(field)
    )
    return [".".join(column) for column in columns if column not in _personal and column not in _harmless]


def stale() -> list[str]:
    """Entries whose column is gone."""
    known = {(model._meta.label, field.name) for model in tables() for field in model._meta.concrete_fields}
    return [".".join(column) for column in (*_personal, *_harmless) if column not in known]


def tables() -> Iterator[type[models.Model]]:
    """Every model with a table of its own; history has the columns of the model it tells of."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy and not hasattr(model, "pgh_tracked_model"):
            yield model


TEXTS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.BinaryField,
    models.GenericIPAddressField,
)
TELLING = ("birth", "gender", "age")


def may_be_personal(field: models.Field[Any, Any]) -> bool:
    """Text, files and whatever is called like a date of birth; a fixed list of codes holds nobody."""
    return (isinstance(field, TEXTS) and not field.choices) or any(word in field.name.split("_") for word in TELLING)


# -- Our own people, and what the frame keeps --------------------------------------------------------

personal("crm.User", "email name name_en reading", purpose=WORK, retention=EMPLOYMENT, erase=Erase.KEEP)
personal("crm.User", "password", purpose=WORK, retention=EMPLOYMENT, erase=Erase.KEEP)
personal("account.EmailAddress", "email", purpose=WORK, retention=EMPLOYMENT, erase=Erase.KEEP)
personal("mfa.Authenticator", "data", purpose=WORK, retention=EMPLOYMENT, erase=Erase.KEEP)
personal("sessions.Session", "session_data", purpose=WORK, retention=SIGN_IN, erase=Erase.KEEP)
personal("crm.AuditEvent", "reason figures", purpose=PROVE, retention=TRAIL, erase=Erase.WORDS)
personal("admin.LogEntry", "object_repr change_message", purpose=PROVE, retention=TRAIL, erase=Erase.TRACES)
personal("crm.Notice", "figures", purpose=WORK, retention=RELATION, erase=Erase.TRACES)
personal("crm.SavedView", "name filters", purpose=WORK, retention=EMPLOYMENT, erase=Erase.TRACES)
personal("crm.Delivery", "payload answer", purpose=SERVE, retention=RELATION, erase=Erase.TRACES)
personal("crm.OutboxItem", "arguments last_error", purpose=WORK, retention=RELATION, erase=Erase.TRACES)

harmless("crm.Team", "name_ja name_en code path")
harmless("crm.User", "language bell_without mail_without")
harmless("crm.AuditEvent", "verb subject_type")
harmless("crm.CustomField", "name_ja name_en key help_ja help_en choices")
harmless("crm.OutboxItem", "task key")
harmless("crm.Heartbeat", "part")
harmless("crm.Notice", "code url key")
harmless("crm.Organisation", "name_ja name_en time_zone currency control_salt")
harmless("crm.SavedView", "list_key sort columns")
harmless("crm.Webhook", "url events sealed old_sealed")
harmless("crm.Delivery", "kind problem")
harmless("admin.LogEntry", "object_id")
harmless("auth.Permission", "name codename")
harmless("auth.Group", "name")
harmless("contenttypes.ContentType", "app_label model")
harmless("sessions.Session", "session_key")
harmless("pghistory.Context", "metadata")
harmless("account.EmailConfirmation", "key")
harmless("authtoken.Token", "key")
