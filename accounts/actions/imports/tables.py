"""What an uploaded file is, and its rows: CSV in any usual encoding and with any usual separator, or a workbook.

`examine` looks at the beginning and guesses; `rows` streams the whole, strictly. Rows are numbered as a spreadsheet
numbers them. On the way half-width kana become full-width ones, and marks that nobody sees are dropped.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import IO, Any, Self

from accounts.actions.imports.files import Unreadable, encoding_of, raw_blocks
from accounts.actions.imports.workbook import CELL, COLUMNS, Workbook
from accounts.queries.import_headers import is_known_heading

LINE = 1 << 20
LOOKED_AT = 40
"""Rows in which the header is looked for."""
SHOWN = 80
SEPARATORS = ",\t;|"
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
HALF_KANA = re.compile("[\uff61-\uff9f]+")
# Widths without ink and marks of direction, which make two codes differ that look the same. The joiners stay.
INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read; JSON in `ImportBatch.options`."""

    kind: str
    encoding: str = ""
    mark: int = 0
    separator: str = ""
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    header_row: int = 1

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        return cls(**{**stored, "sheets": tuple(stored["sheets"])})

    def stored(self) -> dict[str, Any]:
        return {**asdict(self), "sheets": list(self.sheets)}


@dataclass(frozen=True, slots=True)
class Table:
    """A reading with what stands in the header and in the first rows below it."""

    reading: Reading
    headers: tuple[str, ...]
    samples: tuple[str, ...]


def examine(file: IO[bytes]) -> Table:
    """Raises Unreadable for what is no table."""
    reading = _workbook(file) if _starts(file).startswith(ZIP) else _text(file)
    return look_at(file, reading)


def look_at(file: IO[bytes], reading: Reading, *, header_row: int = 0) -> Table:
    """The table of another sheet, or with another row as its header."""
    first = list(islice(rows(file, reading), max(LOOKED_AT, header_row + LOOKED_AT)))
    first = [(number, cells) for number, cells in first if any(cell.strip() for cell in cells)]
    if not first:
        raise Unreadable("EMPTY")
    number = header_row if header_row in dict(first) else _header_row(first)
    header = next(cells for row, cells in first if row == number)
    below = [cells for row, cells in first if row > number]
    width = _width(header, below)
    if width > COLUMNS:
        raise Unreadable("TOO_MANY_COLUMNS", line=number, limit=COLUMNS)
    headers = tuple(" ".join(cell.split())[:SHOWN] for cell in [*header, *[""] * width][:width])
    samples = tuple(
        next((cells[at].strip()[:SHOWN] for cells in below if at < len(cells) and cells[at].strip()), "")
        for at in range(width)
    )
    return Table(replace(reading, header_row=number), headers, samples)


def rows(file: IO[bytes], reading: Reading) -> Iterator[Row]:
    """Every row of the file, the header included; raises Unreadable where the file stops being a table."""
    if reading.kind == "workbook":
        for number, cells in Workbook(file).rows(reading.sheet):
            yield number, [_tidy_cell(cell, number) for cell in cells]
    else:
        yield from _csv_rows(_lines(_texts(file, reading)), reading.separator)


# -- Guessing --------------------------------------------------------------------------------------


def _starts(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(8)


def _workbook(file: IO[bytes]) -> Reading:
    sheets = Workbook(file).sheets
    return Reading("workbook", sheets=tuple(sheets), sheet=sheets[0])


def _text(file: IO[bytes]) -> Reading:
    start = _starts(file)
    if not start:
        raise Unreadable("EMPTY")
    if start.startswith(OLD_OFFICE):
        raise Unreadable("OLD_WORKBOOK")
    encoding, mark = encoding_of(file)
    return Reading("text", encoding, mark, _separator(file, Reading("text", encoding, mark, ",")))


def _separator(file: IO[bytes], reading: Reading) -> str:
    """The one that cuts most of the first lines into the same number of cells, and into more than one."""
    start = list(islice(_lines(_texts(file, reading)), LOOKED_AT))
    return max(SEPARATORS, key=lambda separator: _evenness(start, separator))


def _evenness(lines: list[str], separator: str) -> tuple[int, int]:
    widths: Counter[int] = Counter()
    with suppress(csv.Error):  # said properly when the rows are read
        widths.update(len(cells) for cells in csv.reader(lines, delimiter=separator) if len(cells) > 1)
    width, number = max(widths.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
    return number, width


def _header_row(first: list[Row]) -> int:
    """The row with most headings we know; when there is none, the first that is as wide as most."""
    known = {number: sum(map(is_known_heading, cells)) for number, cells in first}
    best = max(known, key=lambda number: (known[number], -number))
    if known[best]:
        return best
    widths = Counter(_filled(cells) for _, cells in first)
    usual = max(widths, key=lambda width: (widths[width], width))
    return next(number for number, cells in first if _filled(cells) >= usual)


def _filled(cells: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _width(header: list[str], below: list[list[str]]) -> int:
    """Columns without a heading at the right end count only when something stands below them."""
    return max(
        (at + 1 for cells in [header, *below[:LOOKED_AT]] for at, cell in enumerate(cells) if cell.strip()), default=0
    )


# -- Text ------------------------------------------------------------------------------------------


def _texts(file: IO[bytes], reading: Reading) -> Iterator[str]:
    """Whole lines, block by block, checked and tidied."""
    decoder = codecs.getincrementaldecoder(reading.encoding)("strict")
    rest, line = "", 1
    for block in raw_blocks(file, reading.mark):
        try:
            text = rest + decoder.decode(block)
        except UnicodeDecodeError as error:
            raise Unreadable(
                "ENCODING", line=line + rest.count("\n") + error.object[: error.start].count(b"\n")
            ) from error
        end = text.rfind("\n") + 1
        whole, rest = text[:end], text[end:]
        if whole:
            yield _tidy(whole, line)
            line += whole.count("\n")
        if len(rest) > LINE:
            raise Unreadable("LINE_TOO_LONG", line=line, limit=LINE)
    if decoder.getstate()[0]:
        raise Unreadable("ENCODING", line=line)
    if rest:
        yield _tidy(rest, line)


def _tidy(text: str, line: int) -> str:
    if found := CONTROLS.search(text):
        raise Unreadable(
            "CONTROL_CHARACTER", line=line + text.count("\n", 0, found.start()), character=ord(found.group())
        )
    if "\r" in text:
        text = text.replace("\r\n", "\n").removesuffix("\r")
        if "\r" in text:
            raise Unreadable("BARE_CR", line=line + text.count("\n", 0, text.index("\r")))
    return text if text.isascii() else INVISIBLE.sub("", HALF_KANA.sub(_widened, text))


def _widened(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found.group())


def _tidy_cell(cell: str, number: int) -> str:
    if found := CONTROLS.search(cell):
        raise Unreadable("CONTROL_CHARACTER", line=number, character=ord(found.group()))
    cell = cell.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "") if not cell.isalnum() else cell
    return cell if cell.isascii() else INVISIBLE.sub("", HALF_KANA.sub(_widened, cell))


def _lines(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from io.StringIO(text, newline="\n")


def _csv_rows(lines: Iterator[str], separator: str) -> Iterator[Row]:
    number = 0
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=separator, strict=True), start=1):
            yield number, cells
    except csv.Error as error:
        raise Unreadable(_fault(str(error)), line=number + 1, limit=CELL) from error


def _fault(words: str) -> str:
    if "field larger" in words:
        return "CELL_TOO_LONG"
    return "UNCLOSED_QUOTE" if "end of data" in words else "STRAY_QUOTE"
