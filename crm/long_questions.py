"""The few questions over all customers at once. Pages otherwise ask short ones; see SHORT_QUESTIONS in the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def over_many_rows() -> Iterator[None]:
    """Memory for hash tables over a million rows, and helpers that read a table together."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('work_mem', '96MB', true), set_config('max_parallel_workers_per_gather', '2', true)"
        )
        yield
