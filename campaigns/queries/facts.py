# ruff: noqa: S608 (SQL put together from constants of this module; every value is a parameter)
"""The engine's facts, gathered for a set of accounts at a time.

Whatever the size of the set, the number of statements is the same: the rows of every table come back beside
their account as JSON, cut at the end of the day asked for, so that a past day gives what it gave then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, DateField, DateTimeField, Field, TextField

from accounts.queries.facts import SEATS, Day
from accounts.queries.facts import day as business_day
from campaigns.deciding.facts import (
    WAYS,
    AccountFacts,
    CampaignOffer,
    Case,
    Catalogue,
    Consent,
    Family,
    HeadCount,
    HeardNeed,
    HeldSubscription,
    Ltv,
    NpsAnswer,
    PastSuggestion,
    Path,
    Person,
    Product,
    Reading,
    Signal,
    Touch,
    Usage,
)
from campaigns.deciding.facts import Heard as HeardTalk
from campaigns.queries.purchases import purchases_of, segments_of
from crm.statements import Given, Prepared

Row = Mapping[str, Any]

GUARD_PARTS: tuple[str, ...] = ("needs", "nps", "heard", "cases", "consents", "people", "touches", "past", "standing")
ALL_PARTS: tuple[str, ...] = (*GUARD_PARTS, "holdings", "usage", "head_counts", "signals", "campaign_offers")

ALWAYS_ON = "always-on"
"""The name of the standing experiment in `ArmMembership`."""

RUNNING = "s.starts_on <= %(on)s AND (s.ended_on IS NULL OR s.ended_on > %(on)s)"

LOOKED_BACK = 500
"""So many conversations back the newest of each reaction is looked for: a long history costs what a short one costs."""

PARTS: Mapping[str, str] = {
    "needs": """
        SELECT n.id, t.code AS topic, n.heard_on, n.words, n.contact_id,
               CASE WHEN n.solved_on <= %(on)s THEN n.solved_on END AS solved_on
        FROM accounts_need n JOIN accounts_topic t ON t.id = n.topic_id
        WHERE n.account_id = a.id AND n.heard_on <= %(on)s AND n.heard_on > %(on)s::date - 400
        ORDER BY n.heard_on, n.id""",
    "nps": """
        SELECT n.id, n.score, n.contact_id, (n.answered_at AT TIME ZONE %(zone)s)::date AS answered_on,
               CASE WHEN n.loop_closed_at < %(until)s
                    THEN (n.loop_closed_at AT TIME ZONE %(zone)s)::date END AS loop_closed_on
        FROM accounts_npsresponse n
        WHERE n.account_id = a.id AND n.answered_at < %(until)s ORDER BY n.answered_at, n.id""",
    "heard": f"""
        SELECT DISTINCT ON (v.reaction) v.id, v.reaction, (v.at AT TIME ZONE %(zone)s)::date AS on
        FROM (SELECT id, at, reaction FROM accounts_activity
              WHERE account_id = a.id AND at < %(until)s ORDER BY at DESC, id DESC LIMIT {LOOKED_BACK}) v
        WHERE v.reaction <> '' ORDER BY v.reaction, v.at DESC, v.id DESC""",
    "cases": """
        SELECT c.id, c.kind, c.subject, (c.opened_at AT TIME ZONE %(zone)s)::date AS opened_on,
               CASE WHEN c.reported_at < %(until)s
                    THEN (c.reported_at AT TIME ZONE %(zone)s)::date END AS closed_on
        FROM accounts_case c WHERE c.account_id = a.id AND c.opened_at < %(until)s ORDER BY c.opened_at, c.id""",
    "consents": """
        SELECT DISTINCT ON (c.channel) c.channel, c.is_granted, (c.at AT TIME ZONE %(zone)s)::date AS since
        FROM accounts_consent c WHERE c.account_id = a.id AND c.contact_id IS NULL AND c.at < %(until)s
        ORDER BY c.channel, c.at DESC, c.id DESC""",
    "people": """
        SELECT p.id, p.part = 'decider' AS decides, coalesce(said.refused, '{}'::json) AS refused
        FROM accounts_contact p LEFT JOIN LATERAL (
            SELECT json_object_agg(newest.channel, newest.since) AS refused FROM (
                SELECT DISTINCT ON (c.channel) c.channel, c.is_granted, (c.at AT TIME ZONE %(zone)s)::date AS since
                FROM accounts_consent c
                WHERE c.account_id = a.id AND c.contact_id = p.id AND c.at < %(until)s
                ORDER BY c.channel, c.at DESC, c.id DESC) newest
            WHERE NOT newest.is_granted) said ON true
        WHERE p.account_id = a.id AND (p.left_on IS NULL OR p.left_on > %(on)s) AND EXISTS (
            SELECT FROM accounts_consent c WHERE c.account_id = a.id AND c.contact_id IS NOT NULL AND NOT c.is_granted)
        ORDER BY p.id""",
    "touches": """
        SELECT t.id, t.kind, t.counts, t.is_offer, t.contact_id, t.at AT TIME ZONE %(zone)s AS at
        FROM accounts_touch t
        WHERE t.account_id = a.id AND t.at < %(until)s AND t.at > %(until)s - interval '400 days'
        ORDER BY t.at, t.id""",
    "past": """
        SELECT DISTINCT ON (r.suggestion_id) r.suggestion_id AS id, s.action_key, f.code AS family, r.kind AS state,
               r.at AT TIME ZONE %(zone)s AS at, r.reason, r.ask_again_on
        FROM campaigns_response r JOIN campaigns_suggestion s ON s.id = r.suggestion_id
        JOIN accounts_productfamily f ON f.id = s.family_id
        WHERE r.account_id = a.id AND r.kind <> 'opened' AND r.at < %(until)s
        ORDER BY r.suggestion_id, r.at DESC, r.id DESC""",
    "standing": """
        SELECT s.health, s.health_change, s.loyalty, s.as_of, s.yearly_value, s.margin_rate, s.expected_years
        FROM accounts_scoresnapshot s WHERE s.account_id = a.id AND s.run_id = (SELECT id FROM run)""",
    "holdings": f"""
        SELECT s.id, p.code AS product, f.code AS family, coalesce(t.rank, 0) AS tier_rank, s.seats,
               s.monthly_amount, s.starts_on, s.renews_on
        FROM accounts_subscription s JOIN accounts_product p ON p.id = s.product_id
        JOIN accounts_productfamily f ON f.id = p.family_id LEFT JOIN accounts_tier t ON t.id = p.tier_id
        WHERE s.account_id = a.id AND {RUNNING} ORDER BY s.id""",
    "usage": f"""
        SELECT m.code AS meter, u.read_on, u.value, coalesce(u.allowance, held.limit_on_day) AS allowance,
               held.id AS subscription_id
        FROM accounts_usagereading u JOIN accounts_meter m ON m.id = u.meter_id
        CROSS JOIN LATERAL (
            SELECT s.id, CASE WHEN m.code = '{SEATS}' THEN s.seats
                              WHEN l.is_per_seat THEN l.amount * s.seats ELSE l.amount END AS limit_on_day
            FROM accounts_subscription s JOIN accounts_product p ON p.id = s.product_id
            LEFT JOIN accounts_productlimit l ON l.product_id = p.id AND l.meter_id = m.id
            WHERE s.account_id = a.id AND {RUNNING}
              AND (l.id IS NOT NULL OR (m.code = '{SEATS}' AND p.kind = 'plan'))
            ORDER BY p.kind = 'plan' DESC, s.id LIMIT 1) held
        WHERE u.account_id = a.id AND u.read_on <= %(on)s AND u.read_on > %(on)s::date - 240
        ORDER BY m.code, u.read_on""",
    "head_counts": """
        SELECT u.read_on AS on, u.value AS employees
        FROM accounts_usagereading u JOIN accounts_meter m ON m.id = u.meter_id
        WHERE u.account_id = a.id AND m.code = 'headcount'
          AND u.read_on <= %(on)s AND u.read_on > %(on)s::date - 400
        ORDER BY u.read_on""",
    "signals": """
        SELECT o.id, o.kind, (o.at AT TIME ZONE %(zone)s)::date AS on, o.count, coalesce(p.code, '') AS product
        FROM accounts_observedsignal o LEFT JOIN accounts_product p ON p.id = o.product_id
        WHERE o.account_id = a.id AND o.at < %(until)s AND o.at > %(until)s - interval '400 days'
        ORDER BY o.at, o.id""",
    "campaign_offers": """
        SELECT v.campaign_id, v.id AS revision_id, p.key AS path_key, p.kind,
               coalesce(v.ends_on, %(on)s::date + 90) AS until
        FROM campaigns_target t JOIN campaigns_campaignrevision v ON v.id = t.revision_id
        JOIN accounts_upgradepath p ON p.id = v.path_id
        WHERE t.account_id = a.id AND t.arm = 'treated' AND v.state IN ('launching', 'launched')
          AND v.launched_at < %(until)s ORDER BY v.id""",
}

GIVEN: Mapping[str, Field[Any, Any]] = {
    "accounts": ArrayField(BigIntegerField()),
    "on": DateField(),
    "until": DateTimeField(),
    "zone": TextField(),
}

RUN = """
    WITH run AS MATERIALIZED (
        SELECT r.id FROM accounts_scorerun r LEFT JOIN accounts_currentscores c ON c.run_id = r.id
        WHERE r.finished_at IS NOT NULL AND r.as_of <= %(on)s
        ORDER BY c.id IS NOT NULL DESC, r.as_of DESC, r.finished_at DESC, r.id DESC LIMIT 1)
"""


def account_facts(accounts: Iterable[int], as_of: date, *, parts: Sequence[str] = ALL_PARTS) -> dict[int, AccountFacts]:
    """What was known of each account at the end of that day; accounts that do not exist are absent."""
    return facts_on(list(accounts), business_day(as_of), parts=parts)


def facts_on(accounts: Sequence[int], today: Day, *, parts: Sequence[str] = ALL_PARTS) -> dict[int, AccountFacts]:
    zone = ZoneInfo(today.zone)
    found = {row["id"]: _facts(row, zone) for row in _rows(accounts, today, parts)}
    if "holdings" not in parts:
        return found
    bought, segments = purchases_of(accounts, today), segments_of(accounts)
    return {
        account: replace(facts, purchases=bought.get(account, ()), segment=segments[account])
        for account, facts in found.items()
    }


def held_out(accounts: Sequence[int], today: Day) -> dict[int, frozenset[str]]:
    """What running revisions must not be offered to whom: keys of paths, and codes of their products."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.account_id, array_agg(p.key) || array_agg(d.code)
               FROM campaigns_target t JOIN campaigns_campaignrevision v ON v.id = t.revision_id
               JOIN accounts_upgradepath p ON p.id = v.path_id JOIN accounts_product d ON d.id = p.to_product_id
               WHERE t.account_id = ANY(%(accounts)s) AND t.arm = 'holdout' AND v.launched_at < %(until)s
                 AND v.state IN ('launching', 'launched', 'paused') GROUP BY 1""",
            {"accounts": list(accounts), "until": today.until},
        )
        return {account: frozenset(kept) for account, kept in cursor.fetchall()}


def _rows(accounts: Sequence[int], today: Day, parts: Sequence[str]) -> list[Row]:
    rows = _question(tuple(parts), len(accounts) == 1).ask(accounts=list(accounts), **today.figures)
    return [row for (row,) in rows]


@cache
def _question(parts: tuple[str, ...], is_of_one: bool) -> Prepared:
    """A plan for lists expects ten, and would not be kept for one customer."""
    who = "(%(accounts)s)[1]" if is_of_one else "ANY(%(accounts)s)"
    columns = "".join(
        f", (SELECT coalesce(json_agg(x), '[]'::json) FROM ({PARTS[part]}) x) AS {part}" for part in parts
    )
    sql = f"""{RUN} SELECT to_json(whole) FROM (SELECT a.id, a.external_id, a.kind, EXISTS (
                SELECT FROM campaigns_armmembership m WHERE m.account_id = a.id
                AND m.experiment = %(experiment)s AND m.arm = 'control') AS is_control {columns}
              FROM accounts_account a WHERE a.id = {who}) whole"""
    return Prepared(
        "facts", sql, {name: Given(name, type_) for name, type_ in GIVEN.items()} | {"experiment": ALWAYS_ON}
    )


# --------------------------------------------------------------------------- from rows to facts


def _facts(row: Row, zone: ZoneInfo) -> AccountFacts:
    part = {name: row.get(name, ()) for name in ALL_PARTS}
    standing: Row = next(iter(part["standing"]), {})
    return AccountFacts(
        id=row["id"],
        external_id=row["external_id"] or "",
        kind=row["kind"],
        holdings=tuple(map(_holding, part["holdings"])),
        usage=_usage(part["usage"]),
        head_counts=tuple(HeadCount(_day(r["on"]), int(r["employees"])) for r in part["head_counts"]),
        needs=tuple(map(_need, part["needs"])),
        nps=tuple(map(_answer, part["nps"])),
        heard=tuple(HeardTalk(_day(r["on"]), REACTIONS[r["reaction"]], r["id"]) for r in part["heard"]),
        cases=tuple(map(_case, part["cases"])),
        health=standing.get("health"),
        health_on=_day_or_none(standing.get("as_of")),
        health_trend=standing.get("health_change") or 0.0,
        loyalty=standing.get("loyalty"),
        ltv=_ltv(standing),
        consents=_consents(part["consents"]),
        opted_out_on=_opted_out_on(part["consents"]),
        people=tuple(map(_person, part["people"])),
        touches=tuple(_touch(r, zone) for r in part["touches"]),
        past=tuple(_past(r, zone) for r in part["past"] if r["state"] != "undone"),
        signals=tuple(_signal(r) for r in part["signals"] if r["kind"] in SIGNALS),
        campaign_offers=tuple(map(_offer, part["campaign_offers"])),
        is_control=row["is_control"],
    )


REACTIONS: Mapping[str, Any] = {"positive": "good", "neutral": "neutral", "upset": "upset"}
SIGNALS: Mapping[str, str] = {
    "plan_viewed": "plan_viewed",
    "feature_tried": "feature_tried",
    "milestone": "milestone",
    "cancel_hint": "cancellation_asked",
}


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _day_or_none(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def _holding(row: Row) -> HeldSubscription:
    """A change of contract begins a new row, so the day a row begins is the day it was signed."""
    return HeldSubscription(
        id=row["id"],
        product=row["product"],
        family=row["family"],
        tier_rank=row["tier_rank"],
        seats=row["seats"],
        unit_price=row["monthly_amount"] // row["seats"],
        monthly=row["monthly_amount"],
        started_on=_day(row["starts_on"]),
        renews_on=_day_or_none(row["renews_on"]),
        signed_on=_day(row["starts_on"]),
    )


def _usage(rows: Sequence[Row]) -> tuple[Usage, ...]:
    """One entry a meter, with the allowance of its newest reading."""
    by_meter: dict[str, list[Row]] = {}
    for row in rows:
        by_meter.setdefault(row["meter"], []).append(row)
    return tuple(
        Usage(
            meter="seats" if meter == SEATS else meter,
            allowance=None if read[-1]["allowance"] is None else float(read[-1]["allowance"]),
            readings=tuple(Reading(_day(r["read_on"]), float(r["value"])) for r in read),
            subscription_id=read[-1]["subscription_id"],
        )
        for meter, read in by_meter.items()
    )


def _need(row: Row) -> HeardNeed:
    return HeardNeed(
        id=row["id"],
        topics=frozenset({row["topic"]}),
        heard_on=_day(row["heard_on"]),
        words=row["words"],
        contact_id=row["contact_id"],
        solved_on=_day_or_none(row["solved_on"]),
    )


def _answer(row: Row) -> NpsAnswer:
    return NpsAnswer(
        score=row["score"],
        answered_on=_day(row["answered_on"]),
        contact_id=row["contact_id"],
        loop_closed_on=_day_or_none(row["loop_closed_on"]),
        id=row["id"],
    )


def _case(row: Row) -> Case:
    return Case(row["id"], row["kind"], row["subject"], _day(row["opened_on"]), _day_or_none(row["closed_on"]))


def _consents(rows: Sequence[Row]) -> tuple[Consent, ...]:
    """What was said for the whole customer. A way that nobody spoke about is open."""
    return tuple(Consent(r["channel"], r["is_granted"], _day(r["since"])) for r in rows if r["channel"] in WAYS)


def _person(row: Row) -> Person:
    refused = {channel: _day(since) for channel, since in row["refused"].items()}
    return Person(row["id"], decides=row["decides"], refused=refused)


def _opted_out_on(rows: Sequence[Row]) -> date | None:
    return next((_day(r["since"]) for r in rows if r["channel"] == "sales" and not r["is_granted"]), None)


def _touch(row: Row, zone: ZoneInfo) -> Touch:
    return Touch(
        at=_moment(row["at"], zone),
        kind=row["kind"],
        consumes=row["counts"],
        is_offer=row["is_offer"],
        contact_id=row["contact_id"],
        id=row["id"],
    )


def _past(row: Row, zone: ZoneInfo) -> PastSuggestion:
    return PastSuggestion(
        action_key=row["action_key"],
        family=row["family"],
        state=row["state"],
        at=_moment(row["at"], zone),
        reason=row["reason"],
        ask_again_on=_day_or_none(row["ask_again_on"]),
        id=row["id"],
    )


def _signal(row: Row) -> Signal:
    return Signal(SIGNALS[row["kind"]], _day(row["on"]), count=row["count"], product=row["product"], id=row["id"])


def _offer(row: Row) -> CampaignOffer:
    return CampaignOffer(row["campaign_id"], row["revision_id"], row["path_key"], _day(row["until"]), row["kind"])


def _ltv(standing: Row) -> Ltv | None:
    factors = [standing.get(name) for name in ("yearly_value", "margin_rate", "expected_years")]
    if any(factor is None for factor in factors):
        return None
    return Ltv(int(standing["yearly_value"]), float(standing["margin_rate"]), float(standing["expected_years"]))


# ------------------------------------------------------------------------------- the catalogue


def catalogue(today: Day) -> Catalogue:
    """What may be offered on that day, in three statements.

    Single goods stand in by their families: a shop's hundred thousand articles are no steps of a ladder.
    """
    products = {row["code"]: _product(row) for row in _dicts(PRODUCTS, today)}
    paths = tuple(_path(row, products) for row in _dicts(PATHS, today) if row["to_product"] in products)
    families = {row["code"]: _family(row, paths, products) for row in _dicts(FAMILIES, today)}
    return Catalogue(products=products, families=families, paths=paths)


def with_values(known: Catalogue, today: Day) -> Catalogue:
    """The same with what a typical buyer of each family spends in a year: one pass over a year of orders."""
    spent = {row["code"]: int(row["value"]) for row in _dicts(VALUES, today)}
    families = {
        code: replace(family, yearly_value=spent.get(code, family.yearly_value))
        for code, family in known.families.items()
    }
    return replace(known, families=families)


PRODUCTS = """
    SELECT p.code, f.code AS family, coalesce(t.rank, 0) AS tier_rank, p.margin_rate, p.is_on_sale,
           price.amount, price.period, price.is_per_seat,
           (SELECT json_object_agg(m.code, l.amount) FROM accounts_productlimit l
            JOIN accounts_meter m ON m.id = l.meter_id WHERE l.product_id = p.id) AS allowances
    FROM accounts_product p JOIN accounts_productfamily f ON f.id = p.family_id
    LEFT JOIN accounts_tier t ON t.id = p.tier_id
    LEFT JOIN LATERAL (SELECT * FROM accounts_price r WHERE r.product_id = p.id AND r.valid_from <= %(on)s
                       ORDER BY r.valid_from DESC LIMIT 1) price ON true
    WHERE p.kind <> 'good'
       OR EXISTS (SELECT FROM accounts_upgradepath u WHERE p.id IN (u.to_product_id, u.from_product_id))"""

PATHS = """
    SELECT u.*, coalesce(o.code, '') AS from_product, d.code AS to_product, coalesce(s.key, '') AS softer,
           ARRAY(SELECT t.code FROM accounts_upgradepath_topics j JOIN accounts_topic t ON t.id = j.topic_id
                 WHERE j.upgradepath_id = u.id) AS topics
    FROM accounts_upgradepath u JOIN accounts_product d ON d.id = u.to_product_id
    LEFT JOIN accounts_product o ON o.id = u.from_product_id LEFT JOIN accounts_upgradepath s ON s.id = u.alternative_id
    WHERE u.is_open ORDER BY u.id"""

FAMILIES = """
    SELECT f.code, coalesce(avg(p.margin_rate), 0.3) AS margin_rate, coalesce(bool_or(p.is_on_sale), false) AS on_sale
    FROM accounts_productfamily f LEFT JOIN accounts_product p ON p.family_id = f.id GROUP BY f.code"""

VALUES = """
    SELECT code, avg(spent) AS value FROM (
        SELECT f.code, o.account_id, sum(l.amount) AS spent
        FROM accounts_order o JOIN accounts_orderline l ON l.order_id = o.id
        JOIN accounts_product p ON p.id = l.product_id JOIN accounts_productfamily f ON f.id = p.family_id
        WHERE o.ordered_at < %(until)s AND o.ordered_at >= %(until)s - interval '365 days' GROUP BY 1, 2) buyers
    GROUP BY 1"""


def _dicts(sql: str, today: Day) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, today.figures)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


MONTHS = 12


def _product(row: Row) -> Product:
    """A price paid once is spread over twelve months, so that a year of it is the price."""
    amount = row["amount"] or 0
    return Product(
        code=row["code"],
        family=row["family"],
        tier_rank=row["tier_rank"],
        unit_price=round(amount / MONTHS) if row["period"] == "once" else amount,
        margin_rate=0.5 if row["margin_rate"] is None else float(row["margin_rate"]),
        per_seat=bool(row["is_per_seat"]),
        on_sale=row["is_on_sale"],
        allowances={meter: float(amount) for meter, amount in (row["allowances"] or {}).items()},
    )


def _path(row: Row, products: Mapping[str, Product]) -> Path:
    return Path(
        key=row["key"],
        kind=row["kind"],
        from_product=row["from_product"],
        to_product=row["to_product"],
        benefit_ja=row["benefit_ja"],
        benefit_en=row["benefit_en"],
        disclosure_ja=row["disclosure_ja"],
        disclosure_en=row["disclosure_en"],
        topics=frozenset(row["topics"]),
        meters=_lifted(row, products),
        alternative=row["softer"],
    )


def _lifted(row: Row, products: Mapping[str, Product]) -> frozenset[str]:
    """The limits that lie further away after the step: more seats lift every one that counts by seat."""
    target, start = products[row["to_product"]], products.get(row["from_product"])
    if row["kind"] == "seats":
        return frozenset({"seats", *target.allowances})
    before = start.allowances if start and start.family == target.family else {}
    return frozenset(meter for meter, amount in target.allowances.items() if amount > before.get(meter, 0))


def _family(row: Row, paths: Sequence[Path], products: Mapping[str, Product]) -> Family:
    """A family says what it is good for by the path that leads into it from anywhere, if there is one."""
    entry = entry_path(row["code"], paths, products)
    return Family(
        code=row["code"],
        benefit_ja=entry.benefit_ja if entry else "",
        benefit_en=entry.benefit_en if entry else "",
        topics=entry.topics if entry else frozenset(),
        yearly_value=products[entry.to_product].unit_price * MONTHS if entry else 0,
        margin_rate=float(row["margin_rate"]),
        on_sale=row["on_sale"],
    )


def entry_path(family: str, paths: Sequence[Path], products: Mapping[str, Product]) -> Path | None:
    """The step into a family that starts from nothing in particular; a first purchase before a reorder."""
    into = [p for p in paths if not p.from_product and products[p.to_product].family == family]
    return next((p for lane in ("cross_sell", "reorder") for p in into if p.lane == lane), None)
