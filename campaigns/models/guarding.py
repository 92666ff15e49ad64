"""The guard's answer for every customer, worked out ahead. See docs/adr/0014-the-guard-worked-out-ahead.md."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Account


class GuardState(models.Model):
    """The first rule that speaks against offering anything, as of the day in `GuardDay`; empty when nothing does.

    What speaks against one step alone is found by the rest of the row, or from the facts.
    """

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="guard_state"
    )
    rule = models.CharField(max_length=20, blank=True)
    topics = ArrayField(models.BigIntegerField(), default=list, help_text="Of needs heard lately and not met.")
    products = ArrayField(models.BigIntegerField(), default=list, help_text="Under contract.")
    begun = ArrayField(models.BigIntegerField(), default=list, help_text="Products whose contract has only begun.")
    refused = ArrayField(
        models.CharField(max_length=160), default=list, help_text="Advice that is not given again yet."
    )
    seats_used = models.FloatField(null=True, help_text="Percent of the seats under contract, by the newest reading.")

    class Meta:
        indexes = [models.Index(fields=["rule", "account"], name="guard_by_rule")]


class GuardDue(models.Model):
    """Something happened with a customer since their state was worked out.

    Triggers only ever add rows here, so that two who write about one customer never wait for each other.
    """

    account_id = models.BigIntegerField()


class GuardDay(models.Model):
    """The day that all states are of, and the edition of the rules by which they were worked out."""

    day = models.DateField()
    edition = models.CharField(max_length=20)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_guard_day")]


FEW_KINDS = "".join(
    f"ALTER TABLE campaigns_guardstate ALTER COLUMN {column} SET (n_distinct = 2);"
    for column in ("topics", "products", "begun", "refused")
)
"""An outlook groups by what these columns say together. PostgreSQL would expect as many groups as there are combinations of
their values, and not let several processes count."""


# ------------------------------------------------------------------------------ what makes a state doubtful

WATCHED = {
    "accounts_account": "id",
    "accounts_activity": "account_id",
    "accounts_case": "account_id",
    "accounts_consent": "account_id",
    "accounts_need": "account_id",
    "accounts_npsresponse": "account_id",
    "accounts_subscription": "account_id",
    "accounts_touch": "account_id",
    "campaigns_response": "account_id",
}
"""Tables that the rules read, and their column with the customer. Of the customers themselves only new ones count."""


ROWS = {
    "insert": "NEW TABLE AS new_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
}

FUNCTIONS = """
CREATE FUNCTION public.sodate_guard_due_insert() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    EXECUTE format('INSERT INTO public.campaigns_guarddue (account_id) SELECT DISTINCT %I FROM new_rows', TG_ARGV[0]);
    RETURN NULL;
END
$body$;
CREATE FUNCTION public.sodate_guard_due_update() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    EXECUTE format('INSERT INTO public.campaigns_guarddue (account_id)'
                   ' SELECT %1$I FROM old_rows UNION SELECT %1$I FROM new_rows', TG_ARGV[0]);
    RETURN NULL;
END
$body$;
CREATE FUNCTION public.sodate_guard_due_delete() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    EXECUTE format('INSERT INTO public.campaigns_guarddue (account_id) SELECT DISTINCT %I FROM old_rows', TG_ARGV[0]);
    RETURN NULL;
END
$body$;
"""


def sql_triggers() -> str:
    return FUNCTIONS + "".join(trigger(table, event) for table in WATCHED for event in _events(table))


def sql_undo() -> str:
    triggers = (f"DROP TRIGGER guard_due_{event} ON public.{table};" for table in WATCHED for event in _events(table))
    return "".join(triggers) + "".join(f"DROP FUNCTION public.sodate_guard_due_{event}();" for event in ROWS)


PEOPLE = """
CREATE FUNCTION public.sodate_guard_due_people() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    rows text := CASE TG_OP WHEN 'INSERT' THEN 'SELECT account_id FROM new_rows'
                            WHEN 'DELETE' THEN 'SELECT account_id FROM old_rows'
                            ELSE 'SELECT account_id FROM old_rows UNION SELECT account_id FROM new_rows' END;
BEGIN
    EXECUTE 'INSERT INTO public.campaigns_guarddue (account_id) SELECT DISTINCT account_id FROM (' || rows || ') AS found'
            ' WHERE EXISTS (SELECT FROM public.accounts_consent AS said WHERE said.account_id = found.account_id'
            ' AND said.contact_id IS NOT NULL AND NOT said.is_granted)';
    RETURN NULL;
END
$body$;
"""
"""Who comes, leaves or decides matters where somebody refused: only then do those who have not keep a customer open."""


def sql_people() -> str:
    """The contacts as well, since their own refusals count."""
    return PEOPLE + "".join(
        f"""
CREATE TRIGGER guard_due_{event} AFTER {event.upper()} ON public.accounts_contact REFERENCING {rows}
    FOR EACH STATEMENT EXECUTE FUNCTION public.sodate_guard_due_people();
"""
        for event, rows in ROWS.items()
    )


def sql_undo_people() -> str:
    triggers = (f"DROP TRIGGER guard_due_{event} ON public.accounts_contact;" for event in ROWS)
    return "".join(triggers) + "DROP FUNCTION public.sodate_guard_due_people();"


def _events(table: str) -> tuple[str, ...]:
    return ("insert",) if table == "accounts_account" else tuple(ROWS)


def trigger(table: str, event: str) -> str:
    return f"""
CREATE OR REPLACE TRIGGER guard_due_{event} AFTER {event.upper()} ON public.{table} REFERENCING {ROWS[event]}
    FOR EACH STATEMENT EXECUTE FUNCTION public.sodate_guard_due_{event}('{WATCHED[table]}');
"""
