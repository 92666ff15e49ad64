"""Fields that an organisation adds to its objects without a migration, and their values."""

from crm.custom_fields.forms import WithCustomFields, form_fields
from crm.custom_fields.models import CustomField, HasCustomFields
from crm.custom_fields.reading import Unreadable
from crm.custom_fields.sql import equals, expression
from crm.custom_fields.values import Invalid, clean, display, parse_cell, people_by_name, people_shown, shown

__all__ = [
    "CustomField",
    "HasCustomFields",
    "Invalid",
    "Unreadable",
    "WithCustomFields",
    "clean",
    "display",
    "equals",
    "expression",
    "form_fields",
    "parse_cell",
    "people_by_name",
    "people_shown",
    "shown",
]
