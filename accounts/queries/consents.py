"""What the people of a customer allow us now, and everything they ever said about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Account, Consent, Contact
from accounts.models.accounts import Channel

HISTORY = 100
Key = tuple[int | None, str]


@dataclass(frozen=True, slots=True)
class Said:
    """One channel of one person: the newest word, and whether it is closed for the whole customer anyway."""

    channel: str
    newest: Consent | None
    is_closed_for_all: bool

    @property
    def is_refused(self) -> bool:
        return self.is_closed_for_all or (self.newest is not None and not self.newest.is_granted)

    @property
    def is_granted(self) -> bool:
        return not self.is_refused and self.newest is not None

    @property
    def label(self) -> str:
        return str(Channel(self.channel).label)


@dataclass(frozen=True, slots=True)
class Line:
    """Everything of one person; of the whole customer without one."""

    contact: Contact | None
    channels: list[Said]


def standing(account: Account, people: Sequence[Contact] | None = None) -> list[Line]:
    """The whole customer first, then each contact who is still there."""
    if people is None:
        people = list(Contact.objects.filter(account=account, left_on=None).order_by("pk"))
    newest = newest_by_key(account)
    return [line_of(contact, newest) for contact in (None, *people)]


def newest_by_key(account: Account) -> dict[Key, Consent]:
    rows = Consent.objects.filter(account=account).select_related("by").order_by("contact", "channel", "-at", "-pk")
    return {(row.contact_id, row.channel): row for row in rows.distinct("contact", "channel")}


def line_of(contact: Contact | None, newest: dict[Key, Consent]) -> Line:
    person = contact.pk if contact else None
    return Line(
        contact,
        [
            Said(
                channel=channel,
                newest=newest.get((person, channel)),
                is_closed_for_all=any(is_refusal(newest.get((None, each))) for each in {channel, Channel.SALES.value}),
            )
            for channel in Channel.values
        ],
    )


def is_refusal(row: Consent | None) -> bool:
    return row is not None and not row.is_granted


def history(account: Account) -> list[Consent]:
    """The newest first."""
    rows = Consent.objects.filter(account=account).select_related("contact", "by")
    return list(rows.order_by("-at", "-pk")[:HISTORY])
