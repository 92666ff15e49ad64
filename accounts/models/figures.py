"""What lists sort and narrow customers by, worked out ahead: one narrow row a customer. See docs/adr/0012."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models.accounts import Account
from accounts.models.activities import ActivityKind
from accounts.models.catalogue import Tier

SEEN_BY = ("owner_id", "team_id")
"""Stand in every index, so that a walk in order passes what the reader may not see without looking at the customer."""


ASKED_BY = (
    *("employees", "customer_since", "tier", "renews_on", "seats", "usage_percent"),
    *("last_contact_at", "next_follow_up_on", "open_cases", "open_needs"),
)
"""Stand in the index of the usual order as well, so that a walk passes what no condition wants in the same way."""


def _sorted_by(column: str) -> models.Index:
    return models.Index(
        fields=[column, "account"], include=SEEN_BY, condition=Q(is_active=True), name=f"figures_of_{column}"
    )


class AccountFigures(models.Model):
    """As of the day in `FiguresDay`. Written by triggers alone, so that nothing loaded past Django is missed."""

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="figures"
    )
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    is_active = models.BooleanField(default=True, db_default=True, help_text="Neither closed nor merged into another.")
    reading = models.CharField(max_length=200, default="", db_default="")
    city = models.CharField(max_length=120, default="", db_default="")
    employees = models.PositiveIntegerField(null=True)
    customer_since = models.DateField(null=True)
    tier = models.ForeignKey(
        Tier, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    renews_on = models.DateField(null=True, help_text="Of the running plan of the highest tier.")
    seats = models.BigIntegerField(null=True, help_text="Of all running plans.")
    usage_percent = models.BigIntegerField(null=True, help_text="Of the storage allowance, by the newest reading.")
    last_contact_at = models.DateTimeField(null=True)
    last_contact_kind = models.CharField(max_length=8, default="", db_default="", choices=ActivityKind.choices)
    next_follow_up_on = models.DateField(null=True)
    open_cases = models.IntegerField(default=0, db_default=0)
    open_needs = models.IntegerField(default=0, db_default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["reading", "account"],
                include=[*SEEN_BY, *ASKED_BY],
                condition=Q(is_active=True),
                name="figures_in_usual_order",
            ),
            _sorted_by("city"),
            _sorted_by("employees"),
            _sorted_by("customer_since"),
            _sorted_by("tier"),
            _sorted_by("renews_on"),
            _sorted_by("seats"),
            _sorted_by("usage_percent"),
            _sorted_by("last_contact_at"),
            _sorted_by("next_follow_up_on"),
            _sorted_by("open_cases"),
            _sorted_by("open_needs"),
        ]


class FiguresDay(models.Model):
    """The day that all figures are of. The first run after midnight turns it; see accounts.actions.figures."""

    day = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_day_of_figures")]


class FiguresDue(models.Model):
    """What a transaction owes the figures: written by each of its statements, settled when it commits.

    So locks on figures are taken last of all, together, and in the order of the customers, whatever the order in which
    a transaction wrote about them: two that do can never wait for each other. No row outlives its transaction.
    """

    part = models.CharField(max_length=10, help_text="The table that changed.")
    customers = ArrayField(models.BigIntegerField())
    is_last = models.BooleanField(db_default=False, help_text="Put behind the foreign keys, which may wait for others.")


# ------------------------------------------------------------------------------ the same in the database

LOOKUPS = """
CREATE OR REPLACE FUNCTION public.sodate_figures_day() RETURNS date LANGUAGE sql STABLE AS $body$
    SELECT coalesce((SELECT day FROM public.accounts_figuresday WHERE id = 1), current_date)
$body$;

CREATE OR REPLACE FUNCTION public.sodate_plans_of(customer bigint, today date)
RETURNS TABLE (tier_id bigint, renews_on date, seats bigint) LANGUAGE sql STABLE AS $body$
    SELECT (array_agg(p.tier_id ORDER BY t.rank DESC, s.starts_on DESC, s.id DESC))[1],
           (array_agg(s.renews_on ORDER BY t.rank DESC, s.starts_on DESC, s.id DESC))[1],
           sum(s.seats)
    FROM public.accounts_subscription s
    JOIN public.accounts_product p ON p.id = s.product_id AND p.kind = 'plan'
    JOIN public.accounts_tier t ON t.id = p.tier_id
    WHERE s.account_id = customer AND s.starts_on <= today AND (s.ended_on IS NULL OR s.ended_on > today)
$body$;

CREATE OR REPLACE FUNCTION public.sodate_usage_of(customer bigint, today date)
RETURNS TABLE (usage_percent bigint) LANGUAGE sql STABLE AS $body$
    SELECT round(100 * u.value / u.allowance)::bigint
    FROM public.accounts_usagereading u
    WHERE u.account_id = customer AND u.read_on <= today AND u.allowance > 0
      AND u.meter_id = (SELECT m.id FROM public.accounts_meter m WHERE m.code = 'storage')
    ORDER BY u.read_on DESC LIMIT 1
$body$;

CREATE OR REPLACE FUNCTION public.sodate_contact_of(customer bigint)
RETURNS TABLE (at timestamptz, kind varchar) LANGUAGE sql STABLE AS $body$
    SELECT v.at, v.kind FROM public.accounts_activity v
    WHERE v.account_id = customer ORDER BY v.at DESC, v.id DESC LIMIT 1
$body$;

CREATE OR REPLACE FUNCTION public.sodate_follow_ups_of(customer bigint)
RETURNS TABLE (next_on date) LANGUAGE sql STABLE AS $body$
    SELECT min(d.due_on) FROM public.accounts_followup d WHERE d.account_id = customer AND d.done_at IS NULL
$body$;

CREATE OR REPLACE FUNCTION public.sodate_cases_of(customer bigint)
RETURNS TABLE (open integer) LANGUAGE sql STABLE AS $body$
    SELECT count(*)::integer FROM public.accounts_case c WHERE c.account_id = customer AND c.reported_at IS NULL
$body$;

CREATE OR REPLACE FUNCTION public.sodate_needs_of(customer bigint)
RETURNS TABLE (open integer) LANGUAGE sql STABLE AS $body$
    SELECT count(*)::integer FROM public.accounts_need n WHERE n.account_id = customer AND n.solved_on IS NULL
$body$;
"""
"""What hangs on a customer, one table each. PostgreSQL writes such functions out where they are called."""

RENEW = """
CREATE OR REPLACE FUNCTION public.sodate_figures_renew(concerned bigint[], parts text[]) RETURNS void
LANGUAGE plpgsql AS $body$
DECLARE
    today date := public.sodate_figures_day();
BEGIN
    UPDATE public.accounts_accountfigures f
    SET tier_id = n.tier_id, renews_on = n.renews_on, seats = n.seats, usage_percent = n.usage_percent,
        last_contact_at = n.last_contact_at, last_contact_kind = n.last_contact_kind,
        next_follow_up_on = n.next_follow_up_on, open_cases = n.open_cases, open_needs = n.open_needs
    FROM (
        SELECT f.account_id,
               CASE WHEN 'plans' = ANY(parts) THEN plans.tier_id ELSE f.tier_id END AS tier_id,
               CASE WHEN 'plans' = ANY(parts) THEN plans.renews_on ELSE f.renews_on END AS renews_on,
               CASE WHEN 'plans' = ANY(parts) THEN plans.seats ELSE f.seats END AS seats,
               CASE WHEN 'usage' = ANY(parts) THEN usage.usage_percent ELSE f.usage_percent END AS usage_percent,
               CASE WHEN 'contact' = ANY(parts) THEN contact.at ELSE f.last_contact_at END AS last_contact_at,
               CASE WHEN 'contact' = ANY(parts) THEN coalesce(contact.kind, '') ELSE f.last_contact_kind
               END AS last_contact_kind,
               CASE WHEN 'follow_ups' = ANY(parts) THEN follow_ups.next_on ELSE f.next_follow_up_on
               END AS next_follow_up_on,
               CASE WHEN 'cases' = ANY(parts) THEN cases.open ELSE f.open_cases END AS open_cases,
               CASE WHEN 'needs' = ANY(parts) THEN needs.open ELSE f.open_needs END AS open_needs
        FROM public.accounts_accountfigures f
        LEFT JOIN LATERAL (SELECT * FROM public.sodate_plans_of(f.account_id, today) WHERE 'plans' = ANY(parts)) plans
            ON true
        LEFT JOIN LATERAL (SELECT * FROM public.sodate_usage_of(f.account_id, today) WHERE 'usage' = ANY(parts)) usage
            ON true
        LEFT JOIN LATERAL (SELECT * FROM public.sodate_contact_of(f.account_id) WHERE 'contact' = ANY(parts)) contact
            ON true
        LEFT JOIN LATERAL (SELECT * FROM public.sodate_follow_ups_of(f.account_id) WHERE 'follow_ups' = ANY(parts))
            follow_ups ON true
        LEFT JOIN LATERAL (SELECT * FROM public.sodate_cases_of(f.account_id) WHERE 'cases' = ANY(parts)) cases ON true
        LEFT JOIN LATERAL (SELECT * FROM public.sodate_needs_of(f.account_id) WHERE 'needs' = ANY(parts)) needs ON true
        WHERE f.account_id = ANY(concerned)
    ) n
    WHERE f.account_id = n.account_id
      AND (f.tier_id, f.renews_on, f.seats, f.usage_percent, f.last_contact_at, f.last_contact_kind,
           f.next_follow_up_on, f.open_cases, f.open_needs)
          IS DISTINCT FROM
          (n.tier_id, n.renews_on, n.seats, n.usage_percent, n.last_contact_at, n.last_contact_kind,
           n.next_follow_up_on, n.open_cases, n.open_needs);
END
$body$;

CREATE OR REPLACE FUNCTION public.sodate_figures_all(customers bigint[]) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM FROM public.accounts_accountfigures WHERE account_id = ANY(customers)
    ORDER BY account_id FOR NO KEY UPDATE;
    PERFORM public.sodate_figures_renew(customers, '{plans,usage,contact,follow_ups,cases,needs}');
END
$body$;
"""
"""Works some parts out anew for some customers, and writes those that differ."""

SETTLE = """
CREATE OR REPLACE FUNCTION public.sodate_figures_of_customers(concerned bigint[]) RETURNS void
LANGUAGE plpgsql AS $body$
BEGIN
    UPDATE public.accounts_accountfigures f
    SET owner_id = n.owner_id, team_id = n.team_id, reading = n.reading, city = n.city, employees = n.employees,
        customer_since = n.customer_since, is_active = (n.closed_on IS NULL AND n.merged_into_id IS NULL)
    FROM public.accounts_account n
    WHERE f.account_id = ANY(concerned) AND n.id = f.account_id
      AND (f.owner_id, f.team_id, f.reading, f.city, f.employees, f.customer_since, f.is_active)
          IS DISTINCT FROM
          (n.owner_id, n.team_id, n.reading, n.city, n.employees, n.customer_since,
           n.closed_on IS NULL AND n.merged_into_id IS NULL);
    DELETE FROM public.accounts_accountfigures f
    WHERE f.account_id = ANY(concerned) AND NOT EXISTS (SELECT FROM public.accounts_account n WHERE n.id = f.account_id);
END
$body$;

CREATE OR REPLACE FUNCTION public.sodate_figures_settle() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    concerned bigint[];
    parts text[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE public.accounts_figuresdue SET is_last = true WHERE id = NEW.id;
        RETURN NULL;
    END IF;
    concerned := ARRAY(SELECT DISTINCT unnest(customers) FROM public.accounts_figuresdue);
    parts := ARRAY(SELECT DISTINCT part FROM public.accounts_figuresdue);
    IF cardinality(concerned) > 0 THEN
        DELETE FROM public.accounts_figuresdue;
        PERFORM FROM public.accounts_accountfigures WHERE account_id = ANY(concerned)
        ORDER BY account_id FOR NO KEY UPDATE;
        IF 'account' = ANY(parts) THEN
            PERFORM public.sodate_figures_of_customers(concerned);
        END IF;
        IF parts <> '{account}' THEN
            PERFORM public.sodate_figures_renew(concerned, parts);
        END IF;
    END IF;
    RETURN NULL;
END
$body$;
"""
"""Rows are locked first, in order, and looked at by statements of their own: whoever waited for another transaction sees
what it wrote, so that of two who touch a customer at once neither is lost.

The first call only moves the event to the end of the queue: foreign keys that are checked at the commit may wait for
others, and nobody shall wait who holds figures.
"""

NOTE = """
CREATE OR REPLACE FUNCTION public.sodate_figures_due_insert() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF current_setting('sodate.figures', true) IS DISTINCT FROM 'later' THEN
        INSERT INTO public.accounts_figuresdue (part, customers)
        SELECT TG_ARGV[0], array_agg(DISTINCT account_id) FROM new_rows HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$body$;

CREATE OR REPLACE FUNCTION public.sodate_figures_due_update() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    old text := (SELECT string_agg(format('o.%I', watched), ', ') FROM unnest(TG_ARGV[1:]) watched);
    new text := (SELECT string_agg(format('n.%I', watched), ', ') FROM unnest(TG_ARGV[1:]) watched);
BEGIN
    IF TG_ARGV[0] = 'account' OR current_setting('sodate.figures', true) IS DISTINCT FROM 'later' THEN
        EXECUTE format('INSERT INTO public.accounts_figuresdue (part, customers)'
                       ' SELECT %1$L, array_agg(DISTINCT customer) FROM old_rows o JOIN new_rows n ON n.id = o.id,'
                       ' LATERAL (VALUES (o.%2$I), (n.%2$I)) touched (customer)'
                       ' WHERE (%3$s) IS DISTINCT FROM (%4$s) HAVING count(*) > 0',
                       TG_ARGV[0], TG_ARGV[1], old, new);
    END IF;
    RETURN NULL;
END
$body$;

CREATE OR REPLACE FUNCTION public.sodate_figures_due_delete() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF current_setting('sodate.figures', true) IS DISTINCT FROM 'later' THEN
        INSERT INTO public.accounts_figuresdue (part, customers)
        SELECT TG_ARGV[0], array_agg(DISTINCT account_id) FROM old_rows HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$body$;

CREATE OR REPLACE FUNCTION public.sodate_figures_account_insert() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO public.accounts_accountfigures
        (account_id, owner_id, team_id, reading, city, employees, customer_since, is_active)
    SELECT id, owner_id, team_id, reading, city, employees, customer_since, closed_on IS NULL AND merged_into_id IS NULL
    FROM new_rows ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$body$;

CREATE OR REPLACE FUNCTION public.sodate_figures_account_delete() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO public.accounts_figuresdue (part, customers)
    SELECT 'account', array_agg(id) FROM old_rows HAVING count(*) > 0;
    RETURN NULL;
END
$body$;

CREATE OR REPLACE FUNCTION public.sodate_figures_product_update() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO public.accounts_figuresdue (part, customers)
    SELECT 'plans', array_agg(DISTINCT s.account_id) FROM public.accounts_subscription s
    JOIN new_rows n ON n.id = s.product_id JOIN old_rows o ON o.id = n.id
    WHERE (n.kind, n.tier_id) IS DISTINCT FROM (o.kind, o.tier_id) HAVING count(*) > 0;
    RETURN NULL;
END
$body$;

CREATE OR REPLACE FUNCTION public.sodate_figures_tier_update() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO public.accounts_figuresdue (part, customers)
    SELECT 'plans', array_agg(DISTINCT s.account_id) FROM public.accounts_subscription s
    JOIN public.accounts_product p ON p.id = s.product_id
    JOIN new_rows n ON n.id = p.tier_id JOIN old_rows o ON o.id = n.id WHERE n.rank <> o.rank HAVING count(*) > 0;
    RETURN NULL;
END
$body$;
"""
"""A statement at a time: whose figures it makes doubtful. Rows that only begin to be, nobody else can wait for."""

WATCHED = {
    "plans": ("accounts_subscription", "product_id", "seats", "starts_on", "renews_on", "ended_on"),
    "usage": ("accounts_usagereading", "meter_id", "read_on", "value", "allowance"),
    "contact": ("accounts_activity", "at", "kind"),
    "follow_ups": ("accounts_followup", "due_on", "done_at"),
    "cases": ("accounts_case", "reported_at"),
    "needs": ("accounts_need", "solved_on"),
}
"""By part of the figures: its table, and the columns that it depends on."""

COPIED = ("owner_id", "team_id", "reading", "city", "employees", "customer_since", "closed_on", "merged_into_id")
"""Columns of a customer that its own figures repeat."""

ROWS = {
    "insert": "NEW TABLE AS new_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
}

FUNCTIONS = (
    *(f"figures_due_{event}()" for event in ROWS),
    *("figures_account_insert()", "figures_account_delete()", "figures_product_update()", "figures_tier_update()"),
    *("figures_of_customers(bigint[])", "figures_all(bigint[])", "figures_renew(bigint[], text[])"),
    *("plans_of(bigint, date)", "usage_of(bigint, date)", "contact_of(bigint)", "follow_ups_of(bigint)"),
    *("cases_of(bigint)", "needs_of(bigint)", "figures_day()"),
)

SETTLED = """
ALTER TABLE public.accounts_figuresdue SET UNLOGGED;
CREATE CONSTRAINT TRIGGER figures_settle AFTER INSERT OR UPDATE ON public.accounts_figuresdue
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.sodate_figures_settle();
"""

NOT_SETTLED = """
DROP TRIGGER figures_settle ON public.accounts_figuresdue;
DROP FUNCTION public.sodate_figures_settle();
"""


def sql_functions() -> str:
    return LOOKUPS + RENEW + SETTLE


def sql_customers() -> str:
    """A row for every customer, with what the customer itself says."""
    return (
        NOTE
        + _trigger("accounts_account", "account", "insert", "sodate_figures_account_insert()")
        + _trigger("accounts_account", "account", "update", _due("update", "account", "id", *COPIED))
        + _trigger("accounts_account", "account", "delete", "sodate_figures_account_delete()")
    )


def sql_triggers() -> str:
    return sql_customers() + "".join([*_parts(), *_catalogue()])


def _parts() -> Iterator[str]:
    for part, (table, *columns) in WATCHED.items():
        for event in ROWS:
            yield _trigger(table, part, event, _due(event, part, "account_id", *columns))


def _catalogue() -> Iterator[str]:
    """A product of another kind or tier, or a tier of another rank: everybody who holds it."""
    for name in ("product", "tier"):
        yield _trigger(f"accounts_{name}", name, "update", f"sodate_figures_{name}_update()")


def _due(event: str, *arguments: str) -> str:
    return f"sodate_figures_due_{event}({', '.join(map(repr, arguments))})"


def _trigger(table: str, name: str, event: str, function: str) -> str:
    return f"""
CREATE OR REPLACE TRIGGER figures_{name}_{event} AFTER {event.upper()} ON public.{table} REFERENCING {ROWS[event]}
    FOR EACH STATEMENT EXECUTE FUNCTION public.{function};
"""


def sql_undo() -> str:
    tables = {part: table for part, (table, *_) in WATCHED.items()} | {"account": "accounts_account"}
    watched = [(table, name, event) for name, table in tables.items() for event in ROWS]
    watched += [("accounts_product", "product", "update"), ("accounts_tier", "tier", "update")]
    triggers = "".join(f"DROP TRIGGER figures_{name}_{event} ON public.{table};" for table, name, event in watched)
    return triggers + "".join(f"DROP FUNCTION public.sodate_{one};" for one in FUNCTIONS)
