"""What customers teach: who bought which family when, as a table, and the model of what goes together.

Learning leaves out what is not on sale: fuel, deposits and coupons go with everything and say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from django.db import connection

from accounts.queries.facts import Day
from campaigns.deciding.affinity import AffinityModel, fit
from campaigns.queries.purchases import BOUGHT, segments_of

LEARNED_FROM = 20_000
"""At most so many customers teach the model; a fixed sample, spread over all of them."""


def learned(today: Day) -> AffinityModel:
    """What goes together, by the method that did best on the newest weeks before that day."""
    bought = purchase_table(today)
    return fit(bought, segments=segments_in(bought))


def segments_in(bought: pd.DataFrame) -> dict[object, str]:
    """Of the customers that teach the model, not of everybody."""
    return segments_of(bought["account"].unique().tolist())


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
