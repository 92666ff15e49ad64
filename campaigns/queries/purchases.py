"""What customers bought by family, one by one, for deciding; as a table for learning it is in `learning`.

A contract that runs counts as a purchase on its first day; what was returned or given away does not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection

from accounts.queries.facts import Day
from campaigns.deciding.facts import FamilyPurchases

BOUGHT = """
    SELECT o.account_id AS account, f.code AS family, (o.ordered_at AT TIME ZONE %(zone)s)::date AS day,
           l.amount AS spent, p.is_on_sale
    FROM accounts_order o JOIN accounts_orderline l ON l.order_id = o.id
    JOIN accounts_product p ON p.id = l.product_id JOIN accounts_productfamily f ON f.id = p.family_id
    WHERE o.account_id = ANY(%(accounts)s) AND o.ordered_at < %(until)s AND l.quantity > 0 AND l.amount > 0
    UNION ALL
    SELECT s.account_id, f.code, s.starts_on, s.monthly_amount * 12, p.is_on_sale
    FROM accounts_subscription s
    JOIN accounts_product p ON p.id = s.product_id JOIN accounts_productfamily f ON f.id = p.family_id
    WHERE s.account_id = ANY(%(accounts)s) AND s.starts_on <= %(on)s AND (s.ended_on IS NULL OR s.ended_on > %(on)s)
"""


def segments_of(accounts: Sequence[int] | None = None) -> dict[object, str]:
    """The segment within which popularity is counted: industry for companies, kind for everybody else."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.id, coalesce(i.code, a.kind) FROM accounts_account a
               LEFT JOIN accounts_industry i ON i.id = a.industry_id
               WHERE %(accounts)s::bigint[] IS NULL OR a.id = ANY(%(accounts)s)""",
            {"accounts": None if accounts is None else list(accounts)},
        )
        return dict(cursor.fetchall())


def purchases_of(accounts: Sequence[int], today: Day) -> dict[int, tuple[FamilyPurchases, ...]]:
    """Every family each account has bought, with the days, oldest first."""
    found: dict[int, list[FamilyPurchases]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT account, family, array_agg(DISTINCT day ORDER BY day),
                       round(coalesce(sum(spent) FILTER (WHERE day > %(on)s::date - 365), 0))::bigint
                FROM ({BOUGHT}) bought GROUP BY 1, 2 ORDER BY 1, 2""",  # noqa: S608 (constants only)
            {**today.figures, "accounts": list(accounts)},
        )
        for account, family, days, yearly in cursor:
            found[account].append(FamilyPurchases(family, tuple(days), yearly))
    return {account: tuple(families) for account, families in found.items()}
