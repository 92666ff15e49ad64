"""Adding customers, correcting them, and handing them to another rep."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import Account
from accounts.models.matching import matching_key
from accounts.queries.duplicates import Candidates, likely_the_same
from crm import audit
from crm.people import User


class AlreadyACustomer(Exception):
    """The name or corporate number is known. `owner` is whom to ask; no other value is told.

    `account` is the customer, the one that took over if it was merged. It may be out of sight: ask before showing it.
    """

    def __init__(self, account: Account) -> None:
        super().__init__(account.pk)
        self.account, self.owner = account, account.owner


class LooksKnown(Exception):
    """The customer may exist already; nothing was written. `found` may be shown as it is."""

    def __init__(self, found: Candidates) -> None:
        super().__init__()
        self.found = found


def create(*, by: User, at: datetime, name: str, unless_alike: bool = False, **fields: Any) -> Account:
    """The creator becomes the owner. Raises `AlreadyACustomer` for a known name or corporate number.

    With `unless_alike` raises `LooksKnown` where a customer only resembles the new one.
    """
    account = Account(name=name, matching_key=matching_key(name), owner=by, team=by.team, **fields)
    with transaction.atomic():
        if known := _the_same(account):
            raise AlreadyACustomer(known)
        if unless_alike:
            _check_likeness(account, by)
        account.save(force_insert=True)
        audit.record(verb="account.created", subject=account, by=by, at=at, account_id=account.pk)
    return account


def _the_same(account: Account) -> Account | None:
    """By name, then by number. What was merged still holds both, and counts as the customer that took over."""
    rows = Account.objects.select_related("owner", "merged_into__owner")
    rows = rows.order_by(F("merged_into_id").asc(nulls_first=True), "pk")
    known = rows.filter(matching_key=account.matching_key).first()
    if known is None and account.corporate_number:
        known = rows.filter(corporate_number=account.corporate_number).first()
    return (known.merged_into or known) if known else None


def _check_likeness(account: Account, by: User) -> None:
    found = likely_the_same(by, account)
    if found.seen or found.elsewhere:
        raise LooksKnown(found)


def assign(*, account: Account, owner: User, by: User, at: datetime) -> Account:
    """Hand the customer to another rep; the team follows the owner."""
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(owner=owner, team=owner.team, version=F("version") + 1)
        audit.record(verb="account.assigned", subject=account, by=by, at=at, account_id=account.pk, owner=owner.pk)
    account.refresh_from_db()
    return account
