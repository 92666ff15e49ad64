"""The rows of an uploaded file as a mapping cuts them, with a person's corrections, ready to be staged by COPY."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from operator import itemgetter
from typing import IO, Any

from accounts.actions.imports.tables import Reading, rows
from accounts.queries.import_names import folded, table_of
from accounts.queries.imports import Column, Layout, Number
from crm.custom_fields import CustomField, Unreadable, parse_cell
from crm.lists.export import as_it_was

BLOCK = 1 << 19
EXCEL_ERRORS = frozenset(["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"])
CUSTOM = "custom."
PLACES = frozenset(["address", "city"])
NUMBER_WITHOUT_ZERO = re.compile(r"[1-9][0-9]{8}|[5789]0[0-9]{8}", re.ASCII)
UNITS = frozenset("名人席台件社個本")
ADDRESS_OF_A_SITE = re.compile(r"^(?:[a-z]+://)?(?:www\.)?([^/?#\s:]+).*$", re.IGNORECASE | re.DOTALL)

Faults = list[dict[str, Any]]


@dataclass(frozen=True)
class Cut:
    """`mapping` leads from the number of a column of the file to a column of the layout, or to `custom.` and the key of a
    field. `fixes` hold by row the cells that a person corrected, or None where the row is left out; `words` by column what
    is read in place of what stands in any row; `names` by table which code is meant by a name."""

    file: IO[bytes]
    reading: Reading
    layout: Layout
    mapping: Mapping[int, str]
    width: int
    fixes: Mapping[int, Mapping[str, str] | None] = field(default_factory=dict)
    custom: Mapping[str, CustomField] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    code_prefix: str = ""

    @cached_property
    def fingerprint(self) -> str:
        """The same when the same file is read in the same way."""
        custom = [
            [getattr(one, column.attname) for column in one._meta.concrete_fields] for one in self.custom.values()
        ]
        read_by = (self.layout.name, self.reading.stored(), sorted(self.mapping.items()), self.width, self.code_prefix)
        given = (self.fixes, custom, self.people, self.words, self.names)
        return sha256(json.dumps([read_by, given], sort_keys=True, default=str).encode()).hexdigest()

    @cached_property
    def targets(self) -> list[str]:
        """What the rows hold: columns of the layout and of one's own fields, each once."""
        made = [self.layout.key[0]] if self._makes_codes else []
        return made + list(dict.fromkeys(self.mapping.values()))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return tuple(self.layout.column(target) for target in self.targets if not target.startswith(CUSTOM))

    @cached_property
    def custom_keys(self) -> list[str]:
        return [target.removeprefix(CUSTOM) for target in self.targets if target.startswith(CUSTOM)]

    @cached_property
    def _makes_codes(self) -> bool:
        """Rows without a code of their own get one out of the batch and their number."""
        return bool(self.code_prefix) and self.layout.key[0] not in self.mapping.values()

    def blocks(self) -> Iterator[bytes]:
        """CSV in UTF-8: row, faults and own fields as JSON, then the cells in the order of `targets`."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        for row in self._rows():
            writer.writerow(row)
            if buffer.tell() > BLOCK:
                yield buffer.getvalue().encode()
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue().encode()

    def _rows(self) -> Iterator[list[str | int]]:
        first, width, take = self.reading.header_row, self.width, self._take
        for number, cells in rows(self.file, self.reading):
            if number <= first or not (whole := "".join(cells)).strip():
                continue
            if "'" in whole:
                cells = [as_it_was(cell) for cell in cells]
            fix: Mapping[str, str] | None = self.fixes.get(number, {}) if self.fixes else {}
            if fix is None:
                continue
            faults: Faults = []
            if len(cells) != width:
                cells, faults = self._fitted(cells)
            texts = take(cells, number)
            yield self._checked(number, texts, fix, faults)

    @cached_property
    def _take(self) -> Callable[[list[str], int], list[str]]:
        """The cells in the order of `targets`; several columns of one target are joined."""
        sources = [[at for at, name in self.mapping.items() if name == target] for target in self.targets]
        if self._makes_codes or any(len(source) > 1 for source in sources):
            return lambda cells, number: [
                self._joined(target, [cells[at] for at in source]) if source else f"{self.code_prefix}{number}"
                for target, source in zip(self.targets, sources, strict=True)
            ]
        if len(sources) == 1:
            return lambda cells, number: [cells[sources[0][0]]]
        getter = itemgetter(*(source[0] for source in sources))
        return lambda cells, number: list(getter(cells))

    @staticmethod
    def _joined(target: str, cells: list[str]) -> str:
        """Of a place the prefecture comes first, wherever the file has it."""
        parts = [cell for cell in map(str.strip, cells) if cell]
        if target not in PLACES:
            return " ".join(parts)
        parts.sort(key=lambda part: part[-1] not in "都道府県")
        return (", " if "".join(parts).isascii() else "").join(parts)

    def _fitted(self, cells: list[str]) -> tuple[list[str], Faults]:
        """A workbook leaves empty cells out at the end; a line of text with another number of cells is torn."""
        width, count = self.width, len(cells)
        is_torn = any(cells[width:]) or (count < width and self.reading.kind == "text")
        faults: Faults = [{"name": "", "code": "COLUMN_COUNT", "figures": {"expected": width}}] if is_torn else []
        return [*cells[:width], *[""] * (width - count)], faults

    def _checked(self, number: int, texts: list[str], fix: Mapping[str, str], faults: Faults) -> list[str | int]:
        if fix:
            texts = [fix.get(target, text) for target, text in zip(self.targets, texts, strict=True)]
            faults = []
        if not EXCEL_ERRORS.isdisjoint(texts):
            faults = faults + [
                {"name": target, "code": "EXCEL_ERROR", "figures": {"value": text}}
                for target, text in zip(self.targets, texts, strict=True)
                if text in EXCEL_ERRORS
            ]
        for at, convert in self._conversions:
            texts[at] = convert(texts[at])
        custom = self._custom(texts, faults) if self.custom_keys else None
        return [number, _json(faults) if faults else "", "" if custom is None else _json(custom), *texts]

    @cached_property
    def _conversions(self) -> list[tuple[int, Callable[[str], str]]]:
        named: dict[str, Callable[[str], str]] = {"phone": _with_its_zero}
        if self.layout.name == "accounts":
            named["domain"] = _domain
        counted = {column.name: _without_unit for column in self.columns if isinstance(column.cell, Number)}
        called = {
            column.name: _code_of(self.names[table])
            for column in self.columns
            if (table := table_of(column)) in self.names
        }
        conversions = named | counted | called
        words = [(at, _word_of(self.words[target])) for at, target in enumerate(self.targets) if target in self.words]
        return words + [(at, conversions[target]) for at, target in enumerate(self.targets) if target in conversions]

    def _custom(self, texts: list[str], faults: Faults) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key in self.custom_keys:
            try:
                value = parse_cell(self.custom[key], texts[self.targets.index(CUSTOM + key)], people=self.people)
            except Unreadable as wrong:
                figures = {"custom": wrong.code, **{name: str(shown) for name, shown in wrong.figures.items()}}
                faults.append({"name": CUSTOM + key, "code": "CUSTOM", "figures": figures})
            else:
                if value is not None:
                    values[key] = value
        return values


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _word_of(words: Mapping[str, str]) -> Callable[[str], str]:
    return lambda text: words.get(text.strip(), text)


def _code_of(names: Mapping[str, str]) -> Callable[[str], str]:
    """A row may be called by its name as well as by its code; the same few are called again and again."""
    return lru_cache(1024)(lambda text: names.get(folded(text), text))


def _without_unit(text: str) -> str:
    """120名 is 120. Nearly all end with a digit."""
    if text[-1:].isdecimal():
        return text
    return text.rstrip()[:-1] if text.rstrip()[-1:] in UNITS else text


def _with_its_zero(phone: str) -> str:
    """A spreadsheet program takes a telephone number without signs for a figure, and drops the zero in front of it."""
    return f"0{phone}" if phone[:1] != "0" and NUMBER_WITHOUT_ZERO.fullmatch(phone) else phone


def _domain(text: str) -> str:
    """https://www.example.co.jp/company is example.co.jp."""
    return ADDRESS_OF_A_SITE.sub(r"\1", text.strip()).lower()
