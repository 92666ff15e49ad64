"""The rows of each page in bare SQL, as somebody would write it by hand who knows the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.models import Account
from bench.screens.meter import Statement
from crm.people import User

RUN = "(SELECT run_id FROM accounts_currentscores)"

BESIDE = f"""
    LEFT JOIN crm_user u ON u.id = a.owner_id
    LEFT JOIN accounts_scoresnapshot s ON s.account_id = a.id AND s.run_id = {RUN}
    LEFT JOIN LATERAL (
        SELECT c.renews_on, c.seats, t.name_ja FROM accounts_subscription c
        JOIN accounts_product p ON p.id = c.product_id LEFT JOIN accounts_tier t ON t.id = p.tier_id
        WHERE c.account_id = a.id AND p.kind = 'plan' AND (c.ended_on IS NULL OR c.ended_on > current_date)
        ORDER BY t.rank DESC LIMIT 1) plan ON true
    LEFT JOIN LATERAL (
        SELECT r.value, r.allowance FROM accounts_usagereading r
        WHERE r.account_id = a.id AND r.meter_id = (SELECT id FROM accounts_meter WHERE code = 'storage')
        ORDER BY r.read_on DESC LIMIT 1) storage ON true
    LEFT JOIN LATERAL (
        SELECT v.at, v.kind FROM accounts_activity v WHERE v.account_id = a.id
        ORDER BY v.at DESC, v.id DESC LIMIT 1) talk ON true"""


def sight(user: User) -> tuple[str, list[Any]]:
    """Which customers a reader sees, as a condition on `a`."""
    live = "a.closed_on IS NULL AND a.merged_into_id IS NULL"
    if user.sees_everything:
        return live, []
    if user.is_manager:
        teams = "(SELECT id FROM crm_team WHERE path LIKE (SELECT path FROM crm_team WHERE id = %s) || '%%')"
        return f"{live} AND (a.team_id IN {teams} OR a.owner_id = %s)", [user.team_id, user.pk]
    return f"{live} AND (a.team_id = %s OR a.owner_id = %s)", [user.team_id, user.pk]


def customers(
    user: User, *, where: str = "true", params: Sequence[Any] = (), order: str = "a.reading, a.id", limit: int = 51
) -> list[Statement]:
    """A page of the list with what stands beside each name."""
    seen, who = sight(user)
    return [
        (
            f"""SELECT a.*, u.name, s.health, s.nps, s.ltv, s.stage, plan.*, storage.*, talk.*
                FROM (SELECT a.id, a.name, a.name_en, a.reading, a.city, a.owner_id FROM accounts_account a
                      LEFT JOIN accounts_scoresnapshot s ON s.account_id = a.id AND s.run_id = {RUN}
                      WHERE {seen} AND {where} ORDER BY {order} LIMIT {limit}) a {BESIDE}"""
            if "s." in order or "s." in where
            else f"""SELECT a.*, u.name, s.health, s.nps, s.ltv, s.stage, plan.*, storage.*, talk.*
                FROM (SELECT a.id, a.name, a.name_en, a.reading, a.city, a.owner_id FROM accounts_account a
                      WHERE {seen} AND {where} ORDER BY {order} LIMIT {limit}) a {BESIDE}""",
            [*who, *params],
        )
    ]


def record(account: Account, entries: int = 9) -> list[Statement]:
    """Everything on the page of one customer, a statement a table."""
    one = [account.pk]
    return [
        ("SELECT a.*, u.name FROM accounts_account a LEFT JOIN crm_user u ON u.id = a.owner_id WHERE a.id = %s", one),
        (f"SELECT * FROM accounts_scoresnapshot WHERE account_id = %s AND run_id = {RUN}", one),
        (
            "SELECT s.*, p.name_ja FROM accounts_subscription s JOIN accounts_product p ON p.id = s.product_id "
            "WHERE s.account_id = %s AND (s.ended_on IS NULL OR s.ended_on > current_date)",
            one,
        ),
        ("SELECT * FROM accounts_contact WHERE account_id = %s AND left_on IS NULL", one),
        ("SELECT * FROM accounts_need WHERE account_id = %s ORDER BY heard_on DESC LIMIT 50", one),
        ("SELECT * FROM accounts_npsresponse WHERE account_id = %s ORDER BY answered_at DESC LIMIT 40", one),
        ("SELECT * FROM accounts_usagereading WHERE account_id = %s ORDER BY read_on DESC LIMIT 60", one),
        ("SELECT * FROM accounts_case WHERE account_id = %s AND reported_at IS NULL", one),
        ("SELECT * FROM accounts_consent WHERE account_id = %s ORDER BY at DESC LIMIT 20", one),
        ("SELECT * FROM campaigns_suggestion WHERE account_id = %s AND state = 'open'", one),
        ("SELECT * FROM campaigns_proposal WHERE account_id = %s ORDER BY created_at DESC LIMIT 5", one),
        *entries_of(account, entries),
    ]


def entries_of(account: Account, limit: int) -> list[Statement]:
    """The newest of every table that the timeline shows."""
    tables = (
        ("accounts_activity", "at"),
        ("accounts_need", "heard_on"),
        ("accounts_npsresponse", "answered_at"),
        ("accounts_case", "opened_at"),
        ("accounts_observedsignal", "at"),
        ("campaigns_response", "at"),
    )
    return [
        (f"SELECT * FROM {table} WHERE account_id = %s ORDER BY {field} DESC LIMIT {limit}", [account.pk])
        for table, field in tables
    ]


def for_a_log(account: Account) -> list[Statement]:
    return [
        ("SELECT * FROM accounts_account WHERE id = %s", [account.pk]),
        ("SELECT * FROM accounts_contact WHERE account_id = %s AND left_on IS NULL", [account.pk]),
        ("SELECT * FROM accounts_topic", []),
    ]


def written_log(account: Account, by: User) -> list[Statement]:
    """The rows that a log writes: the activity, its touch and who did it."""
    return [
        ("SELECT * FROM accounts_account WHERE id = %s", [account.pk]),
        (
            """INSERT INTO accounts_activity (account_id, by_id, kind, result, reaction, note, at, client_id, created_at, custom)
               VALUES (%s, %s, 'call', 'talked', '', '', now(), gen_random_uuid(), now(), '{}') RETURNING id""",
            [account.pk, by.pk],
        ),
        (
            """INSERT INTO accounts_touch (account_id, kind, at, is_offer, counts, source)
               VALUES (%s, 'call', now(), false, true, 'bench:' || gen_random_uuid()) RETURNING id""",
            [account.pk],
        ),
        (
            """INSERT INTO crm_auditevent (at, by_id, verb, subject_type, subject_id, reason, figures, account_id)
               VALUES (now(), %s, 'activity.logged', 'accounts.activity', 0, '', '{}', %s) RETURNING id""",
            [by.pk, account.pk],
        ),
    ]


def day_of(user: User) -> list[Statement]:
    """Suggestions, promises and renewals of one person."""
    own = [user.pk]
    return [
        (
            "SELECT s.*, a.name FROM campaigns_suggestion s JOIN accounts_account a ON a.id = s.account_id "
            "WHERE s.owner_id = %s AND s.state = 'open' ORDER BY s.priority DESC LIMIT 12",
            own,
        ),
        (
            "SELECT f.*, a.name FROM accounts_followup f JOIN accounts_account a ON a.id = f.account_id "
            "WHERE f.owner_id = %s AND f.done_at IS NULL AND f.due_on <= current_date ORDER BY f.due_on LIMIT 50",
            own,
        ),
        (
            "SELECT s.*, a.name FROM accounts_subscription s JOIN accounts_account a ON a.id = s.account_id "
            "WHERE a.owner_id = %s AND s.ended_on IS NULL AND s.renews_on BETWEEN current_date AND current_date + 45 "
            "ORDER BY s.renews_on LIMIT 50",
            own,
        ),
        ("SELECT * FROM campaigns_receipt WHERE user_id = %s AND reacted_at IS NULL", own),
    ]


def found(user: User, text: str) -> list[Statement]:
    """Twenty customers whose key holds the text."""
    seen, who = sight(user)
    return [
        (
            f"SELECT a.id, a.name, a.reading, a.city FROM accounts_account a "
            f"WHERE {seen} AND (a.matching_key LIKE %s OR lower(a.name_en) LIKE %s) LIMIT 20",
            [*who, f"%{text.lower()}%", f"%{text.lower()}%"],
        )
    ]


def listed_by_number(user: User) -> list[Statement]:
    """The page of the API: the newest rows first."""
    seen, who = sight(user)
    return [(f"SELECT a.* FROM accounts_account a WHERE {seen} ORDER BY a.id DESC LIMIT 51", who)]
