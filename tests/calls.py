"""How much work a page is, told by something that does not depend on who else is at work."""

from cProfile import Profile
from pstats import Stats
from typing import Any

from django.test import Client


def calls_of(client: Client, path: str, query: dict[str, Any] | None = None) -> int:
    """Functions called for a page that was asked before."""
    for _warm in range(2):
        client.get(path, query)
    profile = Profile()
    response = profile.runcall(client.get, path, query)
    assert response.status_code == 200
    total: int = Stats(profile).total_calls  # type: ignore[attr-defined]
    return total
