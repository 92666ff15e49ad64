"""One customer against all others, by indexes alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Func, Q, QuerySet

from accounts.matching import Finding, Party, compare, domain_of, phone_of, reading_of
from accounts.matching.evidence import Code
from accounts.models import Account
from accounts.models.matching import matching_key
from crm.people import User

MOST = 50
"""So many rows are looked at for each sign; what more customers share tells nothing."""

SHORTEST_HALF = 2
CERTAIN_SIGNS = (Code.NAME, Code.CORPORATE_NUMBER)


@dataclass(frozen=True, slots=True)
class Candidate:
    account: Account
    finding: Finding


@dataclass(frozen=True, slots=True)
class Candidates:
    """`seen` are customers in the reader's sight, the likeliest first.

    `elsewhere` says that one of this name or number exists out of sight; `whom_to_ask` is its owner, if it has one.
    """

    seen: list[Candidate] = field(default_factory=list)
    elsewhere: bool = False
    whom_to_ask: User | None = None


def party_of(account: Account) -> Party:
    return Party(
        name=account.name,
        key=account.matching_key,
        key_en=matching_key(account.name_en) if account.name_en else "",
        reading=account.reading,
        corporate_number=account.corporate_number,
        phone=account.phone,
        domain=account.domain,
        city=account.city,
        address=account.address,
        is_company=account.is_company,
    )


def candidates_for(
    user: User,
    *,
    name: str,
    name_en: str = "",
    reading: str = "",
    corporate_number: str = "",
    phone: str = "",
    domain: str = "",
    city: str = "",
    address: str = "",
    is_company: bool = True,
    besides: int | None = None,
) -> Candidates:
    """Who may be this customer already; `besides` is the id of the customer itself, if there is one.

    Of customers out of sight nothing is told but that one of this very name or number exists, and whom to ask.
    """
    party = Party(
        name,
        matching_key(name),
        matching_key(name_en),
        reading,
        corporate_number,
        phone,
        domain,
        city,
        address,
        is_company,
    )
    found = _alike(party, besides)
    in_sight = {
        *Account.objects.visible_to(user).filter(pk__in=[one.account.pk for one in found]).values_list("pk", flat=True)
    }
    hidden = [one for one in found if one.account.pk not in in_sight and _is_told(one.finding)]
    return Candidates(
        [one for one in found if one.account.pk in in_sight],
        elsewhere=bool(hidden),
        whom_to_ask=hidden[0].account.owner if hidden else None,
    )


SIGNS = ("name", "name_en", "reading", "corporate_number", "phone", "domain", "city", "address", "is_company")


def likely_the_same(user: User, account: Account) -> Candidates:
    """Who may be this customer, which may or may not be in the books yet."""
    return candidates_for(user, besides=account.pk, **{sign: getattr(account, sign) for sign in SIGNS})


def _is_told(finding: Finding) -> bool:
    return any(reason.code in CERTAIN_SIGNS for reason in finding.reasons)


def _alike(party: Party, besides: int | None) -> list[Candidate]:
    """Two statements: the ids that share a sign, and their rows."""
    alive = Account.objects.filter(merged_into=None).exclude(pk=besides).order_by()
    signs = [_narrowed(alive, sign) for sign in _signs(party)]
    rows = Account.objects.filter(pk__in=signs[0].union(*signs[1:])).select_related("owner")
    found = [Candidate(row, compare(party, party_of(row))) for row in rows]
    offered = [one for one in found if one.finding.is_offered]
    return sorted(offered, key=lambda one: (-one.finding.score, one.account.pk))


def _narrowed(alive: QuerySet[Any], sign: Q) -> QuerySet[Any]:
    rows = alive.alias(
        sound=Func(F("reading"), function="sodate_reading"),
        called=Func(F("phone"), function="sodate_phone"),
        site=Func(F("domain"), function="sodate_domain"),
    )
    return rows.filter(sign).values("pk")[:MOST]


def _signs(party: Party) -> Iterator[Q]:
    """Each is answered by one index. Half of the name is enough for a slip in the other half."""
    keys = [key for key in {party.key, party.key_en} if key]
    yield Q(matching_key__in=keys)
    half = party.key[: len(party.key) // 2]
    if len(half) >= SHORTEST_HALF:
        yield Q(matching_key__startswith=half)
    if sound := reading_of(party.reading):
        yield Q(sound=sound) & ~Q(reading="")
    if digits := phone_of(party.phone):
        yield Q(called=digits) & ~Q(phone="")
    if domain := domain_of(party.domain):
        yield Q(site=domain) & ~Q(domain="")
    if party.corporate_number:
        yield Q(corporate_number=party.corporate_number)
