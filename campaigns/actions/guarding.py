"""Working the guard's answers out ahead, so that a million customers can be asked at once.

Everything happens under one lock: whoever works out anew has seen at least all that made a customer doubtful.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from accounts.models import Account
from accounts.models.accounts import AccountQuerySet
from accounts.queries.facts import day_of
from campaigns.actions import watching
from campaigns.models import GuardDay, GuardDue
from campaigns.queries.fall_out import Asking, live_state
from campaigns.queries.policies import policies_in_force
from crm import jobs

TASK = "campaigns.renew_guard"
LOCK = 7_262_019
EVENTS = 5000

UPSERT = """
    INSERT INTO campaigns_guardstate AS kept (account_id, rule, topics, products, begun, refused, seats_used) {rows}
    ON CONFLICT (account_id) DO UPDATE
    SET (rule, topics, products, begun, refused, seats_used) = (
        excluded.rule, excluded.topics, excluded.products, excluded.begun, excluded.refused, excluded.seats_used)
    WHERE (kept.rule, kept.topics, kept.products, kept.begun, kept.refused, kept.seats_used) IS DISTINCT FROM (
        excluded.rule, excluded.topics, excluded.products, excluded.begun, excluded.refused, excluded.seats_used)
"""


def ask_for_all(*, key: str, at: datetime) -> None:
    """When the day, the scores or the rules are others than before; `key` names which."""
    jobs.enqueue(TASK, key=f"{TASK}:{key}", at=at)


def keep_up(*, at: datetime) -> None:
    """Whatever is wanting: everybody, where no state is of today or yesterday; else those with whom something happened."""
    today = day_of(at).on
    if not GuardDay.objects.filter(day__gte=today - timedelta(days=1)).exists():
        renew_all(at=at)
    while renew_due(at=at):
        pass


@transaction.atomic
def renew_all(*, at: datetime) -> int:
    """Everybody anew, as of the day of `at` and by the rules in force. Returns how many states were new or changed."""
    _one_at_a_time()
    GuardDue.objects.all().delete()
    asking = Asking(day_of(at), policies_in_force())
    changed = _work_out(Account.objects.active(), asking)
    _look_at_the_table()
    GuardDay.objects.update_or_create(pk=1, defaults={"day": asking.on, "edition": asking.policies.version})
    return changed


@transaction.atomic
def renew_due(*, at: datetime, events: int = EVENTS) -> int:
    """Those with whom something happened, as of the day that the others are of. Returns how many events are done.

    Before the first `renew_all` there is nothing to keep up to date.
    """
    if not GuardDue.objects.exists() or not GuardDay.objects.exists():
        return 0
    _one_at_a_time()
    oldest = GuardDue.objects.order_by("pk").values("pk")[:events]
    found = list(GuardDue.objects.filter(pk__in=oldest))
    GuardDue.objects.filter(pk__in=[event.pk for event in found]).delete()
    doubtful = {event.account_id for event in found}
    _work_out(Account.objects.filter(pk__in=doubtful), Asking(day_of(at), policies_in_force()))
    watching.outcomes_arrived(accounts=doubtful, at=at)
    return len(found)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _look_at_the_table() -> None:
    """Statistics for whoever plans questions over everybody."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_guardstate")


def _work_out(customers: AccountQuerySet, asking: Asking) -> int:
    rows, values = live_state(customers, asking).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(UPSERT.format(rows=rows), values)
        return cursor.rowcount
