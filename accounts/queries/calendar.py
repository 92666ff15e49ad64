"""What stands in somebody's calendar: their follow-ups, renewals of their customers, and cases they owe an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Case, FollowUp, Subscription
from crm.people import User


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` names the row for good; `hour` is None for what is due some time on its day."""

    kind: Literal["follow_up", "renewal", "case"]
    key: str
    on: date
    hour: time | None
    account: Account
    text: str
    url: str
    version: int
    changed_at: datetime

    @property
    def place(self) -> tuple[date, bool, time, str]:
        """Whole days first, then by the hour."""
        return (self.on, self.hour is not None, self.hour or time.min, self.key)

    @property
    def words(self) -> str:
        return f"{self.account.label}: {self.text}"


def entries(reader: User, first: date, last: date) -> list[Entry]:
    """Three statements, whatever the number of days."""
    found = [*follow_ups(reader, first, last), *renewals(reader, first, last), *cases(reader, first, last)]
    return sorted(found, key=lambda entry: entry.place)


def follow_ups(reader: User, first: date, last: date) -> Iterator[Entry]:
    rows = FollowUp.objects.visible_to(reader).open().filter(owner=reader, due_on__range=(first, last))
    for row in with_last_change(rows).select_related("account"):
        yield Entry(
            kind="follow_up",
            key=f"follow-up-{row.pk}",
            on=row.due_on,
            hour=row.due_time,
            account=row.account,
            text=row.label,
            url=reverse("follow-up-edit", args=[row.pk]),
            version=row.version,
            changed_at=row.last_change or row.created_at,
        )


def renewals(reader: User, first: date, last: date) -> Iterator[Entry]:
    rows = Subscription.objects.visible_to(reader).filter(
        account__owner=reader, ended_on=None, renews_on__range=(first, last)
    )
    for row in with_last_change(rows).select_related("account", "product"):
        yield Entry(
            kind="renewal",
            key=f"renewal-{row.pk}",
            on=row.renews_on,
            hour=None,
            account=row.account,
            text=_("Renewal: %(product)s") % {"product": row.product.label},
            url=reverse("customer", args=[row.account_id]),
            version=row.version,
            changed_at=row.last_change or midnight(row.starts_on),
        )


def cases(reader: User, first: date, last: date) -> Iterator[Entry]:
    rows = Case.objects.visible_to(reader).filter(owner=reader, solved_at=None, due_on__range=(first, last))
    for row in with_last_change(rows).select_related("account"):
        yield Entry(
            kind="case",
            key=f"case-{row.pk}",
            on=row.due_on,
            hour=None,
            account=row.account,
            text=_("Answer due: %(subject)s") % {"subject": row.label},
            url=reverse("case-page", args=[row.pk]),
            version=row.version,
            changed_at=row.last_change or row.opened_at,
        )


def with_last_change(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The moment of the newest change that the database's history holds, None for a row as it was written."""
    history: Any = rows.model.pgh_event_model.objects
    newest = history.filter(pgh_obj_id=OuterRef("pk")).order_by().values("pgh_obj_id")
    return rows.annotate(last_change=Subquery(newest.annotate(at=Max("pgh_created_at")).values("at")))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
