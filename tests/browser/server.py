"""Is the server still at work? What a closed page asked for goes on in it, and must not meet the next test's world."""

from __future__ import annotations

import time
from threading import Lock
from typing import Any

from django.core.signals import request_finished, request_started

LONGEST = 10.0
ON_ITS_WAY = 0.03
"""Seconds in which a request that a page sent just before it closed has begun."""


class AtWork:
    """Counts the requests that have begun and not ended."""

    def __init__(self) -> None:
        self._lock, self._running = Lock(), 0
        request_started.connect(self._begun)
        request_finished.connect(self._ended)

    def _begun(self, **_more: Any) -> None:
        with self._lock:
            self._running += 1

    def _ended(self, **_more: Any) -> None:
        with self._lock:
            self._running -= 1

    def wait_until_idle(self) -> None:
        time.sleep(ON_ITS_WAY)
        until = time.monotonic() + LONGEST
        while self._running > 0:
            if time.monotonic() > until:
                self._running = 0  # an answer that nobody closed; it is not waited for twice
            time.sleep(0.01)

    def stop(self) -> None:
        request_started.disconnect(self._begun)
        request_finished.disconnect(self._ended)
