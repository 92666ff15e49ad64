"""The bytes of a CSV file: encoding, lines and quotation marks are checked before the database sees any of it.

Everything streams in blocks; a file is never held in memory.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from accounts.queries.imports import Column, Layout, Problem

BLOCK = 1 << 20
SIZE_LIMIT_MB = 2048
CONTROLS = bytes(code for code in [*range(32), 127] if chr(code) not in "\t\n\r")
BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# Python maps the bytes that CP932 leaves undefined to these; a file that holds them is no text.
UNDEFINED_IN_CP932 = re.compile("[\x80-\xa0\uf8f0-\uf8f3]")
# Two letters of Japanese in UTF-8, which CP932 would read as rare kanji.
UTF8_WITHIN = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){2,}")
# A line that older servers take for the end of the data.
END_OF_DATA = b"\n\\.\n"
RECORD = re.compile(rb'(?:(?:[^",]*+|"(?:[^"]|"")*+")(?:,|$))*+')


class Unreadable(Exception):
    """The file as a whole cannot be read; nothing was loaded."""

    def __init__(self, code: str, *, line: int | None = None, **figures: object) -> None:
        super().__init__(code)
        self.problem = Problem(code, line=line, figures=figures)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that has passed. `columns` stand in the order of the file."""

    file: IO[bytes]
    encoding: str
    bom: int
    size: int
    columns: tuple[Column, ...]
    has_quotes: bool

    def blocks(self) -> Iterator[bytes]:
        """UTF-8 with plain line feeds, without a byte order mark and without empty lines at the end."""
        return _without_empty_end(_utf8(self.file, self.encoding, self.bom))


def inspect(file: IO[bytes], layout: Layout) -> Sheet:
    """Read the whole file once and say what it is; raise Unreadable at the first thing that is wrong."""
    size = file.seek(0, io.SEEK_END)
    if size > SIZE_LIMIT_MB << 20:
        raise Unreadable("TOO_BIG", limit=SIZE_LIMIT_MB)
    encoding, bom = encoding_of(file)
    has_quotes = _check_lines(_utf8(file, encoding, bom))
    if has_quotes:
        _check_quotes(_utf8(file, encoding, bom))
    columns = _columns(_header(_utf8(file, encoding, bom)), layout)
    return Sheet(file, encoding, bom, size, columns, has_quotes)


# -- Encoding --------------------------------------------------------------------------------------


def encoding_of(file: IO[bytes]) -> tuple[str, int]:
    """The name and the length of the mark. CP932 only for a file whose very first character beyond ASCII is no UTF-8:
    one that goes wrong later is damaged UTF-8, and reading it as CP932 would load rubbish."""
    file.seek(0)
    start = file.read(4)
    for mark, encoding in BOMS.items():
        if start.startswith(mark):
            _require(file, encoding, len(mark))
            return encoding, len(mark)
    if encoding := _unmarked_utf16(file):
        _require(file, encoding, 0)
        return encoding, 0
    fault = _fault(file, "utf-8", 0)
    if fault and fault.is_first:
        _require(file, "cp932", 0)
        return "cp932", 0
    if fault:
        raise Unreadable("ENCODING", line=fault.line)
    return "utf-8", 0


def _unmarked_utf16(file: IO[bytes]) -> str:
    """Commas, digits and line ends leave noughts in every second byte: behind the letter in LE, before it in BE."""
    file.seek(0)
    start = file.read(4096)
    before, behind = start[0::2].count(0), start[1::2].count(0)
    if max(before, behind) * 20 < len(start) or min(before, behind) * 10 > max(before, behind):
        return ""
    return "utf-16-le" if behind > before else "utf-16-be"


@dataclass(frozen=True, slots=True)
class _Fault:
    line: int
    is_first: bool


def _require(file: IO[bytes], encoding: str, bom: int) -> None:
    if fault := _fault(file, encoding, bom):
        raise Unreadable("ENCODING", line=fault.line)


def _fault(file: IO[bytes], encoding: str, bom: int) -> _Fault | None:
    """Where the file stops being text of that encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line, is_first = 1, True
    for block in raw_blocks(file, bom):
        if encoding == "cp932" and (mixed := _line_in_utf8(block)):
            return _Fault(line + mixed - 1, is_first=False)
        try:
            text = _decode(decoder, encoding, block)
        except UnicodeDecodeError as error:
            good = error.object[: error.start]
            return _Fault(line + good.count(b"\n"), is_first and good.isascii())
        if encoding == "cp932" and (undefined := UNDEFINED_IN_CP932.search(text)):
            return _Fault(line + text.count("\n", 0, undefined.start()), is_first)
        line += text.count("\n")
        is_first = is_first and text.isascii()
    return _Fault(line, is_first) if decoder.getstate()[0] else None


def _line_in_utf8(block: bytes) -> int:
    """The number of the first line that is plainly UTF-8, within a block of a file that is not; 0 when there is none."""
    for found in UTF8_WITHIN.finditer(block):
        start, end = block.rfind(b"\n", 0, found.start()) + 1, block.find(b"\n", found.end())
        if _is_utf8(block[start : end if end >= 0 else len(block)]):
            return block.count(b"\n", 0, start) + 1
    return 0


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decode(decoder: codecs.IncrementalDecoder, encoding: str, block: bytes) -> str:
    if encoding == "utf-8" and block.isascii() and not decoder.getstate()[0]:
        return block.decode("ascii")
    return decoder.decode(block)


def raw_blocks(file: IO[bytes], start: int) -> Iterator[bytes]:
    file.seek(start)
    while block := file.read(BLOCK):
        yield block


def _utf8(file: IO[bytes], encoding: str, bom: int) -> Iterator[bytes]:
    """Blocks in UTF-8 in which CR LF has become LF; a CR that is left stands alone."""
    held = b""
    for block in _transcoded(raw_blocks(file, bom), encoding):
        text = held + block
        held = b"\r" if text.endswith(b"\r") else b""
        text = text.removesuffix(held)
        yield text.replace(b"\r\n", b"\n") if b"\r" in text else text
    if held:
        yield held


def _transcoded(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    if encoding == "utf-8":
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    for block in blocks:
        yield decoder.decode(block).encode()


def _without_empty_end(blocks: Iterable[bytes]) -> Iterator[bytes]:
    held = b""
    for block in blocks:
        text = held + block
        body = text.rstrip(b"\n")
        held = text[len(body) :]
        if body:
            yield body
    if held:
        yield b"\n"


# -- Lines and quotation marks ---------------------------------------------------------------------


def _check_lines(blocks: Iterable[bytes]) -> bool:
    """True when the file holds quotation marks."""
    line, since_newline, tail, has_quotes, is_empty = 1, 0, b"\n", False, True
    for block in blocks:
        if len(block.translate(None, CONTROLS)) != len(block):
            at = next(at for at, byte in enumerate(block) if byte in CONTROLS)
            raise Unreadable("CONTROL_CHARACTER", line=line + block.count(b"\n", 0, at), character=block[at])
        if b"\r" in block:
            raise Unreadable("BARE_CR", line=line + block.count(b"\n", 0, block.index(b"\r")))
        joined = tail + block
        if (at := joined.find(END_OF_DATA)) >= 0:
            raise Unreadable(
                "COLUMN_COUNT", line=line - tail.count(b"\n") + joined.count(b"\n", 0, at + 1), expected=""
            )
        newlines = block.count(b"\n")
        since_newline = len(block) - block.rfind(b"\n") - 1 if newlines else since_newline + len(block)
        if since_newline > BLOCK:
            raise Unreadable("LINE_TOO_LONG", line=line + newlines, limit=BLOCK)
        line += newlines
        tail = joined[-3:]
        has_quotes = has_quotes or b'"' in block
        is_empty = is_empty and not block.strip()
    if is_empty:
        raise Unreadable("EMPTY")
    if tail.endswith(END_OF_DATA[:-1]):
        raise Unreadable("COLUMN_COUNT", line=line, expected="")
    return has_quotes


def _check_quotes(blocks: Iterable[bytes]) -> None:
    """A mark is allowed round a cell and doubled within one; PostgreSQL would read others in its own way."""
    for start, record in _records(blocks):
        if b'"' in record and not RECORD.fullmatch(record.removesuffix(b"\n")):
            raise Unreadable("STRAY_QUOTE", line=start)


def _records(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Lines, joined while a quotation mark is open, with the number of their first line."""
    lines: list[bytes] = []
    start, size, is_open = 1, 0, False
    for number, line in enumerate(_lines(blocks), start=1):
        lines.append(line)
        size += len(line)
        is_open ^= bool(line.count(b'"') % 2)
        if is_open and size > BLOCK:
            break
        if not is_open:
            yield start, b"".join(lines)
            lines, start, size = [], number + 1, 0
    if is_open:
        raise Unreadable("UNCLOSED_QUOTE", line=start)


def _lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        yield from (line + b"\n" for line in lines)
    if rest:
        yield rest


# -- Header ----------------------------------------------------------------------------------------


def _header(blocks: Iterable[bytes]) -> list[str]:
    start = next(iter(blocks)).decode("utf-8", errors="ignore")
    return next(csv.reader(io.StringIO(start, newline=""), strict=True), [])


def _columns(header: list[str], layout: Layout) -> tuple[Column, ...]:
    names = {_plain(name): column for column in layout.columns for name in (column.name, column.label)}
    columns: list[Column] = []
    for heading in header:
        column = names.get(_plain(heading))
        if column is None:
            raise Unreadable("UNKNOWN_COLUMN", line=1, name=heading.strip()[:80])
        if column in columns:
            raise Unreadable("TWICE_IN_HEADER", line=1, name=heading.strip()[:80])
        columns.append(column)
    for column in layout.columns:
        if column.is_required and column not in columns:
            raise Unreadable("MISSING_COLUMN", line=1, name=column.heading)
    return tuple(columns)


def _plain(heading: str) -> str:
    return unicodedata.normalize("NFKC", heading).strip().casefold()
