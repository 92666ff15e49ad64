"""Customers' facts from files: see docs/how-to/load-data.md and docs/how-to/import.md."""

from accounts.actions.imports.files import Unreadable
from accounts.actions.imports.loading import Loaded, RowsRefused, load

__all__ = ["Loaded", "RowsRefused", "Unreadable", "load"]
