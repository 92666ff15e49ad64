"""Complaints, questions and outages: opened, solved, and reported to the customer.

A case counts as open until the customer was told of the solution, because only then do they know.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import Account, Case, Contact
from crm import audit
from crm.people import User


class OutOfOrder(Exception):
    """The case is not in the state that this step needs (already done, or not solved yet)."""


def open_case(
    *, account: Account, kind: str, subject: str, by: User, at: datetime, contact: Contact | None = None
) -> Case:
    with transaction.atomic():
        case = Case.objects.create(account=account, contact=contact, kind=kind, subject=subject, opened_at=at, owner=by)
        audit.record(verb="case.opened", subject=case, by=by, at=at, account_id=account.pk, kind=kind)
    return case


def solve(*, case: Case, by: User, at: datetime) -> Case:
    return _step(case, by=by, at=at, field="solved_at", verb="case.solved", needs={"solved_at": None})


def report(*, case: Case, by: User, at: datetime) -> Case:
    """The customer was told: from now on the case no longer stops an offer."""
    needs = {"solved_at__isnull": False, "reported_at": None}
    return _step(case, by=by, at=at, field="reported_at", verb="case.reported", needs=needs)


def _step(case: Case, *, by: User, at: datetime, field: str, verb: str, needs: Mapping[str, object]) -> Case:
    with transaction.atomic():
        if not Case.objects.filter(pk=case.pk, **needs).update(**{field: at}):
            raise OutOfOrder
        audit.record(verb=verb, subject=case, by=by, at=at, account_id=case.account_id)
    case.refresh_from_db()
    return case
