"""The figures that lists stand on follow the day; triggers do the rest. See accounts.models.figures."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from accounts.models import FiguresDay

CHUNK = 20_000

CONCERNED = """
    SELECT account_id FROM accounts_subscription
    WHERE starts_on BETWEEN %(first)s AND %(last)s OR ended_on BETWEEN %(first)s AND %(last)s
    UNION SELECT account_id FROM accounts_usagereading WHERE read_on > %(first)s AND read_on <= %(last)s"""
"""Contracts of the first day once more, for one that was written while the day before was turned."""

MISSING = """
    INSERT INTO accounts_accountfigures
        (account_id, owner_id, team_id, reading, city, employees, customer_since, is_active)
    SELECT id, owner_id, team_id, reading, city, employees, customer_since, closed_on IS NULL AND merged_into_id IS NULL
    FROM accounts_account WHERE NOT EXISTS (SELECT FROM accounts_accountfigures f WHERE f.account_id = accounts_account.id)"""


def turn(*, to: date) -> None:
    """From now on all figures are of that day: those change for whom a contract begins or ends, or a reading counts now."""
    with transaction.atomic():
        day = FiguresDay.objects.select_for_update().get(pk=1)
        if day.day == to:
            return
        first, last = sorted((day.day, to))
        day.day = to
        day.save(update_fields=["day"])
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT sodate_figures_all(ARRAY({CONCERNED}))", {"first": first, "last": last})


def renew() -> int:
    """Works out the figures of everybody, for rows that were loaded while triggers were told to wait; how many."""
    with connection.cursor() as cursor:
        cursor.execute(MISSING)
        cursor.execute("SELECT coalesce(max(id), 0), count(*) FROM accounts_account")
        last, number = cursor.fetchone()
        for start in range(0, last + 1, CHUNK):
            cursor.execute(
                "SELECT sodate_figures_all(ARRAY(SELECT id FROM accounts_account WHERE id >= %s AND id < %s))",
                [start, start + CHUNK],
            )
    return int(number)
