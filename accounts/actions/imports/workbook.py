"""Rows out of an Excel workbook, streamed: nothing is computed, no macro is looked at, nothing outside is fetched.

A workbook is a ZIP of XML. Its directory is checked before it is opened, each part before it is unpacked; a document type
declaration, and with it every entity, is refused. Of a formula the value that Excel saved counts.
"""

from __future__ import annotations

import io
import math
import re
import struct
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import IO
from xml.parsers import expat

from accounts.actions.imports.files import Unreadable

UNPACKED_MB = 1024
STRINGS_MB = 64
RATIO = 200
"""A part that unpacks to more than this many times its size is no table; Excel's own reach a tenth of it."""
SMALL = 1 << 20
PARTS = 4000
TOKEN = 1 << 20
"""The longest piece of XML between two marks that is waited for."""
CELL = 131_072
ROWS = 1_048_576
COLUMNS = 500
FEED = 1 << 16

END_RECORD = struct.Struct("<4s4H2LH")
DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
QUOTED = re.compile(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_.|\*.', re.IGNORECASE)
DATE_LETTERS = re.compile(r"[ymdhsge]", re.IGNORECASE)
REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]+")
EPOCH, EPOCH_1904 = datetime(1899, 12, 30, tzinfo=UTC), datetime(1904, 1, 1, tzinfo=UTC)

Attributes = dict[str, str]


class Workbook:
    """Raises Unreadable for what is no workbook, or one that is better not opened."""

    def __init__(self, file: IO[bytes]) -> None:
        _check_directory(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Unreadable("NOT_A_WORKBOOK") from error
        self._sizes = {part.filename.lstrip("/"): part for part in self._zip.infolist()}
        if sum(part.file_size for part in self._sizes.values()) > UNPACKED_MB << 20:
            raise Unreadable("TOO_COMPRESSED")
        self._is_1904 = False
        self._sheets = self._find_sheets()
        if not self._sheets:
            raise Unreadable("NOT_A_WORKBOOK")

    @property
    def sheets(self) -> list[str]:
        return list(self._sheets)

    def rows(self, sheet: str) -> Iterator[tuple[int, list[str]]]:
        """Number and cells of every row that is there."""
        path = self._sheets.get(sheet) or next(iter(self._sheets.values()))
        cells = _Cells(self._strings(), self._date_styles(), EPOCH_1904 if self._is_1904 else EPOCH)
        for _ in self._parse(path, cells):
            yield from cells.taken()

    # -- Parts ---------------------------------------------------------------------------------

    def _find_sheets(self) -> dict[str, str]:
        """Names of the worksheets with the parts that hold them, in the order of the tabs."""
        targets: Attributes = {}
        names: list[tuple[str, str]] = []

        def relation(name: str, attributes: Attributes) -> None:
            if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
                targets[attributes.get("Id", "")] = _path(attributes.get("Target", ""))

        def sheet(name: str, attributes: Attributes) -> None:
            if name == "sheet":
                key = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
                names.append((attributes.get("name", ""), key))
            elif name == "workbookPr":
                self._is_1904 = attributes.get("date1904", "") in ("1", "true")

        self._walk("xl/_rels/workbook.xml.rels", relation)
        self._walk("xl/workbook.xml", sheet)
        return {name: targets[key] for name, key in names if targets.get(key) in self._sizes}

    def _strings(self) -> _Strings:
        strings = _Strings()
        if "xl/sharedStrings.xml" in self._sizes:
            for _ in self._parse("xl/sharedStrings.xml", strings, limit=STRINGS_MB << 20):
                pass
        return strings

    def _date_styles(self) -> frozenset[str]:
        """The styles that show a number as a day or a time."""
        if "xl/styles.xml" not in self._sizes:
            return frozenset()
        custom: dict[str, bool] = {}
        styles: list[bool] = []
        inside = [False]

        def start(name: str, attributes: Attributes) -> None:
            if name == "numFmt":
                custom[attributes.get("numFmtId", "")] = _shows_a_day(attributes.get("formatCode", ""))
            elif name in ("cellXfs", "cellStyleXfs"):
                inside[0] = name == "cellXfs"
            elif name == "xf" and inside[0]:
                number = attributes.get("numFmtId", "0")
                styles.append(custom.get(number, number.isdecimal() and int(number) in DATE_FORMATS))

        self._walk("xl/styles.xml", start)
        return frozenset(str(number) for number, is_day in enumerate(styles) if is_day)

    def _walk(self, path: str, start: Callable[[str, Attributes], None]) -> None:
        if path not in self._sizes:
            raise Unreadable("NOT_A_WORKBOOK")
        for _ in self._parse(path, _Starts(start), limit=8 << 20):
            pass

    def _parse(self, path: str, target: _Target, *, limit: int = UNPACKED_MB << 20) -> Iterator[None]:
        """Feeds the part to the target piece by piece; stops after each, so that rows can be taken away."""
        part = self._sizes[path]
        if part.file_size > limit or (part.file_size > SMALL and part.file_size > RATIO * max(part.compress_size, 1)):
            raise Unreadable("TOO_COMPRESSED")
        if part.flag_bits & 1:
            raise Unreadable("PROTECTED")
        parser = _parser(target)
        fed = 0
        try:
            with self._zip.open(part) as opened:
                while piece := opened.read(FEED):
                    parser.Parse(piece, False)
                    fed += len(piece)
                    if fed - parser.CurrentByteIndex > TOKEN:
                        raise Unreadable("CELL_TOO_LONG", line=target.line or None, limit=CELL)
                    yield
                parser.Parse(b"", True)
                yield
        except (
            expat.ExpatError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            ValueError,
            OSError,
        ) as error:
            raise Unreadable("NOT_A_WORKBOOK") from error


def _check_directory(file: IO[bytes]) -> None:
    """The list of parts is read whole by any reader of ZIP files, so its size is looked at first."""
    size = file.seek(0, io.SEEK_END)
    start = max(size - END_RECORD.size - 65_535, 0)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < END_RECORD.size:
        raise Unreadable("NOT_A_WORKBOOK")
    _mark, _disk, _from, _here, parts, length, _offset, _comment = END_RECORD.unpack_from(tail, at)
    if b"PK\x06\x07" in tail[max(at - 20, 0) : at] or parts > PARTS or length > PARTS * 512:
        raise Unreadable("TOO_COMPRESSED")
    file.seek(0)


def _path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _shows_a_day(code: str) -> bool:
    return bool(DATE_LETTERS.search(QUOTED.sub("", code.split(";")[0]).replace("General", "")))


def _parser(target: _Target) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = target.start
    parser.EndElementHandler = target.end
    parser.CharacterDataHandler = target.text
    return parser


def _refuse_doctype(*_arguments: object) -> None:
    raise Unreadable("ENTITIES")


# -- What is made of the XML -----------------------------------------------------------------------


class _Target:
    line = 0

    def start(self, name: str, attributes: Attributes) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


class _Starts(_Target):
    def __init__(self, start: Callable[[str, Attributes], None]) -> None:
        self._start = start

    def start(self, name: str, attributes: Attributes) -> None:
        self._start(name.rpartition(":")[2], attributes)


class _Texts(_Target):
    """Collects the text of `t`, but not the furigana that Excel keeps beside it (`rPh`)."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._size = 0
        self._is_open = self._is_reading = False

    def text(self, text: str) -> None:
        if self._is_open:
            self._size += len(text)
            if self._size > CELL:
                raise Unreadable("CELL_TOO_LONG", line=self.line or None, limit=CELL)
            self._pieces.append(text)

    def _begin(self) -> None:
        self._pieces, self._size = [], 0


class _Strings(_Texts):
    """The shared strings as one run of bytes: a million of them as objects would fill the memory."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes = bytearray()
        self._ends = array("L", [0])

    def __getitem__(self, number: int) -> str:
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def start(self, name: str, attributes: Attributes) -> None:
        name = name.rpartition(":")[2]
        if name == "si":
            self._begin()
        elif name == "rPh":
            self._is_reading = True
        elif name == "t":
            self._is_open = not self._is_reading

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "t":
            self._is_open = False
        elif name == "rPh":
            self._is_reading = False
        elif name == "si":
            self._bytes += "".join(self._pieces).encode()
            self._ends.append(len(self._bytes))


class _Cells(_Texts):
    """Rows of one sheet as they become complete."""

    def __init__(self, strings: _Strings, day_styles: frozenset[str], epoch: datetime) -> None:
        super().__init__()
        self._strings, self._day_styles, self._epoch = strings, day_styles, epoch
        self._rows: list[tuple[int, list[str]]] = []
        self._row: list[str] = []
        self._column = 0
        self._kind = "n"
        self._style = ""

    def taken(self) -> list[tuple[int, list[str]]]:
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: Attributes) -> None:
        name = name.rpartition(":")[2] if ":" in name else name
        if name == "c":
            self._start_cell(attributes)
        elif name == "v" or (name == "t" and not self._is_reading):
            self._is_open = True
        elif name == "row":
            self._start_row(attributes)
        elif name == "rPh":
            self._is_reading = True

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2] if ":" in name else name
        if name == "c":
            self._end_cell()
        elif name in ("v", "t"):
            self._is_open = False
        elif name == "row":
            self._rows.append((self.line, self._row))
            self._row = []
        elif name == "rPh":
            self._is_reading = False

    def _start_row(self, attributes: Attributes) -> None:
        number = attributes.get("r", "")
        line = int(number) if number.isdecimal() and len(number) < 8 else self.line + 1
        if not self.line < line <= ROWS:
            raise Unreadable("NOT_A_WORKBOOK", line=self.line)
        self.line, self._column = line, 0

    def _start_cell(self, attributes: Attributes) -> None:
        if found := REFERENCE.fullmatch(attributes.get("r", "")):
            self._column = _number_of(found[1])
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._begin()

    def _end_cell(self) -> None:
        text = self._value("".join(self._pieces))
        column, self._column = self._column, self._column + 1
        if not text:
            return
        if column >= COLUMNS:
            raise Unreadable("TOO_MANY_COLUMNS", line=self.line, limit=COLUMNS)
        if column >= len(self._row):
            self._row.extend([""] * (column + 1 - len(self._row)))
        self._row[column] = text

    def _value(self, text: str) -> str:
        if self._kind == "s":
            number = int(text) if text.isdecimal() and len(text) < 10 else -1
            if not 0 <= number < len(self._strings):
                raise Unreadable("NOT_A_WORKBOOK", line=self.line)
            return self._strings[number]
        if self._kind == "n":
            return self._moment(text) if self._style in self._day_styles else _plain_number(text)
        if self._kind == "b":
            return {"1": "true", "0": "false"}.get(text, text)
        return text

    def _moment(self, text: str) -> str:
        """A day, or a day with its time; what lies outside the calendar stays a number."""
        try:
            moment = self._epoch + timedelta(seconds=round(float(text) * 86_400))
        except (ValueError, OverflowError):
            return text
        if moment.year < 1900:
            return _plain_number(text)
        return (
            moment.date().isoformat()
            if not (moment.hour or moment.minute or moment.second)
            else f"{moment:%Y-%m-%d %H:%M:%S}"
        )


def _number_of(letters: str) -> int:
    """A is 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _plain_number(text: str) -> str:
    """Without the digits that floating point adds: 0.1 for 0.10000000000000001, 1200 for 1.2E3."""
    if text.isdecimal():
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)
