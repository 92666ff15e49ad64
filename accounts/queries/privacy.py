"""A person at a customer, or a customer who is a person: found again, and everything held about them.

Where a person's data can stand is what the registry of `crm.privacy` says; here its entries become rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Q

from accounts.matching import phone_of
from accounts.models import (
    Account,
    Activity,
    Case,
    Contact,
    ImportBatch,
    ImportChange,
    ImportProblem,
    Need,
    NpsResponse,
    PrivacyRequest,
    Subscription,
)
from accounts.models.accounts import CONTACT_BIGRAMS, END_OF_PHONE
from accounts.models.folding import asked
from accounts.queries import search
from crm import privacy
from crm.lists.keyset import Beyond
from crm.organisation import Organisation
from crm.people import User
from crm.sight import NOTHING

PAGE = 50
ACCOUNT, CONTACT = "a", "c"
"""The kinds of people in their order."""
PK_DIGITS = 19
FEWEST_DIGITS = 4
PHONE_DIGITS = 9
TITLES = "様|さま|さん|氏|殿|先生|社長|専務|常務|部長|課長|係長|主任|院長|店長"
NAMES = ("name", "name_en", "reading")
IMPORTED: tuple[type[models.Model], ...] = (Account, Contact, Activity, Need, Case, NpsResponse, Subscription)
BLANK = "[ 　]*"
BETWEEN_DIGITS = "[-‐－ー ()（）]*"


@dataclass(frozen=True)
class Person:
    """A contact, or a customer who is a person (then without `contact`), with whatever hangs on them."""

    account: Account
    contact: Contact | None = None

    @property
    def row(self) -> Account | Contact:
        return self.contact or self.account

    @cached_property
    def account_ids(self) -> list[int]:
        """The customer and those that were merged into it."""
        ids = [self.account.pk]
        while more := list(
            Account.objects.filter(merged_into__in=ids).exclude(pk__in=ids).values_list("pk", flat=True)
        ):
            ids += more
        return ids

    @cached_property
    def pattern(self) -> str:
        """A regular expression that finds the person in free text, however name and number are written."""
        return "|".join(sorted(set(_patterns(self)), key=len, reverse=True))


def _patterns(person: Person) -> Iterator[str]:
    """From what stands in the person's rows now and what stood there before."""
    kinds: dict[Any, tuple[str, ...]] = {Contact: (*NAMES, "email", "phone"), Account: (*NAMES, "phone", "address")}
    for model, columns in kinds.items():
        for rows in (model, model.pgh_event_model):
            for row in rows.objects.filter(own_rows(rows, person)).values(*columns).distinct():
                yield from _patterns_of(row)


def _patterns_of(row: dict[str, Any]) -> Iterator[str]:
    for name in (row[column] for column in NAMES):
        yield from _name_patterns(name)
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", row["phone"]))
    if len(digits) >= PHONE_DIGITS:
        yield r"(?<!\d)" + BETWEEN_DIGITS.join(digits) + r"(?!\d)"
    for text in (row.get("email"), row.get("address")):
        if text and len(text) >= PHONE_DIGITS // 2:
            yield _escaped(text)


def _name_patterns(name: str) -> Iterator[str]:
    """佐伯 直人, 佐伯直人, 佐伯様; an English name as whole words."""
    parts = name.split()
    if len(name) < 2:
        return
    whole = BLANK.join(_escaped(part) for part in parts)
    yield rf"\m{whole}\M" if name.isascii() else whole
    if len(parts) > 1 and not name.isascii():
        yield f"{_escaped(parts[0])}{BLANK}(?:{TITLES})"


def _escaped(text: str) -> str:
    return re.sub(r"([^\w])", r"\\\1", text, flags=re.ASCII) if text.isascii() else re.escape(text)


# -- Rows ------------------------------------------------------------------------------------------


def own_rows(model: type[models.Model], person: Person) -> Q:
    """Rows about the person: their own, and those that hang on them. History is asked like the rows themselves."""
    tracked = getattr(model, "pgh_tracked_model", model)
    key = "pk" if tracked is model else "pgh_obj_id"
    columns = {field.name for field in model._meta.concrete_fields}
    if tracked is ImportChange:
        return _imported(person)
    if tracked is Account:
        return NOTHING if person.contact else Q(**{f"{key}__in": person.account_ids})
    if person.contact is None:
        return Q(account__in=person.account_ids) if "account" in columns else NOTHING
    if tracked is Contact:
        return Q(**{key: person.contact.pk})
    return Q(contact=person.contact.pk) if "contact" in columns else NOTHING


def _imported(person: Person) -> Q:
    """What imports wrote down about the person's rows, to be able to take it back."""
    found = Q()
    for model in IMPORTED:
        rows = model._default_manager.filter(own_rows(model, person))
        found |= Q(table=model._meta.db_table, row_id__in=rows.values("pk"))
    return found


def rows_around(model: type[models.Model], person: Person) -> Q:
    """All rows of the person's customer, in which their name may stand."""
    columns = {field.name for field in model._meta.concrete_fields}
    tracked = getattr(model, "pgh_tracked_model", model)
    if tracked is Account:
        return Q(**{"pk__in" if tracked is model else "pgh_obj_id__in": person.account_ids})
    if columns & {"account", "account_id"}:
        return Q(account_id__in=person.account_ids)
    return NOTHING


def batches_with(person: Person) -> list[ImportBatch]:
    """Imports whose file the person stands in: it made or changed their row, or refused a line about them."""
    changed = ImportChange.objects.filter(own_rows(ImportChange, person)).values("batch")
    refused = (
        ImportProblem.objects.filter(cells__iregex=person.pattern) if person.pattern else ImportProblem.objects.none()
    )
    return list(ImportBatch.objects.filter(Q(pk__in=changed) | Q(pk__in=refused.values("batch"))).exclude(file=""))


# -- Finding ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """`after` asks for the people behind these; empty when there are none."""

    people: list[Person]
    after: str = ""


def find(user: User, text: str, after: str = "") -> Found:
    """Everybody by name, reading, mail or phone: customers who are persons, then contacts, by reading; 50 at a time.

    Whoever asks about their data must be found, so nothing is left out, however many have the name; a common name
    takes seconds.
    """
    sorts = _by_phone(user, text) or _by_words(user, text)
    kind, _, last = after.partition("-")
    if kind in sorts:
        sorts = {name: rows for name, rows in sorts.items() if name >= kind}
        sorts[kind] = _behind(sorts[kind], last)
    rows: list[Account | Contact] = []
    for found in sorts.values():
        rows += found.order_by("reading", "pk")[: PAGE + 1 - len(rows)]
    shown = rows[:PAGE]
    people = [Person(row.account, row) if isinstance(row, Contact) else Person(row) for row in shown]
    return Found(people, f"{_kind(shown[-1])}-{shown[-1].pk}" if len(rows) > PAGE else "")


def _behind(rows: models.QuerySet[Any], last: str) -> models.QuerySet[Any]:
    """From the beginning, if the last one shown is no longer there."""
    row = rows.model.objects.filter(pk=last).first() if last.isdecimal() and len(last) < PK_DIGITS else None
    return rows.filter(Beyond([F("reading"), F("pk")], [row.reading, row.pk], falls=False)) if row else rows


def _kind(row: Account | Contact) -> str:
    return CONTACT if isinstance(row, Contact) else ACCOUNT


def _by_words(user: User, text: str) -> dict[str, models.QuerySet[Any]]:
    """By the indexes of the search, but all of them."""
    if not asked(text):
        return {}
    return {
        ACCOUNT: search.matching(_people(user), text, reader=user),
        CONTACT: search.holding(_contacts(user), CONTACT_BIGRAMS, text),
    }


def _by_phone(user: User, text: str) -> dict[str, models.QuerySet[Any]]:
    """A whole number or its last digits, by the index. Signs inside do not count; a text with letters is no number."""
    plain = unicodedata.normalize("NFKC", text)
    digits = re.sub(r"\D", "", plain)
    if len(digits) < FEWEST_DIGITS or not re.fullmatch(r"[-+()\d\s‐－ー]+", plain):
        return {}
    behind = (phone_of(text) or digits)[::-1]
    found = {ACCOUNT: _ending(_people(user), behind), CONTACT: _ending(_contacts(user), behind)}
    return found if any(rows.exists() for rows in found.values()) else {}


def _ending(rows: models.QuerySet[Any], behind: str) -> models.QuerySet[Any]:
    return rows.exclude(phone="").alias(end_of_phone=END_OF_PHONE).filter(end_of_phone__startswith=behind)


def _contacts(user: User) -> models.QuerySet[Contact]:
    rows: models.QuerySet[Contact] = Contact.objects.visible_to(user).select_related("account")
    return rows


def _people(user: User) -> models.QuerySet[Account]:
    rows: models.QuerySet[Account] = Account.objects.visible_to(user).filter(kind=Account.Kind.PERSON)
    return rows


def requests(user: User) -> models.QuerySet[PrivacyRequest]:
    return PrivacyRequest.objects.visible_to(user).select_related("account", "contact", "by", "done_by")


# -- Everything held -------------------------------------------------------------------------------


def held(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Every row about the person, by the label of its table, history included, oldest first."""
    found = {}
    for model in apps.get_models():
        if (
            not model._meta.managed
            or model._meta.proxy
            or model._meta.label.split(".")[0] not in {"accounts", "campaigns"}
        ):
            continue
        rows = model._default_manager.filter(own_rows(model, person)).order_by("pk").values()
        if values := list(rows):
            found[model._meta.label] = values
    return found


def counts(person: Person) -> dict[str, int]:
    """How many rows there are about the person, by the label of the table."""
    found = {}
    for model in privacy.tables():
        if model._meta.label.split(".")[0] in {"accounts", "campaigns"}:
            many = model._default_manager.filter(own_rows(model, person)).count()
            if many:
                found[model._meta.label] = many
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """Why a person cannot be erased yet; `until` is None while the reason has no end."""

    code: str
    until: date | None = None


def must_be_kept(person: Person, today: date) -> list[Kept]:
    """A customer's contract needs its party: while it runs, and for the years that books are kept."""
    if person.contact is not None:
        return []
    if Subscription.objects.running(today).filter(account__in=person.account_ids).exists():
        return [Kept("contract_running")]
    contracts = Subscription.objects.filter(account__in=person.account_ids)
    last = contracts.aggregate(last=models.Max("ended_on"))["last"]
    until = last and _years_after(last, Organisation.current().contract_years)
    return [Kept("contract_ended", until)] if until and until > today else []


def _years_after(day: date, years: int) -> date:
    """29 February is followed by 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
