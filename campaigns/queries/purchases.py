"""What customers bought by family: as a table for learning, and one by one for deciding.

A contract that runs counts as a purchase on its first day; what was returned or given away does not count.
Learning leaves out what is not on sale: fuel, deposits and coupons go with everything and say nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd
from django.db import connection

from accounts.queries.facts import Day
from campaigns.deciding.facts import FamilyPurchases

LEARNED_FROM = 20_000
"""At most so many customers teach the model; a fixed sample, spread over all of them."""


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


def purchase_table(today: Day, accounts: Sequence[int] | None = None) -> pd.DataFrame:
    """`account`, `family`, `age`: whole weeks between purchase and today, one row a week, for `affinity`.

    Of the customers that teach the model, unless some are named.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT DISTINCT account, family, (%(on)s::date - day) / 7 AS age FROM ({BOUGHT}) bought
                WHERE is_on_sale""",  # noqa: S608 (constants only)
            {**today.figures, "accounts": learned_from(today) if accounts is None else list(accounts)},
        )
        return pd.DataFrame(cursor.fetchall(), columns=["account", "family", "age"])


def learned_from(today: Day) -> list[int]:
    """The customers that teach the model: all, or every n-th of those whose number is drawn by a hash."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id FROM accounts_account
               WHERE merged_into_id IS NULL AND (closed_on IS NULL OR closed_on > %(on)s)
               ORDER BY hashint8(id), id LIMIT %(most)s""",
            {"on": today.on, "most": LEARNED_FROM},
        )
        return [account for (account,) in cursor.fetchall()]


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
