"""Whom and what the pages are asked for, found in the database that is measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from accounts.models import Account, Activity, Contact
from crm.people import Role, User

FEW, MANY = 10, 10_000
DEEP = 0.9
MILLION = 500_000


@dataclass(frozen=True, slots=True)
class World:
    """`rep` looks after the most customers; `few` and `many` are two of them with 10 and 10,000 activities."""

    accounts: int
    rep: User
    manager: User
    admin: User
    few: Account
    many: Account

    @property
    def is_million(self) -> bool:
        return self.accounts >= MILLION


def prepared() -> World:
    """Inside a transaction that is taken back: the long history is written here."""
    rep = most_customers(Role.REP)
    mine = Account.objects.filter(owner=rep, closed_on=None).annotate(talks=Count("activities"))
    few, many = mine.filter(talks=FEW).order_by("pk").first(), mine.filter(talks=FEW).order_by("-pk").first()
    if few is None or many is None or few == many:
        raise SystemExit(f"Two customers of {rep.email} with {FEW} activities are needed; load the demo company.")
    lengthen(many, rep)
    return World(
        accounts=Account.objects.count(),
        rep=rep,
        manager=User.objects.filter(role=Role.MANAGER, team=rep.team).order_by("pk").first()
        or most_customers(Role.MANAGER),
        admin=User.objects.filter(role=Role.ADMIN).order_by("pk")[0],
        few=few,
        many=many,
    )


def most_customers(role: Role) -> User:
    return User.objects.filter(role=role).annotate(size=Count("portfolio")).order_by("-size", "pk")[0]


def lengthen(account: Account, by: User) -> None:
    """Ten thousand conversations over the last years."""
    now, contact = timezone.now(), Contact.objects.filter(account=account).order_by("pk").first()
    missing = MANY - Activity.objects.filter(account=account).count()
    Activity.objects.bulk_create(
        (
            Activity(
                account=account,
                contact=contact,
                by=by,
                kind="call",
                result="talked",
                reaction="positive" if number % 3 else "neutral",
                note="ご利用状況の確認",
                at=now - timedelta(hours=2 * number + 1),
                client_id=uuid4(),
            )
            for number in range(missing)
        ),
        batch_size=2000,
    )


def row(sql: str, *params: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return tuple(cursor.fetchone())
