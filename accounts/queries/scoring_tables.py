"""The facts of many accounts as of a day, laid out as the table that `accounts.scoring` reads.

Every statement takes a set of accounts and looks at nothing later than the day, so that a past day gives
today what it gave then. Only scoring needs this module: it brings pandas, which no page waits for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from django.db import connection

from accounts.queries.facts import ACTIVE_DAYS, NO_CAPACITY, SEATS, Day
from accounts.scoring.nps import account_nps_frame

TREND_DAYS = 90
PART = 50_000


def buying(today: Day) -> pd.DataFrame:
    """How every account buys, in one pass over all orders: fifths and purchase models need everybody.

    Frequency counts days of buying in the last 365 days; `mean_order` is the mean spend of such a day;
    `order_trend` compares the last 90 days with the 90 before.
    """
    bought = _in_parts(
        """SELECT account_id AS account, min(day) AS first_order_on, max(day) AS last_order_on,
                  (count(*) - 1)::float8 AS repeats, avg(spent)::float8 AS mean_order,
                  (count(*) FILTER (WHERE day > %(on)s::date - 365))::float8 AS frequency,
                  coalesce(sum(spent) FILTER (WHERE day > %(on)s::date - 365), 0)::float8 AS monetary,
                  (sum(spent) FILTER (WHERE day > %(on)s::date - 90))::float8 AS newer,
                  (sum(spent) FILTER (WHERE day > %(on)s::date - 180 AND day <= %(on)s::date - 90))::float8 AS older
           FROM (SELECT o.account_id, (o.ordered_at AT TIME ZONE %(zone)s)::date AS day, sum(l.amount) AS spent
                 FROM accounts_order o JOIN accounts_orderline l ON l.order_id = o.id
                 WHERE o.ordered_at < %(until)s GROUP BY 1, 2) AS days
           GROUP BY 1""",
        dates=("first_order_on", "last_order_on"),
        **today.figures,
    )
    trend = _change(bought.pop("older"), bought.pop("newer").fillna(0))
    recency = (pd.Timestamp(today.on) - bought["last_order_on"]).dt.days.astype(float)
    return bought.assign(order_trend=trend, recency_days=recency)


def gather(accounts: Sequence[int], today: Day, bought: pd.DataFrame) -> pd.DataFrame:
    """One row an account with the columns of `scoring.chunk`; what is not known is missing, never 0."""
    frame = pd.DataFrame(index=pd.Index(accounts, name="account"))
    for part in (
        _contracts(accounts, today),
        _usage(accounts, today),
        _voice(accounts, today),
        _hearing(accounts, today),
        _families(accounts, today),
        _friction(accounts, today),
        bought,
    ):
        frame = frame.join(part)
    return _with_defaults(frame, today)


def previous_stages(accounts: Sequence[int], today: Day) -> pd.Series:
    """The stage of each account in the newest finished run of an earlier day."""
    found = _table(
        """SELECT account_id AS account, upper(stage) AS previous_stage FROM accounts_scoresnapshot
           WHERE account_id = ANY(%(accounts)s) AND stage <> '' AND run_id = (
               SELECT id FROM accounts_scorerun WHERE finished_at IS NOT NULL AND as_of < %(on)s
               ORDER BY as_of DESC, finished_at DESC, id DESC LIMIT 1)""",
        accounts=list(accounts),
        on=today.on,
    )
    return found["previous_stage"]


def _contracts(accounts: Sequence[int], today: Day) -> pd.DataFrame:
    """A contract's margin weighs by its amount; the account's own margin goes before that of its products."""
    return _table(
        """SELECT a.id AS account, now.yearly_revenue, now.seats,
                  coalesce(a.margin_rate, now.margin)::float8 AS margin,
                  ((%(on)s::date - coalesce(a.customer_since, ever.since)) / 365.25)::float8 AS tenure_years
           FROM accounts_account a
           LEFT JOIN LATERAL (
               SELECT sum(s.monthly_amount)::float8 * 12 AS yearly_revenue,
                      (sum(s.seats) FILTER (WHERE p.kind = 'plan'))::float8 AS seats,
                      sum(s.monthly_amount * p.margin_rate)
                          / nullif(sum(s.monthly_amount) FILTER (WHERE p.margin_rate IS NOT NULL), 0) AS margin
               FROM accounts_subscription s JOIN accounts_product p ON p.id = s.product_id
               WHERE s.account_id = a.id AND s.starts_on <= %(on)s AND (s.ended_on IS NULL OR s.ended_on > %(on)s)
           ) now ON true
           LEFT JOIN LATERAL (SELECT min(starts_on) AS since FROM accounts_subscription s
                              WHERE s.account_id = a.id AND s.starts_on <= %(on)s) ever ON true
           WHERE a.id = ANY(%(accounts)s)""",
        accounts=list(accounts),
        on=today.on,
    )


def _usage(accounts: Sequence[int], today: Day) -> pd.DataFrame:
    """Newest readings of 120 days; the fullest capacity; the change of use over some 90 days.

    People and days tell use; a capacity such as storage only grows and speaks where nothing else does.
    """
    readings = _table(
        """SELECT u.account_id AS account, m.code AS meter, u.value::float8, u.allowance::float8, b.before::float8
           FROM (SELECT DISTINCT ON (account_id, meter_id) * FROM accounts_usagereading
                 WHERE account_id = ANY(%(accounts)s) AND read_on <= %(on)s AND read_on > %(on)s::date - 120
                 ORDER BY account_id, meter_id, read_on DESC) u
           JOIN accounts_meter m ON m.id = u.meter_id
           LEFT JOIN LATERAL (
               SELECT o.value AS before FROM accounts_usagereading o
               WHERE o.account_id = u.account_id AND o.meter_id = u.meter_id
                 AND o.read_on <= %(on)s::date - 90 AND o.read_on > %(on)s::date - 180
               ORDER BY o.read_on DESC LIMIT 1) b ON true""",
        accounts=list(accounts),
        on=today.on,
    )
    capacity = readings[~readings["meter"].isin(NO_CAPACITY) & (readings["allowance"] > 0)]
    people = readings[readings["meter"].isin({SEATS, ACTIVE_DAYS})]
    use = _mean_change(people)
    return pd.DataFrame(
        {
            "seats_used": _newest(readings, SEATS),
            "days_per_week": _newest(readings, ACTIVE_DAYS),
            "capacity_share": (capacity["value"] / capacity["allowance"]).groupby(level=0).max(),
            "usage_trend": use.combine_first(_mean_change(capacity)),
        }
    )


def _newest(readings: pd.DataFrame, meter: str) -> pd.Series:
    return readings.loc[readings["meter"] == meter, "value"]


def _mean_change(readings: pd.DataFrame) -> pd.Series:
    return _change(readings["before"], readings["value"]).groupby(level=0).mean()


def _change(older: pd.Series, newer: pd.Series) -> pd.Series:
    """Relative change: +0.1 grew by a tenth; unknown without anything before."""
    return (newer / older.where(older > 0) - 1).astype(float)


def _voice(accounts: Sequence[int], today: Day) -> pd.DataFrame:
    answers = _table(
        """SELECT n.account_id AS account, coalesce(n.contact_id, 0) AS contact, n.score,
                  (n.answered_at AT TIME ZONE %(zone)s)::date AS on,
                  coalesce(c.part = 'decider', false) AS is_decision_maker
           FROM accounts_npsresponse n LEFT JOIN accounts_contact c ON c.id = n.contact_id
           WHERE n.account_id = ANY(%(accounts)s) AND n.answered_at < %(until)s
           ORDER BY n.answered_at, n.id""",
        accounts=list(accounts),
        **today.figures,
    ).reset_index()
    return account_nps_frame(answers.assign(on=pd.to_datetime(answers["on"])), as_of=today.on)


def _hearing(accounts: Sequence[int], today: Day) -> pd.DataFrame:
    """When somebody of us last listened: a conversation that took place, or a need written down."""
    heard = _table(
        """SELECT account, max(day) AS last_heard_on FROM (
               SELECT account_id AS account, (at AT TIME ZONE %(zone)s)::date AS day FROM accounts_activity
               WHERE account_id = ANY(%(accounts)s) AND at < %(until)s
                 AND kind IN ('call', 'visit', 'meeting') AND result IN ('talked', 'done')
               UNION ALL
               SELECT account_id, heard_on FROM accounts_need
               WHERE account_id = ANY(%(accounts)s) AND heard_on <= %(on)s) AS told
           GROUP BY 1""",
        accounts=list(accounts),
        **today.figures,
    )
    return heard.assign(last_heard_on=pd.to_datetime(heard["last_heard_on"]))


def _families(accounts: Sequence[int], today: Day) -> pd.DataFrame:
    return _table(
        """SELECT account, count(DISTINCT family)::float8 AS products FROM (
               SELECT o.account_id AS account, p.family_id AS family
               FROM accounts_order o JOIN accounts_orderline l ON l.order_id = o.id
               JOIN accounts_product p ON p.id = l.product_id
               WHERE o.account_id = ANY(%(accounts)s) AND o.ordered_at < %(until)s
                 AND (o.ordered_at AT TIME ZONE %(zone)s)::date > %(on)s::date - 365
               UNION ALL
               SELECT s.account_id, p.family_id FROM accounts_subscription s
               JOIN accounts_product p ON p.id = s.product_id
               WHERE s.account_id = ANY(%(accounts)s) AND s.starts_on <= %(on)s
                 AND (s.ended_on IS NULL OR s.ended_on > %(on)s)) AS held
           GROUP BY 1""",
        accounts=list(accounts),
        **today.figures,
    )


def _friction(accounts: Sequence[int], today: Day) -> pd.DataFrame:
    """Nothing written down means nothing happened only where such things are written down at all."""
    return _table(
        """SELECT a.id AS account, c.open_complaints, c.complaints_365d, c.tickets_90d, late.late_payments_365d
           FROM accounts_account a
           LEFT JOIN LATERAL (
               SELECT (count(*) FILTER (WHERE kind = 'complaint'
                           AND (reported_at IS NULL OR reported_at >= %(until)s)))::float8 AS open_complaints,
                      (count(*) FILTER (WHERE kind = 'complaint'
                           AND opened_at >= %(until)s - interval '365 days'))::float8 AS complaints_365d,
                      (count(*) FILTER (WHERE kind <> 'complaint'
                           AND opened_at >= %(until)s - interval '90 days'))::float8 AS tickets_90d
               FROM accounts_case WHERE account_id = a.id AND opened_at < %(until)s
           ) c ON EXISTS (SELECT FROM accounts_case WHERE opened_at < %(until)s)
           LEFT JOIN LATERAL (
               SELECT count(*)::float8 AS late_payments_365d FROM accounts_observedsignal
               WHERE account_id = a.id AND kind = 'late_payment'
                 AND at < %(until)s AND at >= %(until)s - interval '365 days'
           ) late ON EXISTS (SELECT FROM accounts_observedsignal WHERE kind = 'late_payment' AND at < %(until)s)
           WHERE a.id = ANY(%(accounts)s)""",
        accounts=list(accounts),
        until=today.until,
    )


def _with_defaults(frame: pd.DataFrame, today: Day) -> pd.DataFrame:
    """Where no use is measured the change in orders stands in, for customers that somebody has heard."""
    heard = frame["nps_latest"].notna() | frame["last_heard_on"].notna()
    trend = frame["usage_trend"].where(frame["usage_trend"].notna() | ~heard, frame["order_trend"])
    return frame.assign(usage_trend=np.clip(trend.astype(float), -1, 1)).drop(columns=["order_trend"])


def _table(sql: str, **figures: Any) -> pd.DataFrame:
    """The answer as a table indexed by its first column."""
    with connection.cursor() as cursor:
        cursor.execute(sql, figures)
        names = [column.name for column in cursor.description]
        table = pd.DataFrame(cursor.fetchall(), columns=names)
    numbers = {name: pd.to_numeric(table[name]) for name in names if _is_empty(table[name])}
    return table.assign(**numbers).set_index(names[0])


def _in_parts(sql: str, *, dates: Sequence[str], **figures: Any) -> pd.DataFrame:
    """A long table of numbers and dates: only a part of its rows at a time are Python objects."""
    with connection.cursor() as cursor:
        cursor.execute(sql, figures)
        names = [column.name for column in cursor.description]
        kinds = {name: "datetime64[s]" if name in dates else float for name in names[1:]}
        parts = [pd.DataFrame(columns=names).astype(kinds)]
        while rows := cursor.fetchmany(PART):
            parts.append(pd.DataFrame(rows, columns=names).astype(kinds))
    return pd.concat(parts, ignore_index=True).astype({names[0]: int}).set_index(names[0])


def _is_empty(column: pd.Series) -> bool:
    """A column without one value has no type of its own; as numbers it can be reckoned with."""
    return len(column) > 0 and bool(column.isna().all())
