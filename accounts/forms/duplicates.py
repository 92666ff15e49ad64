"""Which of the two stays, and whose value each field takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import Account, DuplicatePair
from accounts.queries.duplicates import FIELDS, defaults
from crm.templatetags.formats import date_contract, number, share

FIRST, SECOND = "first", "second"


@dataclass(frozen=True, slots=True)
class Row:
    """A field of both, as words; `chosen` says whose value the merged customer takes."""

    name: str
    label: Any
    first: str
    second: str
    chosen: str

    @property
    def differs(self) -> bool:
        return self.first != self.second

    @property
    def result(self) -> str:
        return self.first if self.chosen == FIRST else self.second


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose, read from a request; what it does not say is proposed."""

    pair: DuplicatePair
    keep: str
    sides: Mapping[str, str]

    @classmethod
    def read(cls, pair: DuplicatePair, given: Mapping[str, str]) -> Choice:
        keep = given.get("keep", "")
        keep = keep if keep in (FIRST, SECOND) else likely(pair)
        proposed = defaults(*ordered(pair, keep))
        other = SECOND if keep == FIRST else FIRST
        sides = {}
        for name in FIELDS:
            side = given.get(name, "")
            sides[name] = side if side in (FIRST, SECOND) else (other if name in proposed else keep)
        return cls(pair, keep, sides)

    @property
    def survivor(self) -> Account:
        return ordered(self.pair, self.keep)[0]

    @property
    def gone(self) -> Account:
        return ordered(self.pair, self.keep)[1]

    @property
    def take(self) -> frozenset[str]:
        return frozenset(name for name, side in self.sides.items() if side != self.keep)

    @property
    def query(self) -> dict[str, str]:
        return {"keep": self.keep, **self.sides}

    def rows(self) -> list[Row]:
        """Fields that at least one of the two has."""
        rows = [
            Row(name, label, words(self.pair.first, name), words(self.pair.second, name), self.sides[name])
            for name, (label, _columns) in FIELDS.items()
        ]
        return [row for row in rows if row.first or row.second]


def ordered(pair: DuplicatePair, keep: str) -> tuple[Account, Account]:
    return (pair.first, pair.second) if keep == FIRST else (pair.second, pair.first)


def likely(pair: DuplicatePair) -> str:
    """The one that is a customer still, then the one that has been longer."""

    def standing(account: Account) -> tuple[bool, date, int]:
        return account.closed_on is not None, account.customer_since or date.max, account.pk

    return FIRST if standing(pair.first) <= standing(pair.second) else SECOND


def words(account: Account, name: str) -> str:
    """A field as people read it; empty where nothing is known."""
    match name:
        case "kind":
            return account.get_kind_display()
        case "owner":
            return account.owner.label if account.owner else ""
        case "industry":
            return account.industry.label if account.industry else ""
        case "employees":
            return number(account.employees) if account.employees is not None else ""
        case "margin_rate":
            return share(account.margin_rate, 1) if account.margin_rate is not None else ""
        case "customer_since" | "closed_on":
            day = getattr(account, name)
            return date_contract(day) if day else ""
        case "city":
            return account.city_label
    return str(getattr(account, name))


def versions(given: Mapping[str, str], choice: Choice) -> tuple[int, int]:
    """Those of survivor and gone that the comparison was made with; nonsense matches none."""
    read = {
        side: int(text) if (text := given.get(f"{side}_version", "")).isdecimal() and len(text) < 10 else 0
        for side in (FIRST, SECOND)
    }
    return (read[FIRST], read[SECOND]) if choice.keep == FIRST else (read[SECOND], read[FIRST])
