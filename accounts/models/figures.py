"""What lists sort and narrow customers by, worked out ahead: one narrow row a customer. See docs/adr/0012."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models.accounts import Account
from accounts.models.activities import ActivityKind
from accounts.models.catalogue import Tier

SEEN_BY = ("owner_id", "team_id")
"""Stand in every index, so that a walk in order passes what the reader may not see without looking at the customer."""


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
    last_contact_kind = models.CharField(max_length=8, null=True, choices=ActivityKind.choices)  # noqa: DJ001
    next_follow_up_on = models.DateField(null=True)
    open_cases = models.IntegerField(default=0, db_default=0)
    open_needs = models.IntegerField(default=0, db_default=0)

    class Meta:
        indexes: ClassVar = [
            _sorted_by("reading"),
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


# ------------------------------------------------------------------------------ the same in the database


@dataclass(frozen=True, slots=True)
class Part:
    """Figures that come from one table: `sql` gives `columns` for the customer `f.account_id` on the day `today`.

    `watched` are the columns of the table that they depend on.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    watched: tuple[str, ...]
    sql: str


HIGHEST = "ORDER BY t.rank DESC, s.starts_on DESC, s.id DESC"

PARTS = (
    Part(
        "plans",
        "accounts_subscription",
        ("tier_id", "renews_on", "seats"),
        ("product_id", "seats", "starts_on", "renews_on", "ended_on"),
        f"""SELECT (array_agg(p.tier_id {HIGHEST}))[1] AS tier_id,
                   (array_agg(s.renews_on {HIGHEST}))[1] AS renews_on, sum(s.seats) AS seats
            FROM public.accounts_subscription s
            JOIN public.accounts_product p ON p.id = s.product_id AND p.kind = 'plan'
            JOIN public.accounts_tier t ON t.id = p.tier_id
            WHERE s.account_id = f.account_id AND s.starts_on <= today AND (s.ended_on IS NULL OR s.ended_on > today)""",  # noqa: S608
    ),
    Part(
        "usage",
        "accounts_usagereading",
        ("usage_percent",),
        ("meter_id", "read_on", "value", "allowance"),
        """SELECT round(100 * u.value / u.allowance) AS usage_percent
           FROM public.accounts_usagereading u
           WHERE u.account_id = f.account_id AND u.read_on <= today AND u.allowance > 0
             AND u.meter_id = (SELECT m.id FROM public.accounts_meter m WHERE m.code = 'storage')
           ORDER BY u.read_on DESC LIMIT 1""",
    ),
    Part(
        "contact",
        "accounts_activity",
        ("last_contact_at", "last_contact_kind"),
        ("at", "kind"),
        """SELECT v.at AS last_contact_at, v.kind AS last_contact_kind FROM public.accounts_activity v
           WHERE v.account_id = f.account_id ORDER BY v.at DESC, v.id DESC LIMIT 1""",
    ),
    Part(
        "follow_ups",
        "accounts_followup",
        ("next_follow_up_on",),
        ("due_on", "done_at"),
        """SELECT min(d.due_on) AS next_follow_up_on FROM public.accounts_followup d
           WHERE d.account_id = f.account_id AND d.done_at IS NULL""",
    ),
    Part(
        "cases",
        "accounts_case",
        ("open_cases",),
        ("reported_at",),
        """SELECT count(*)::integer AS open_cases FROM public.accounts_case c
           WHERE c.account_id = f.account_id AND c.reported_at IS NULL""",
    ),
    Part(
        "needs",
        "accounts_need",
        ("open_needs",),
        ("solved_on",),
        """SELECT count(*)::integer AS open_needs FROM public.accounts_need n
           WHERE n.account_id = f.account_id AND n.solved_on IS NULL""",
    ),
)

DAY = """
CREATE FUNCTION public.sodate_figures_day() RETURNS date LANGUAGE sql STABLE AS $body$
    SELECT coalesce((SELECT day FROM public.accounts_figuresday WHERE id = 1), current_date)
$body$;
"""


def _renew(name: str, parts: Sequence[Part]) -> str:
    """A function that works these parts out anew for some customers, and writes those that differ.

    The rows are locked first, in order, and looked at by a statement of its own: whoever waited for another transaction
    sees what it wrote, so that of two who touch a customer at once neither is lost.
    """
    columns = [column for part in parts for column in part.columns]
    now, worked_out = (", ".join(f"{row}.{column}" for column in columns) for row in ("f", "n"))
    joins = "\n        ".join(f"LEFT JOIN LATERAL ({part.sql}) {part.name} ON true" for part in parts)
    found = ", ".join(f"{part.name}.{column}" for part in parts for column in part.columns)
    values = ", ".join(f"{column} = n.{column}" for column in columns)
    return f"""
CREATE FUNCTION public.sodate_figures_{name}(customers bigint[]) RETURNS void LANGUAGE plpgsql AS $body$
DECLARE
    today date;
BEGIN
    PERFORM FROM public.accounts_accountfigures WHERE account_id = ANY(customers) ORDER BY account_id FOR NO KEY UPDATE;
    today := public.sodate_figures_day();
    UPDATE public.accounts_accountfigures f SET {values}
    FROM (
        SELECT f.account_id, {found} FROM public.accounts_accountfigures f
        {joins}
        WHERE f.account_id = ANY(customers)
    ) n
    WHERE f.account_id = n.account_id AND ({now}) IS DISTINCT FROM ({worked_out});
END
$body$;
"""  # noqa: S608


def _events(part: Part) -> Iterator[str]:
    """Triggers, a statement at a time, that work the part out anew for the customers whose rows changed."""
    old, new = (", ".join(f"{row}.{column}" for column in ("account_id", *part.watched)) for row in ("o", "n"))
    changed = f"FROM old_rows o JOIN new_rows n ON n.id = o.id WHERE ({old}) IS DISTINCT FROM ({new})"
    touched = f"SELECT o.account_id {changed} UNION SELECT n.account_id {changed}"
    both = "OLD TABLE AS old_rows NEW TABLE AS new_rows"
    yield _trigger(part, "insert", "NEW TABLE AS new_rows", "SELECT DISTINCT account_id FROM new_rows")
    yield _trigger(part, "update", both, touched)
    yield _trigger(part, "delete", "OLD TABLE AS old_rows", "SELECT DISTINCT account_id FROM old_rows")


def _trigger(part: Part, event: str, rows: str, touched: str) -> str:
    return _on(
        part.table,
        f"figures_{part.name}_{event}",
        f"AFTER {event.upper()}",
        f"""DECLARE
    customers bigint[] := ARRAY({touched});
BEGIN
    IF current_setting('sodate.figures', true) IS DISTINCT FROM 'later' AND cardinality(customers) > 0 THEN
        PERFORM public.sodate_figures_{part.name}(customers);
    END IF;
    RETURN NULL;
END""",
        rows,
    )


def _on(table: str, name: str, when: str, body: str, rows: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION public.sodate_{name}() RETURNS trigger LANGUAGE plpgsql AS $body$
{body}
$body$;
CREATE OR REPLACE TRIGGER {name} {when} ON public.{table}
    REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION public.sodate_{name}();
"""


BOTH = "OLD TABLE AS old_rows NEW TABLE AS new_rows"


COPIED = {name: f"n.{name}" for name in (*SEEN_BY, "reading", "city", "employees", "customer_since")} | {
    "is_active": "(n.closed_on IS NULL AND n.merged_into_id IS NULL)"
}
"""What a customer itself says, by column."""


def sql_customers() -> str:
    """A row for every customer, with what the customer itself says."""
    values = ", ".join(COPIED.values())
    changed = ", ".join(f"{column} = {value}" for column, value in COPIED.items())
    now = ", ".join(f"f.{column}" for column in COPIED)
    figures = "public.accounts_accountfigures"
    bodies = {
        "insert": f"INSERT INTO {figures} (account_id, {', '.join(COPIED)}) "  # noqa: S608
        f"SELECT n.id, {values} FROM new_rows n ON CONFLICT DO NOTHING",
        "update": f"UPDATE {figures} f SET {changed} FROM new_rows n "  # noqa: S608
        f"WHERE f.account_id = n.id AND ({now}) IS DISTINCT FROM ({values})",
        "delete": f"DELETE FROM {figures} f USING old_rows o WHERE f.account_id = o.id",  # noqa: S608
    }
    return "".join(
        _on(
            "accounts_account",
            f"figures_account_{event}",
            f"AFTER {event.upper()}",
            f"BEGIN\n    {body};\n    RETURN NULL;\nEND",
            "OLD TABLE AS old_rows" if event == "delete" else "NEW TABLE AS new_rows",
        )
        for event, body in bodies.items()
    )


def _catalogue() -> Iterator[str]:
    """A product of another kind or tier, or a tier of another rank: everybody who holds it."""
    held = "SELECT DISTINCT s.account_id FROM public.accounts_subscription s"
    changed = {
        "product": f"{held} JOIN new_rows n ON n.id = s.product_id JOIN old_rows o ON o.id = n.id "
        "WHERE (n.kind, n.tier_id) IS DISTINCT FROM (o.kind, o.tier_id)",
        "tier": f"{held} JOIN public.accounts_product p ON p.id = s.product_id "
        "JOIN new_rows n ON n.id = p.tier_id JOIN old_rows o ON o.id = n.id WHERE n.rank <> o.rank",
    }
    for name, touched in changed.items():
        yield _on(
            f"accounts_{name}",
            f"figures_{name}_update",
            "AFTER UPDATE",
            f"BEGIN\n    PERFORM public.sodate_figures_plans(ARRAY({touched}));\n    RETURN NULL;\nEND",
            BOTH,
        )


def sql_functions() -> str:
    """`sodate_figures_<part>(customers)`, and `sodate_figures_all` for all parts at once."""
    return DAY + "".join(_renew(part.name, [part]) for part in PARTS) + _renew("all", PARTS)


def sql_triggers() -> str:
    return "".join([sql_customers(), *(event for part in PARTS for event in _events(part)), *_catalogue()])


def sql_undo() -> str:
    watched = [(part.table, part.name, event) for part in PARTS for event in ("insert", "update", "delete")]
    watched += [("accounts_account", "account", event) for event in ("insert", "update", "delete")]
    watched += [("accounts_product", "product", "update"), ("accounts_tier", "tier", "update")]
    triggers = "".join(
        f"DROP TRIGGER figures_{name}_{event} ON public.{table}; DROP FUNCTION public.sodate_figures_{name}_{event}();"
        for table, name, event in watched
    )
    functions = "".join(
        f"DROP FUNCTION public.sodate_figures_{name}(bigint[]);" for name in ("all", *(part.name for part in PARTS))
    )
    return f"{triggers}{functions}DROP FUNCTION public.sodate_figures_day();"
