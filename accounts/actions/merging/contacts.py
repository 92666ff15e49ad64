"""People who are known at both customers, and what they allow us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import ForeignKey

from accounts.actions.merging.journal import Journal
from accounts.actions.merging.relations import moving, same_mail
from accounts.models import Consent, Contact

FILLED = ("name_en", "reading", "department", "department_en", "title", "phone", "wishes", "wishes_en")
"""What the person who stays takes over where nothing was written."""


def join(journal: Journal) -> None:
    """Whoever has the same address of mail at both is one person: everything of the one goes to the other."""
    leaving = same_mail(Contact.objects.filter(account=journal.gone), journal.survivor).order_by("pk")
    for double in leaving:
        person = _who_stays(journal, double)
        journal.change(
            [person],
            **{name: getattr(double, name) for name in FILLED if getattr(double, name) and not getattr(person, name)},
        )
        for model, column in _speaking_of_people():
            rows = model._base_manager.filter(**{column: double.pk, "account": journal.gone})
            with_trigger = list(rows)
            journal.change(with_trigger, **{column: person.pk})


def _who_stays(journal: Journal, double: Contact) -> Contact:
    known = Contact.objects.filter(account=journal.survivor, email__iexact=double.email)
    return known.order_by("pk")[0]


def _speaking_of_people() -> Iterator[tuple[Any, str]]:
    """Moving models that name a contact."""
    for relation, _ in moving():
        for column in relation.model._meta.concrete_fields:
            if isinstance(column, ForeignKey) and column.related_model is Contact:
                yield relation.model, column.attname


def let_refusals_win(journal: Journal) -> None:
    """Where one of the two had last refused and the other allowed, the refusal is written down anew and holds."""
    arrived = set(journal.moved.get("accounts.Consent.account", ()))
    newest: dict[tuple[int | None, str], dict[bool, Consent]] = {}
    for consent in Consent.objects.filter(account=journal.survivor).order_by("at", "pk"):
        newest.setdefault((consent.contact_id, consent.channel), {})[consent.pk in arrived] = consent
    for (contact, channel), sides in newest.items():
        last = max(sides.values(), key=lambda consent: (consent.at, consent.pk))
        refusal = next((consent for consent in sides.values() if not consent.is_granted), None)
        if refusal and last.is_granted:
            _refuse_again(journal, contact, channel, refusal)


def _refuse_again(journal: Journal, contact: int | None, channel: str, refusal: Consent) -> None:
    journal.add(
        Consent(
            account=journal.survivor,
            contact_id=contact,
            channel=channel,
            is_granted=False,
            at=journal.at,
            by=journal.by,
            source="merge",
            proof=refusal.proof,
        )
    )
