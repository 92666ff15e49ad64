"""What people call a row that a file names by its code: a colleague, an industry, a team or a product by name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from accounts.models import Industry, Product
from accounts.queries.imports import Column, Known
from crm.bilingual import pick
from crm.people import Team, User

TABLES = ("crm_user", "crm_team", "accounts_industry", "accounts_product")


def table_of(column: Column) -> str:
    """The table whose rows this column may call by name as well as by code; empty when there is none."""
    return column.cell.table if isinstance(column.cell, Known) and column.cell.table in TABLES else ""


def folded(name: str) -> str:
    """Width, case and blanks do not tell two names apart."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def codes_by_name(columns: Iterable[Column]) -> dict[str, dict[str, str]]:
    """By table: folded name to code, as far as these columns need it. A name that two share leads nowhere."""
    return {table: _unshared(_rows(table)) for table in {table_of(column) for column in columns} - {""}}


def _rows(table: str) -> Iterable[tuple[str, ...]]:
    match table:
        case "crm_user":
            return User.objects.filter(is_active=True).values_list("email", "name", "name_en")
        case "crm_team":
            return Team.objects.values_list("code", "name_ja", "name_en")
        case "accounts_industry":
            return Industry.objects.values_list("code", "name_ja", "name_en")
    return Product.objects.values_list("code", "name_ja", "name_en")


def _unshared(rows: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """What is the code of one row is never the name of another."""
    listed = list(rows)
    codes = {folded(code): {code} for code, *_names in listed}
    called: dict[str, set[str]] = {}
    for code, *names in listed:
        for name in names:
            called.setdefault(folded(name), set()).add(code)
    meant = called | codes
    return {name: next(iter(found)) for name, found in meant.items() if name and len(found) == 1}


CHOICES = 500
"""Names to choose from; whoever has more types."""


def choices_of(column: Column) -> list[str]:
    """Names to choose from while a cell is corrected, in the reader's language."""
    table = table_of(column)
    names = {pick(*names) for _code, *names in _rows(table)} if table else set()
    return sorted(names - {""})[:CHOICES]
