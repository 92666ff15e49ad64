"""Adding customers, correcting them, and handing them to another rep."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import Account
from accounts.models.matching import matching_key
from crm import audit
from crm.people import User


class AlreadyACustomer(Exception):
    """The name or corporate number is known. `owner` is whom to ask; no other value is told."""

    def __init__(self, owner: User | None) -> None:
        super().__init__()
        self.owner = owner


def create(*, by: User, at: datetime, name: str, **fields: Any) -> Account:
    """The creator becomes the owner. Raises `AlreadyACustomer` for a known name or corporate number."""
    key = matching_key(name)
    number = fields.get("corporate_number", "")
    with transaction.atomic():
        known = Account.objects.filter(matching_key=key).select_related("owner").first()
        if known is None and number:
            known = Account.objects.filter(corporate_number=number).select_related("owner").first()
        if known:
            raise AlreadyACustomer(known.owner)
        account = Account.objects.create(name=name, matching_key=key, owner=by, team=by.team, **fields)
        audit.record(verb="account.created", subject=account, by=by, at=at, account_id=account.pk)
    return account


def assign(*, account: Account, owner: User, by: User, at: datetime) -> Account:
    """Hand the customer to another rep; the team follows the owner."""
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(owner=owner, team=owner.team, version=F("version") + 1)
        audit.record(verb="account.assigned", subject=account, by=by, at=at, account_id=account.pk, owner=owner.pk)
    account.refresh_from_db()
    return account
