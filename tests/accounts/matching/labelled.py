"""The five hundred labelled pairs: what a person said of two records, and what kind of case it is."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from accounts.matching import Party
from accounts.models.matching import matching_key


@dataclass(frozen=True)
class Labelled:
    is_same: bool
    case: str
    sides: tuple[dict[str, str], dict[str, str]]

    @property
    def parties(self) -> tuple[Party, Party]:
        one, other = self.sides
        return party(**one), party(**other)


def party(*, name: str, name_en: str = "", kind: str = "company", **fields: str) -> Party:
    key_en = matching_key(name_en) if name_en else ""
    return Party(name=name, key=matching_key(name), key_en=key_en, is_company=kind == "company", **fields)


def labelled() -> list[Labelled]:
    with Path(__file__).with_name("pairs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [Labelled(row["same"] == "yes", row["case"], (_side(row, "a_"), _side(row, "b_"))) for row in rows]


def _side(row: dict[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}
