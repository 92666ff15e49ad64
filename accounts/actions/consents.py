"""What somebody allows us or refuses, channel by channel, each time with its proof.

Rows are only added and the newest one counts, so a refusal holds from the moment it is written, for every screen, list
and run that asks.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.models import Account, Consent, Contact
from crm import audit
from crm.people import User


class NoProof(Exception):
    """A permission without the words it was given in proves nothing; nothing was written. A refusal needs none."""


class NotTheirContact(Exception):
    """The contact belongs to another customer."""


def record(
    *,
    account: Account,
    channels: Collection[str],
    is_granted: bool,
    source: str,
    by: User,
    at: datetime,
    contact: Contact | None = None,
    proof: str = "",
) -> list[Consent]:
    """Without a contact it speaks for the whole customer. `source` is where it was said, `proof` the words."""
    if contact and contact.account_id != account.pk:
        raise NotTheirContact
    if is_granted and not proof.strip():
        raise NoProof
    with transaction.atomic():
        rows = [
            Consent(
                account=account,
                contact=contact,
                channel=channel,
                is_granted=is_granted,
                at=at,
                by=by,
                source=source,
                proof=proof.strip(),
            )
            for channel in channels
        ]
        made = Consent.objects.bulk_create(rows)
        audit.record(
            verb="consent.granted" if is_granted else "consent.refused",
            subject=contact or account,
            by=by,
            at=at,
            account_id=account.pk,
            channels=sorted(channels),
            source=source,
        )
    return made
