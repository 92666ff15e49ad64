"""Where the tests' own database is, for the programs that a test starts."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from django.db import connection


def address() -> str:
    """The test's own database where DATABASE_URL points: a port or a socket alike."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
